import { daysFromCivil, MS_PER_DAY } from '@onetape/core'
import { weekdayOf } from '../date/weekday.ts'
import { newYorkOffsetMs } from '../zone/new-york.ts'
import { nyseEarlyCloses } from './early-closes.ts'
import { nyseClosings } from './holidays.ts'

const MS_PER_HOUR = 3_600_000
const OPEN = 9.5 * MS_PER_HOUR
const CLOSE_HOUR = 16

/** Regular sessions in columns, one row per session in order of time. */
export interface SessionTable {
  readonly count: number
  /** Local date in days since 1970-01-01. It is the UTC date of open and close too: both lie from 13:30 to 21:00 UTC. */
  readonly day: Int32Array
  readonly open: Float64Array
  readonly close: Float64Array
  /** 1 where the session closed early. */
  readonly early: Uint8Array
  readonly firstDay: number
  readonly lastDay: number
  /** Of each day from `firstDay` to the day after `lastDay`: the first row of that day or later, `count` when none is left. */
  readonly rowFrom: Int32Array
}

/** The sessions of the NYSE from the first to the last of the years given, both whole. */
export function nyseSessionTable(firstYear: number, lastYear: number): SessionTable {
  const firstDay = daysFromCivil(firstYear, 1, 1)
  const lastDay = daysFromCivil(lastYear, 12, 31)
  const days = lastDay - firstDay + 1
  const day = new Int32Array(days)
  const open = new Float64Array(days)
  const close = new Float64Array(days)
  const early = new Uint8Array(days)
  const rowFrom = new Int32Array(days + 1)
  let count = 0
  for (let year = firstYear; year <= lastYear; year++) {
    const closings = nyseClosings(year)
    const earlyCloses = nyseEarlyCloses(year)
    const newYear = daysFromCivil(year + 1, 1, 1)
    for (let d = daysFromCivil(year, 1, 1); d < newYear; d++) {
      rowFrom[d - firstDay] = count
      const weekday = weekdayOf(d)
      if (weekday === 0 || weekday === 6 || closings.has(d)) continue
      const earlyHour = earlyCloses.get(d)
      day[count] = d
      // The clocks change at night, so that one offset holds from the open to the close.
      const midnight = d * MS_PER_DAY - newYorkOffsetMs(d * MS_PER_DAY + 15 * MS_PER_HOUR)
      open[count] = midnight + OPEN
      close[count] = midnight + (earlyHour ?? CLOSE_HOUR) * MS_PER_HOUR
      early[count] = earlyHour === undefined ? 0 : 1
      count++
    }
  }
  rowFrom[days] = count
  return { count, day, open, close, early, firstDay, lastDay, rowFrom }
}
