import type { IndicatorReading, IndicatorSpec } from '../indicator/indicator.ts'
import type { Bar } from '../market/bar.ts'
import type { CorporateAction } from '../market/corporate-action.ts'
import type { Instrument } from '../market/instrument.ts'
import type { BarInterval } from '../market/interval.ts'
import type { Quote, Trade } from '../market/tick.ts'
import type { Fill, OrderEvent } from '../order/order-event.ts'
import type { OrderNumber } from '../order/order-id.ts'
import type { OrderChanges, OrderOptions, OrderRequest } from '../order/order-request.ts'
import type { OrderView } from '../order/order-view.ts'
import type { EpochMs, Shares, Usd, UsdPerShare } from '../units.ts'
import { InputError } from '../errors/input-error.ts'
import type { ParamSpecs, ParamsOf } from './params.ts'

/** Marks a strategy, also across copies of this package: `value[STRATEGY_MARK]` is the API version. */
export const STRATEGY_MARK: unique symbol = Symbol.for('@onetape/strategy') as never

/** Version of the Strategy API that this package speaks. */
export const STRATEGY_API_VERSION = 1

/** An instrument of the run, or its symbol. */
export type InstrumentRef = Instrument | string

/** An order request whose instrument may be named by its symbol. */
export type OrderDraft = Omit<OrderRequest, 'instrument'> & { readonly instrument: InstrumentRef }

/** Distance of a trailing stop: USD per share, or a fraction of the price. */
export type Trail = { readonly amount: UsdPerShare } | { readonly percent: number }

/** Prices of a bracket's three orders, USD per share. At least one exit. */
export interface Bracket {
  /** Entry at this limit; without it, and without `entryStop`, a market order. */
  readonly entryLimit?: UsdPerShare
  /** Entry once the price reaches this stop. */
  readonly entryStop?: UsdPerShare
  readonly takeProfit?: UsdPerShare
  readonly stopLoss?: UsdPerShare
  /** Instead of `stopLoss`: a stop that follows the market. */
  readonly trail?: Trail
  /** Options of the entry; time in force and tag apply to it alone. */
  readonly entry?: OrderOptions
  /** Options of both exits. Default time in force `gtc`. */
  readonly exits?: OrderOptions
}

/** Numbers of a bracket's orders. */
export interface BracketOrders {
  readonly entry: OrderNumber
  readonly takeProfit: OrderNumber | undefined
  readonly stopLoss: OrderNumber | undefined
}

/**
 * Places orders. Quantities are signed: positive buys, negative sells. Each call gives the order's number at once;
 * what becomes of it comes as events, never on the caller's stack. An order that the gate refuses is `denied` with a code.
 */
