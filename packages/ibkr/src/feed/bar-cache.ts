import type { BarInterval, BarValues, EpochMs } from '@onetape/core'

/** The last bars of each symbol and interval, sorted by time. */
export class BarCache {
  readonly #bars = new Map<string, BarValues[]>()
  readonly #most: number

  /** @param most bars kept of each */
  constructor(most = 1_000) {
    this.#most = most
  }

  /** Adds a bar, or replaces the one of its time. */
  add(symbol: string, interval: BarInterval, bar: BarValues): void {
    const key = `${symbol} ${interval}`
    const bars = this.#bars.get(key) ?? []
    this.#bars.set(key, bars)
    let at = bars.length
    while (at > 0 && bars[at - 1]!.time >= bar.time) at--
    bars.splice(at, bars[at]?.time === bar.time ? 1 : 0, bar)
    if (bars.length > this.#most) bars.splice(0, bars.length - this.#most)
  }

  of(symbol: string, interval: BarInterval): readonly BarValues[] {
    return this.#bars.get(`${symbol} ${interval}`) ?? []
  }

  within(
    symbol: string,
    interval: BarInterval,
    from: EpochMs = -Infinity,
    to: EpochMs = Infinity,
  ): readonly BarValues[] {
    return this.of(symbol, interval).filter(({ time }) => time >= from && time < to)
  }
}
