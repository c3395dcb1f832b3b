import type { TradingCalendar } from '@onetape/calendar'
import { InvariantError, type Shares } from '@onetape/core'

interface Day {
  /** `YYYY-MM-DD` */
  readonly date: string
  count: number
}

/**
 * Counts day trades as FINRA does: a trade that closes all or part of a position, after a trade of the same day that
 * opened or added to it. Further closing trades count only after a new opening one, and closing what was held overnight
 * counts only after the position was added to on that day.
 *
 * Fills of one order follow each other in the same direction, so they count as the one trade that they are.
 *
 * @see https://www.finra.org/rules-guidance/notices/21-13
 */
export class DayTradeCounter {
  readonly #calendar: TradingCalendar
  readonly #sessions: number
  /** The last days with a day trade, oldest first. */
  readonly #days: Day[] = []
  /** Instruments opened or added to on `#date` with no closing trade since. */
  readonly #opened = new Set<number>()
  #date = ''

  /** @param sessions business days that count together, the day in hand included. Default 5 */
  constructor(calendar: TradingCalendar, sessions: number = 5) {
    this.#calendar = calendar
    this.#sessions = sessions
  }

  /**
   * Books a fill; fills must come in order of time.
   *
   * @param instrument any number that stands for the instrument
   * @param quantity shares, negative for a sale, not 0
   * @param before the position before the fill, negative for a short
   * @param date `YYYY-MM-DD` of the trade, extended hours included: `calendar.dateOf(time)`
   * @returns true when the fill completes a day trade
   * @throws {InvariantError} `day-trade.order` when `date` lies before an earlier fill's
   */
  book(instrument: number, quantity: Shares, before: Shares, date: string): boolean {
    if (date < this.#date)
      throw new InvariantError('day-trade.order', `Expected fills in order of time, found ${date} after ${this.#date}.`)
    if (date > this.#date) {
      this.#date = date
      this.#opened.clear()
    }
    const closes = before !== 0 && quantity > 0 !== before > 0
    const completes = closes && this.#opened.delete(instrument)
    if (!closes || Math.abs(quantity) > Math.abs(before)) this.#opened.add(instrument)
    if (completes) this.#add(date)
    return completes
  }

  /** True when a trade that reduces the position now would complete a day trade. */
  isOpenedToday(instrument: number, date: string): boolean {
    return date === this.#date && this.#opened.has(instrument)
  }

  /**
   * Day trades of the last five business days, `date` included.
   *
   * @param date `YYYY-MM-DD`
   */
  count(date: string): number {
    let sum = 0
    if (this.#days.length === 0) return sum
    const first = this.#firstDate(date)
    for (const day of this.#days) if (day.date >= first && day.date <= date) sum += day.count
    return sum
  }

  #add(date: string): void {
    const last = this.#days.at(-1)
    if (last?.date === date) last.count++
    else this.#days.push({ date, count: 1 })
    while (this.#days.length > this.#sessions) this.#days.shift()
  }

  /** The first of the business days that end with `date`. */
  #firstDate(date: string): string {
    const calendar = this.#calendar
    let session = calendar.sessionOn(date) ?? calendar.previous(calendar.toUtc(date, '00:00'))
    for (let i = 1; i < this.#sessions; i++) session = calendar.previous(session.open)
    return session.date
  }
}
