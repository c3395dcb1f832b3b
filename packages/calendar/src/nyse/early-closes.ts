import { daysFromCivil, parseDay } from '@onetape/core'
import { weekdayOf } from '../date/weekday.ts'
import { thanksgiving } from './holidays.ts'

const [MONDAY, TUESDAY, WEDNESDAY, THURSDAY] = [1, 2, 3, 4] as const

/** Closes at 13:00 that no rule foretells: the Fridays after two Christmases, and the eve of the year 2000. */
const SPECIAL_EARLY_CLOSES: readonly string[] = ['1997-12-26', '1999-12-31', '2003-12-26']

/**
 * The days of a year, 1990 or later, on which the NYSE closes early by schedule, as days since 1970-01-01, with the
 * hour in New York: 14:00 until 1992, 13:00 since. A day that is a holiday too (1993-12-24) stays a holiday: take the
 * closings away first.
 *
 * @see NYSE Rule 7.2, https://www.nyse.com/markets/hours-calendars; NYSE, "Special Closings", http://www.nyse.com/pdfs/closings.pdf
 */
export function nyseEarlyCloses(year: number): ReadonlyMap<number, number> {
  const hour = year <= 1992 ? 14 : 13
  const closes = new Map<number, number>()

  if (year >= 1992) closes.set(thanksgiving(year) + 1, hour)

  const christmasEve = daysFromCivil(year, 12, 24)
  if (isOneOf(christmasEve, MONDAY, TUESDAY, WEDNESDAY, THURSDAY)) closes.set(christmasEve, hour)

  if (year >= 1995) {
    const july3 = daysFromCivil(year, 7, 3)
    if (isOneOf(july3, MONDAY, TUESDAY, THURSDAY)) closes.set(july3, hour)
    // Independence Day on a Thursday: until 2012 the Friday after it was short, since 2013 the Wednesday before.
    if (isOneOf(july3, WEDNESDAY)) closes.set(year <= 2012 ? july3 + 2 : july3, hour)
  }

  for (const date of SPECIAL_EARLY_CLOSES) if (date.startsWith(String(year))) closes.set(parseDay(date), hour)
  return closes
}

function isOneOf(days: number, ...weekdays: readonly number[]): boolean {
  return weekdays.includes(weekdayOf(days))
}
