import { pow } from '@onetape/core'
import { type RatioOptions, SESSIONS_PER_YEAR } from './convention.ts'
import { annualReturn, geometricMeanReturn } from './growth.ts'
import { correlation, covariance, mean, standardDeviation, variance } from './moments.ts'
import { quotient } from './ratios.ts'
import { annualRate, excessReturns } from './risk-free.ts'

/** Returns of the strategy and of its benchmark stand on one grid, period by period; of two lengths every figure is NaN. */
const sameGrid = (returns: ArrayLike<number>, benchmark: ArrayLike<number>): boolean =>
  returns.length === benchmark.length

function differences(returns: ArrayLike<number>, benchmark: ArrayLike<number>): Float64Array {
  const result = new Float64Array(sameGrid(returns, benchmark) ? returns.length : 0)
  for (let i = 0; i < result.length; i++) result[i] = returns[i]! - benchmark[i]!
  return result
}

/** Slope of the returns on the benchmark's: cov / var, ddof 1; NaN when the benchmark does not vary. */
export function beta(returns: ArrayLike<number>, benchmark: ArrayLike<number>, options: RatioOptions = {}): number {
  const riskFree = options.riskFree ?? 0
  const periods = options.periodsPerYear ?? SESSIONS_PER_YEAR
  const market = excessReturns(benchmark, riskFree, periods)
  return quotient(covariance(excessReturns(returns, riskFree, periods), market), variance(market))
}

/**
 * Jensen's alpha per year, as a fraction (Jensen 1968): (1 + (r̄ − rf) − β(b̄ − rf))^periods − 1 with means and rf per period.
 * In the convention `lean`: annual return − (rf + β (annual return of the benchmark − rf)).
 */
export function alpha(returns: ArrayLike<number>, benchmark: ArrayLike<number>, options: RatioOptions = {}): number {
  const periods = options.periodsPerYear ?? SESSIONS_PER_YEAR
  const riskFree = options.riskFree ?? 0
  const slope = beta(returns, benchmark, options)
  if (options.convention === 'lean') {
    const rate = annualRate(riskFree, periods)
    return annualReturn(returns, options) - (rate + slope * (annualReturn(benchmark, options) - rate))
  }
  const own = mean(excessReturns(returns, riskFree, periods))
  const market = mean(excessReturns(benchmark, riskFree, periods))
  return pow(1 + own - slope * market, periods) - 1
}

/** Standard deviation (ddof 1) of the difference to the benchmark, per year, as a fraction. */
export function trackingError(
  returns: ArrayLike<number>,
  benchmark: ArrayLike<number>,
  options: RatioOptions = {},
): number {
  return standardDeviation(differences(returns, benchmark)) * Math.sqrt(options.periodsPerYear ?? SESSIONS_PER_YEAR)
}

/**
 * Information ratio per year (Grinold & Kahn 1999): mean(r − b) / std(r − b) · √periods.
 * `lean`: difference of the annual returns over the tracking error. `empyrical`: per period, without √periods.
 */
export function informationRatio(
  returns: ArrayLike<number>,
  benchmark: ArrayLike<number>,
  options: RatioOptions = {},
): number {
  const periods = options.periodsPerYear ?? SESSIONS_PER_YEAR
  if (options.convention === 'lean') {
    const advantage = annualReturn(returns, options) - annualReturn(benchmark, options)
    return quotient(advantage, trackingError(returns, benchmark, options))
  }
  const active = differences(returns, benchmark)
  const perPeriod = quotient(mean(active), standardDeviation(active))
  return options.convention === 'empyrical' ? perPeriod : perPeriod * Math.sqrt(periods)
}

/**
 * Treynor ratio (Treynor 1965): (annual return − annual rf) / β, the risk-free rate compounded like the return:
 * (1 + rf)^periods − 1. `lean` takes the rate per year as it is.
 * @returns NaN for β = 0; with a negative β the sign means little
 */
export function treynorRatio(
  returns: ArrayLike<number>,
  benchmark: ArrayLike<number>,
  options: RatioOptions = {},
): number {
  const periods = options.periodsPerYear ?? SESSIONS_PER_YEAR
  const rate = annualRate(options.riskFree ?? 0, periods)
  const compounded = options.convention === 'lean' ? rate : pow(1 + rate / periods, periods) - 1
  const slope = beta(returns, benchmark, options)
  return slope === 0 ? NaN : (annualReturn(returns, options) - compounded) / slope
}

/**
 * What the strategy kept of the benchmark's rising (or falling) periods: geometric mean return over those periods, divided by the
 * benchmark's. In the conventions `empyrical` and `nautilus` both sides are raised to a year first, which for short
 * subsets grows beyond all measure.
 * @returns 1 = moved like the benchmark; NaN when it had no such period
 */
export function captureRatio(
  side: 'up' | 'down',
  returns: ArrayLike<number>,
  benchmark: ArrayLike<number>,
  options: RatioOptions = {},
): number {
  if (!sameGrid(returns, benchmark)) return NaN
  const chosen: number[] = []
  for (let i = 0; i < benchmark.length; i++) {
    const move = benchmark[i]!
    if (Number.isNaN(move) || Number.isNaN(returns[i]!)) return NaN
    if (side === 'up' ? move > 0 : move < 0) chosen.push(i)
  }
  const own = chosen.map((i) => returns[i]!)
  const market = chosen.map((i) => benchmark[i]!)
  if (options.convention === 'empyrical' || options.convention === 'nautilus')
    return annualReturn(own, options) / annualReturn(market, options)
  return geometricMeanReturn(own) / geometricMeanReturn(market)
}

/** A strategy beside its benchmark. */
export interface BenchmarkComparison {
  readonly alpha: number
  readonly beta: number
  readonly correlation: number
  readonly trackingError: number
  readonly informationRatio: number
  readonly treynor: number
  readonly upCapture: number
  readonly downCapture: number
}

/** All figures of this file at once. */
export function compareWithBenchmark(
  returns: ArrayLike<number>,
  benchmark: ArrayLike<number>,
  options: RatioOptions = {},
): BenchmarkComparison {
  return {
    alpha: alpha(returns, benchmark, options),
    beta: beta(returns, benchmark, options),
    correlation: correlation(returns, benchmark),
    trackingError: trackingError(returns, benchmark, options),
    informationRatio: informationRatio(returns, benchmark, options),
    treynor: treynorRatio(returns, benchmark, options),
    upCapture: captureRatio('up', returns, benchmark, options),
    downCapture: captureRatio('down', returns, benchmark, options),
  }
}
