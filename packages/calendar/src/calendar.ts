import { didYouMean, InputError } from '@onetape/core'
import { AlwaysOpenCalendar } from './always-open-calendar.ts'
import { NyseCalendar } from './nyse/nyse-calendar.ts'
import type { CalendarName, TradingCalendar } from './trading-calendar.ts'

const CALENDARS: ReadonlyMap<string, TradingCalendar> = new Map<CalendarName, TradingCalendar>([
  ['XNYS', new NyseCalendar('XNYS')],
  ['XNAS', new NyseCalendar('XNAS')],
  ['24/7', new AlwaysOpenCalendar()],
])

/** What people type who mean one of ours. */
const OTHER_NAMES: ReadonlyMap<string, CalendarName> = new Map<string, CalendarName>([
  ['NYSE', 'XNYS'],
  ['ARCA', 'XNYS'],
  ['AMEX', 'XNYS'],
  ['US', 'XNYS'],
  ['NASDAQ', 'XNAS'],
  ['CRYPTO', '24/7'],
  ['ALWAYS', '24/7'],
])

/** The names that `calendar` knows, in the order in which they are shown to people. */
export const calendarNames: readonly CalendarName[] = ['XNYS', 'XNAS', '24/7']

/**
 * The trading calendar of a name: `XNYS`, `XNAS` or `24/7`. Always the same object; costs nothing before its first use.
 *
 * @throws {InputError} `calendar.unknown` for all others, with the known names
 */
export function calendar(name: string): TradingCalendar {
  const found = CALENDARS.get(name)
  if (found !== undefined) return found
  const meant = OTHER_NAMES.get(name.toUpperCase())
  throw new InputError(
    'calendar.unknown',
    `Expected a calendar ${calendarNames.map((known) => `"${known}"`).join(', ')}, found "${name}".`,
    { hint: didYouMean(meant ?? name, calendarNames) },
  )
}
