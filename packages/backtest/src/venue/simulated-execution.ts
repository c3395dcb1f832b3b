import { calendar } from '@onetape/calendar'
import {
  type BarSeries,
  type EndCode,
  type EpochMs,
  OrderTypeCode,
  type Shares,
  type Sign,
  TimeInForceCode,
  type UsdPerShare,
} from '@onetape/core'
import type { MarketState, SlippageModel } from '@onetape/costs'
import {
  type ApprovedNumber,
  type Engine,
  type ExecutionPort,
  OrderFlag,
  type OrderFlow,
  type Stream,
  StreamKind,
} from '@onetape/engine'
import { type MarketListener, Venue, type VenueListener, type VenueOptions, type VenueOrder } from '@onetape/matching'

// Local names for imported codes: V8 folds a constant of this module, and loads an imported one at every use.
const KIND_BAR = StreamKind.bar
const KIND_QUOTE = StreamKind.quote
const KIND_TRADE = StreamKind.trade
const TYPE_MARKET = OrderTypeCode.market
const TYPE_LIMIT = OrderTypeCode.limit
const TYPE_LIMIT_ON_OPEN = OrderTypeCode.limitOnOpen
const TYPE_LIMIT_ON_CLOSE = OrderTypeCode.limitOnClose
const TYPE_STOP = OrderTypeCode.stop
const TYPE_MARKET_IF_TOUCHED = OrderTypeCode.marketIfTouched
const TYPE_STOP_LIMIT = OrderTypeCode.stopLimit
const TYPE_LIMIT_IF_TOUCHED = OrderTypeCode.limitIfTouched
const TYPE_TRAILING_STOP = OrderTypeCode.trailingStop
const TYPE_TRAILING_STOP_LIMIT = OrderTypeCode.trailingStopLimit
const TYPE_MARKET_ON_OPEN = OrderTypeCode.marketOnOpen
const FLAG_OUTSIDE_RTH = OrderFlag.outsideRth
const FLAG_REDUCE_ONLY = OrderFlag.reduceOnly
const FLAG_SIZE_AT_FILL = OrderFlag.sizeAtFill
const TIF_GTC = TimeInForceCode.gtc
const TIF_GTD = TimeInForceCode.gtd

export interface SimulatedExecutionOptions {
  readonly venue: Partial<VenueOptions>
  /** Market orders fill at the close of the bar in hand. */
  readonly sameClose: boolean
  readonly slippage: SlippageModel
  /** Shorter bars that say which of two exits came first. */
  readonly finer: readonly BarSeries[]
  /** Daily bars with official prices: what orders on open and on close take. */
  readonly sessions: readonly BarSeries[]
  /** Signed target of an order that is sized at its fill. */
  readonly targetAtFill: (order: number, price: UsdPerShare) => Shares
}

