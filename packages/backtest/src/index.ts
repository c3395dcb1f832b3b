export type { BacktestOptions, StrategyEntry } from './options.ts'
export { backtest } from './run/backtest.ts'
export { adjustedSeries } from './run/adjusted-prices.ts'
export {
  BacktestResult,
  RESULT_SCHEMA,
  type RunCounts,
  type SessionSeries,
  type StrategyInfo,
  type TickInfo,
} from './result/backtest-result.ts'
export type { RunCosts } from './result/costs.ts'
export type { BookingRecord, FillRecord, OrderRecord } from './result/records.ts'
export type { OpenPosition, TradeResult } from './result/trades.ts'
export {
  type ChangeScope,
  type LookaheadFinding,
  type LookaheadKind,
  type LookaheadResult,
  type LookaheadSettings,
  type OptionsOrMaker,
  lookahead,
} from './honesty/lookahead.ts'
export type { Decision, DecisionKind } from './honesty/decision-log.ts'
export type { FutureShape } from './honesty/market-tape.ts'
export { type StressResult, type StressRow, type StressSettings, stress } from './honesty/stress.ts'
export { type CompareSettings, type Comparison, type RunDivergence, compare } from './honesty/compare.ts'
export type {
  ComparableBooking,
  ComparableFill,
  ComparableOrder,
  ComparablePosition,
  ComparableRun,
} from './honesty/comparable-run.ts'
export type { EquityCauses, ExecutedOrder, ExecutedPair } from './honesty/equity-causes.ts'
export type { RunEvent } from './honesty/run-events.ts'
export {
  type DriftingIndicator,
  type MovedFigure,
  type WarmupResult,
  type WarmupSettings,
  type WarmupVariant,
  warmup,
} from './honesty/warmup.ts'
