import type { EpochMs } from '@onetape/core'

const KEPT = 8

/** The gateway's clock against ours, from answers that state whole seconds. */
export class ClockOffset {
  /** Bounds of (gateway − ours), newest last. */
  readonly #bounds: { readonly low: number; readonly high: number }[] = []

  /**
   * The gateway said `seconds` between our sending and receiving, so that its clock stood somewhere in that second.
   */
  add(seconds: number, sent: EpochMs, received: EpochMs): void {
    if (!(received >= sent) || !Number.isFinite(seconds)) return
    this.#bounds.push({ low: seconds * 1000 - received, high: seconds * 1000 + 1000 - sent })
    if (this.#bounds.length > KEPT) this.#bounds.shift()
  }

  /**
   * Gateway's time minus ours in whole milliseconds: 0 when nothing speaks against it, as on one machine, otherwise the
   * middle of what is possible. Within a second, and better with each answer.
   */
  get ms(): number {
    if (this.#bounds.length === 0) return 0
    let low = -Infinity
    let high = Infinity
    // Newest first: what contradicts it is older than a step of one of the clocks.
    for (const bound of this.#bounds.toReversed()) {
      const [l, h] = [Math.max(low, bound.low), Math.min(high, bound.high)]
      if (!(l <= h)) break
      low = l
      high = h
    }
    return low <= 0 && high >= 0 ? 0 : Math.round((low + high) / 2)
  }
}
