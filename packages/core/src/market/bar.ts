import type { EpochMs, Shares, UsdPerShare } from '../units.ts'
import type { Instrument } from './instrument.ts'
import type { BarInterval } from './interval.ts'

/** The figures of one bar. `time` is the start of its interval, `end` its end, when it becomes knowable. */
export interface BarValues {
  readonly time: EpochMs
  readonly end: EpochMs
  readonly open: UsdPerShare
  readonly high: UsdPerShare
  readonly low: UsdPerShare
  readonly close: UsdPerShare
  readonly volume: Shares
}

/** A bar that may be kept. */
export interface BarRecord extends BarValues {
  readonly instrument: Instrument
  readonly interval: BarInterval
  readonly late: boolean
}

/**
 * The bar in hand: a view that moves on with the data. Read it during the call; keep `bar.copy()`.
 */
export interface Bar extends BarRecord {
  /** How many bars of this stream were seen, this one included. */
  readonly count: number
  /** The bar `back` bars before this one (1 = the one before); throws when there is none. */
  before(back: number): BarRecord
  copy(): BarRecord
}

/** Bars as float64 columns, one entry per bar, sorted by `time`. */
export interface BarColumns {
  readonly time: Float64Array
  readonly end: Float64Array
  readonly open: Float64Array
  readonly high: Float64Array
  readonly low: Float64Array
  readonly close: Float64Array
  readonly volume: Float64Array
}

export const BAR_COLUMNS = ['time', 'end', 'open', 'high', 'low', 'close', 'volume'] as const
