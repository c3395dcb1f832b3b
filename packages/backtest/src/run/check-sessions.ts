import { calendar } from '@onetape/calendar'
import { type BarSeries, InputError, MS_PER_DAY, formatInstant, intervalMs } from '@onetape/core'

/**
 * Days that begin when the exchange is closed, such as dates taken for midnight UTC, would never fill an order: a bar
 * matches in the session in which it starts.
 *
 * @throws {InputError} `data.session` for bars of a day or longer of which none starts in a session
 */
export function checkSessions(data: readonly BarSeries[]): void {
  for (const { instrument, interval, columns, source } of data) {
    if (intervalMs(interval) < MS_PER_DAY || columns.time.length === 0) continue
    const cal = calendar(instrument.calendar)
    if (columns.time.some((time) => cal.isOpen(time))) continue
    const time = columns.time[0]!
    const session = cal.sessionFor(time)
    throw new InputError(
      'data.session',
      `Expected bars (${interval}) that start in a session of ${instrument.calendar}, as at ${formatInstant(session.open)}, found ${formatInstant(time)} and none that does.`,
      {
        place: source,
        hint: "A daily bar runs from its session's open to its close: importBars and dailyBars of @onetape/market-data place it so. An instrument with calendar: '24/7' takes days as they are.",
      },
    )
  }
}
