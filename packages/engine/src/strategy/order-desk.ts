import {
  type Bracket,
  type BracketOrders,
  type EpochMs,
  InputError,
  type Instrument,
  type InstrumentRef,
  ORDER_TYPES,
  type OrderChanges,
  type OrderDraft,
  type OrderNumber,
  type OrderOptions,
  OrderStateCode,
  OrderTypeCode,
  type OrderView,
  type Orders,
  type Shares,
  type Sign,
  TIMES_IN_FORCE,
  TimeInForceCode,
  type Trail,
  type UsdPerShare,
  didYouMean,
  snapToTick,
  usEquityTick,
} from '@onetape/core'
import { hasLimit, hasStop } from '../gate/basic-gate.ts'
import type { OrderFlow } from '../order/order-flow.ts'
import { OrderFlag } from '../order/order-table.ts'

// Local names for imported codes: V8 folds a constant of this module, and loads an imported one at every use.
const TYPE_LIMIT_ON_OPEN = OrderTypeCode.limitOnOpen
const TYPE_LIMIT_ON_CLOSE = OrderTypeCode.limitOnClose
const TYPE_TRAILING_STOP = OrderTypeCode.trailingStop
const TYPE_TRAILING_STOP_LIMIT = OrderTypeCode.trailingStopLimit
const TYPE_MARKET_IF_TOUCHED = OrderTypeCode.marketIfTouched
const TYPE_LIMIT_IF_TOUCHED = OrderTypeCode.limitIfTouched
const TYPE_MARKET = OrderTypeCode.market
const TYPE_LIMIT = OrderTypeCode.limit
const TYPE_STOP = OrderTypeCode.stop
const TYPE_STOP_LIMIT = OrderTypeCode.stopLimit
const TYPE_MARKET_ON_OPEN = OrderTypeCode.marketOnOpen
const TYPE_MARKET_ON_CLOSE = OrderTypeCode.marketOnClose
const FLAG_TARGET = OrderFlag.target
const FLAG_SIZED = OrderFlag.sized
const FLAG_SIZE_AT_FILL = OrderFlag.sizeAtFill
const FLAG_OUTSIDE_RTH = OrderFlag.outsideRth
const FLAG_REDUCE_ONLY = OrderFlag.reduceOnly
const FLAG_BAD_LINK = OrderFlag.badLink
const FILLED = OrderStateCode.filled
const TIF_GTD = TimeInForceCode.gtd

/** How target orders are sized; `semantics`: rule 19. */
export interface SizingRules {
  /** Part of the equity left unused, 0.0025. */
  readonly buffer: number
  /** Changes below this part of the equity are not sent, 0.005. */
  readonly minChange: number
  readonly sizeAt: 'decision' | 'fill'
  /** Time in force of orders that name none. */
  readonly tif: number
  /** Estimated cost of trading `quantity` at `price`, as a fraction of its value: fees and slippage. */
  costRate(instrument: Instrument, quantity: Shares, price: UsdPerShare, time: EpochMs): number
}

/** The orders of one strategy. It only appends intents to the flow. */
export class OrderDesk implements Orders {
  readonly #flow: OrderFlow
  readonly #strategy: number
  readonly #sizing: SizingRules
  readonly #resolve: (ref: InstrumentRef) => Instrument
  readonly #width: number
  #counter = 0

  constructor(flow: OrderFlow, strategy: number, sizing: SizingRules, resolve: (ref: InstrumentRef) => Instrument) {
    this.#flow = flow
    this.#strategy = strategy
    this.#sizing = sizing
    this.#resolve = resolve
    this.#width = flow.instruments.length
  }

  /** Takes the strategy's next order counter. */
  takeNumber(): number {
    return this.#counter++
  }

  market(ref: InstrumentRef, quantity: Shares, options?: OrderOptions): OrderNumber {
    return this.#place(this.#resolve(ref), TYPE_MARKET, quantity, options)
  }

  limit(ref: InstrumentRef, quantity: Shares, limitPrice: UsdPerShare, options?: OrderOptions): OrderNumber {
    const n = this.#place(this.#resolve(ref), TYPE_LIMIT, quantity, options)
    this.#prices(n, limitPrice, undefined)
    return n
  }

  stop(ref: InstrumentRef, quantity: Shares, stopPrice: UsdPerShare, options?: OrderOptions): OrderNumber {
    const n = this.#place(this.#resolve(ref), TYPE_STOP, quantity, options)
    this.#prices(n, undefined, stopPrice)
    return n
  }

