import type { BarInterval, BarValues, EpochMs, InstrumentSpec, OrderId } from '@onetape/core'
import type { TapeRecord } from '@onetape/engine'

/** What a run is, in the first line of its tape: a replay needs nothing else but the strategy. */
export interface RunHeader {
  readonly kind: 'run'
  readonly version: 1
  readonly run: string
  readonly strategy: string
  readonly params: Readonly<Record<string, unknown>>
  readonly instruments: readonly InstrumentSpec[]
  readonly interval: BarInterval
  readonly account: string
  /** USD that the run started with. */
  readonly cash: number
  /** USD that the whole account had then, by the broker. */
  readonly accountCash?: number | undefined
  /** Signed shares that were there before and are not ours, by symbol. */
  readonly baseline: Readonly<Record<string, number>>
  readonly rules: RunRules
  readonly startedAt: EpochMs
}

/** Settings that decide, kept for every restart and replay of the run. */
export interface RunRules {
  readonly seed: number
  readonly leverage: number
  readonly shortSelling: boolean
  readonly fees: 'ibkr-fixed' | 'ibkr-tiered' | 'none'
  readonly slippageBps: number
  readonly hold: 'slice' | 'none'
  readonly graceMs: number
}

/** Bars in the order time, end, open, high, low, close, volume. */
export type BarRow = readonly [number, number, number, number, number, number, number]

/** One line of the file: what the engine's session records, and what the trader does to it beside. */
export type TapeLine =
  | RunHeader
  /** Bars that warmed up the indicators. */
  | { readonly kind: 'history'; readonly symbol: string; readonly bars: readonly BarRow[] }
  | TapeRecord
  /** A bar that was filled in after an outage. */
  | { readonly kind: 'late'; readonly symbol: string; readonly bar: BarValues }
  /** From here on increasing orders are denied with the code, or allowed again. */
  | { readonly kind: 'entries'; readonly denied: 'broker_link' | 'stale_data' | 'halted' | null }
  /** The same for one symbol, whose data are silent or come again. */
  | { readonly kind: 'data'; readonly symbol: string; readonly silent: boolean }
  /** An order of which the broker shows no trace. */
  | { readonly kind: 'never-sent'; readonly orderId: OrderId; readonly time: EpochMs }
  /** Working orders were asked to be cancelled, positions to be closed. */
  | { readonly kind: 'cancel-all' }
  | { readonly kind: 'flatten' }
  | { readonly kind: 'resumed'; readonly time: EpochMs }
  | { readonly kind: 'stopped'; readonly time: EpochMs }

export function rowOf(bar: BarValues): BarRow {
  return [bar.time, bar.end, bar.open, bar.high, bar.low, bar.close, bar.volume]
}
