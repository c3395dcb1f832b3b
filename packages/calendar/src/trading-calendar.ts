import type { EpochMs } from '@onetape/core'

/** The calendars that are known: New York Stock Exchange, Nasdaq, and one that never closes. */
export type CalendarName = 'XNYS' | 'XNAS' | '24/7'

/** One trading day's regular hours, `[open, close)`. Frozen, and the same object whenever it is asked for. */
export interface Session {
  /** The exchange's local date, `YYYY-MM-DD`. */
  readonly date: string
  readonly open: EpochMs
  readonly close: EpochMs
  /** True when the exchange closed before its usual hour by its own schedule. */
  readonly earlyClose: boolean
}

/**
 * When an exchange trades. Every question about a time or date outside `firstDate` … `lastDate` throws an `InputError`
 * with code `calendar.range`, NaN included, and never reads as "closed".
 */
export interface TradingCalendar {
  readonly name: CalendarName
  /** Zone of `dateOf`, `toUtc` and of the dates of sessions. */
  readonly timeZone: 'America/New_York' | 'UTC'
  /** For annualising: 252 for an exchange with weekends, 365 for one without. */
  readonly sessionsPerYear: number
  /** First date that is covered, `YYYY-MM-DD`. */
  readonly firstDate: string
  /** Last date that is covered, `YYYY-MM-DD`. */
  readonly lastDate: string

  /** True during regular hours: open included, close not. */
  isOpen(t: EpochMs): boolean
  /** True during regular or extended hours, see `extendedHours`. */
  isExtended(t: EpochMs): boolean
  /** The session whose regular hours contain `t`. */
  sessionOf(t: EpochMs): Session | undefined
  /**
   * The session of a local date; undefined on a holiday or weekend.
   *
   * @throws {InputError} `date.format` unless it is a date as `YYYY-MM-DD`
   */
  sessionOn(date: string): Session | undefined
  /** The first session that opens after `t`, not at `t`. */
  next(t: EpochMs): Session
  /** The last session that closed before or at `t`. */
  previous(t: EpochMs): Session
  /** The session in which an order accepted at `t` can first work: the first that closes after `t`. */
  sessionFor(t: EpochMs): Session
  /**
   * Every session that overlaps `[from, to)`, in order of time.
   *
   * @throws {InputError} `calendar.range` also when `to` lies before `from`
   */
  sessions(from: EpochMs, to: EpochMs): readonly Session[]
  /** The local date at `t`, `YYYY-MM-DD`. */
  dateOf(t: EpochMs): string
  /**
   * The instant of a local date and wall time `HH:MM`, `HH:MM:SS` or `HH:MM:SS.mmm`. In the hour that New York's clocks
   * show twice in autumn the first one; a time in the hour that they skip in spring is moved forward by that hour.
   *
   * @throws {InputError} `date.format`, `time.format`
   */
  toUtc(date: string, time: string): EpochMs
  /**
   * Extended hours of a session, regular hours included: 04:00-20:00 in New York, until 17:00 on early closes, as IBKR
   * and the exchanges offer them today, on every date of the calendar. A calendar that never closes has no others.
   */
  extendedHours(session: Session): { readonly open: EpochMs; readonly close: EpochMs }
}
