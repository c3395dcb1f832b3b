import type { BarColumns, EpochMs } from '@onetape/core'
import type { Listing } from './listing.ts'
import type { MarketTick } from './quote.ts'
import type { MarketBar } from './five-seconds.ts'

/** Where prices come from: a recording or a seeded generator. Answers depend on nothing but the arguments. */
export interface Market {
  readonly listings: readonly Listing[]
  /** Whether orders meet whole recorded bars (as in a backtest) or quotes and trades. */
  readonly matching: 'bars' | 'ticks'
  /** When a gateway on this market begins when nothing else is said; undefined for "now". */
  readonly start: EpochMs | undefined
  /** The five-second bar that starts at `time` (a multiple of five seconds); undefined when there is no trading. */
  fiveSeconds(listing: Listing, time: EpochMs): MarketBar | undefined
  /** The ticks of the five seconds that start at `time`, in order. */
  ticks(listing: Listing, time: EpochMs): readonly MarketTick[]
  /** The first multiple of five seconds at or after `time` that lies in trading or ends it; Infinity after the last. */
  nextStep(time: EpochMs): EpochMs
  /** The recorded bar that ends at `time`, for `matching: 'bars'`. */
  barEnding(listing: Listing, time: EpochMs): { readonly columns: BarColumns; readonly row: number } | undefined
  /**
   * Bars of `intervalMs` (below a day) in `[from, to)`, on the grid of the exchange's clock; at most `limit`, the
   * newest. The last one is unfinished when `to` cuts it.
   */
  bars(listing: Listing, intervalMs: number, from: EpochMs, to: EpochMs, useRth: boolean, limit: number): MarketBar[]
  /** Bars of whole sessions in `[from, to)`, `time` being the session's open; the last one may be unfinished. */
  dailyBars(listing: Listing, from: EpochMs, to: EpochMs): MarketBar[]
  /** The start of the first bar of a stock. */
  earliest(listing: Listing): EpochMs
  /** The last price before or at `time`; NaN before the first bar. */
  lastPrice(listing: Listing, time: EpochMs): number
}

/** The row of the last time at or before `time`, −1 when all are later. */
export function rowAt(times: Float64Array, time: EpochMs): number {
  let low = 0
  let high = times.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (times[middle]! <= time) low = middle + 1
    else high = middle
  }
  return low - 1
}
