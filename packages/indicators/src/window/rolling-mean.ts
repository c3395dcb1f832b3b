import type { Stage } from './stage.ts'

/**
 * Mean of the last `period` values, O(1), without drift. A running sum that adds the new and subtracts the old value
 * carries every rounding error along; here nothing is subtracted. The series is cut into segments of `period` values
 * from the start on; the window is a tail of the previous segment, whose sums are kept, plus the head of the current
 * one, which is added up as it comes (van Herk, Gil and Werman's scheme for maxima, 1992). Three additions per value,
 * error at most that of adding up the window.
 */
export class RollingMean implements Stage {
  readonly #period: number
  /** At and after the current offset sums of the previous segment's tails, before it raw values of this segment. */
  readonly #tails: Float64Array
  readonly #head = new Float64Array(1)
  #offset = 0

  constructor(period: number) {
    this.#period = period
    this.#tails = new Float64Array(period + 1) // the last stays 0: the empty tail
  }

  push(input: Float64Array, from: number, length: number, out: Float64Array, at: number): number {
    const period = this.#period
    const tails = this.#tails
    let offset = this.#offset
    let head = this.#head[0]!
    let probe = 0
    let i = 0
    while (i < length) {
      const stop = Math.min(length, i + period - offset)
      for (; i < stop; i++) {
        const x = input[from + i]!
        head += x
        out[at + i] = (head + tails[offset + 1]!) / period
        tails[offset++] = x
      }
      if (offset === period) {
        let sum = 0
        for (let k = period - 1; k >= 0; k--) {
          sum += tails[k]!
          tails[k] = sum
        }
        probe += head
        head = 0
        offset = 0
      }
    }
    this.#offset = offset
    this.#head[0] = head
    return probe + head
  }

  clear(): void {
    this.#tails.fill(0)
    this.#head[0] = 0
    this.#offset = 0
  }
}
