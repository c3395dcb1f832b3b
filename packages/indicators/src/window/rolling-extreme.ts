import type { Stage } from './stage.ts'

/**
 * Largest (or smallest) of the last `period` values, three comparisons per value whatever the period and the data
 * (van Herk 1992; Gil and Werman 1993). Infinite values can hide behind others: who uses it probes the input itself.
 */
export class RollingExtreme implements Stage {
  readonly #period: number
  readonly #least: boolean
  readonly #empty: number
  readonly #tails: Float64Array
  readonly #head = new Float64Array(1)
  #offset = 0

  constructor(period: number, which: 'max' | 'min') {
    this.#period = period
    this.#least = which === 'min'
    this.#empty = this.#least ? Infinity : -Infinity
    this.#tails = new Float64Array(period + 1)
    this.clear()
  }

  push(input: Float64Array, from: number, length: number, out: Float64Array, at: number): number {
    const period = this.#period
    const tails = this.#tails
    let offset = this.#offset
    let head = this.#head[0]!
    let i = 0
    while (i < length) {
      const stop = Math.min(length, i + period - offset)
      if (this.#least)
        for (; i < stop; i++) {
          const x = input[from + i]!
          head = Math.min(head, x)
          out[at + i] = Math.min(head, tails[offset + 1]!)
          tails[offset++] = x
        }
      else
        for (; i < stop; i++) {
          const x = input[from + i]!
          head = Math.max(head, x)
          out[at + i] = Math.max(head, tails[offset + 1]!)
          tails[offset++] = x
        }
      if (offset === period) {
        this.#closeSegment()
        head = this.#empty
        offset = 0
      }
    }
    this.#offset = offset
    this.#head[0] = head
    return 0
  }

  clear(): void {
    this.#tails.fill(this.#empty)
    this.#head[0] = this.#empty
    this.#offset = 0
  }

  #closeSegment(): void {
    const tails = this.#tails
    let best = this.#empty
    for (let k = this.#period - 1; k >= 0; k--) {
      best = this.#least ? Math.min(best, tails[k]!) : Math.max(best, tails[k]!)
      tails[k] = best
    }
  }
}
