/**
 * Mean and population standard deviation of the last `period` values, O(1). Sums of (x − shift) and (x − shift)² over
 * the segments of a rolling mean, where the shift is the last value of the previous segment. That value is always in
 * the window, so (mean − shift)² ≤ period · variance, and the subtraction S₂ − S₁²/n can lose at most a factor `period`
 * of precision, whatever the price level: 1e9 with a width of 1 is as good as 100 with a width of 1. A window of equal
 * values gives exactly 0.
 */
export class RollingMoments {
  readonly #period: number
  /** At and after the current offset Σ d of the previous segment's tails, before it raw values of this segment. */
  readonly #tails: Float64Array
  readonly #squares: Float64Array
  readonly #state = new Float64Array(3)
  #offset = 0

  constructor(period: number) {
    this.#period = period
    this.#tails = new Float64Array(period + 1)
    this.#squares = new Float64Array(period + 1)
  }

  /**
   * Takes `length` values from `input[from]` on; writes to `mean[meanAt]` on and `deviation[deviationAt]` on.
   * @returns a probe: NaN or infinite when an input is
   */
  push(
    input: Float64Array,
    from: number,
    length: number,
    mean: Float64Array,
    meanAt: number,
    deviation: Float64Array,
    deviationAt: number,
  ): number {
    const period = this.#period
    const tails = this.#tails
    const squares = this.#squares
    const state = this.#state
    let offset = this.#offset
    let probe = 0
    for (let i = 0; i < length; i++) {
      const x = input[from + i]!
      tails[offset++] = x
      let first: number
      let second: number
      if (offset < period) {
        const d = x - state[2]!
        state[0]! += d
        state[1]! += d * d
        first = state[0]! + tails[offset]!
        second = state[1]! + squares[offset]!
      } else {
        this.#closeSegment(x)
        first = tails[0]!
        second = squares[0]!
        probe += second
        offset = 0
      }
      const off = first / period
      const variance = (second - first * off) / period
      mean[meanAt + i] = state[2]! + off
      deviation[deviationAt + i] = variance > 0 ? Math.sqrt(variance) : 0
    }
    this.#offset = offset
    return probe + state[1]!
  }

  clear(): void {
    this.#tails.fill(0)
    this.#squares.fill(0)
    this.#state.fill(0)
    this.#offset = 0
  }

  #closeSegment(shift: number): void {
    const tails = this.#tails
    const squares = this.#squares
    let sum = 0
    let square = 0
    for (let k = this.#period - 1; k >= 0; k--) {
      const d = tails[k]! - shift
      sum += d
      square += d * d
      tails[k] = sum
      squares[k] = square
    }
    this.#state[0] = 0
    this.#state[1] = 0
    this.#state[2] = shift
  }
}
