/** One bar of a histogram: from ≤ value < to (the last one includes its end). */
export interface Bin {
  readonly from: number
  readonly to: number
  readonly count: number
}

/** Below it the width of a bin would lose its digits. */
const SMALLEST_SPAN = 1e-9

/** Counts of values in bins of a round width, with one edge at zero so that gains and losses never share a bin. NaN is left out. */
export function histogram(values: readonly number[], about = 30): readonly Bin[] {
  const finite = values.filter(Number.isFinite)
  if (finite.length === 0) return []
  const low = finite.reduce((a, b) => Math.min(a, b))
  const high = finite.reduce((a, b) => Math.max(a, b))
  const width = roundStep(Math.max(high - low || Math.abs(high) || 1, SMALLEST_SPAN) / about)
  const first = Math.floor(low / width)
  const count = Math.max(1, Math.floor(high / width) - first + 1)
  const counts = Array.from({ length: count }, () => 0)
  for (const value of finite) {
    const bin = Math.min(count - 1, Math.max(0, Math.floor(value / width) - first))
    counts[bin]! += 1
  }
  return counts.map((n, i) => ({ from: (first + i) * width, to: (first + i + 1) * width, count: n }))
}

/** The next number of 1, 2, 2.5, 5 · 10ⁿ at or above `step`. */
export function roundStep(step: number): number {
  const power = 10 ** Math.floor(Math.log10(step))
  const factor = [1, 2, 2.5, 5, 10].find((candidate) => candidate * power >= step * (1 - 1e-9)) ?? 10
  return factor * power
}

/** Round numbers from `low` to `high`, about `about` of them. */
export function roundTicks(low: number, high: number, about = 5): readonly number[] {
  if (!(high > low)) return [low]
  const step = roundStep((high - low) / about)
  const first = Math.ceil(low / step - 1e-9)
  const last = Math.floor(high / step + 1e-9)
  return Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step)
}
