/**
 * Indexes of the points that a chart of limited width needs: all of them up to `most` points, beyond that for each of equal
 * buckets its first and last point and the lowest and highest of every series. Ascending; the first and last index are always in.
 *
 * One set of indexes for all series keeps them on one x axis.
 *
 * @param length points of each series
 * @param most upper bound on the number of indexes; at least 4 a series are needed per bucket
 */
export function visibleIndexes(length: number, series: readonly ArrayLike<number>[], most: number): readonly number[] {
  if (length <= most) return Array.from({ length }, (_, i) => i)
  const perBucket = 2 + 2 * series.length
  const buckets = Math.max(1, Math.floor(most / perBucket))
  const chosen: number[] = []
  for (let bucket = 0; bucket < buckets; bucket++) {
    const from = Math.floor((bucket * length) / buckets)
    const to = Math.floor(((bucket + 1) * length) / buckets)
    const inBucket = new Set([from, to - 1])
    for (const values of series) for (const index of extremes(values, from, to)) inBucket.add(index)
    chosen.push(...[...inBucket].toSorted((a, b) => a - b))
  }
  return chosen
}

/** Where the lowest and the highest finite value stand; none when all are NaN. */
function extremes(values: ArrayLike<number>, from: number, to: number): readonly number[] {
  let low = -1
  let high = -1
  for (let i = from; i < to; i++) {
    const value = values[i]!
    if (!Number.isFinite(value)) continue
    if (low < 0 || value < values[low]!) low = i
    if (high < 0 || value > values[high]!) high = i
  }
  return low < 0 ? [] : [low, high]
}