  stopLimit(
    ref: InstrumentRef,
    quantity: Shares,
    stopPrice: UsdPerShare,
    limitPrice: UsdPerShare,
    options?: OrderOptions,
  ): OrderNumber {
    const n = this.#place(this.#resolve(ref), TYPE_STOP_LIMIT, quantity, options)
    this.#prices(n, limitPrice, stopPrice)
    return n
  }

  marketOnOpen(ref: InstrumentRef, quantity: Shares, options?: OrderOptions): OrderNumber {
    return this.#place(this.#resolve(ref), TYPE_MARKET_ON_OPEN, quantity, { tif: 'opg', ...options })
  }

  marketOnClose(ref: InstrumentRef, quantity: Shares, options?: OrderOptions): OrderNumber {
    return this.#place(this.#resolve(ref), TYPE_MARKET_ON_CLOSE, quantity, { tif: 'day', ...options })
  }

  limitOnOpen(ref: InstrumentRef, quantity: Shares, limitPrice: UsdPerShare, options?: OrderOptions): OrderNumber {
    const n = this.#place(this.#resolve(ref), TYPE_LIMIT_ON_OPEN, quantity, { tif: 'opg', ...options })
    this.#prices(n, limitPrice, undefined)
    return n
  }

  limitOnClose(ref: InstrumentRef, quantity: Shares, limitPrice: UsdPerShare, options?: OrderOptions): OrderNumber {
    const n = this.#place(this.#resolve(ref), TYPE_LIMIT_ON_CLOSE, quantity, { tif: 'day', ...options })
    this.#prices(n, limitPrice, undefined)
    return n
  }

  trailingStop(ref: InstrumentRef, quantity: Shares, trail: Trail, options: OrderOptions = {}): OrderNumber {
    const type = options.limitOffset === undefined ? TYPE_TRAILING_STOP : TYPE_TRAILING_STOP_LIMIT
    return this.#place(this.#resolve(ref), type, quantity, { ...options, ...trailOptions(trail) })
  }

  marketIfTouched(ref: InstrumentRef, quantity: Shares, touchPrice: UsdPerShare, options?: OrderOptions): OrderNumber {
    const n = this.#place(this.#resolve(ref), TYPE_MARKET_IF_TOUCHED, quantity, options)
    this.#prices(n, undefined, touchPrice)
    return n
  }

  limitIfTouched(
    ref: InstrumentRef,
    quantity: Shares,
    touchPrice: UsdPerShare,
    limitPrice: UsdPerShare,
    options?: OrderOptions,
  ): OrderNumber {
    const n = this.#place(this.#resolve(ref), TYPE_LIMIT_IF_TOUCHED, quantity, options)
    this.#prices(n, limitPrice, touchPrice)
    return n
  }

  bracket(ref: InstrumentRef, quantity: Shares, bracket: Bracket): BracketOrders {
    const { entryLimit, entryStop, takeProfit, stopLoss, trail } = bracket
    if (takeProfit === undefined && stopLoss === undefined && trail === undefined)
      throw new InputError('order.bracket', 'Expected "takeProfit", "stopLoss" or "trail" in a bracket, found none.')
    const instrument = this.#resolve(ref)
    const entry =
      entryStop !== undefined && entryLimit !== undefined
        ? this.stopLimit(instrument, quantity, entryStop, entryLimit, bracket.entry)
        : entryStop !== undefined
          ? this.stop(instrument, quantity, entryStop, bracket.entry)
          : entryLimit !== undefined
            ? this.limit(instrument, quantity, entryLimit, bracket.entry)
            : this.market(instrument, quantity, bracket.entry)
    const exits: OrderOptions = { tif: 'gtc', ocaGroup: `bracket ${entry}`, ...bracket.exits, parent: entry }
    return {
      entry,
      takeProfit: takeProfit === undefined ? undefined : this.limit(instrument, -quantity, takeProfit, exits),
      stopLoss:
        stopLoss !== undefined
          ? this.stop(instrument, -quantity, stopLoss, exits)
          : trail !== undefined
            ? this.trailingStop(instrument, -quantity, trail, exits)
            : undefined,
    }
  }

