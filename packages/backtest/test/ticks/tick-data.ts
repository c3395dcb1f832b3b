import { type InstrumentSpec, type QuoteSeries, type TradeSeries, instrument } from '@onetape/core'
import { at } from '../semantics/market.ts'

/** Wall time of New York on 2024-01-02, `HH:MM:SS`, with milliseconds where they matter. */
export function clock(text: string): number {
  const [hours, minutes, seconds = '0'] = text.split(':')
  return at('2024-01-02', `${hours}:${minutes}`) + Math.round(Number(seconds) * 1000)
}

const two = (n: number): string => String(n).padStart(2, '0')

/** Back to `HH:MM:SS`. */
export function shown(time: number): string {
  const seconds = (time - at('2024-01-02', '00:00')) / 1000
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`
}

export type QuoteRow = readonly [time: string, bid: number, ask: number, bidSize?: number, askSize?: number]
export type TradeRow = readonly [time: string, price: number, size: number]

const spec = (symbol: string): InstrumentSpec => instrument(symbol)

/** Best bid and ask; sizes of 1,000 where they do not matter. */
export function quotes(symbol: string, ...rows: readonly QuoteRow[]): QuoteSeries {
  return {
    instrument: spec(symbol),
    length: rows.length,
    columns: {
      time: Float64Array.from(rows, (r) => clock(r[0])),
      bid: Float64Array.from(rows, (r) => r[1]),
      ask: Float64Array.from(rows, (r) => r[2]),
      bidSize: Float64Array.from(rows, (r) => r[3] ?? 1000),
      askSize: Float64Array.from(rows, (r) => r[4] ?? 1000),
    },
    source: symbol,
  }
}

export function trades(symbol: string, ...rows: readonly TradeRow[]): TradeSeries {
  return {
    instrument: spec(symbol),
    length: rows.length,
    columns: {
      time: Float64Array.from(rows, (r) => clock(r[0])),
      price: Float64Array.from(rows, (r) => r[1]),
      size: Float64Array.from(rows, (r) => r[2]),
    },
    source: symbol,
  }
}
