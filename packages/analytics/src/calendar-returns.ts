import { civilFromDays } from '@onetape/core'

/** Return of one month or year, as a fraction. `month` is 1–12, and 0 for a year. */
export interface PeriodReturn {
  readonly year: number
  readonly month: number
  readonly return: number
  readonly sessions: number
}

/**
 * Returns by calendar month: the last NAV of the month over the last one of the month before. The first month starts
 * from the first NAV, so the months compound to the whole. A month without a session has no row.
 *
 * @param day local date of each NAV point, days since 1970-01-01, ascending (`SessionNav.day`)
 */
export function monthlyReturns(day: ArrayLike<number>, nav: ArrayLike<number>): readonly PeriodReturn[] {
  return returnsBy('month', day, nav)
}

/** Returns by calendar year, like {@link monthlyReturns}. */
export function yearlyReturns(day: ArrayLike<number>, nav: ArrayLike<number>): readonly PeriodReturn[] {
  return returnsBy('year', day, nav)
}

function returnsBy(unit: 'month' | 'year', day: ArrayLike<number>, nav: ArrayLike<number>): readonly PeriodReturn[] {
  const rows: PeriodReturn[] = []
  let start = nav[0]!
  let sessions = 0
  for (let i = 1; i < nav.length; i++) {
    sessions += 1
    const { year, month } = civilFromDays(day[i]!)
    const next = i + 1 < nav.length ? civilFromDays(day[i + 1]!) : undefined
    if (next !== undefined && next.year === year && (unit === 'year' || next.month === month)) continue
    rows.push({
      year,
      month: unit === 'year' ? 0 : month,
      return: start > 0 ? nav[i]! / start - 1 : NaN,
      sessions,
    })
    start = nav[i]!
    sessions = 0
  }
  return rows
}
