import type { Session, TradingCalendar } from '@onetape/calendar'
import { type BarInterval, type EpochMs, formatDay, InputError, intervalMs, MS_PER_DAY, parseDay } from '@onetape/core'

/** Which trading counts: that of regular hours, or that of extended hours too. */
export type TradingHours = 'regular' | 'extended'

/** The interval of a bar, `[start, end)`. */
export interface BarSpan {
  readonly start: EpochMs
  readonly end: EpochMs
}

/**
 * Where bars of one length lie: aligned to the open of the session (of the pre-market, of the after-hours) and cut at
 * its close; days and weeks run from the first open to the last close. The same as bars made from files.
 */
export class BarSpans {
  readonly interval: BarInterval
  readonly calendar: TradingCalendar
  readonly hours: TradingHours
  readonly #length: number
  #last: BarSpan | undefined

  /** @throws {InputError} `ibkr.interval` for lengths that cannot be built: below 5 s, odd seconds, `2d`, `3w`, … */
  constructor(interval: BarInterval, calendar: TradingCalendar, hours: TradingHours) {
    this.interval = interval
    this.calendar = calendar
    this.hours = hours
    this.#length = intervalMs(interval)
    const days = this.#length >= MS_PER_DAY
    if (days ? interval !== '1d' && interval !== '1w' : this.#length % 5_000 !== 0)
      throw new InputError('ibkr.interval', `Expected a multiple of 5s below a day, 1d or 1w, found ${interval}.`)
  }

  /** The span that `t` lies in; undefined when the market does not trade then. */
  of(t: EpochMs): BarSpan | undefined {
    const last = this.#last
    if (last !== undefined && t >= last.start && t < last.end) return last
    const span = this.#length < MS_PER_DAY ? this.#within(t) : this.#days(t)
    this.#last = span
    return span
  }

  #within(t: EpochMs): BarSpan | undefined {
    const session = this.calendar.sessionOf(t)
    if (session !== undefined) return this.#piece(t, session.open, session.close)
    const owner = this.#extendedOwner(t)
    if (owner === undefined) return undefined
    const hours = this.calendar.extendedHours(owner)
    return t < owner.open ? this.#piece(t, hours.open, owner.open) : this.#piece(t, owner.close, hours.close)
  }

  #piece(t: EpochMs, from: EpochMs, to: EpochMs): BarSpan {
    const start = from + Math.floor((t - from) / this.#length) * this.#length
    return { start, end: Math.min(start + this.#length, to) }
  }

  #days(t: EpochMs): BarSpan | undefined {
    const session = this.calendar.sessionOf(t) ?? this.#extendedOwner(t)
    if (session === undefined) return undefined
    return this.spanOf(session)
  }

  /** The span of the day or week that a session belongs to. */
  spanOf(session: Session): BarSpan {
    const sessions = this.interval === '1w' ? weekOf(session, this.calendar) : [session]
    const [first, last] = [sessions[0]!, sessions.at(-1)!]
    if (this.hours === 'regular') return { start: first.open, end: last.close }
    return { start: this.calendar.extendedHours(first).open, end: this.calendar.extendedHours(last).close }
  }

  /** The session in whose pre-market or after-hours `t` lies; undefined when only regular hours count. */
  #extendedOwner(t: EpochMs): Session | undefined {
    if (this.hours === 'regular' || !this.calendar.isExtended(t)) return undefined
    const next = this.calendar.next(t)
    return t >= this.calendar.extendedHours(next).open ? next : this.calendar.previous(t)
  }
}

function weekOf(session: Session, calendar: TradingCalendar): readonly Session[] {
  const day = parseDay(session.date)
  const monday = day - ((day + 3) % 7) // 1970-01-01 was a Thursday
  return calendar.sessions(calendar.toUtc(formatDay(monday), '00:00'), calendar.toUtc(formatDay(monday + 7), '00:00'))
}