  oneCancelsOther(requests: readonly OrderDraft[]): readonly OrderNumber[] {
    if (requests.length < 2)
      throw new InputError(
        'order.oca',
        `Expected at least two orders that cancel each other, found ${requests.length}.`,
      )
    const ocaGroup = `oca ${this.#flow.table.count}`
    return requests.map((request) => this.submit({ ocaGroup, ...request }))
  }

  submit(request: OrderDraft): OrderNumber {
    const type = ORDER_TYPES.indexOf(request.type)
    if (type === -1)
      throw new InputError('order.type', `Expected an order type, found ${JSON.stringify(request.type)}.`, {
        hint: didYouMean(request.type, ORDER_TYPES),
      })
    const sign = request.side === 'buy' ? 1 : -1
    const n = this.#place(this.#resolve(request.instrument), type, sign * request.quantity, request)
    // A quantity of the wrong sign must not turn the side round; it stays what the gate refuses.
    if (!(request.quantity > 0)) {
      this.#flow.table.side[n] = sign
      this.#flow.table.quantity[n] = request.quantity
    }
    this.#prices(n, request.limitPrice, request.stopPrice)
    return n
  }

  /**
   * Places an exit that a split ended anew: quantity times, prices by the ratio.
   * @returns false when nothing is left to protect
   */
  renew(n: number, ratio: number): boolean {
    const { table, ledger, instruments } = this.#flow
    const id = table.instrument[n]!
    const instrument = instruments[id]!
    const held = Math.abs(ledger.held[this.#strategy * this.#width + id]!)
    const scaled = table.leaves(n) * ratio
    const lots = Math.floor(scaled / instrument.lot + 1e-9) * instrument.lot
    // A position with a fraction is protected whole.
    const quantity = Math.abs(scaled - held) < 1e-9 * held ? held : Math.min(lots, held)
    if (!(quantity > 0)) return false
    const extras = table.extrasOf(n)
    const then = extras?.atSplit
    const type = table.type[n]!
    // A stop that was triggered goes on as what it had become.
    const works = then !== undefined && (then.works === TYPE_MARKET || then.works === TYPE_LIMIT) ? then.works : type
    const trails = works === TYPE_TRAILING_STOP || works === TYPE_TRAILING_STOP_LIMIT
    const options: Mutable<OrderOptions> = { tif: TIMES_IN_FORCE[table.tif[n]!]!, reduceOnly: true }
    if ((table.flags[n]! & FLAG_OUTSIDE_RTH) !== 0) options.outsideRth = true
    if (extras?.goodTill !== undefined) options.goodTill = extras.goodTill
    if (extras?.tag !== undefined) options.tag = extras.tag
    if (extras?.ocaGroup !== undefined) options.ocaGroup = extras.ocaGroup
    if (trails && extras?.trailAmount !== undefined) options.trailAmount = extras.trailAmount / ratio
    if (trails && extras?.trailPercent !== undefined) options.trailPercent = extras.trailPercent
    if (trails && extras?.limitOffset !== undefined) options.limitOffset = extras.limitOffset / ratio
    const renewed = this.#place(instrument, works, table.side[n]! * quantity, options)
    const level = then === undefined || Number.isNaN(then.level) ? table.stop[n]! : then.level
    const stop = trails ? level : table.stop[n]!
    const limit = works === type || then === undefined ? table.limit[n]! : then.limit
    this.#prices(
      renewed,
      hasLimit(works) ? limit / ratio : undefined,
      hasStop(works) || (trails && stop !== 0) ? stop / ratio : undefined,
    )
    return true
  }

  cancel(order: OrderNumber): void {
    this.#own(order)
    this.#flow.requestCancel(order)
  }

  cancelAll(ref?: InstrumentRef): void {
    const { table } = this.#flow
    const id = ref === undefined ? -1 : this.#resolve(ref).id
    for (let n = table.firstOpen; n !== -1; n = table.nextOpen(n))
      if (table.strategy[n] === this.#strategy && (id === -1 || table.instrument[n] === id)) this.#flow.requestCancel(n)
  }

  modify(order: OrderNumber, changes: OrderChanges): void {
    this.#own(order)
    const snapped: Record<string, number> = {}
    for (const [key, value] of Object.entries(changes)) {
      if (value === undefined) continue
      if (typeof value !== 'number' || !Number.isFinite(value))
        throw new InputError('order.changes', `Expected a finite number for "${key}", found ${String(value)}.`)
      snapped[key] =
        key === 'limitPrice' || key === 'stopPrice'
          ? this.#snap(this.#flow.instruments[this.#flow.table.instrument[order]!]!, value)
          : value
    }
    this.#flow.requestModify(order, snapped)
  }

  targetPercent(ref: InstrumentRef, weight: number, options?: OrderOptions): OrderNumber | undefined {
    const instrument = this.#resolve(ref)
    if (weight === 0) return this.#target(instrument, 0, options, true)
    const { ledger } = this.#flow
    if (this.#sizing.sizeAt === 'fill') return this.#sizeAtFill(instrument, weight, options)
    const equity = ledger.strategyEquity(this.#strategy)
    const price = ledger.mark[instrument.id]!
    if (!(equity > 0) || !(price > 0) || !Number.isFinite(weight)) return this.#denied(instrument, options)
    return this.#target(instrument, this.targetOf(instrument, weight, equity, price), options, false)
  }

  /** Signed shares of a weight at an equity and price: toward zero to the lot, costs and buffer taken off. */
  targetOf(instrument: Instrument, weight: number, equity: number, price: UsdPerShare): Shares {
    const budget = Math.abs(weight) * (1 - this.#sizing.buffer) * equity
    const unit = price * instrument.multiplier
    const rate = this.#sizing.costRate(instrument, budget / unit, price, this.#flow.now)
    const lots = Math.floor(budget / (unit * (1 + rate)) / instrument.lot + 1e-9)
    return lots === 0 ? 0 : Math.sign(weight) * lots * instrument.lot
  }

  targetQuantity(ref: InstrumentRef, quantity: Shares, options?: OrderOptions): OrderNumber | undefined {
    return this.#target(this.#resolve(ref), quantity, options, true)
  }

  close(ref: InstrumentRef, options?: OrderOptions): OrderNumber | undefined {
    return this.#target(this.#resolve(ref), 0, options, true)
  }

  get(order: OrderNumber): OrderView {
    this.#own(order)
    return this.#flow.view(order)
  }

  open(ref?: InstrumentRef): readonly OrderView[] {
    const { table } = this.#flow
    const id = ref === undefined ? -1 : this.#resolve(ref).id
    const views: OrderView[] = []
    for (let n = table.firstOpen; n !== -1; n = table.nextOpen(n))
      if (table.strategy[n] === this.#strategy && (id === -1 || table.instrument[n] === id))
        views.push(this.#flow.view(n))
    return views
  }

  /** @param exact small changes are sent too */
  #target(
    instrument: Instrument,
    quantity: Shares,
    options: OrderOptions | undefined,
    exact: boolean,
  ): OrderNumber | undefined {
    const { ledger, targetWorking } = this.#flow
    const slot = this.#strategy * this.#width + instrument.id
    const held = ledger.held[slot]!
    let change = quantity - (held + targetWorking[slot]!)
    const working = targetWorking[slot]!
    if (working !== 0 && change !== 0 && working > 0 !== change > 0) {
      this.#cancelTargets(instrument.id)
      change = quantity - held
    }
    if (Math.abs(change) < 1e-9 * Math.max(1, Math.abs(quantity))) return undefined
    if (!exact && quantity !== 0) {
      const value = Math.abs(change) * instrument.multiplier * ledger.mark[instrument.id]!
      if (value < this.#sizing.minChange * ledger.strategyEquity(this.#strategy)) return undefined
    }
    if (quantity !== 0 && Math.abs(change) < instrument.lot * (1 - 1e-9)) return undefined
    const n = this.#place(instrument, TYPE_MARKET, change, options)
    const { table } = this.#flow
    table.flags[n]! |= exact ? FLAG_TARGET : FLAG_TARGET | FLAG_SIZED
    targetWorking[slot]! += change
    return n
  }

  #sizeAtFill(instrument: Instrument, weight: number, options: OrderOptions | undefined): OrderNumber {
    this.#cancelTargets(instrument.id)
    const { ledger, table } = this.#flow
    const held = ledger.held[this.#strategy * this.#width + instrument.id]!
    const price = ledger.mark[instrument.id]!
    const equity = ledger.strategyEquity(this.#strategy)
    // The side is decided now, the quantity at the fill; a change of sign until then sends nothing.
    const change = price > 0 && equity > 0 ? this.targetOf(instrument, weight, equity, price) - held : weight
    const n = this.#place(instrument, TYPE_MARKET, change < 0 ? -1 : 1, options)
    table.quantity[n] = 0
    table.extras(n).weight = weight
    table.flags[n]! |= FLAG_TARGET | FLAG_SIZE_AT_FILL
    return n
  }

  #denied(instrument: Instrument, options: OrderOptions | undefined): OrderNumber {
    // Without equity or price there is no quantity; the order is denied and the strategy is told.
    const n = this.#place(instrument, TYPE_MARKET, NaN, options)
    this.#flow.table.flags[n]! |= FLAG_TARGET
    return n
  }

  #cancelTargets(instrument: number): void {
    const { table } = this.#flow
    for (let n = table.firstOpen; n !== -1; n = table.nextOpen(n))
      if (
        table.strategy[n] === this.#strategy &&
        table.instrument[n] === instrument &&
        (table.flags[n]! & FLAG_TARGET) !== 0
      )
        this.#flow.requestCancel(n, true)
  }

  #place(instrument: Instrument, type: number, quantity: Shares, options: OrderOptions | undefined): OrderNumber {
    const side: Sign = quantity < 0 ? -1 : 1
    const flow = this.#flow
    const tif = options?.tif === undefined ? this.#sizing.tif : TIMES_IN_FORCE.indexOf(options.tif)
    const n = flow.place(this.#strategy, this.#counter++, instrument.id, side, type, tif, quantity * side)
    if (options !== undefined) this.#apply(n, instrument, options, tif)
    return n as OrderNumber
  }

  #apply(n: number, instrument: Instrument, options: OrderOptions, tif: number): void {
    const { table } = this.#flow
    if (tif === -1)
      throw new InputError('order.tif', `Expected a time in force, found ${JSON.stringify(options.tif)}.`, {
        hint: didYouMean(String(options.tif), TIMES_IN_FORCE),
      })
    if (tif === TIF_GTD && !(options.goodTill! > this.#flow.now))
      throw new InputError(
        'order.good_till',
        `Expected "goodTill" after now for a gtd order, found ${options.goodTill}.`,
        { place: instrument.symbol },
      )
    if (options.goodTill !== undefined) table.extras(n).goodTill = options.goodTill
    if (options.outsideRth === true) table.flags[n]! |= FLAG_OUTSIDE_RTH
    if (options.reduceOnly === true) table.flags[n]! |= FLAG_REDUCE_ONLY
    if (options.tag !== undefined) table.extras(n).tag = options.tag
    if (options.trailAmount !== undefined) table.extras(n).trailAmount = options.trailAmount
    if (options.trailPercent !== undefined) table.extras(n).trailPercent = options.trailPercent
    if (options.limitOffset !== undefined) table.extras(n).limitOffset = options.limitOffset
    if (options.ocaGroup !== undefined) {
      table.oca[n] = this.#flow.ocaGroup(`${this.#strategy} ${options.ocaGroup}`)
      table.extras(n).ocaGroup = options.ocaGroup
    }
    if (options.parent !== undefined) {
      const parent = options.parent
      if (!(parent >= 0 && parent < n && table.strategy[parent] === this.#strategy && table.state[parent]! < FILLED))
        table.flags[n]! |= FLAG_BAD_LINK
      else table.parent[n] = parent
    }
  }

  #prices(n: OrderNumber, limit: UsdPerShare | undefined, stop: UsdPerShare | undefined): void {
    const { table, instruments } = this.#flow
    const instrument = instruments[table.instrument[n]!]!
    if (limit !== undefined) table.limit[n] = this.#snap(instrument, limit)
    if (stop !== undefined) table.stop[n] = this.#snap(instrument, stop)
  }

  /** Prices are put on the tick where the order is made, to the nearest. */
  #snap(instrument: Instrument, price: UsdPerShare): UsdPerShare {
    return snapToTick(price, instrument.tick > 0 ? instrument.tick : usEquityTick(Math.abs(price), this.#flow.now))
  }

  #own(order: OrderNumber): void {
    const { table } = this.#flow
    if (!(Number.isInteger(order) && order >= 0 && order < table.count) || table.strategy[order] !== this.#strategy)
      throw new InputError(
        'order.number',
        `Expected the number of an order that this strategy placed, found ${String(order)}.`,
        { hint: 'Order functions return it; targets return undefined when nothing is sent.' },
      )
  }
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

function trailOptions(trail: Trail): OrderOptions {
  return 'amount' in trail ? { trailAmount: trail.amount } : { trailPercent: trail.percent }
}
