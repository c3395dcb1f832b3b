/** One stay of the NAV below its running peak. Indexes are into the NAV series. */
export interface Drawdown {
  /** Negative fraction of the peak, at the trough. */
  readonly depth: number
  /** Where the peak stood (the last point at that height). */
  readonly start: number
  readonly trough: number
  /** First point back at the peak or above; NaN while it has not recovered. */
  readonly recovery: number
  /** Points from `start` to the recovery, or to the end of the series. */
  readonly length: number
}

/**
 * Distance below the running peak at each point, as a fraction: 0 at a peak, otherwise negative. NaN from the first NAV on that
 * is NaN, and while the peak is not above 0.
 */
export function drawdownSeries(nav: ArrayLike<number>): Float64Array {
  const series = new Float64Array(nav.length)
  let peak = -Infinity
  for (let i = 0; i < series.length; i++) {
    const value = nav[i]!
    peak = Math.max(peak, value) // NaN stays
    series[i] = peak > 0 ? value / peak - 1 : NaN
  }
  return series
}

/** Deepest drawdown of a NAV series, a negative fraction of the running peak; 0 when it never fell, NaN for no points. */
export function maxDrawdown(nav: ArrayLike<number>): number {
  const series = drawdownSeries(nav)
  let deepest = series.length > 0 ? 0 : NaN
  for (const depth of series) deepest = Math.min(deepest, depth)
  return deepest
}

/** Every drawdown of a NAV series, the deepest first (equal depths in order of time). Empty when a value is NaN. */
export function drawdowns(nav: ArrayLike<number>): readonly Drawdown[] {
  const found: Drawdown[] = []
  const series = drawdownSeries(nav)
  if (Number.isNaN(maxDrawdown(nav))) return found
  let start = 0
  let trough = -1
  for (let i = 0; i < series.length; i++) {
    if (series[i]! < 0) {
      if (trough < 0 || series[i]! < series[trough]!) trough = i
      continue
    }
    if (trough >= 0) found.push({ depth: series[trough]!, start, trough, recovery: i, length: i - start })
    start = i
    trough = -1
  }
  if (trough >= 0)
    found.push({ depth: series[trough]!, start, trough, recovery: NaN, length: series.length - 1 - start })
  return found.toSorted((a, b) => a.depth - b.depth || a.start - b.start)
}

/** A drawdown by time: epoch milliseconds, and its length in calendar days. */
export interface DatedDrawdown {
  /** Negative fraction of the peak. */
  readonly depth: number
  readonly start: number
  readonly trough: number
  /** NaN while it has not recovered. */
  readonly recovery: number
  /** Calendar days from the peak to the recovery, or to the end of the series. */
  readonly days: number
  /** Sessions from the peak to the recovery, or to the end of the series. */
  readonly sessions: number
}

/** The drawdown table of a report: every drawdown with its dates, the deepest first. */
export function datedDrawdowns(navTime: ArrayLike<number>, nav: ArrayLike<number>): readonly DatedDrawdown[] {
  return drawdowns(nav).map(({ depth, start, trough, recovery, length }) => ({
    depth,
    start: navTime[start]!,
    trough: navTime[trough]!,
    recovery: Number.isNaN(recovery) ? NaN : navTime[recovery]!,
    days: (navTime[start + length]! - navTime[start]!) / 86_400_000,
    sessions: length,
  }))
}

/** Longest stay below the peak, in points of the series, still open ones included; 0 when it never fell. */
export function longestDrawdown(nav: ArrayLike<number>): number {
  if (Number.isNaN(maxDrawdown(nav))) return NaN
  return drawdowns(nav).reduce((longest, { length }) => Math.max(longest, length), 0)
}

/** Root mean square of the drawdown series, a fraction (Martin & McCann 1989, "The Investor's Guide to Fidelity Funds"). */
export function ulcerIndex(nav: ArrayLike<number>): number {
  const series = drawdownSeries(nav)
  let squares = 0
  for (const depth of series) squares += depth * depth
  return Math.sqrt(squares / series.length)
}
