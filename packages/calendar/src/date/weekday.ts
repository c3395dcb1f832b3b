import { daysFromCivil } from '@onetape/core'

/** Day of the week of a count of days since 1970-01-01: 0 Sunday, 1 Monday … 6 Saturday. */
export function weekdayOf(days: number): number {
  return (((days + 4) % 7) + 7) % 7 // 1970-01-01 was a Thursday
}

/** The `nth` (1-5) given weekday of a month, as days since 1970-01-01. */
export function nthWeekday(nth: number, weekday: number, year: number, month: number): number {
  const first = daysFromCivil(year, month, 1)
  return first + ((weekday - weekdayOf(first) + 7) % 7) + (nth - 1) * 7
}

/** The last given weekday of a month, as days since 1970-01-01. */
export function lastWeekday(weekday: number, year: number, month: number): number {
  const last = daysFromCivil(month === 12 ? year + 1 : year, (month % 12) + 1, 1) - 1
  return last - ((weekdayOf(last) - weekday + 7) % 7)
}
