import type { Bar } from '../market/bar.ts'
import type { InstrumentSpec } from '../market/instrument.ts'
import type { BarInterval } from '../market/interval.ts'
import type { BarSeries } from '../market/series.ts'
import type { Quote } from '../market/tick.ts'
import type { EpochMs } from '../units.ts'
import type { Subscribable } from './subscribable.ts'

/** Bars of one symbol from `from` (included) to `to` (excluded). Without bounds, all there is. */
export interface HistoryRequest {
  readonly symbol: string
  readonly interval: BarInterval
  readonly from?: EpochMs | undefined
  readonly to?: EpochMs | undefined
}

export interface LatestData {
  readonly bar: Bar | undefined
  readonly quote: Quote | undefined
  readonly receivedAt: EpochMs
  /** Older than the feed promises while the market is open. */
  readonly stale: boolean
}

export type ConnectionState = 'connecting' | 'connected' | 'disconnected'

export type MarketEvent =
  | {
      readonly kind: 'bar'
      readonly symbol: string
      readonly interval: BarInterval
      readonly bar: Omit<Bar, 'instrument'>
    }
  | { readonly kind: 'quote'; readonly symbol: string; readonly quote: Omit<Quote, 'instrument'> }

/** Where market data comes from: a file, a store, a broker. Failed I/O throws an `Error` with a `code`. */
export interface IDataFeed {
  /** `live` data arrives as it happens; `cached` is what was stored. */
  readonly mode: 'live' | 'cached'
  getHistoricalData(request: HistoryRequest): Promise<BarSeries>
  getMultipleSymbols(symbols: readonly string[], request: Omit<HistoryRequest, 'symbol'>): Promise<readonly BarSeries[]>
  getTickerInfo(symbol: string): Promise<InstrumentSpec>
  subscribe(symbol: string, interval: BarInterval): Promise<void>
  unsubscribe(symbol: string, interval: BarInterval): Promise<void>
  latest(symbol: string): LatestData
  reconnect(): Promise<void>
  readonly events: Subscribable<MarketEvent>
  readonly connection: Subscribable<ConnectionState>
}
