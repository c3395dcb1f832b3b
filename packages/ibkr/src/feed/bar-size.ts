import { BarSizeSetting } from '@stoqey/ib'
import type { TradingCalendar } from '@onetape/calendar'
import { type BarInterval, intervalMs, MS_PER_DAY } from '@onetape/core'
import type { TradingHours } from './bar-span.ts'

/** Bars per answer: few enough that reading one holds the event loop up for some milliseconds only. */
const MOST_BARS = 2_000

/** What to ask for so that bars of an interval can be had. */
export interface BarSize {
  /** TWS' name of the bars. */
  readonly setting: BarSizeSetting
  /** Their length, milliseconds; a day for daily ones. */
  readonly stepMs: number
  /** How far back one request goes: `5 D`. */
  readonly duration: string
  /** The same in milliseconds of trading days or seconds, for steps over ranges without data. */
  readonly spanMs: number
}

const SIZES: readonly (readonly [seconds: number, setting: BarSizeSetting])[] = [
  [28_800, BarSizeSetting.HOURS_EIGHT],
  [14_400, BarSizeSetting.HOURS_FOUR],
  [10_800, BarSizeSetting.HOURS_THREE],
  [7_200, BarSizeSetting.HOURS_TWO],
  [3_600, BarSizeSetting.HOURS_ONE],
  [1_800, BarSizeSetting.MINUTES_THIRTY],
  [1_200, BarSizeSetting.MINUTES_TWENTY],
  [900, BarSizeSetting.MINUTES_FIFTEEN],
  [600, BarSizeSetting.MINUTES_TEN],
  [300, BarSizeSetting.MINUTES_FIVE],
  [180, BarSizeSetting.MINUTES_THREE],
  [120, BarSizeSetting.MINUTES_TWO],
  [60, BarSizeSetting.MINUTES_ONE],
  [30, BarSizeSetting.SECONDS_THIRTY],
  [15, BarSizeSetting.SECONDS_FIFTEEN],
  [10, BarSizeSetting.SECONDS_TEN],
  [5, BarSizeSetting.SECONDS_FIVE],
]

/**
 * The longest bars of TWS that an interval can be made of. TWS aligns its bars to the hours of the clock, ours are
 * aligned to the open: an hour from 09:30 is made of half hours, as TWS would give 09:30 to 10:00 first.
 */
export function barSize(interval: BarInterval, calendar: TradingCalendar, hours: TradingHours): BarSize {
  const length = intervalMs(interval)
  if (length >= MS_PER_DAY)
    return { setting: BarSizeSetting.DAYS_ONE, stepMs: MS_PER_DAY, duration: '7 Y', spanMs: 7 * 365 * MS_PER_DAY }
  const grid = calendar.name === '24/7' ? MS_PER_DAY : 1_800_000 // New York opens at half past nine
  const [seconds, setting] = SIZES.find(([size]) => length % (size * 1000) === 0 && grid % (size * 1000) === 0)!
  const stepMs = seconds * 1000
  const tradedMs = calendar.name === '24/7' ? MS_PER_DAY : hours === 'regular' ? 6.5 * 3_600_000 : 16 * 3_600_000
  const days = Math.min(365, Math.floor((MOST_BARS * stepMs) / tradedMs))
  if (days >= 1) return { setting, stepMs, duration: `${days} D`, spanMs: days * MS_PER_DAY }
  const spanMs = Math.min(MOST_BARS * stepMs, MS_PER_DAY)
  return { setting, stepMs, duration: `${spanMs / 1000} S`, spanMs }
}
