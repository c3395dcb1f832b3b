export { CONVENTIONS, type Convention, type RatioOptions, SESSIONS_PER_YEAR } from './convention.ts'

export { navFromReturns, returnsFromNav, totalReturn } from './returns.ts'
export { type NavSession, type SessionNav, navAtSessionCloses } from './session-nav.ts'
export { annualReturn, cagr, geometricMeanReturn } from './growth.ts'
export { type PeriodReturn, monthlyReturns, yearlyReturns } from './calendar-returns.ts'
export { type RateSeries, excessReturns, ratesPerPeriod } from './risk-free.ts'

export { calmarRatio, downsideDeviation, omegaRatio, sharpeRatio, sortinoRatio, volatility } from './ratios.ts'
export { rolling, rollingSharpe, rollingVolatility } from './rolling.ts'
export {
  type DatedDrawdown,
  type Drawdown,
  datedDrawdowns,
  drawdownSeries,
  drawdowns,
  longestDrawdown,
  maxDrawdown,
  ulcerIndex,
} from './drawdown.ts'
export { type TailOptions, conditionalValueAtRisk, valueAtRisk } from './value-at-risk.ts'
export {
  type BenchmarkComparison,
  alpha,
  beta,
  captureRatio,
  compareWithBenchmark,
  informationRatio,
  trackingError,
  treynorRatio,
} from './benchmark.ts'

export { type TradeRecord, holdingTime, tradeReturn } from './trade.ts'
export {
  type TradeStatistics,
  expectancy,
  expectancyRatio,
  kellyFraction,
  leanExpectancy,
  longestStreak,
  payoffRatio,
  profitFactor,
  systemQualityNumber,
  tradeStatistics,
  winRate,
} from './trade-statistics.ts'
export {
  type ProfitDrawdown,
  type ProfitOptions,
  profitCalmar,
  profitDrawdown,
  profitSharpe,
  profitSortino,
} from './profit-ratios.ts'
export { type Holding, timeInMarket, tradedValue, turnover } from './exposure.ts'
export { type Contribution, attribution } from './attribution.ts'

export { automaticBlockLength } from './block-length.ts'
export {
  type BootstrapOptions,
  type Interval,
  type Statistic,
  type UniformSource,
  bootstrapInterval,
  bootstrapIntervals,
  resampleStationary,
} from './bootstrap.ts'

export {
  correlation,
  covariance,
  excessKurtosis,
  mean,
  quantile,
  skewness,
  standardDeviation,
  sum,
  variance,
} from './moments.ts'
export { normalDensity, normalQuantile } from './normal-distribution.ts'

export {
  FIGURES,
  type FigureDescription,
  type FigureGroup,
  type FigureKey,
  type Figures,
  type FigureUnit,
} from './figures.ts'
export { type IntervalKey, LIVE_MINIMUM_RETURNS, type SummaryInput, figureIntervals, summarize } from './summarize.ts'
