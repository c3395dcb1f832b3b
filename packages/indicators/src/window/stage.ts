/** A part of a kernel: turns a series into another of equal length, block by block, keeping its own state. */
export interface Stage {
  /**
   * Takes `length` values from `input[from]` on and writes as many to `out[at]` on; before its window is full, what it
   * writes means nothing. `input` and `out` may be the same array at the same place.
   * @returns a probe: NaN or infinite when an input is
   */
  push(input: Float64Array, from: number, length: number, out: Float64Array, at: number): number
  clear(): void
}
