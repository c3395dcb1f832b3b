import type { Session, TradingCalendar } from '@onetape/calendar'
import type { EpochMs } from '@onetape/core'

/** `calendar.sessionFor` for times that mostly come in order: asks the calendar once per session. */
export class SessionCursor {
  readonly #calendar: TradingCalendar
  #from = Infinity
  #session: Session | undefined

  constructor(calendar: TradingCalendar) {
    this.#calendar = calendar
  }

  /** The first session that closes after `t`. */
  at(t: EpochMs): Session {
    if (this.#session !== undefined && t >= this.#from && t < this.#session.close) return this.#session
    // Within a session's hours the answer is known to hold from its open on, before them only from `t` on.
    const session = this.#calendar.sessionFor(t)
    this.#from = Math.min(t, session.open)
    this.#session = session
    return session
  }
}
