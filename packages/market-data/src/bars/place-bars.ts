import type { TradingCalendar } from '@onetape/calendar'
import { type BarInterval, formatDay, InputError, MS_PER_DAY, parseDay } from '@onetape/core'
import { sessionsOfWeek } from '../aggregate/bar-aggregator.ts'
import { SessionCursor } from './session-cursor.ts'

/** Where the bars of a file lie in time. */
export interface PlacedBars {
  readonly time: Float64Array
  readonly end: Float64Array
  /** Rows on days without a session; their times are 00:00 UTC of the day. */
  readonly bad: readonly number[]
}

/** Days and weeks from their dates: from the first open to the last close. */
export function sessionBars(days: Float64Array, interval: BarInterval, cal: TradingCalendar): PlacedBars {
  if (interval !== '1d' && interval !== '1w')
    throw new InputError('data.interval', `Expected bars of 1d or 1w, found ${interval}.`, {
      hint: 'Bars of several days have no fixed place in the calendar.',
    })
  const [time, end] = [new Float64Array(days.length), new Float64Array(days.length)]
  const bad: number[] = []
  for (let i = 0; i < days.length; i++) {
    const day = Math.floor(days[i]! / MS_PER_DAY)
    const week = interval === '1d' ? undefined : sessionsOfWeek(day, cal)
    const first = week === undefined ? cal.sessionOn(formatDay(day)) : week[0]
    const last = week === undefined ? first : week.at(-1)
    if (first === undefined || last === undefined) {
      bad.push(i)
      time[i] = days[i]!
      end[i] = days[i]! + MS_PER_DAY
    } else {
      time[i] = first.open
      end[i] = last.close
    }
  }
  return { time, end, bad }
}

/**
 * Start and end of intraday bars. Where a file keeps to regular hours, a bar that straddles the open or the close is cut
 * there (hourly bars are often stamped 09:00 for 09:30-10:00).
 */
export function intradayBars(
  stamps: Float64Array,
  ends: Float64Array | undefined,
  length: number,
  atEnd: boolean,
  cal: TradingCalendar,
): PlacedBars {
  const time = atEnd ? stamps.map((t) => t - length) : stamps.slice()
  const end = ends === undefined ? time.map((t) => t + length) : ends.slice()
  const bad: number[] = []
  if (cal.name === '24/7') return { time, end, bad }
  const cursor = new SessionCursor(cal)
  let outside = 0
  const straddles: number[] = []
  for (let i = 0; i < time.length; i++) {
    const { open, close } = cursor.at(time[i]!)
    if (time[i]! < open ? end[i]! > open : end[i]! > close) straddles.push(i)
    else if (time[i]! < open) {
      outside++
      if (open - time[i]! > MS_PER_DAY / 2 && cal.sessionOn(cal.dateOf(time[i]!)) === undefined) bad.push(i)
    }
  }
  if (ends === undefined && outside <= 0.01 * time.length)
    for (const i of straddles) {
      const { open, close } = cursor.at(time[i]!)
      time[i] = Math.max(time[i]!, open)
      end[i] = Math.min(end[i]!, close)
    }
  for (const i of bad) time[i] = Math.floor(time[i]! / MS_PER_DAY) * MS_PER_DAY
  return { time, end, bad }
}

/** Dates of daily bars that are stamped with a time of day, as 00:00 UTC. */
export function localMidnights(
  instants: Float64Array,
  walls: Float64Array | undefined,
  cal: TradingCalendar,
): Float64Array {
  if (walls !== undefined) return walls.map((wall) => Math.floor(wall / MS_PER_DAY) * MS_PER_DAY)
  return instants.map((t) => parseDay(cal.dateOf(t)) * MS_PER_DAY)
}
