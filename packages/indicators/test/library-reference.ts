import type { BarColumns } from '@onetape/core'

/** Results of `technicalindicators`, which leaves the bars before its first result out, aligned with the bars. */
export function aligned(length: number, results: readonly (number | undefined)[]): Float64Array {
  const series = new Float64Array(length).fill(NaN)
  series.set(
    results.map((x) => x ?? NaN),
    length - results.length,
  )
  return series
}

/** The arrays that `technicalindicators` takes. */
export function arrays(bars: BarColumns): Record<'open' | 'high' | 'low' | 'close' | 'volume' | 'values', number[]> {
  const { open, high, low, close, volume } = bars
  return {
    open: [...open],
    high: [...high],
    low: [...low],
    close: [...close],
    volume: [...volume],
    values: [...close],
  }
}
