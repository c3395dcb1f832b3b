import type { RatioOptions } from './convention.ts'
import { sharpeRatio, volatility } from './ratios.ts'

/**
 * A statistic over the last `window` returns at each return: NaN until the window is full. Each window is computed afresh,
 * so no rounding is carried along the series.
 */
export function rolling(
  returns: ArrayLike<number>,
  window: number,
  statistic: (returns: Float64Array, end: number) => number,
): Float64Array {
  const values = Float64Array.from(returns)
  const result = new Float64Array(values.length).fill(NaN)
  if (!(window >= 1)) return result
  for (let end = window; end <= values.length; end++)
    result[end - 1] = statistic(values.subarray(end - window, end), end)
  return result
}

/** {@link sharpeRatio} over the last `window` returns at each return; NaN until the window is full. */
export function rollingSharpe(returns: ArrayLike<number>, window: number, options: RatioOptions = {}): Float64Array {
  const riskFree = options.riskFree ?? 0
  const rates = typeof riskFree === 'number' ? undefined : Float64Array.from(riskFree)
  return rolling(returns, window, (slice, end) =>
    sharpeRatio(slice, { ...options, riskFree: rates?.subarray(end - window, end) ?? riskFree }),
  )
}

/** {@link volatility} over the last `window` returns at each return, per year, a fraction. */
export function rollingVolatility(
  returns: ArrayLike<number>,
  window: number,
  options: RatioOptions = {},
): Float64Array {
  return rolling(returns, window, (slice) => volatility(slice, options))
}
