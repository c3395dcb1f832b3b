/** Σ x, from first to last. NaN when any value is. */
export function sum(values: ArrayLike<number>): number {
  let total = 0
  for (let i = 0; i < values.length; i++) total += values[i]!
  return total
}

/** Arithmetic mean; NaN for no values. */
export function mean(values: ArrayLike<number>): number {
  return sum(values) / values.length // 0 / 0 is NaN
}

/**
 * Σ (x − mean)² / (N − ddof) in two passes. Values that differ only by rounding (a spread below 1e-14 of the largest
 * magnitude) count as equal, so that a ratio over them is undefined and not 1e16. NaN with N ≤ ddof.
 */
export function variance(values: ArrayLike<number>, ddof: 0 | 1 = 1): number {
  const n = values.length
  if (!(n > ddof)) return NaN
  const centre = centreOf(values)
  let squares = 0
  let largest = 0
  for (let i = 0; i < n; i++) {
    const value = values[i]!
    const deviation = value - centre
    squares += deviation * deviation
    largest = Math.max(largest, Math.abs(value))
  }
  const result = squares / (n - ddof)
  return Math.sqrt(result) < 1e-14 * largest ? 0 : result
}

/** Mean taken from the first value on: exact when all values are equal, which a plain sum of a thousand times 0.01 is not. */
function centreOf(values: ArrayLike<number>): number {
  const first = values[0]!
  let total = 0
  for (let i = 1; i < values.length; i++) total += values[i]! - first
  return first + total / values.length
}

/** Square root of {@link variance}, in the unit of the values. */
export function standardDeviation(values: ArrayLike<number>, ddof: 0 | 1 = 1): number {
  return Math.sqrt(variance(values, ddof))
}

/** Σ (x − x̄)(y − ȳ) / (N − 1); NaN for fewer than two pairs or for two lengths. */
export function covariance(x: ArrayLike<number>, y: ArrayLike<number>): number {
  const n = x.length
  if (!(n > 1) || y.length !== n) return NaN
  const centreX = centreOf(x)
  const centreY = centreOf(y)
  let products = 0
  for (let i = 0; i < n; i++) products += (x[i]! - centreX) * (y[i]! - centreY)
  return products / (n - 1)
}

/** Pearson's correlation, from −1 to 1; NaN when either side does not vary. */
export function correlation(x: ArrayLike<number>, y: ArrayLike<number>): number {
  const scale = standardDeviation(x) * standardDeviation(y)
  return scale > 0 ? Math.min(1, Math.max(-1, covariance(x, y) / scale)) : NaN
}

/** Third standardised moment, m3 / m2^1.5 of the population (scipy `skew`, bias=True); NaN when nothing varies. */
export function skewness(values: ArrayLike<number>): number {
  const deviation = standardDeviation(values, 0)
  return deviation > 0 ? centralMoment(values, 3) / (deviation * deviation * deviation) : NaN
}

/** Fourth standardised moment less 3, so that a normal distribution has 0 (scipy `kurtosis`); NaN when nothing varies. */
export function excessKurtosis(values: ArrayLike<number>): number {
  const square = variance(values, 0)
  return square > 0 ? centralMoment(values, 4) / (square * square) - 3 : NaN
}

function centralMoment(values: ArrayLike<number>, order: 3 | 4): number {
  const centre = centreOf(values)
  let total = 0
  for (let i = 0; i < values.length; i++) {
    const deviation = values[i]! - centre
    const cube = deviation * deviation * deviation
    total += order === 3 ? cube : cube * deviation
  }
  return total / values.length
}

/**
 * Quantile by linear interpolation between order statistics (type 7 of Hyndman & Fan 1996, the default of NumPy and R).
 * @param probability from 0 to 1
 * @returns NaN for no values, a NaN among them, or a probability outside
 */
export function quantile(values: ArrayLike<number>, probability: number): number {
  const sorted = sortedCopy(values)
  const n = sorted.length
  if (!(n > 0 && probability >= 0 && probability <= 1) || Number.isNaN(sorted[n - 1])) return NaN
  const position = (n - 1) * probability
  const below = Math.floor(position)
  const low = sorted[below]!
  const high = sorted[Math.min(below + 1, n - 1)]!
  return low + (high - low) * (position - below)
}

/** Ascending copy; NaN sorts to the end, where the callers look for it. */
export function sortedCopy(values: ArrayLike<number>): Float64Array {
  return Float64Array.from(values).toSorted()
}
