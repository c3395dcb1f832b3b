import { daysFromCivil, parseDay } from '@onetape/core'
import { easterSunday } from '../date/easter.ts'
import { lastWeekday, nthWeekday, weekdayOf } from '../date/weekday.ts'

const [SUNDAY, MONDAY, THURSDAY, SATURDAY] = [0, 1, 4, 6] as const

/**
 * Full-day closings that no rule foretells.
 *
 * @see NYSE, "Special Closings" (http://www.nyse.com/pdfs/closings.pdf) and the exchange's notices since
 */
const SPECIAL_CLOSINGS: readonly string[] = [
  '1994-04-27', // funeral of Richard Nixon
  '2001-09-11', // attack on the World Trade Center, until the 14th
  '2001-09-12',
  '2001-09-13',
  '2001-09-14',
  '2004-06-11', // funeral of Ronald Reagan
  '2007-01-02', // funeral of Gerald Ford
  '2012-10-29', // hurricane Sandy
  '2012-10-30',
  '2018-12-05', // funeral of George H. W. Bush
  '2025-01-09', // funeral of Jimmy Carter
]

/**
 * The weekdays of a year, 1990 or later, on which the NYSE does not open at all, as days since 1970-01-01.
 *
 * @see NYSE Rule 7.2 (Holidays), https://www.nyse.com/markets/hours-calendars
 */
export function nyseClosings(year: number): ReadonlySet<number> {
  const closings = new Set<number>()
  const newYear = daysFromCivil(year, 1, 1)
  // On a Saturday it is not made up for: the Friday before would be the last day of the accounting year (Rule 7.2).
  if (weekdayOf(newYear) !== SATURDAY) closings.add(observed(newYear))
  if (year >= 1998) closings.add(nthWeekday(3, MONDAY, year, 1)) // Martin Luther King, Jr.
  closings.add(nthWeekday(3, MONDAY, year, 2)) // Washington's Birthday
  closings.add(easterSunday(year) - 2) // Good Friday
  closings.add(lastWeekday(MONDAY, year, 5)) // Memorial Day
  if (year >= 2022) closings.add(observed(daysFromCivil(year, 6, 19))) // Juneteenth
  closings.add(observed(daysFromCivil(year, 7, 4))) // Independence Day
  closings.add(nthWeekday(1, MONDAY, year, 9)) // Labor Day
  closings.add(thanksgiving(year))
  closings.add(observed(daysFromCivil(year, 12, 25))) // Christmas
  for (const date of SPECIAL_CLOSINGS) if (date.startsWith(String(year))) closings.add(parseDay(date))
  return closings
}

/** Thanksgiving Day, the fourth Thursday of November, as days since 1970-01-01. */
export function thanksgiving(year: number): number {
  return nthWeekday(4, THURSDAY, year, 11)
}

/** A holiday on Saturday is kept on the Friday before, one on Sunday on the Monday after. */
function observed(days: number): number {
  const weekday = weekdayOf(days)
  return weekday === SATURDAY ? days - 1 : weekday === SUNDAY ? days + 1 : days
}
