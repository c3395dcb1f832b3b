import type { TradingCalendar } from '@onetape/calendar'
import { civilFromDays, daysFromCivil, formatDay, InputError, parseDay } from '@onetape/core'

/** `[first trade date, business days until settlement]`, newest first. */
const CYCLES: readonly (readonly [from: string, days: number])[] = [
  ['2024-05-28', 1], // SEC release 34-96930
  ['2017-09-05', 2], // SEC release 34-80295
  ['1995-06-07', 3], // SEC release 34-33023
  ['1990-01-01', 5], // custom of the exchanges before rule 15c6-1; further back is not covered here
]

/**
 * Business days from the trade to its settlement for US stocks: 1 from 2024-05-28 on, 2 from 2017-09-05, 3 from
 * 1995-06-07, 5 before. The trade date decides, not the settlement date. What the exchanges agreed for the days just
 * before a change is left out; it moved a few trades of June 1995.
 *
 * @param tradeDate `YYYY-MM-DD`
 * @throws {InputError} `date.format`, `costs.date` before 1990
 * @see https://www.sec.gov/rules/final/2023/34-96930.pdf
 */
export function settlementDays(tradeDate: string): number {
  parseDay(tradeDate)
  const cycle = CYCLES.find(([from]) => tradeDate >= from)
  if (cycle !== undefined) return cycle[1]
  throw new InputError('costs.date', `Expected a trade date from 1990-01-01 on, found ${tradeDate}.`)
}

/**
 * The day on which a trade's cash and shares change hands, `YYYY-MM-DD`: the sessions of the calendar are counted,
 * without days on which the exchange trades while banks are closed (Columbus Day, Veterans Day, before 1998 Martin Luther
 * King Day). On a calendar that never closes trades settle on their own day.
 *
 * @param tradeDate `YYYY-MM-DD`; a day without a session counts as the session before it
 * @throws {InputError} `date.format`, `calendar.range`, `costs.date`
 * @see https://www.finra.org/rules-guidance/notices/95-77 for the days on which banks are closed
 */
export function settlementDate(calendar: TradingCalendar, tradeDate: string): string {
  if (calendar.name === '24/7') return formatDay(parseDay(tradeDate))
  let left = settlementDays(tradeDate)
  // The end of the trade date: the next session is then the first business day after it.
  let at = calendar.toUtc(tradeDate, '23:59')
  for (;;) {
    const session = calendar.next(at)
    if (!banksClosed(session.date)) left--
    if (left === 0) return session.date
    at = session.close
  }
}

/** True on the federal holidays on which New York's exchanges have traded since 1990. */
function banksClosed(date: string): boolean {
  const days = parseDay(date)
  const { year, month, day } = civilFromDays(days)
  const weekday = (((days + 4) % 7) + 7) % 7 // 1970-01-01 was a Thursday; 0 is Sunday
  const monday = (week: number): boolean => weekday === 1 && day > (week - 1) * 7 && day <= week * 7
  if (month === 10) return monday(2) // Columbus Day
  if (month === 1 && year < 1998) return monday(3) // Martin Luther King Day, a holiday of the NYSE from 1998 on
  // Veterans Day; on a Sunday it is kept on Monday, on a Saturday the Federal Reserve is open on the Friday before.
  return month === 11 && (day === 11 || (weekday === 1 && days - 1 === daysFromCivil(year, 11, 11)))
}
