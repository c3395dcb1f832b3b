export type { Brand } from './brand.ts'
export type { EpochMs, Shares, Sign, Usd, UsdPerShare } from './units.ts'

export { InvariantError, assertNever } from './errors/invariant-error.ts'
export { InputError, type InputErrorDetails, isInputError } from './errors/input-error.ts'
export { StrategyError } from './errors/strategy-error.ts'

export {
  type CivilDate,
  MS_PER_DAY,
  civilFromDays,
  daysFromCivil,
  formatDay,
  formatInstant,
  parseDay,
} from './time/civil.ts'
export { didYouMean, nearestWord } from './text/did-you-mean.ts'

export { type BarInterval, intervalMs, isSessionInterval } from './market/interval.ts'
export {
  type Instrument,
  type InstrumentId,
  type InstrumentKind,
  type InstrumentSpec,
  instrument,
} from './market/instrument.ts'
export { snapToTick, usEquityTick } from './market/tick-size.ts'
export { BAR_COLUMNS, type Bar, type BarColumns, type BarRecord, type BarValues } from './market/bar.ts'
export type { CorporateAction } from './market/corporate-action.ts'
export {
  type BarSeries,
  type BarSeriesInput,
  type PriceBasis,
  type QuoteSeries,
  type TradeSeries,
  barSeries,
} from './market/series.ts'
export type { Quote, Trade } from './market/tick.ts'

export {
  ORDER_TYPES,
  type OrderType,
  OrderTypeCode,
  TIMES_IN_FORCE,
  type TimeInForce,
  TimeInForceCode,
} from './order/order-type.ts'
export { ORDER_STATES, type OrderState, OrderStateCode, isFinalState } from './order/order-state.ts'
export { DENIAL_CODES, type DenialCode, END_CODES, type EndCode } from './order/order-codes.ts'
export { type ExecutionId, type OrderId, type OrderNumber, type RunId, orderId } from './order/order-id.ts'
export type { OrderChanges, OrderOptions, OrderRequest } from './order/order-request.ts'
export type { OrderView } from './order/order-view.ts'
export type { Fill, OrderEvent } from './order/order-event.ts'

export type { AccountSnapshot, PositionSnapshot } from './account/snapshots.ts'

export type {
  Indicator,
  IndicatorReading,
  IndicatorSpec,
  KernelIndicator,
  MultiIndicator,
} from './indicator/indicator.ts'

export {
  type NumberParamOptions,
  type Param,
  type ParamSpecs,
  type ParamsOf,
  bool,
  choice,
  float,
  int,
  parseParam,
  resolveParams,
  text,
} from './strategy/params.ts'
export {
  type Bracket,
  type BracketOrders,
  type IndicatorHandle,
  type InstrumentRef,
  type OrderDraft,
  type Orders,
  type Portfolio,
  type Random,
  STRATEGY_API_VERSION,
  STRATEGY_MARK,
  type Slice,
  type Strategy,
  type StrategyContext,
  type StrategyDefinition,
  type StrategyHandlers,
  type StrategyLog,
  type StrategySetup,
  type Timer,
  type Timers,
  type Trail,
  type UseOptions,
  defineStrategy,
  isStrategy,
} from './strategy/strategy.ts'
export { seededRandom } from './random.ts'

export type { Alert, IAlertChannel } from './ports/alert-channel.ts'
export type { ApprovedOrder, BrokerEvent, IBroker, Known, SubmitOutcome, WorkingOrder } from './ports/broker.ts'
export type { IClock } from './ports/clock.ts'
export type { ConnectionState, HistoryRequest, IDataFeed, LatestData, MarketEvent } from './ports/data-feed.ts'
export type { GateAsk, IRiskGate } from './ports/risk-gate.ts'
export type { Observer, Subscribable } from './ports/subscribable.ts'
export type { ITape } from './ports/tape.ts'
export { exp } from './math/exp.ts'
export { log } from './math/log.ts'
export { pow } from './math/pow.ts'
