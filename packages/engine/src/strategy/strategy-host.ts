import type {
  Bar,
  BarInterval,
  CorporateAction,
  EpochMs,
  Fill,
  Instrument,
  InstrumentRef,
  OrderEvent,
  Portfolio,
  Quote,
  Random,
  Slice,
  Strategy,
  StrategyContext,
  StrategyHandlers,
  StrategyLog,
  Timer,
  Timers,
  Trade,
} from '@onetape/core'
import type { Moment } from '../loop/moment.ts'
import { checkHandlers } from './check-handlers.ts'
import type { OrderDesk } from './order-desk.ts'

/** A line that a strategy wrote. */
export interface LogLine {
  readonly time: EpochMs
  readonly strategy: string
  readonly level: 'info' | 'warn'
  readonly message: string
}

/** Never reached by an index of a bar: the stream is not delivered to the strategy. */
export const NEVER = 0x7fff_ffff

function nothing(): void {}

/**
 * One strategy in a run: its handlers copied into fixed fields (an absent one does nothing), its context, and from
 * which bar on each stream reaches it.
 */
export class StrategyHost {
  declare readonly index: number
  declare readonly id: string
  declare readonly strategy: Strategy<any>
  declare readonly context: HostContext
  /** By stream id: index of the first bar that is delivered; {@link NEVER} when none is. */
  deliverFrom: Int32Array = new Int32Array(0)
  /** By instrument id: 1 once the indicators that count for it are ready; it stays so. */
  warm: Uint8Array = new Uint8Array(0)
  onBar: (this: void, bar: Bar, ctx: StrategyContext) => void = nothing
  onSlice: (this: void, slice: Slice, ctx: StrategyContext) => void = nothing
  onQuote: (this: void, quote: Quote, ctx: StrategyContext) => void = nothing
  onTrade: (this: void, trade: Trade, ctx: StrategyContext) => void = nothing
  onTimer: (this: void, timer: Timer, ctx: StrategyContext) => void = nothing
  onStart: (this: void, ctx: StrategyContext) => void = nothing
  onStop: (this: void, ctx: StrategyContext) => void = nothing
  onCorporateAction: (this: void, action: CorporateAction, ctx: StrategyContext) => void = nothing
  /** By interval: the most bars that an indicator of the strategy needs. */
  readonly warmUp: Map<BarInterval, number> = new Map()
  wantsBars = false
  wantsSlices = false
  wantsTicks = false
  wantsFills = false
  wantsOrderEvents = false
  /** Bars of the slice in hand that this strategy sees; reused. */
  readonly sliceBars: Bar[] = []
  #onFill: (this: void, fill: Fill, ctx: StrategyContext) => void = nothing
  #onOrderEvent: (this: void, event: OrderEvent, ctx: StrategyContext) => void = nothing

  constructor(index: number, id: string, strategy: Strategy<any>, context: HostContext) {
    this.index = index
    this.id = id
    this.strategy = strategy
    this.context = context
  }

  /** @throws {InputError} `strategy.handlers` for what is none */
  install(handlers: StrategyHandlers): void {
    checkHandlers(handlers, this.id)
    const bound = <K extends keyof StrategyHandlers>(key: K): NonNullable<StrategyHandlers[K]> | undefined => {
      const fn = handlers[key]
      if (fn === undefined) return undefined
      // A bound function is called more slowly, so that only those are bound whose source may use `this`.
      const bare = Object.hasOwn(handlers, key) && !/\b(?:this|super|eval)\b/.test(Function.prototype.toString.call(fn))
      return (bare ? fn : fn.bind(handlers)) as NonNullable<StrategyHandlers[K]>
    }
    this.onBar = bound('onBar') ?? nothing
    this.onSlice = bound('onSlice') ?? nothing
    this.onQuote = bound('onQuote') ?? nothing
    this.onTrade = bound('onTrade') ?? nothing
    this.onTimer = bound('onTimer') ?? nothing
    this.onStart = bound('onStart') ?? nothing
    this.onStop = bound('onStop') ?? nothing
    this.onCorporateAction = bound('onCorporateAction') ?? nothing
    this.#onFill = bound('onFill') ?? nothing
    this.#onOrderEvent = bound('onOrderEvent') ?? nothing
    this.wantsBars = handlers.onBar !== undefined
    this.wantsSlices = handlers.onSlice !== undefined
    this.wantsTicks = handlers.onQuote !== undefined || handlers.onTrade !== undefined
    this.wantsFills = handlers.onFill !== undefined
    this.wantsOrderEvents = handlers.onOrderEvent !== undefined
  }

  fill(fill: Fill): void {
    if (this.wantsFills) this.context.during('onFill', fill.instrument, () => this.#onFill(fill, this.context))
  }

  orderEvent(event: OrderEvent): void {
    if (this.wantsOrderEvents)
      this.context.during('onOrderEvent', event.order.instrument, () => this.#onOrderEvent(event, this.context))
  }
}

/** What the engine gives a context; see {@link StrategyContext} for the meaning. */
export class HostContext implements StrategyContext {
  declare readonly orders: OrderDesk
  declare readonly portfolio: Portfolio
  declare readonly timers: Timers
  declare readonly random: Random
  declare readonly log: StrategyLog
  declare readonly instruments: readonly Instrument[]
  /** Handler that runs now other than `onBar`, for messages. */
  handler: string | undefined
  /** Instrument concerned by it. */
  concerned: Instrument | undefined
  readonly #clock: Moment
  // Fields, not methods: strategies take the context apart (`{ orders, latest }`).
  readonly instrument: (symbol: string) => Instrument
  readonly latest: (ref: InstrumentRef, interval?: BarInterval) => Bar | undefined

  constructor(parts: {
    orders: OrderDesk
    portfolio: Portfolio
    timers: Timers
    random: Random
    log: StrategyLog
    instruments: readonly Instrument[]
    clock: Moment
    instrument: (symbol: string) => Instrument
    latest: (ref: InstrumentRef, interval?: BarInterval) => Bar | undefined
  }) {
    this.orders = parts.orders
    this.portfolio = parts.portfolio
    this.timers = parts.timers
    this.random = parts.random
    this.log = parts.log
    this.instruments = parts.instruments
    this.#clock = parts.clock
    this.instrument = parts.instrument
    this.latest = parts.latest
  }

  get now(): EpochMs {
    return this.#clock.now
  }

  /** Runs a handler with its name noted; the note stays when it throws, for the message. */
  during(handler: string, instrument: Instrument | undefined, call: () => void): void {
    const outer = this.handler
    const outerConcerned = this.concerned
    this.handler = handler
    this.concerned = instrument
    call()
    this.handler = outer
    this.concerned = outerConcerned
  }
}
