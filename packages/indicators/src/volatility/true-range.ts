import type { BarColumns } from '@onetape/core'

/**
 * Writes the true range max(high, previous close) − min(low, previous close) of the bars `from` to `to` to `out[0…]`.
 * Earlier closes come from `previousClose[0]`, which is brought up to date.
 * @see J. Welles Wilder, New Concepts in Technical Trading Systems, 1978
 */
export function trueRange(
  columns: BarColumns,
  from: number,
  to: number,
  out: Float64Array,
  previousClose: Float64Array,
): void {
  const { high, low, close } = columns
  let last = previousClose[0]!
  for (let i = from; i < to; i++) {
    const h = high[i]!
    const l = low[i]!
    out[i - from] = (h > last ? h : last) - (l < last ? l : last)
    last = close[i]!
  }
  previousClose[0] = last
}