/** The simulated venue as the engine's execution port: hands orders over, and tells the engine what became of them. */
export class SimulatedExecution implements ExecutionPort, VenueListener, MarketListener {
  declare readonly busy: Int32Array
  /** Bars in which several exits of one group were reached and the rule decided. */
  ambiguousBars = 0
  /** Fills at an official auction price, and auction orders filled at the first or last price of the session instead. */
  officialFills = 0
  unofficialFills = 0
  readonly #engine: Engine
  readonly #flow: OrderFlow
  readonly #venue: Venue
  readonly #options: SimulatedExecutionOptions
  /** By instrument: its quotes, where there are any. */
  readonly #quoteOf: readonly (Stream | undefined)[]
  readonly #tradeOf: readonly (Stream | undefined)[]
  readonly #hasTicks: boolean
  /** Plain market orders just wait for the next bar. */
  readonly #barsOnly: boolean
  readonly #replacing = new Set<number>()
  readonly #market: MarketState = {
    volume: NaN,
    taken: 0,
    spread: NaN,
    high: NaN,
    low: NaN,
    averageVolume: NaN,
    volatility: NaN,
  }
  /** By instrument: volume that fills have taken of the bar in hand, counted for fills at its close. */
  readonly #takenAtClose: Float64Array
  readonly #takenBar: Int32Array
  /** By instrument: the session of the last fill at a close. */
  readonly #openOf: Float64Array
  readonly #closeOf: Float64Array
  /** Older quotes say nothing of that session. */
  readonly #quotesFrom: Float64Array
  /** By instrument: the first bar after the end of the last DAY order. */
  readonly #termBar: Int32Array

  constructor(engine: Engine, options: SimulatedExecutionOptions) {
    this.#engine = engine
    this.#flow = engine.flow
    this.#options = options
    this.#venue = new Venue(options.venue, this, this)
    for (const instrument of engine.instruments) {
      const finer = options.finer.find((s) => s.instrument.symbol === instrument.symbol)
      const sessions = options.sessions.find((s) => s.instrument.symbol === instrument.symbol)
      this.#venue.addInstrument(instrument, calendar(instrument.calendar), finer?.columns, sessions?.columns)
    }
    this.#venue.position = engine.ledger.quantity
    this.#venue.lastPrice = engine.ledger.mark
    this.busy = this.#venue.busy
    this.#quoteOf = engine.instruments.map((i) =>
      engine.streams.find((s) => s.instrument === i && s.kind === KIND_QUOTE),
    )
    this.#tradeOf = engine.instruments.map((i) =>
      engine.streams.find((s) => s.instrument === i && s.kind === KIND_TRADE),
    )
    this.#hasTicks = engine.streams.some((s) => s.kind !== KIND_BAR)
    this.#barsOnly = !this.#hasTicks && !options.sameClose
    this.#takenAtClose = new Float64Array(engine.instruments.length)
    this.#takenBar = new Int32Array(engine.instruments.length).fill(-1)
    this.#openOf = new Float64Array(engine.instruments.length).fill(NaN)
    this.#closeOf = new Float64Array(engine.instruments.length).fill(NaN)
    this.#termBar = new Int32Array(engine.instruments.length)
    this.#quotesFrom = new Float64Array(engine.instruments.length).fill(NaN)
  }

  get nextExpiry(): EpochMs {
    return this.#venue.nextExpiry
  }

  // ── From the engine ────────────────────────────────────────────────────────────────────────────────────────────────

  submit(n: ApprovedNumber, time: EpochMs): void {
    const { table } = this.#flow
    const type = table.type[n]!
    const flags = table.flags[n]!
    if (this.#options.sameClose && type === TYPE_MARKET && this.#fillNow(n, time)) return
    if (this.#hasTicks && this.busy[table.instrument[n]!] === 0) this.#show(table.instrument[n]!)
    const order = this.#venue.order()
    order.number = n
    order.instrument = table.instrument[n]!
    order.side = table.side[n] === 1 ? 1 : -1
    order.type = type
    order.tif = table.tif[n]!
    order.quantity = table.quantity[n]!
    if (type !== TYPE_MARKET) this.#prices(order, n, type)
    if (flags !== 0) {
      order.outsideRth = (flags & FLAG_OUTSIDE_RTH) !== 0
      order.reduceOnly = (flags & FLAG_REDUCE_ONLY) !== 0
      order.sizeAtFill = (flags & FLAG_SIZE_AT_FILL) !== 0
      if (order.sizeAtFill) order.quantity = NaN
    }
    if (table.oca[n] !== -1) order.ocaGroup = table.oca[n]!
    if (table.parent[n] !== -1) order.parent = table.parent[n]!
    if (order.tif === TIF_GTD) order.goodTill = table.extrasOf(n)?.goodTill ?? NaN
    // A parked order was placed before the bar that gave it its price: it may match from then on.
    this.#venue.submit(order, time)
    if (order.live && order.expiresAt < Infinity) order.expiresAt = this.#termEnd(order.instrument, order.expiresAt)
  }

  submitMarket(n: ApprovedNumber, id: number, side: Sign, quantity: Shares, tif: number, time: EpochMs): void {
    // With ticks, or fills at the close in hand, no order is plain.
    if (!this.#barsOnly || tif > TIF_GTC) return this.submit(n, time)
    const due = this.#venue.submitMarket(n, id, side, quantity, tif, time)
    if (due === Infinity) return
    const end = this.#termEnd(id, due)
    if (end === due) return
    const order = this.#venue.find(n)
    if (order !== undefined) order.expiresAt = end
  }

  /**
   * An order meets a bar that begins before its time in force ends. When that end lies inside a bar (a day in a weekly
   * bar), nothing is known before the bar is: the order ends with it.
   */
  #termEnd(instrument: number, due: EpochMs): EpochMs {
    const { columns, i, length } = this.#engine.matchingStream(instrument)
    const { time } = columns
    // Orders of one day end together: where the end was for the last one it is for this one too.
    let low = Math.max(this.#termBar[instrument]!, i + 1)
    const holds = (low >= length || time[low]! >= due) && (low === i + 1 || time[low - 1]! < due)
    if (!holds) {
      low = i + 1
      let high = length
      while (low < high) {
        const middle = (low + high) >> 1
        if (time[middle]! < due) low = middle + 1
        else high = middle
      }
      this.#termBar[instrument] = low
    }
    return low > i + 1 ? Math.max(due, columns.end[low - 1]!) : due
  }

  /** The venue has seen no tick since the instrument's last order. */
  #show(id: number): void {
    const quote = this.#quoteOf[id]
    const traded = (this.#tradeOf[id]?.i ?? -1) >= 0
    if (quote === undefined || quote.i < 0) this.#venue.show(id, NaN, NaN, NaN, NaN, traded)
    else this.#venue.show(id, quote.low, quote.high, quote.open, quote.volume, traded)
  }

  #prices(order: VenueOrder, n: number, type: number): void {
    const { table } = this.#flow
    switch (type) {
      case TYPE_LIMIT:
      case TYPE_LIMIT_ON_OPEN:
      case TYPE_LIMIT_ON_CLOSE:
        order.limit = table.limit[n]!
        break
      case TYPE_STOP:
      case TYPE_MARKET_IF_TOUCHED:
        order.stop = table.stop[n]!
        break
      case TYPE_STOP_LIMIT:
      case TYPE_LIMIT_IF_TOUCHED:
        order.limit = table.limit[n]!
        order.stop = table.stop[n]!
        break
      case TYPE_TRAILING_STOP:
      case TYPE_TRAILING_STOP_LIMIT:
        if (table.stop[n] !== 0) order.stop = table.stop[n]!
        order.trailPercent = table.extrasOf(n)?.trailPercent ?? NaN
        order.trailAmount = table.extrasOf(n)?.trailAmount ?? NaN
        order.limitOffset = table.extrasOf(n)?.limitOffset ?? NaN
        break
    }
  }

  cancel(n: number, code: EndCode, time: EpochMs): void {
    this.#venue.cancel(n, time, code)
  }

  modify(n: number, time: EpochMs): void {
    const changes = this.#flow.changesOf(n)
    this.#replacing.add(n)
    this.#venue.modify(
      n,
      {
        quantity: changes.quantity,
        limit: changes.limitPrice,
        stop: changes.stopPrice,
        trailAmount: changes.trailAmount,
        trailPercent: changes.trailPercent,
      },
      time,
    )
  }

  onBar(stream: Stream, time: EpochMs): void {
    this.#venue.onBar(stream.instrument.id, stream.columns, stream.i, time)
  }

  beginGroup(time: EpochMs): void {
    this.#venue.beginGroup(time)
  }

  addBar(stream: Stream): void {
    const { columns, i } = stream
    const { id } = stream.instrument
    if (stream.kind === KIND_BAR) this.#venue.addBar(id, columns, i)
    else if (stream.kind === KIND_TRADE) this.#venue.addTrade(id, columns.close[i]!, columns.volume[i]!)
    else this.#venue.addQuote(id, columns.low[i]!, columns.high[i]!, columns.open[i]!, columns.volume[i]!)
  }

  matchGroup(): void {
    this.#venue.matchGroup()
  }

  expire(upTo: EpochMs, inclusive: boolean): void {
    this.#venue.expire(upTo, inclusive)
  }

  split(instrument: number, ratio: number, time: EpochMs): void {
    this.#venue.split(instrument, ratio, time)
  }

  delist(instrument: number, time: EpochMs): void {
    this.#venue.delist(instrument, time)
  }

  /** Fills an order whole at a price, whatever the market does: for closing at the end of the data. */
  fillAt(n: number, price: UsdPerShare, time: EpochMs): void {
    this.#flow.accepted(n)
    this.#flow.matchingSince = time
    this.#flow.filled(n, this.#flow.table.leaves(n), price, time, 0)
  }

  // ── Fills at the close of the bar in hand ──────────────────────────────────────────────────────────────────────────

  /** False when the bar's volume is used up: the order then works on at the venue. */
  #fillNow(n: number, time: EpochMs): boolean {
    const { table } = this.#flow
    const id = table.instrument[n]!
    const stream = this.#engine.matchingStream(id)
    // Only a bar that ends now has a close to fill at; before it, and between bars, the order waits.
    if (stream.i < 0 || stream.end !== time || !this.#isRegular(id, stream.time)) return false
    const market = this.#market
    this.#takeAtClose(id, 0)
    market.volume = stream.volume
    market.taken = this.#takenAtClose[id]!
    market.high = stream.high
    market.low = stream.low
    const side = table.side[n] === 1 ? 1 : -1
    const quoted = this.#quotedAtClose(id, side)
    const slipped = (quantity: Shares): UsdPerShare =>
      quoted > 0 ? quoted : this.#options.slippage.price(side, stream.close, quantity, market)
    let wanted = table.leaves(n)
    if ((table.flags[n]! & FLAG_SIZE_AT_FILL) !== 0) {
      wanted = Math.max(0, side * this.#options.targetAtFill(n, slipped(1)))
      if (!(wanted > 0)) return false
      this.#flow.sized(n, wanted, side)
    }
    const room = this.#roomAtClose(stream, id)
    const share = Math.min(wanted, room)
    if (!(share > 0)) return false
    const price = slipped(share)
    this.#flow.accepted(n)
    const quantity = this.#flow.affordable(n, share, price)
    if (quantity > 0) {
      this.#takeAtClose(id, quantity)
      this.#flow.matchingSince = stream.time
      this.#flow.filled(n, quantity, price, time, 0)
    }
    if (quantity < share) this.#flow.ended(n, 8, 'insufficient_funds', time)
    else if (share < wanted) this.#flow.ended(n, 8, 'ioc_remainder', time)
    return true
  }

  /** Market orders fill in regular hours only, whatever bars are loaded. */
  #isRegular(id: number, time: EpochMs): boolean {
    if (time >= this.#openOf[id]! && time < this.#closeOf[id]!) return true
    const cal = calendar(this.#engine.instruments[id]!.calendar)
    const session = cal.sessionOf(time)
    if (session === undefined) return false
    this.#quotesFrom[id] = cal.extendedHours(session).open
    this.#openOf[id] = session.open
    this.#closeOf[id] = session.close
    return true
  }

  /** The other side of the quote, NaN where none is known: crossing it is the cost, and no slippage comes on top. */
  #quotedAtClose(id: number, side: number): UsdPerShare {
    const quote = this.#quoteOf[id]
    if (quote === undefined || quote.i < 0 || !(quote.time >= this.#quotesFrom[id]!)) return NaN
    return side > 0 ? quote.high : quote.low
  }

  /** What fills at this close and fills inside the bar take together counts for the bar's volume. */
  #takeAtClose(id: number, quantity: Shares): void {
    const { i } = this.#engine.matchingStream(id)
    if (this.#takenBar[id] !== i) this.#takenAtClose[id] = 0
    this.#takenBar[id] = i
    this.#takenAtClose[id]! += quantity
  }

  #roomAtClose(stream: Stream, id: number): Shares {
    const { participation } = this.#options.venue
    // Nothing trades in a bar without volume, whether its volume limits fills or not.
    if (stream.instrument.hasVolume && !(stream.volume > 0)) return 0
    if (!stream.instrument.hasVolume || participation === Infinity) return Infinity
    const { lot } = stream.instrument
    return Math.floor(((participation ?? 0.1) * stream.volume - this.#takenAtClose[id]!) / lot + 1e-9) * lot
  }

  // ── From the venue ─────────────────────────────────────────────────────────────────────────────────────────────────

  accepted(order: VenueOrder): void {
    this.#flow.accepted(order.number)
  }

  triggered(order: VenueOrder): void {
    this.#flow.triggered(order.number)
  }

  affordable(order: VenueOrder, quantity: Shares, price: UsdPerShare): Shares {
    return this.#flow.affordable(order.number, quantity, price)
  }

  sizeAtFill(order: VenueOrder, price: UsdPerShare): Shares {
    const change = this.#options.targetAtFill(order.number, price) * order.side
    if (!(change > 0)) return 0
    order.sizeAtFill = false
    this.#flow.sized(order.number, change, order.side)
    return change
  }

  filled(order: VenueOrder, quantity: Shares, price: UsdPerShare, time: EpochMs, flags: number): void {
    if (flags !== 0 || order.works >= TYPE_MARKET_ON_OPEN) this.#count(order, flags)
    if (this.#options.sameClose) this.#takeAtClose(order.instrument, quantity)
    this.#flow.matchingSince = this.#engine.matchingStream(order.instrument).time
    this.#flow.filled(order.number, quantity, price, time, flags)
  }

  acceptedMarket(n: number): void {
    this.#flow.accepted(n)
  }

  affordableMarket(n: number, quantity: Shares, price: UsdPerShare): Shares {
    return this.#flow.affordable(n, quantity, price)
  }

  filledMarket(n: number, quantity: Shares, price: UsdPerShare, time: EpochMs, flags: number, since: EpochMs): void {
    const flow = this.#flow
    flow.matchingSince = since
    flow.filled(n, quantity, price, time, flags)
  }

  #count(order: VenueOrder, flags: number): void {
    if ((flags & 2) !== 0) this.ambiguousBars++
    if (order.works >= TYPE_MARKET_ON_OPEN) {
      if ((flags & 1) !== 0) this.officialFills++
      else this.unofficialFills++
    }
  }

  ended(order: VenueOrder, state: number, code: string, time: EpochMs): void {
    this.#replacing.delete(order.number)
    if (code === 'corporate_action') {
      const { works, level, limit } = order
      this.#flow.table.extras(order.number).atSplit = { works, level, limit }
    }
    this.#flow.ended(order.number, state, code, time)
  }

  replaced(order: VenueOrder): void {
    if (this.#replacing.delete(order.number)) this.#flow.replaced(order.number)
    else this.#flow.rebased(order.number, order.quantity - order.filled, order.limit, order.stop)
  }

  replaceRejected(order: VenueOrder, code: string): void {
    this.#replacing.delete(order.number)
    this.#flow.replaceRejected(order.number, code)
  }
}
