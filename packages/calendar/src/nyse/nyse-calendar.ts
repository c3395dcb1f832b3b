import { type EpochMs, formatDay, formatInstant, InputError, MS_PER_DAY, parseDay } from '@onetape/core'
import { parseWallTime } from '../date/wall-time.ts'
import { reversed } from '../reversed-range.ts'
import type { CalendarName, Session, TradingCalendar } from '../trading-calendar.ts'
import { utcOffsetMs, wallToUtc } from '../zone/zone.ts'
import { nyseSessionTable, type SessionTable } from './session-table.ts'

const FIRST_YEAR = 1990 // the rules of holidays here are those since then
const LAST_YEAR = 2035
const FIRST_DATE = `${FIRST_YEAR}-01-01`
const LAST_DATE = `${LAST_YEAR}-12-31`
const ZONE = 'America/New_York'
const FROM = wallToUtc(ZONE, parseDay(FIRST_DATE) * MS_PER_DAY)
const UNTIL = wallToUtc(ZONE, (parseDay(LAST_DATE) + 1) * MS_PER_DAY)

const MS_PER_HOUR = 3_600_000
const EXTENDED_BEFORE_OPEN = 5.5 * MS_PER_HOUR // from 04:00
const EXTENDED_AFTER_OPEN = 10.5 * MS_PER_HOUR // until 20:00
const EXTENDED_AFTER_OPEN_EARLY = 7.5 * MS_PER_HOUR // until 17:00

// Made at the first question, some milliseconds; the calendars of both exchanges share it.
let sharedTable: SessionTable | undefined
const sharedSessions: (Session | undefined)[] = []

/** The calendar of the NYSE and, with the same days and hours, of Nasdaq. */
export class NyseCalendar implements TradingCalendar {
  readonly name: CalendarName
  readonly timeZone: 'America/New_York' = ZONE
  readonly sessionsPerYear: number = 252
  readonly firstDate: string = FIRST_DATE
  readonly lastDate: string = LAST_DATE

  constructor(name: 'XNYS' | 'XNAS') {
    this.name = name
  }

  isOpen(t: EpochMs): boolean {
    const table = this.#table()
    const row = this.#firstClosingAfter(t)
    return row < table.count && table.open[row]! <= t
  }

  isExtended(t: EpochMs): boolean {
    const table = this.#table()
    // Extended hours run past midnight UTC, so the session before counts as well.
    const row = this.#rowFrom(t)
    for (let r = Math.max(row - 1, 0); r <= row && r < table.count; r++) {
      const open = table.open[r]!
      const after = table.early[r] === 1 ? EXTENDED_AFTER_OPEN_EARLY : EXTENDED_AFTER_OPEN
      if (t >= open - EXTENDED_BEFORE_OPEN && t < open + after) return true
    }
    return false
  }

  sessionOf(t: EpochMs): Session | undefined {
    const table = this.#table()
    const row = this.#firstClosingAfter(t)
    return row < table.count && table.open[row]! <= t ? this.#session(row) : undefined
  }

  sessionOn(date: string): Session | undefined {
    const table = this.#table()
    const day = parseDay(date)
    if (!(day >= table.firstDay && day <= table.lastDay)) throw this.#outside('a date', date)
    const row = table.rowFrom[day - table.firstDay]!
    return row < table.count && table.day[row] === day ? this.#session(row) : undefined
  }

  next(t: EpochMs): Session {
    const table = this.#table()
    let row = this.#rowFrom(t)
    if (row < table.count && table.open[row]! <= t) row++
    if (row === table.count) throw this.#outside('a time before the last open', formatInstant(t))
    return this.#session(row)
  }

  previous(t: EpochMs): Session {
    const row = this.#firstClosingAfter(t) - 1
    if (row < 0) throw this.#outside('a time after the first close', formatInstant(t))
    return this.#session(row)
  }

  sessionFor(t: EpochMs): Session {
    const row = this.#firstClosingAfter(t)
    if (row === this.#table().count) throw this.#outside('a time before the last close', formatInstant(t))
    return this.#session(row)
  }

  sessions(from: EpochMs, to: EpochMs): readonly Session[] {
    const table = this.#table()
    if (!(to >= FROM && to <= UNTIL)) throw this.#outside('a time', formatInstant(to))
    if (!(from <= to)) throw reversed(from, to)
    const found: Session[] = []
    if (from === to) return found
    for (let row = this.#firstClosingAfter(from); row < table.count && table.open[row]! < to; row++)
      found.push(this.#session(row))
    return found
  }

  dateOf(t: EpochMs): string {
    this.#rowFrom(t) // throws outside the calendar
    return formatDay(Math.floor((t + utcOffsetMs(ZONE, t)) / MS_PER_DAY))
  }

  toUtc(date: string, time: string): EpochMs {
    const table = this.#table()
    const day = parseDay(date)
    if (!(day >= table.firstDay && day <= table.lastDay)) throw this.#outside('a date', date)
    return wallToUtc(ZONE, day * MS_PER_DAY + parseWallTime(time))
  }

  extendedHours(session: Session): { readonly open: EpochMs; readonly close: EpochMs } {
    return {
      open: session.open - EXTENDED_BEFORE_OPEN,
      close: session.open + (session.earlyClose ? EXTENDED_AFTER_OPEN_EARLY : EXTENDED_AFTER_OPEN),
    }
  }

  #table(): SessionTable {
    sharedTable ??= nyseSessionTable(FIRST_YEAR, LAST_YEAR)
    return sharedTable
  }

  /** First row whose session is on the UTC date of `t` or later. */
  #rowFrom(t: EpochMs): number {
    if (!(t >= FROM && t < UNTIL)) throw this.#outside('a time', formatInstant(t))
    const table = this.#table()
    return table.rowFrom[Math.floor(t / MS_PER_DAY) - table.firstDay]!
  }

  #firstClosingAfter(t: EpochMs): number {
    const table = this.#table()
    const row = this.#rowFrom(t)
    return row < table.count && table.close[row]! <= t ? row + 1 : row
  }

  #session(row: number): Session {
    const known = sharedSessions[row]
    if (known !== undefined) return known
    const table = this.#table()
    const session: Session = Object.freeze({
      date: formatDay(table.day[row]!),
      open: table.open[row]!,
      close: table.close[row]!,
      earlyClose: table.early[row] === 1,
    })
    sharedSessions[row] = session
    return session
  }

  #outside(expected: string, found: string): InputError {
    return new InputError(
      'calendar.range',
      `Expected ${expected} in the ${this.name} calendar, which knows ${FIRST_DATE} to ${LAST_DATE}, found ${found}.`,
      { hint: 'Choose dates inside it, or the calendar "24/7" for data without sessions.' },
    )
  }
}
