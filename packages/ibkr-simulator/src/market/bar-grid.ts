import type { EpochMs } from '@onetape/core'
import { type TradingCalendar, utcOffsetMs } from '@onetape/calendar'
import type { MarketBar } from './five-seconds.ts'

/**
 * Joins bars into longer ones on the grid of the exchange's clock, as IBKR does: hourly bars of a session that opens at
 * 09:30 start at 09:30, 10:00, 11:00, …
 */
export class BarGrid {
  readonly bars: MarketBar[] = []
  readonly #intervalMs: number
  readonly #calendar: TradingCalendar
  readonly #limit: number
  #bucketEnd: EpochMs = -Infinity

  constructor(intervalMs: number, calendar: TradingCalendar, limit: number) {
    this.#intervalMs = intervalMs
    this.#calendar = calendar
    this.#limit = limit
  }

  add(time: EpochMs, open: number, high: number, low: number, close: number, volume: number): void {
    if (time >= this.#bucketEnd) {
      const offset = utcOffsetMs(this.#calendar.timeZone, time)
      const start = Math.floor((time + offset) / this.#intervalMs) * this.#intervalMs - offset
      this.#bucketEnd = start + this.#intervalMs
      const opened = start < time ? (this.#calendar.sessionOf(time)?.open ?? start) : start
      this.bars.push({ time: Math.max(start, opened), open, high, low, close, volume })
      if (this.bars.length > 2 * this.#limit) this.bars.splice(0, this.bars.length - this.#limit)
      return
    }
    const bar = this.bars.at(-1)!
    if (high > bar.high) bar.high = high
    if (low < bar.low) bar.low = low
    bar.close = close
    bar.volume += volume
  }

  addBar(bar: Readonly<MarketBar>): void {
    this.add(bar.time, bar.open, bar.high, bar.low, bar.close, bar.volume)
  }

  /** The newest bars, at most as many as asked for. */
  result(): MarketBar[] {
    return this.bars.length > this.#limit ? this.bars.slice(-this.#limit) : this.bars
  }
}
