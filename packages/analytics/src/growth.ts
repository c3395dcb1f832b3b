import { pow } from '@onetape/core'
import { type RatioOptions, SESSIONS_PER_YEAR } from './convention.ts'
import { mean } from './moments.ts'
import { totalReturn } from './returns.ts'

/**
 * Compound annual growth as a fraction: (end / start)^(daysPerYear / days) − 1.
 * @param days calendar days between the two values
 * @param daysPerYear 365.25; `lean` and `freqtrade` take 365
 * @returns NaN unless all are above 0 (an account at or below 0 has no growth rate)
 */
export function cagr(start: number, end: number, days: number, daysPerYear = 365.25): number {
  if (!(start > 0 && end > 0 && days > 0)) return NaN
  return pow(end / start, daysPerYear / days) - 1
}

/**
 * Return per year of a return series, as a fraction: Π(1 + r)^(periods / N) − 1; in the convention `lean`
 * (1 + mean)^periods − 1. NaN for no returns, for `freqtrade`, and when the account is wiped out.
 */
export function annualReturn(returns: ArrayLike<number>, options: RatioOptions = {}): number {
  const periods = options.periodsPerYear ?? SESSIONS_PER_YEAR
  switch (options.convention ?? 'onetape') {
    case 'lean':
      return pow(1 + mean(returns), periods) - 1
    case 'freqtrade':
      return NaN
    case 'onetape':
    case 'empyrical':
    case 'nautilus':
    case 'backtesting.py':
      return pow(1 + totalReturn(returns), periods / returns.length) - 1
  }
}

/** Geometric mean return of one period, as a fraction: Π(1 + r)^(1 / N) − 1. */
export function geometricMeanReturn(returns: ArrayLike<number>): number {
  return pow(1 + totalReturn(returns), 1 / returns.length) - 1
}