export interface Orders {
  market(instrument: InstrumentRef, quantity: Shares, options?: OrderOptions): OrderNumber
  limit(instrument: InstrumentRef, quantity: Shares, limitPrice: UsdPerShare, options?: OrderOptions): OrderNumber
  stop(instrument: InstrumentRef, quantity: Shares, stopPrice: UsdPerShare, options?: OrderOptions): OrderNumber
  stopLimit(
    instrument: InstrumentRef,
    quantity: Shares,
    stopPrice: UsdPerShare,
    limitPrice: UsdPerShare,
    options?: OrderOptions,
  ): OrderNumber
  /** At the official open of the next session's auction. */
  marketOnOpen(instrument: InstrumentRef, quantity: Shares, options?: OrderOptions): OrderNumber
  /** At the official close of the session's auction. */
  marketOnClose(instrument: InstrumentRef, quantity: Shares, options?: OrderOptions): OrderNumber
  /** As {@link marketOnOpen}, not worse than the limit. */
  limitOnOpen(instrument: InstrumentRef, quantity: Shares, limitPrice: UsdPerShare, options?: OrderOptions): OrderNumber
  /** As {@link marketOnClose}, not worse than the limit. */
  limitOnClose(
    instrument: InstrumentRef,
    quantity: Shares,
    limitPrice: UsdPerShare,
    options?: OrderOptions,
  ): OrderNumber
  /**
   * A stop that follows the market at a distance; with `limitOffset` in the options a trailing stop-limit.
   * @param trail `{ amount }` in USD per share, or `{ percent }` as a fraction of the price (0.02 = 2 %)
   */
  trailingStop(instrument: InstrumentRef, quantity: Shares, trail: Trail, options?: OrderOptions): OrderNumber
  /** A market order once the price touches `touchPrice`: at or below for a buy, at or above for a sell. */
  marketIfTouched(
    instrument: InstrumentRef,
    quantity: Shares,
    touchPrice: UsdPerShare,
    options?: OrderOptions,
  ): OrderNumber
  /** A limit order once the price touches `touchPrice`. */
  limitIfTouched(
    instrument: InstrumentRef,
    quantity: Shares,
    touchPrice: UsdPerShare,
    limitPrice: UsdPerShare,
    options?: OrderOptions,
  ): OrderNumber
  /**
   * An entry with the exits that protect it: both wait for the entry's fill, have its filled quantity, and cancel each
   * other. The exits are good till cancelled unless said otherwise.
   */
  bracket(instrument: InstrumentRef, quantity: Shares, bracket: Bracket): BracketOrders
  /** Orders of which the first fill cancels the others (a partial fill reduces them). */
  oneCancelsOther(requests: readonly OrderDraft[]): readonly OrderNumber[]
  /** Any type, all fields. */
  submit(request: OrderDraft): OrderNumber
  /** Asks for a cancel; an order that is already final is left as it is. */
  cancel(order: OrderNumber): void
  /** Cancels every open order of this strategy, or those of one instrument. */
  cancelAll(instrument?: InstrumentRef): void
  modify(order: OrderNumber, changes: OrderChanges): void
  /**
   * Brings the position to `weight` of the strategy's equity at the last marks (1 = all, −1 = short all, 0 closes exactly),
   * rounded to the lot toward zero, less the cost estimate and a buffer of 0.25 %. Working target orders count.
   * Gives the order's number, or undefined when nothing needs to be sent.
   */
  targetPercent(instrument: InstrumentRef, weight: number, options?: OrderOptions): OrderNumber | undefined
  /** Brings the position to `quantity` (signed). Working target orders count. */
  targetQuantity(instrument: InstrumentRef, quantity: Shares, options?: OrderOptions): OrderNumber | undefined
  /** Brings the position to zero. */
  close(instrument: InstrumentRef, options?: OrderOptions): OrderNumber | undefined
  get(order: OrderNumber): OrderView
  /** Open orders of this strategy, oldest first. */
  open(instrument?: InstrumentRef): readonly OrderView[]
}

/** What this strategy holds. Figures of the strategy's own orders; with one strategy these are the account's. */
export interface Portfolio {
  /** USD; negative when the account is in debit. */
  readonly cash: Usd
  /** Cash plus positions at the last marks. USD. */
  readonly equity: Usd
  readonly initialCash: Usd
  /** What new positions may still cost. USD. */
  readonly buyingPower: Usd
  /** Signed shares held. */
  quantity(instrument: InstrumentRef): Shares
  averageCost(instrument: InstrumentRef): UsdPerShare
  isFlat(instrument: InstrumentRef): boolean
  /** USD at the last mark, signed. */
  marketValue(instrument: InstrumentRef): Usd
  /** USD since the position was opened, before fees. */
  unrealized(instrument: InstrumentRef): Usd
  /** USD realised over the run, before fees, of one instrument or all. */
  realized(instrument?: InstrumentRef): Usd
  /** USD paid over the run. */
  readonly fees: Usd
  /** Instruments with a position, in order of registration. */
  readonly held: readonly Instrument[]
}

/** Asks to be called back on the engine's clock. */
export interface Timers {
  /** Once at `time`, or at the next event after it. */
  at(time: EpochMs, name: string): void
  /** Every `ms` from the first event on. */
  every(ms: number, name: string): void
  cancel(name: string): void
}

/** A seeded source: the same run gives the same numbers. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number
  /** Whole number in [min, max]. */
  int(min: number, max: number): number
}

/** Lines of the strategy's own, kept with time and strategy in the result (backtest) or the log (live). */
export interface StrategyLog {
  info(message: string): void
  warn(message: string): void
}

/** What every handler gets. One object per strategy, valid for the whole run. */
export interface StrategyContext {
  /** The engine's clock: the knowable time of the event in hand. */
  readonly now: EpochMs
  readonly orders: Orders
  readonly portfolio: Portfolio
  readonly timers: Timers
  readonly random: Random
  readonly log: StrategyLog
  /** All instruments of the run, in order of registration. */
  readonly instruments: readonly Instrument[]
  /**
   * An instrument by its symbol.
   * @throws {InputError} `instrument.unknown`
   */
  readonly instrument: (symbol: string) => Instrument
  /** Last bar known of an instrument (of the finest interval unless one is named); undefined before the first. */
  readonly latest: (instrument: InstrumentRef, interval?: BarInterval) => Bar | undefined
}

