import type { Session, TradingCalendar } from '@onetape/calendar'
import {
  type BarInterval,
  type BarValues,
  type EpochMs,
  formatDay,
  formatInstant,
  InputError,
  intervalMs,
  MS_PER_DAY,
  parseDay,
} from '@onetape/core'
import { SessionCursor } from '../bars/session-cursor.ts'

/** Which bars count: those of regular hours, or those of extended hours too. */
export type AggregateHours = 'regular' | 'extended'

/** Where a bar belongs: the span of the longer bar that takes it in. */
interface Span {
  readonly start: EpochMs
  readonly end: EpochMs
}

/**
 * Makes longer bars of a stream of shorter ones, one session after the other. Spans are aligned to the open of the
 * session (of the pre-market, of the after-hours) and cut at its close; a bar is emitted when the first of a later span
 * comes, or on `flush`. Its `end` is that of its span, also when the last of its parts is missing.
 */
export class BarAggregator {
  readonly #interval: BarInterval
  readonly #length: number
  readonly #calendar: TradingCalendar
  readonly #hours: AggregateHours
  readonly #cursor: SessionCursor
  readonly #emit: (bar: BarValues) => void
  #span: Span | undefined
  /** The session asked for last and its span, as it is the same for all its bars. */
  #owner: Session | undefined
  #ownerSpan: Span = { start: NaN, end: NaN }
  #open = 0
  #high = 0
  #low = 0
  #close = 0
  #volume = 0

  /**
   * @param hours by default all for minutes and hours, regular ones for `1d` and `1w`
   * @throws {InputError} `data.aggregate` for other lengths in days or weeks
   */
  constructor(interval: BarInterval, cal: TradingCalendar, emit: (bar: BarValues) => void, hours?: AggregateHours) {
    this.#interval = interval
    this.#length = intervalMs(interval)
    this.#calendar = cal
    this.#cursor = new SessionCursor(cal)
    this.#emit = emit
    const days = this.#length >= MS_PER_DAY
    this.#hours = hours ?? (days ? 'regular' : 'extended')
    if (days && interval !== '1d' && interval !== '1w')
      throw new InputError('data.aggregate', `Expected an interval below a day, 1d or 1w, found ${interval}.`)
  }

  /**
   * Takes the next bar of the stream.
   *
   * @throws {InputError} `data.aggregate` for a bar that lies in two spans
   */
  push(bar: BarValues): void {
    const span = this.#spanOf(bar.time)
    if (span === undefined) {
      const next = this.#cursor.at(bar.time)
      if (bar.end > next.open && bar.time < next.open) throw this.#straddles(bar)
      return
    }
    if (bar.end > span.end) throw this.#straddles(bar)
    if (this.#span !== undefined && span.start === this.#span.start) {
      this.#high = Math.max(this.#high, bar.high)
      this.#low = Math.min(this.#low, bar.low)
      this.#close = bar.close
      this.#volume += bar.volume
      return
    }
    this.flush()
    this.#span = span
    this.#open = bar.open
    this.#high = bar.high
    this.#low = bar.low
    this.#close = bar.close
    this.#volume = bar.volume
  }

  /** Emits the bar in the making, of what there is so far. */
  flush(): void {
    if (this.#span === undefined) return
    const { start, end } = this.#span
    this.#span = undefined
    this.#emit({
      time: start,
      end,
      open: this.#open,
      high: this.#high,
      low: this.#low,
      close: this.#close,
      volume: this.#volume,
    })
  }

  #straddles(bar: BarValues): InputError {
    return new InputError(
      'data.aggregate',
      `Expected bars that each lie within one bar of ${this.#interval}, found one from ${formatInstant(bar.time)} to ${formatInstant(bar.end)}.`,
      { hint: 'Aggregate shorter bars, or give an interval that is a multiple of theirs from the open on.' },
    )
  }

  /** Undefined for a bar that does not count. */
  #spanOf(t: EpochMs): Span | undefined {
    const current = this.#span
    if (current !== undefined && t >= current.start && t < current.end && this.#length < MS_PER_DAY) return current
    const session = this.#cursor.at(t)
    const regular = t >= session.open
    if (!regular && this.#hours === 'regular') return undefined
    if (this.#length < MS_PER_DAY)
      return regular ? this.#piece(t, session.open, session.close) : this.#outside(t, session)
    const owner = regular ? session : this.#extendedOwner(t, session)
    return owner === undefined ? undefined : this.#sessionSpan(owner)
  }

  #piece(t: EpochMs, from: EpochMs, to: EpochMs): Span {
    const start = from + Math.floor((t - from) / this.#length) * this.#length
    return { start, end: Math.min(start + this.#length, to) }
  }

  /** Pre-market of `next`, or after-hours and night of the session before. */
  #outside(t: EpochMs, next: Session): Span {
    const preMarket = this.#calendar.extendedHours(next).open
    if (t >= preMarket) return this.#piece(t, preMarket, next.open)
    return this.#piece(t, this.#calendar.previous(t).close, preMarket)
  }

  #extendedOwner(t: EpochMs, next: Session): Session | undefined {
    if (!this.#calendar.isExtended(t)) return undefined
    return t >= this.#calendar.extendedHours(next).open ? next : this.#calendar.previous(t)
  }

  #sessionSpan(session: Session): Span {
    if (this.#owner !== session) {
      this.#owner = session
      this.#ownerSpan = this.#newSpan(session)
    }
    return this.#ownerSpan
  }

  #newSpan(session: Session): Span {
    const sessions = this.#interval === '1d' ? [session] : weekOf(session, this.#calendar)
    const [first, last] = [sessions[0]!, sessions.at(-1)!]
    if (this.#hours === 'regular') return { start: first.open, end: last.close }
    return { start: this.#calendar.extendedHours(first).open, end: this.#calendar.extendedHours(last).close }
  }
}

function weekOf(session: Session, cal: TradingCalendar): readonly Session[] {
  return sessionsOfWeek(parseDay(session.date), cal)
}

/** The sessions of the week, Monday to Sunday, of a day counted from 1970-01-01. */
export function sessionsOfWeek(day: number, cal: TradingCalendar): readonly Session[] {
  const monday = day - ((((day + 3) % 7) + 7) % 7) // 1970-01-01 was a Thursday
  const from = Math.max(monday, parseDay(cal.firstDate))
  return cal.sessions(cal.toUtc(formatDay(from), '00:00'), cal.toUtc(formatDay(monday + 7), '00:00'))
}
