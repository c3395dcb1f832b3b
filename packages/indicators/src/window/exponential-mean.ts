import type { Stage } from './stage.ts'

/**
 * Exponentially weighted mean: v += α · (x − v), begun with the plain mean of the first `period` values. A constant
 * series gives exactly that constant.
 */
export class ExponentialMean implements Stage {
  readonly #period: number
  readonly #alpha: number
  readonly #state = new Float64Array(1)
  #seeded = 0

  constructor(period: number, alpha: number) {
    this.#period = period
    this.#alpha = alpha
  }

  push(input: Float64Array, from: number, length: number, out: Float64Array, at: number): number {
    const alpha = this.#alpha
    let value = this.#state[0]!
    let i = 0
    for (; i < length && this.#seeded < this.#period; i++) {
      value += input[from + i]!
      if (++this.#seeded === this.#period) value /= this.#period
      out[at + i] = value
    }
    for (; i < length; i++) {
      value += alpha * (input[from + i]! - value)
      out[at + i] = value
    }
    this.#state[0] = value
    return value
  }

  clear(): void {
    this.#state[0] = 0
    this.#seeded = 0
  }
}
