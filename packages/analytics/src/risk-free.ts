/** A rate that changes: in force from its time until the next, per year as a fraction. Times ascending, epoch milliseconds. */
export interface RateSeries {
  readonly time: ArrayLike<number>
  readonly annualRate: ArrayLike<number>
}

/**
 * The rate of each period of a NAV series: the annual rate in force when the period began, divided by the periods a year.
 * @param navTime N + 1 ascending times for N periods
 * @returns one rate per period as a fraction; NaN before the first date of the series
 */
export function ratesPerPeriod(rates: RateSeries, navTime: ArrayLike<number>, periodsPerYear: number): Float64Array {
  const count = Math.max(navTime.length - 1, 0)
  const result = new Float64Array(count)
  let next = 0
  let annual = NaN
  for (let i = 0; i < count; i++) {
    while (next < rates.time.length && rates.time[next]! <= navTime[i]!) annual = rates.annualRate[next++]!
    result[i] = annual / periodsPerYear
  }
  return result
}

/** The rate of period `i` as a fraction: a constant per year is divided by the periods a year. */
function rateOfPeriod(riskFree: number | ArrayLike<number>, i: number, periodsPerYear: number): number {
  return typeof riskFree === 'number' ? riskFree / periodsPerYear : (riskFree[i] ?? NaN)
}

/** The rate per year as a fraction: of a series its mean times the periods a year. */
export function annualRate(riskFree: number | ArrayLike<number>, periodsPerYear: number): number {
  if (typeof riskFree === 'number') return riskFree
  let total = 0
  for (let i = 0; i < riskFree.length; i++) total += riskFree[i]!
  return (total / riskFree.length) * periodsPerYear
}

/** Returns less the risk-free rate of their period. */
export function excessReturns(
  returns: ArrayLike<number>,
  riskFree: number | ArrayLike<number>,
  periodsPerYear: number,
): Float64Array {
  const excess = new Float64Array(returns.length)
  for (let i = 0; i < excess.length; i++) excess[i] = returns[i]! - rateOfPeriod(riskFree, i, periodsPerYear)
  return excess
}
