export type { BacktestOptions, StrategyEntry } from './options.ts'
export { backtest } from './run/backtest.ts'
export { adjustedSeries } from './run/adjusted-prices.ts'
export {
  BacktestResult,
  RESULT_SCHEMA,
  type RunCounts,
  type SessionSeries,
  type StrategyInfo,
} from './result/backtest-result.ts'
export type { RunCosts } from './result/costs.ts'
export type { BookingRecord, FillRecord, OrderRecord } from './result/records.ts'
export type { OpenPosition, TradeResult } from './result/trades.ts'