/** All bars of one knowable time are in. A view: read it during the call. */
export interface Slice {
  readonly time: EpochMs
  /** Bars of this time, in order of interval, then registration. */
  readonly bars: readonly Bar[]
  /** The bar of an instrument in this slice, if it has one. */
  bar(instrument: InstrumentRef): Bar | undefined
}

export interface Timer {
  readonly name: string
  /** When it was due. */
  readonly time: EpochMs
}

/** What a strategy does. All synchronous; every handler may be left out. */
export interface StrategyHandlers {
  /** Before the first event. Orders with a fixed quantity wait for the instrument's first price. */
  onStart?(ctx: StrategyContext): void
  /** Once per bar of the subscribed intervals, after its indicators. */
  onBar?(bar: Bar, ctx: StrategyContext): void
  /** Once per knowable time, after all its bars: the place for decisions over several instruments. */
  onSlice?(slice: Slice, ctx: StrategyContext): void
  onQuote?(quote: Quote, ctx: StrategyContext): void
  onTrade?(trade: Trade, ctx: StrategyContext): void
  onTimer?(timer: Timer, ctx: StrategyContext): void
  onOrderEvent?(event: OrderEvent, ctx: StrategyContext): void
  onFill?(fill: Fill, ctx: StrategyContext): void
  onCorporateAction?(action: CorporateAction, ctx: StrategyContext): void
  /** After the last event. Orders placed here are not sent. */
  onStop?(ctx: StrategyContext): void
}

/** A registered indicator: the main output here, further outputs under their names. */
export type IndicatorHandle<Output extends string = never> = IndicatorReading & {
  readonly warmUp: number
  /** The same indicator of another instrument than the one in hand. */
  of(instrument: InstrumentRef): IndicatorReading
} & { readonly [K in Output]: IndicatorReading & { of(instrument: InstrumentRef): IndicatorReading } }

export interface UseOptions {
  /** Bars that feed it; default the finest interval loaded for the instrument. */
  readonly interval?: BarInterval
}

/** What `create` gets: the parameters, and the means to register indicators. */
export interface StrategySetup<P extends ParamSpecs> {
  readonly params: ParamsOf<P>
  /** Registers an indicator: one per instrument, fed and warmed up by the engine. Only inside `create`. */
  readonly use: <Output extends string = never>(
    spec: IndicatorSpec<Output>,
    options?: UseOptions,
  ) => IndicatorHandle<Output>
  readonly instruments: readonly Instrument[]
  readonly instrument: (symbol: string) => Instrument
  readonly random: Random
  readonly log: StrategyLog
}

export interface StrategyDefinition<P extends ParamSpecs> {
  readonly name: string
  readonly description?: string
  readonly params?: P
  /** Intervals whose bars reach `onBar` and `onSlice`; default the finest one loaded for each instrument. */
  readonly intervals?: readonly BarInterval[]
  /** Orders may be placed while a late bar is handled. Default false. */
  readonly acceptsLate?: boolean
  /** Called once per run. */
  create(setup: StrategySetup<P>): StrategyHandlers
}

/** A strategy: a factory with typed parameters. The same object runs in a backtest, live and in a replay. */
export interface Strategy<P extends ParamSpecs = ParamSpecs> extends StrategyDefinition<P> {
  readonly params: P
  readonly [STRATEGY_MARK]: number
}

/**
 * Declares a strategy.
 * @throws {InputError} `strategy.definition` when name or `create` is missing
 */
export function defineStrategy<const P extends ParamSpecs = Record<string, never>>(
  definition: StrategyDefinition<P>,
): Strategy<P> {
  if (typeof definition.name !== 'string' || !/^[A-Za-z0-9][\w.-]*$/.test(definition.name))
    throw new InputError(
      'strategy.definition',
      `Expected a strategy name of letters, digits, "-", "_" or ".", found ${JSON.stringify(definition.name)}.`,
    )
  if (typeof definition.create !== 'function')
    throw new InputError('strategy.definition', `Expected a function "create", found ${typeof definition.create}.`, {
      place: `strategy "${definition.name}"`,
    })
  return Object.freeze({ ...definition, params: definition.params ?? ({} as P), [STRATEGY_MARK]: STRATEGY_API_VERSION })
}

/** True for a strategy made by any copy of this package. */
export function isStrategy(value: unknown): value is Strategy {
  return (
    typeof value === 'object' && value !== null && typeof (value as Record<symbol, unknown>)[STRATEGY_MARK] === 'number'
  )
}
