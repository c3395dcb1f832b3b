import type { TradingCalendar } from '@onetape/calendar'
import type { EpochMs } from '@onetape/core'

/**
 * A calendar's answers with the last one remembered: data and orders come in order of time, so nearly every question
 * falls into the session of the one before.
 */
export class SessionHours {
  declare readonly calendar: TradingCalendar
  /** A market that never closes has no auctions with cut-offs, and nothing is outside of its hours. */
  declare readonly alwaysOpen: boolean
  #insideFrom: EpochMs = Number.NaN
  #insideTo: EpochMs = Number.NaN
  #outsideFrom: EpochMs = Number.NaN
  #outsideTo: EpochMs = Number.NaN
  #extendedFrom: EpochMs = Number.NaN
  #extendedTo: EpochMs = Number.NaN
  #dayFrom: EpochMs = Number.NaN
  #dayEnd: EpochMs = Number.NaN

  constructor(calendar: TradingCalendar) {
    this.calendar = calendar
    this.alwaysOpen = calendar.name === '24/7'
  }

  /** Open of the session in which `admits` last answered true for regular hours. */
  get sessionOpen(): EpochMs {
    return this.#insideFrom
  }

  /** True when what happens at `time` can match an order: in regular hours, or in extended ones with `outsideRth`. */
  admits(time: EpochMs, outsideRth: boolean): boolean {
    if (this.alwaysOpen || (time >= this.#insideFrom && time < this.#insideTo)) return true
    return outsideRth ? this.#isExtended(time) : this.#isRegular(time)
  }

  #isRegular(time: EpochMs): boolean {
    if (time >= this.#outsideFrom && time < this.#outsideTo) return false
    const session = this.calendar.sessionOf(time)
    if (session === undefined) {
      this.#outsideFrom = time
      this.#outsideTo = this.calendar.sessionFor(time).open
      return false
    }
    this.#insideFrom = session.open
    this.#insideTo = session.close
    return true
  }

  #isExtended(time: EpochMs): boolean {
    if (time >= this.#extendedFrom && time < this.#extendedTo) return true
    if (!this.calendar.isExtended(time)) return false
    this.#extendedFrom = time
    this.#extendedTo = this.#extendedEnd(time)
    return true
  }

  /** When a DAY order accepted at `time` ends: the close of the first session in which it can work. */
  dayEnd(time: EpochMs, outsideRth: boolean): EpochMs {
    if (outsideRth && !this.alwaysOpen) return this.#extendedEnd(time)
    if (time >= this.#dayFrom && time < this.#dayEnd) return this.#dayEnd
    this.#dayFrom = time
    this.#dayEnd = this.calendar.sessionFor(time).close
    return this.#dayEnd
  }

  /** The close of the first extended session that closes after `time`. */
  #extendedEnd(time: EpochMs): EpochMs {
    const evening = this.calendar.extendedHours(this.calendar.previous(time)).close
    return evening > time ? evening : this.calendar.extendedHours(this.calendar.sessionFor(time)).close
  }
}
