import type { Stage } from './stage.ts'

/**
 * Mean of the last `period` values with weights 1 (oldest) to `period` (newest), O(1), without subtraction: the segments
 * of {@link RollingMean}, with a weighted sum beside each plain one.
 */
export class RollingWeightedMean implements Stage {
  readonly #period: number
  readonly #raw: Float64Array
  /** Σ (place in the tail, from 1) · value of the previous segment's tails. */
  readonly #tails: Float64Array
  readonly #heads = new Float64Array(2)
  #offset = 0

  constructor(period: number) {
    this.#period = period
    this.#raw = new Float64Array(period)
    this.#tails = new Float64Array(period + 1)
  }

  push(input: Float64Array, from: number, length: number, out: Float64Array, at: number): number {
    const period = this.#period
    const weights = (period * (period + 1)) / 2
    const raw = this.#raw
    const tails = this.#tails
    let offset = this.#offset
    let plain = this.#heads[0]!
    let weighted = this.#heads[1]!
    let probe = 0
    for (let i = 0; i < length; i++) {
      const x = input[from + i]!
      plain += x
      weighted += (offset + 1) * x
      raw[offset++] = x
      // the tail has period − offset values with weights 1 …, so each of this segment weighs that much more
      out[at + i] = (tails[offset]! + (period - offset) * plain + weighted) / weights
      if (offset === period) {
        let sum = 0
        let tail = 0
        for (let k = period - 1; k >= 0; k--) {
          sum += raw[k]!
          tail += sum
          tails[k] = tail
        }
        probe += weighted
        plain = 0
        weighted = 0
        offset = 0
      }
    }
    this.#offset = offset
    this.#heads[0] = plain
    this.#heads[1] = weighted
    return probe + weighted
  }

  clear(): void {
    this.#tails.fill(0)
    this.#heads.fill(0)
    this.#offset = 0
  }
}
