import { type BarSeries, barSeries, instrument } from '@onetape/core'

/** Monday, 10 August 2026, 09:30 in New York. */
export const OPEN = Date.UTC(2026, 7, 10, 13, 30)
export const MINUTE = 60_000

export type Row = readonly [open: number, high: number, low: number, close: number, volume: number]

/** One-minute bars from the open on. */
export function minutes(symbol: string, rows: readonly Row[], from: number = OPEN): BarSeries {
  const column = (at: number): Float64Array => Float64Array.from(rows, (row) => row[at]!)
  return barSeries({
    instrument: instrument(symbol, { exchange: 'NASDAQ' }),
    interval: '1m',
    columns: {
      time: Float64Array.from(rows, (_, i) => from + i * MINUTE),
      open: column(0),
      high: column(1),
      low: column(2),
      close: column(3),
      volume: column(4),
    },
  })
}

/** `n` equal minutes: 100, and 101 and 99 at the extremes. */
export function flat(n: number, volume = 100_000): Row[] {
  return Array.from({ length: n }, (): Row => [100, 101, 99, 100, volume])
}
