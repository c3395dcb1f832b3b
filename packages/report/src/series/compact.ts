/** Values rounded to `digits` significant figures, which is what a chart can show; null for NaN and infinities. */
export function compactValues(
  values: ArrayLike<number>,
  indexes: readonly number[],
  digits: number,
): (number | null)[] {
  return indexes.map((i) => {
    const value = values[i]!
    return Number.isFinite(value) ? Number(value.toPrecision(digits)) : null
  })
}

/** Ascending whole numbers as first value and differences, which are short to write. */
export function differences(values: readonly number[]): number[] {
  return values.map((value, i) => (i === 0 ? value : value - values[i - 1]!))
}

/** Seconds, made strictly ascending: a chart takes no two points of one time (the hour that a clock shows twice, a repeated stamp). */
export function ascendingSeconds(milliseconds: readonly number[]): number[] {
  let last = -Infinity
  return milliseconds.map((time) => (last = Math.max(Math.floor(time / 1000), last + 1)))
}
