import { pow } from '@onetape/core'
import { type RatioOptions, SESSIONS_PER_YEAR } from './convention.ts'
import { annualReturn, geometricMeanReturn } from './growth.ts'
import { mean, standardDeviation, variance } from './moments.ts'
import { annualRate, excessReturns } from './risk-free.ts'

// Two peculiarities of backtesting.py, from its `_stats.py`: its daily returns start at the second session, while the
// geometric mean counts the first one as 0. On a NAV series of ours, whose first return belongs to the first session, that
// is: all returns for the geometric mean, all but the first for variance and downside.
const afterFirst = (returns: ArrayLike<number>): Float64Array => Float64Array.from(returns).subarray(1)

/**
 * Standard deviation of returns per year, as a fraction: std (ddof 1) · √periods.
 * `backtesting.py` compounds it: √((s² + (1 + g)²)^periods − (1 + g)^(2 periods)) with g the geometric mean return.
 * @returns NaN for fewer than two returns, and for `freqtrade`
 */
export function volatility(returns: ArrayLike<number>, options: RatioOptions = {}): number {
  const periods = options.periodsPerYear ?? SESSIONS_PER_YEAR
  if (options.convention === 'freqtrade') return NaN
  if (options.convention === 'backtesting.py') {
    const growth = 1 + geometricMeanReturn(returns)
    const square = growth * growth
    return Math.sqrt(pow(variance(afterFirst(returns)) + square, periods) - pow(square, periods))
  }
  return standardDeviation(returns) * Math.sqrt(periods)
}

/**
 * Sharpe ratio per year (Sharpe 1994, "The Sharpe Ratio"): mean(r − rf) / std(r − rf) · √periods with ddof 1.
 *
 * | convention | definition |
 * |---|---|
 * | `onetape`, `empyrical`, `nautilus` | as above |
 * | `lean` | ((1 + mean r)^periods − 1 − rf) / (std r · √periods) |
 * | `backtesting.py` | (geometric annual return − rf) / compounded {@link volatility} |
 * | `freqtrade` | NaN: see {@link profitSharpe} |
 *
 * @returns NaN for fewer than two returns or when they do not vary
 */
export function sharpeRatio(returns: ArrayLike<number>, options: RatioOptions = {}): number {
  const periods = options.periodsPerYear ?? SESSIONS_PER_YEAR
  const riskFree = options.riskFree ?? 0
  switch (options.convention ?? 'onetape') {
    case 'lean':
    case 'backtesting.py':
      return quotient(annualReturn(returns, options) - annualRate(riskFree, periods), volatility(returns, options))
    case 'freqtrade':
      return NaN
    case 'onetape':
    case 'empyrical':
    case 'nautilus': {
      const excess = excessReturns(returns, riskFree, periods)
      return quotient(mean(excess), standardDeviation(excess)) * Math.sqrt(periods)
    }
  }
}

/**
 * Downside deviation per year, as a fraction: √(Σ min(r − rf, 0)² / N) · √periods over all N periods.
 * In the convention `lean` the standard deviation (ddof 1) of the negative returns alone; `backtesting.py` leaves rf out.
 */
export function downsideDeviation(returns: ArrayLike<number>, options: RatioOptions = {}): number {
  const periods = options.periodsPerYear ?? SESSIONS_PER_YEAR
  switch (options.convention ?? 'onetape') {
    case 'lean':
      return standardDeviation(Float64Array.from(returns).filter((r) => !(r >= 0))) * Math.sqrt(periods) // NaN stays in
    case 'backtesting.py':
      return rootMeanSquareBelowZero(afterFirst(returns)) * Math.sqrt(periods)
    case 'freqtrade':
      return NaN
    case 'onetape':
    case 'empyrical':
    case 'nautilus':
      return rootMeanSquareBelowZero(excessReturns(returns, options.riskFree ?? 0, periods)) * Math.sqrt(periods)
  }
}

function rootMeanSquareBelowZero(values: ArrayLike<number>): number {
  let squares = 0
  for (let i = 0; i < values.length; i++) {
    const below = Math.min(values[i]!, 0)
    squares += below * below
  }
  return Math.sqrt(squares / values.length)
}

/**
 * Sortino ratio per year (Sortino & Price 1994): mean(r − rf) · √periods / √(Σ min(r − rf, 0)² / N), N = all periods.
 * `lean` and `backtesting.py` divide their annual return less rf by their own {@link downsideDeviation}.
 * @returns NaN when no return lies below the rate
 */
export function sortinoRatio(returns: ArrayLike<number>, options: RatioOptions = {}): number {
  const periods = options.periodsPerYear ?? SESSIONS_PER_YEAR
  const riskFree = options.riskFree ?? 0
  const downside = downsideDeviation(returns, options)
  if (options.convention === 'lean' || options.convention === 'backtesting.py')
    return quotient(annualReturn(returns, options) - annualRate(riskFree, periods), downside)
  return quotient(mean(excessReturns(returns, riskFree, periods)) * periods, downside)
}

/** Growth per year over |max drawdown| (Young 1991, "Calmar Ratio: A Smoother Tool"); NaN when it never fell. */
export function calmarRatio(annualGrowth: number, maxDrawdown: number): number {
  return quotient(annualGrowth, Math.abs(maxDrawdown))
}

/**
 * Omega ratio (Keating & Shadwick 2002): Σ gains above the threshold / Σ shortfalls below it.
 * @param threshold return per period, a fraction; default 0
 * @returns NaN when nothing lies below
 */
export function omegaRatio(returns: ArrayLike<number>, threshold = 0): number {
  let above = 0
  let below = 0
  for (let i = 0; i < returns.length; i++) {
    const excess = returns[i]! - threshold
    if (excess > 0) above += excess
    else below -= excess // NaN lands here and stays
  }
  return quotient(above, below)
}

/** a / b, NaN unless b > 0: no ratio here means anything over a denominator of 0. */
export function quotient(a: number, b: number): number {
  return b > 0 ? a / b : NaN
}
