import type { Session, TradingCalendar } from '@onetape/calendar'
import { parseDay } from '@onetape/core'

/**
 * Calendar days of interest that are booked at the close of a session: those to the next session, so that a Friday
 * carries three and the Thursday before Good Friday four.
 *
 * @throws {InputError} `calendar.range` for the last session that the calendar knows
 */
export function interestDays(calendar: TradingCalendar, session: Session): number {
  return parseDay(calendar.next(session.open).date) - parseDay(session.date)
}
