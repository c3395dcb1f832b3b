import { type EpochMs, formatDay, formatInstant, InputError, MS_PER_DAY, parseDay } from '@onetape/core'
import { parseWallTime } from './date/wall-time.ts'
import { reversed } from './reversed-range.ts'
import type { Session, TradingCalendar } from './trading-calendar.ts'

const FIRST_DATE = '0001-01-01'
const LAST_DATE = '9999-12-31'
const FIRST_DAY = parseDay(FIRST_DATE)
const LAST_DAY = parseDay(LAST_DATE)

/** A market that never closes: one session per day of UTC, from 00:00 to the next 00:00. */
export class AlwaysOpenCalendar implements TradingCalendar {
  readonly name = '24/7'
  readonly timeZone = 'UTC'
  readonly sessionsPerYear: number = 365
  readonly firstDate: string = FIRST_DATE
  readonly lastDate: string = LAST_DATE
  readonly #sessions = new Map<number, Session>()

  isOpen(t: EpochMs): boolean {
    this.#day(t)
    return true
  }

  isExtended(t: EpochMs): boolean {
    this.#day(t)
    return true
  }

  sessionOf(t: EpochMs): Session {
    return this.#session(this.#day(t))
  }

  sessionOn(date: string): Session {
    return this.#session(this.#dayOf(date))
  }

  next(t: EpochMs): Session {
    const day = this.#day(t) + 1
    if (day > LAST_DAY) throw outside(formatInstant(t))
    return this.#session(day)
  }

  previous(t: EpochMs): Session {
    const day = this.#day(t) - 1
    if (day < FIRST_DAY) throw outside(formatInstant(t))
    return this.#session(day)
  }

  sessionFor(t: EpochMs): Session {
    return this.#session(this.#day(t))
  }

  sessions(from: EpochMs, to: EpochMs): readonly Session[] {
    const found: Session[] = []
    const first = this.#day(from)
    if (!(to <= (LAST_DAY + 1) * MS_PER_DAY)) throw outside(formatInstant(to))
    if (!(from <= to)) throw reversed(from, to)
    if (from === to) return found
    for (let day = first; day * MS_PER_DAY < to; day++) found.push(this.#session(day))
    return found
  }

  dateOf(t: EpochMs): string {
    return formatDay(this.#day(t))
  }

  toUtc(date: string, time: string): EpochMs {
    return this.#dayOf(date) * MS_PER_DAY + parseWallTime(time)
  }

  extendedHours(session: Session): { readonly open: EpochMs; readonly close: EpochMs } {
    return { open: session.open, close: session.close }
  }

  #day(t: EpochMs): number {
    const day = Math.floor(t / MS_PER_DAY)
    if (!(day >= FIRST_DAY && day <= LAST_DAY)) throw outside(formatInstant(t))
    return day
  }

  #dayOf(date: string): number {
    const day = parseDay(date)
    if (!(day >= FIRST_DAY)) throw outside(date)
    return day
  }

  #session(day: number): Session {
    const known = this.#sessions.get(day)
    if (known !== undefined) return known
    const open = day * MS_PER_DAY
    const session: Session = Object.freeze({
      date: formatDay(day),
      open,
      close: open + MS_PER_DAY,
      earlyClose: false,
    })
    this.#sessions.set(day, session)
    return session
  }
}

function outside(found: string): InputError {
  return new InputError(
    'calendar.range',
    `Expected a time in the 24/7 calendar, which knows ${FIRST_DATE} to ${LAST_DATE}, found ${found}.`,
  )
}
