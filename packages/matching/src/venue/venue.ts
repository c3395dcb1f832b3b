import {
  type BarColumns,
  type EndCode,
  type EpochMs,
  type InstrumentSpec,
  InvariantError,
  OrderStateCode,
  OrderTypeCode,
  type Shares,
  type Sign,
  TimeInForceCode,
  type UsdPerShare,
  snapToTick,
} from '@onetape/core'
import type { TradingCalendar } from '@onetape/calendar'
import type { MarketState } from '@onetape/costs'
import { becomesLimit, Effect, type FillRules, moveLevel, Phase, probeBar } from '../fill/bar-fill.ts'
import { probeChild } from '../fill/child-fill.ts'
import { chooseExits } from '../fill/exit-choice.ts'
import { sortByPriority } from '../fill/priority.ts'
import { probeQuote, probeTrade } from '../fill/tick-fill.ts'
import { floorToLot } from '../order/lot.ts'
import { adopt, disown } from '../order/family.ts'
import { type MarketSlot, SlotState } from '../order/market-slot.ts'
import { changeFault, orderFault } from '../order/order-fault.ts'
import { Arrivals } from '../order/arrivals.ts'
import { OcaGroups } from '../order/oca-groups.ts'
import { OrderTable } from '../order/order-table.ts'
import { isPlainMarket, type VenueOrder } from '../order/venue-order.ts'
import { isOnClose, isOnOpen, joinAuction } from '../session/auction.ts'
import { Book, Hand } from './book.ts'
import { FillFlag } from './fill-flag.ts'
import type { MarketListener } from './market-listener.ts'
import { fillHistory } from './market-state.ts'
import type { VenueChanges } from './venue-changes.ts'
import type { VenueListener } from './venue-listener.ts'
import { type VenueOptions, venueOptions } from './venue-options.ts'

// Local names for imported codes: V8 folds a constant of this module, and loads an imported one at every use.
const MARKET = OrderTypeCode.market
const DAY = TimeInForceCode.day
const GTC = TimeInForceCode.gtc
const OPENING = FillFlag.opening
const RESTS = SlotState.rests
const PLANNED = SlotState.planned
const FILLED = SlotState.filled
const HAND_BAR = Hand.bar
/** Last bits of the numbers by which the instrument of a slot's order is remembered. */
const SLOT_CELLS = 0x3ff

/**
 * The simulated venue: holds working orders and turns market events into fills. It knows nothing of cash or
 * portfolios; it asks and tells its {@link VenueListener}. Everything it does is a function of the calls made to it.
 *
 * Add all instruments first. Then per knowable time: `expire(time, false)` when `nextExpiry < time`, the events (one
 * call of `onBar`, or `beginGroup … matchGroup` for several instruments), `expire(time, true)` when `nextExpiry <= time`.
 * Instruments whose `busy` is 0 need no call.
 */
export class Venue {
  declare readonly options: VenueOptions
  /** Number of working orders by instrument id. Replaced when instruments are added: hoist it after the last one. */
  busy: Int32Array = new Int32Array(0)
  /** Signed position of the account by instrument id. Share the ledger's array here: it says whether an order reduces. */
  position: Float64Array = new Float64Array(0)
  /** Last price by instrument id, read for the first level of a trailing stop. Share the ledger's array here. */
  lastPrice: Float64Array = new Float64Array(0)
  /** Smallest time at which something ends or reaches the venue by itself; Infinity when nothing does. May be too early. */
  nextExpiry: EpochMs = Infinity

  readonly #listener: VenueListener
  readonly #marketListener: MarketListener | undefined
  readonly #rules: FillRules
  readonly #participation: number
  readonly #slippage: VenueOptions['slippage']
  readonly #delays: boolean
  readonly #marketAtClose: boolean
  readonly #books: Book[] = []
  readonly #orders = new OrderTable()
  readonly #oca = new OcaGroups()
  readonly #arrivals = new Arrivals()
  readonly #group: Book[] = []
  #grouped: number = 0
  readonly #childPlans: VenueOrder[][] = []
  readonly #market: MarketState = {
    volume: Number.NaN,
    taken: 0,
    spread: Number.NaN,
    high: Number.NaN,
    low: Number.NaN,
    averageVolume: Number.NaN,
    volatility: Number.NaN,
  }
  #seq: number = 0
  /** How many slots hold an order, and in which instrument's slot an order was put last, by the last bits of its number. */
  #slots: number = 0
  readonly #slotOf: number[] = Array.from({ length: SLOT_CELLS + 1 }, () => 0)
  #familyDepth: number = 0
  #groupTime: EpochMs = Number.NaN

  /** @param marketListener makes {@link submitMarket} cheap: it hears of plain market orders by their numbers alone */
  constructor(options: Partial<VenueOptions>, listener: VenueListener, marketListener?: MarketListener) {
    this.options = venueOptions(options)
    this.#listener = listener
    this.#marketListener = marketListener
    this.#participation = this.options.participation
    this.#slippage = this.options.slippage
    this.#delays = this.options.latencyMs.max > 0
    this.#marketAtClose = this.options.marketFill === 'close'
    this.#rules = {
      touch: this.options.limitFill === 'touch',
      marketAtClose: this.options.marketFill === 'close',
      limitChance: this.options.limitFillProbability,
      random: this.options.random,
    }
  }

  // ------------------------------------------------------------------------------------------------- instruments

  /**
   * Registers an instrument; ids are dense and come in order.
   * @param finer shorter bars of the same instrument, for `exits: 'finer'`
   * @param sessions its daily bars with the official open and close, for auctions; they may be those that match
   * @throws {InvariantError} `venue.instrument` for an id out of order
   */
  addInstrument(
    spec: InstrumentSpec & { readonly id: number },
    calendar: TradingCalendar,
    finer?: BarColumns,
    sessions?: BarColumns,
  ): void {
    const id = spec.id
    if (id !== this.#books.length)
      throw new InvariantError('venue.instrument', `Expected instrument id ${this.#books.length}, found ${id}`)
    const book = new Book(id, spec, calendar)
    book.finer = finer
    book.sessions = sessions
    this.#books.push(book)
    if (id >= this.busy.length) {
      const capacity = Math.max(16, 2 * this.busy.length)
      const busy = new Int32Array(capacity)
      busy.set(this.busy)
      this.busy = busy
    }
    if (id >= this.position.length) this.position = grown(this.position, this.busy.length, 0)
    if (id >= this.lastPrice.length) this.lastPrice = grown(this.lastPrice, this.busy.length, Number.NaN)
  }

  // ------------------------------------------------------------------------------------------------------ orders

  /** An empty order from the pool; fill in its fields and {@link submit} it. */
  order(): VenueOrder {
    return this.#orders.take()
  }

  /** The open order of a number. Valid until it ends. */
  find(number: number): VenueOrder | undefined {
    const order = this.#orders.find(number)
    if (order !== undefined || this.#slots === 0 || !(number >= 0)) return order
    const likely = this.#books[this.#slotOf[number & SLOT_CELLS]!]!
    const book = likely.slot.number === number ? likely : this.#books.find((b) => b.slot.number === number)
    return book === undefined ? undefined : this.#unslot(book)
  }

  /**
   * Accepts the order or ends it as rejected. A child of a live parent rests dormant until the parent fills.
   * @throws {InvariantError} `venue.instrument`, `venue.number`
   */
  submit(order: VenueOrder, time: EpochMs): void {
    const book = this.#books[order.instrument]
    if (book === undefined)
      throw new InvariantError('venue.instrument', `Expected a registered instrument, found id ${order.instrument}`)
    if (book.slot.number >= 0) this.#unslot(book)
    this.#orders.add(order)
    order.works = order.type
    order.immediate = order.tif === TimeInForceCode.ioc || order.tif === TimeInForceCode.fok
    order.acceptedAt = time
    order.expiresAt = Infinity
    order.simple = false
    if (!this.#delays) return this.#accept(book, order, time)
    order.acceptedAt = time + this.#delay()
    this.#arrivals.add(order)
    this.busy[book.id]!++
    if (order.acceptedAt < this.nextExpiry) this.nextExpiry = order.acceptedAt
  }

  /**
   * As {@link submit} for a market order with nothing to it: neither links nor flags, DAY or GTC. Alone at its instrument
   * it takes no order from the pool. The number must be one that no open order has.
   * @returns end of its time in force; Infinity without one, and with latency
   * @throws {InvariantError} `venue.instrument`, `venue.number`
   */
  submitMarket(number: number, instrument: number, side: Sign, quantity: Shares, tif: number, time: EpochMs): EpochMs {
    const { busy } = this
    const book = this.#books[instrument]
    const listener = this.#marketListener
    if (
      book === undefined ||
      listener === undefined ||
      this.#delays ||
      busy[instrument] !== 0 ||
      book.dormant.length !== 0 ||
      !(quantity > 0 && quantity < Infinity && tif <= GTC) ||
      !this.#orders.isFree(number)
    )
      return this.#submitPooled(number, instrument, side, quantity, tif, time)
    const expiresAt = tif === DAY ? book.hours.dayEnd(time, false) : Infinity
    const { slot } = book
    slot.number = number
    slot.side = side
    slot.tif = tif
    slot.quantity = quantity
    slot.acceptedAt = time
    slot.expiresAt = expiresAt
    slot.seq = this.#seq++
    slot.state = RESTS
    busy[instrument] = 1
    this.#slots++
    this.#slotOf[number & SLOT_CELLS] = instrument
    if (expiresAt < this.nextExpiry) this.nextExpiry = expiresAt
    listener.acceptedMarket(number, time)
    return expiresAt
  }

  #submitPooled(number: number, instrument: number, side: Sign, quantity: Shares, tif: number, time: EpochMs): EpochMs {
    const order = this.#orders.take()
    order.number = number
    order.instrument = instrument
    order.side = side
    order.tif = tif
    order.quantity = quantity
    this.submit(order, time)
    return order.live ? order.expiresAt : Infinity
  }

  /** More than a fill is to happen to the order of a slot: it becomes one like the others. */
  #unslot(book: Book): VenueOrder {
    const { slot } = book
    const order = this.#orders.take()
    order.number = slot.number
    order.instrument = book.id
    order.side = slot.side
    order.tif = slot.tif
    order.quantity = slot.quantity
    this.#orders.add(order)
    order.works = MARKET
    order.immediate = false
    order.simple = true
    order.acceptedAt = slot.acceptedAt
    order.expiresAt = slot.expiresAt
    order.seq = slot.seq
    if (slot.state === FILLED) order.filled = slot.quantity
    const planned = slot.state === PLANNED
    slot.number = -1
    slot.state = RESTS
    this.#slots--
    book.add(order)
    if (planned) this.#planAlone(book, order)
    return order
  }

  /** In the middle of a group: the plan that stood in the slot. */
  #planAlone(book: Book, order: VenueOrder): void {
    book.takeBar(book.columns!, book.index, this.#participation)
    order.booked = false
    order.dropped = false
    probeBar(order, book, this.#rules)
    book.plan[0] = order
    book.planned = 1
    this.#share(book, book.plan, 1)
  }

  #delay(): number {
    const { min, max } = this.options.latencyMs
    return this.options.random.int(min, max)
  }

  #arrive(upTo: EpochMs): void {
    while (this.#arrivals.next() <= upTo) {
      const order = this.#arrivals.takeFirst()!
      const book = this.#books[order.instrument]!
      this.busy[book.id]!--
      this.#accept(book, order, order.acceptedAt)
    }
  }

  #accept(book: Book, order: VenueOrder, time: EpochMs): void {
    order.seq = this.#seq++
    if (isPlainMarket(order)) {
      order.simple = true
      if (order.tif === TimeInForceCode.day) {
        order.expiresAt = book.hours.dayEnd(time, false)
      }
      this.#listener.accepted(order, time)
      if (order.live) this.#work(book, order)
      return
    }
    const fault = orderFault(order, time)
    if (fault !== '') return this.#end(order, OrderStateCode.rejected, fault, time)
    if (order.tif === TimeInForceCode.opg)
      order.works =
        order.type === OrderTypeCode.market
          ? OrderTypeCode.marketOnOpen
          : order.type === OrderTypeCode.limit
            ? OrderTypeCode.limitOnOpen
            : order.type
    if (order.parent >= 0) {
      const parent = this.find(order.parent)
      if (parent === undefined || parent === order) return this.#end(order, OrderStateCode.rejected, 'bad_link', time)
      adopt(parent, order)
    }
    const dormant = order.parent >= 0 && !this.#release(book, order)
    if (dormant) order.expiresAt = order.tif === TimeInForceCode.gtd ? order.goodTill : Infinity
    else if (!this.#giveTerm(book, order, time))
      return this.#end(order, OrderStateCode.rejected, 'auction_cutoff', time)
    if (order.ocaGroup >= 0) this.#oca.join(order)
    this.#listener.accepted(order, time)
    if (!order.live) return
    if (dormant) {
      order.dormant = true
      book.dormant.push(order)
      this.#expect(order)
    } else this.#start(book, order, this.lastPrice[book.id]!)
  }

  /** Passes on what the parent has filled since the last time. False when that is nothing. */
  #release(book: Book, child: VenueOrder): boolean {
    const total = floorToLot(child.ratio * child.parentOrder!.filled, book.spec.lot)
    const more = total - child.fed
    if (!(more > 0)) return false
    child.fed = total
    child.released += more
    return true
  }

  /** End of the time in force, counted from `time`. False when the order is past the cut-off of its auction. */
  #giveTerm(book: Book, order: VenueOrder, time: EpochMs): boolean {
    if (isOnOpen(order.works) || isOnClose(order.works)) {
      if (!joinAuction(order, time, book.hours, book.spec, this.options)) return false
      order.expiresAt = order.auctionClose
    } else if (order.tif === TimeInForceCode.day) order.expiresAt = book.hours.dayEnd(time, order.outsideRth)
    else order.expiresAt = order.tif === TimeInForceCode.gtd ? order.goodTill : Infinity
    return true
  }

  /** Puts an accepted order to work; `price` is the last one known, for the first level of a trailing stop. */
  #start(book: Book, order: VenueOrder, price: UsdPerShare): void {
    if (order.works === OrderTypeCode.trailingStop || order.works === OrderTypeCode.trailingStopLimit) {
      if (order.stop === order.stop) order.level = order.stop
      else if (price === price) moveLevel(order, price)
    }
    this.#work(book, order)
  }

  #work(book: Book, order: VenueOrder): void {
    book.add(order)
    this.busy[book.id]!++
    this.#expect(order)
  }

  #expect(order: VenueOrder): void {
    const due = dueTime(order)
    if (due < this.nextExpiry) this.nextExpiry = due
  }

  /**
   * Cancels an open order; with latency when the request arrives. Its dormant children end with it.
   * @returns false when no open order has this number
   */
  cancel(number: number, time: EpochMs, code: EndCode): boolean {
    const order = this.find(number)
    if (order === undefined) return false
    if (!this.#delays) {
      this.#orders.enter()
      this.#end(order, OrderStateCode.cancelled, code, time)
      this.#orders.leave()
      return true
    }
    const at = time + this.#delay()
    if (at < order.cancelAt) order.cancelAt = at
    order.simple = false
    this.#expect(order)
    return true
  }

  /**
   * Changes an open order. A lower quantity alone keeps its place among orders of equal price; anything else loses it,
   * and the order matches only what begins at or after the change.
   * @returns false when no open order has this number
   */
  modify(number: number, changes: VenueChanges, time: EpochMs): boolean {
    const order = this.find(number)
    if (order === undefined) return false
    const at = this.#delays ? time + this.#delay() : time
    const fault = changeFault(order, changes)
    if (fault !== '') {
      this.#listener.replaceRejected(order, fault, at)
      return true
    }
    const book = this.#books[order.instrument]!
    const working = book.orders.includes(order)
    if (working) book.unwatch(order)
    const before = order.quantity
    if (changes.quantity !== undefined) {
      order.quantity = changes.quantity
      if (order.parentOrder !== null) {
        order.ratio = changes.quantity / order.parentOrder.quantity
        this.#release(book, order)
      }
    }
    if (changes.limit !== undefined) order.limit = changes.limit
    if (changes.stop !== undefined) {
      order.stop = changes.stop
      if (order.level === order.level) order.level = changes.stop
    }
    if (changes.trailAmount !== undefined) {
      order.trailAmount = changes.trailAmount
      order.trailPercent = Number.NaN
    }
    if (changes.trailPercent !== undefined) {
      order.trailPercent = changes.trailPercent
      order.trailAmount = Number.NaN
    }
    const onlyLess =
      order.quantity <= before &&
      changes.limit === undefined &&
      changes.stop === undefined &&
      changes.trailAmount === undefined &&
      changes.trailPercent === undefined
    if (!onlyLess) {
      order.seq = this.#seq++
      if (working && order.acceptedAt < at) order.acceptedAt = at
    }
    if (working) book.watch(order)
    this.#listener.replaced(order, at)
    return true
  }

  /** Open orders in order of acceptance, dormant children included; all instruments without an id. A new array. */
  working(id?: number): VenueOrder[] {
    const found: VenueOrder[] = []
    for (const book of this.#books) {
      if (id !== undefined && book.id !== id) continue
      if (book.slot.number >= 0) this.#unslot(book)
      found.push(...book.orders, ...book.dormant)
    }
    found.push(...this.#arrivals.of(id))
    return found.toSorted((a, b) => a.seq - b.seq)
  }

  // ------------------------------------------------------------------------------------------------------ events

  /** One instrument's bar, alone at its knowable time. */
  onBar(id: number, columns: BarColumns, i: number, time: EpochMs): void {
    if (this.#delays) this.#arrive(time)
    const book = this.#books[id]!
    const { slot } = book
    if (slot.number >= 0) {
      if (this.#planSlot(book, slot, columns, i)) {
        if (slot.state === PLANNED) this.#fillSlot(book, slot, columns, i, time)
        return
      }
      this.#unslot(book)
    }
    if (book.orders.length === 1) {
      const order = book.orders[0]!
      if (order.simple && this.#fillSimple(book, order, columns, i, time)) return
    }
    if (!book.concerned(columns.low[i]!, columns.high[i]!)) return
    book.columns = columns
    book.index = i
    book.pending = Hand.bar
    this.#orders.enter()
    this.#plan(book, time)
    if (book.planned > 0) {
      this.#pass(book, time, true)
      this.#pass(book, time, false)
    }
    if (book.decided) this.#settle(book, time)
    this.#orders.leave()
  }

  /** Whether the bar fills the order of a slot. False when it could fill it in part only. */
  #planSlot(book: Book, slot: MarketSlot, columns: BarColumns, i: number): boolean {
    const start = columns.time[i]!
    if (!(start >= slot.acceptedAt && start < slot.expiresAt && book.hours.admits(start, false))) return true
    const open = columns.open[i]!
    const close = columns.close[i]!
    if (!(columns.high[i]! - columns.low[i]! >= 0 && open - open === 0 && close - close === 0)) return true
    const { spec } = book
    if (spec.hasVolume) {
      const volume = columns.volume[i]!
      if (!(volume > 0)) return true
      if (!(slot.quantity <= floorToLot(volume * this.#participation, spec.lot))) return false
    }
    slot.state = PLANNED
    return true
  }

  /** Fills the order of a slot from a bar that {@link #planSlot} found to fill it. */
  #fillSlot(book: Book, slot: MarketSlot, columns: BarColumns, i: number, time: EpochMs): void {
    const { number, side, quantity } = slot
    const atClose = this.#marketAtClose
    const price = atClose ? columns.close[i]! : columns.open[i]!
    const market = this.#market
    const slippage = this.#slippage
    const listener = this.#marketListener!
    slot.state = RESTS
    market.volume = columns.volume[i]!
    market.spread = Number.NaN
    market.high = columns.high[i]!
    market.low = columns.low[i]!
    if (slippage.needsHistory) fillHistory(market, columns, i)
    const paid = slippage.price(side, price, quantity, market)
    const affordable = listener.affordableMarket(number, quantity, paid)
    if (!(affordable >= quantity)) {
      const part = affordable > 0 ? floorToLot(affordable, book.spec.lot) : 0
      return this.#fillSimpleSlowly(book, this.#unslot(book), columns, i, part, price, paid, time)
    }
    slot.state = FILLED
    listener.filledMarket(number, quantity, paid, time, atClose ? 0 : OPENING, columns.time[i]!)
    if (slot.number === number) {
      slot.number = -1
      slot.state = RESTS
      this.#slots--
      this.busy[book.id] = 0
      return
    }
    // The listener did something to it, or beside it, on hearing of the fill.
    const order = this.#orders.find(number)
    if (order !== undefined) this.#finish(order, time)
  }

  /** A plain market order alone in its book, with volume enough: the case of nearly every order of a simple strategy. */
  #fillSimple(book: Book, order: VenueOrder, columns: BarColumns, i: number, time: EpochMs): boolean {
    const start = columns.time[i]!
    const open = columns.open[i]!
    const close = columns.close[i]!
    const price = this.#marketAtClose ? close : open
    const high = columns.high[i]!
    const low = columns.low[i]!
    if (!(start >= order.acceptedAt && start < order.expiresAt)) return false
    if (!(high - low >= 0 && open - open === 0 && close - close === 0)) return false
    if (!book.hours.admits(start, false)) return false
    const leaves = order.quantity - order.filled
    const volume = columns.volume[i]!
    if (book.spec.hasVolume && !(volume > 0 && leaves <= floorToLot(volume * this.#participation, book.spec.lot)))
      return false
    const market = this.#market
    market.volume = volume
    market.spread = Number.NaN
    market.high = high
    market.low = low
    if (this.#slippage.needsHistory) fillHistory(market, columns, i)
    const paid = this.#slippage.price(order.side, price, leaves, market)
    const affordable = this.#listener.affordable(order, leaves, paid)
    const quantity = affordable >= leaves ? leaves : affordable > 0 ? floorToLot(affordable, book.spec.lot) : 0
    if (quantity === leaves && order.firstChild === null) {
      // Nothing else can happen to it: no plan holds it, so it may go back to the pool at once.
      order.filled = order.quantity
      this.#listener.filled(order, quantity, paid, time, this.#marketAtClose ? 0 : OPENING)
      if (!order.live) return true
      if (book.orders.length > 1 || order.firstChild !== null) this.#finish(order, time)
      else {
        this.#orders.remove(order)
        book.orders.pop()
        book.urgent--
        this.busy[book.id]!--
        this.#orders.giveBack(order)
      }
      return true
    }
    this.#fillSimpleSlowly(book, order, columns, i, quantity, price, paid, time)
    return true
  }

  /** The same for an order that has children, or that the account can pay for only in part. */
  #fillSimpleSlowly(
    book: Book,
    order: VenueOrder,
    columns: BarColumns,
    i: number,
    quantity: Shares,
    price: UsdPerShare,
    paid: UsdPerShare,
    time: EpochMs,
  ): void {
    this.#orders.enter()
    order.phase = this.#marketAtClose ? Phase.close : Phase.open
    order.fillPrice = price
    order.flags = 0
    book.takeBar(columns, i, this.#participation)
    book.take(order, quantity)
    if (quantity > 0) this.#fill(book, order, quantity, paid, time)
    if (order.live) {
      if (order.filled >= order.quantity) this.#finish(order, time)
      else this.#end(order, OrderStateCode.cancelled, 'insufficient_funds', time)
    }
    if (book.decided) this.#settle(book, time)
    this.#orders.leave()
  }

  /** Opens the group of all events that are knowable at `time`. */
  beginGroup(time: EpochMs): void {
    if (this.#delays) this.#arrive(time)
    this.#groupTime = time
  }

  addBar(id: number, columns: BarColumns, i: number): void {
    const book = this.#join(id)
    book.columns = columns
    book.index = i
    book.pending = Hand.bar
  }

  addQuote(id: number, bid: UsdPerShare, ask: UsdPerShare, bidSize: Shares, askSize: Shares): void {
    const book = this.#join(id)
    book.pending = Hand.quote
    book.pendingPrice = bid
    book.pendingSize = bidSize
    book.pendingAsk = ask
    book.pendingAskSize = askSize
  }

  addTrade(id: number, price: UsdPerShare, size: Shares): void {
    const book = this.#join(id)
    book.pending = Hand.trade
    book.pendingPrice = price
    book.pendingSize = size
  }

  /**
   * What the market shows while an instrument has no order: tell it before the first one, since the venue sees no events
   * until then. Nothing matches; the next trade has its spread, and stops know whether there are trades.
   * @param bid NaN, with the other figures of the quote, when there is none
   */
  show(id: number, bid: UsdPerShare, ask: UsdPerShare, bidSize: Shares, askSize: Shares, traded: boolean): void {
    const book = this.#books[id]!
    if (traded) book.traded = true
    if (!(bid === bid || ask === ask)) return
    book.pendingPrice = bid
    book.pendingSize = bidSize
    book.pendingAsk = ask
    book.pendingAskSize = askSize
    book.showQuote(this.options.displayedSize)
  }

  /** A second event of one instrument in the group comes after everything that the first one does. */
  #join(id: number): Book {
    const book = this.#books[id]!
    if (book.pending !== Hand.none) this.matchGroup()
    let at = this.#grouped++
    while (at > 0 && this.#group[at - 1]!.id > id) {
      this.#group[at] = this.#group[at - 1]!
      at--
    }
    this.#group[at] = book
    return book
  }

  /** Matches the group: over all its instruments first what reduces a position, then the rest, by registration. */
  matchGroup(): void {
    const group = this.#group
    const time = this.#groupTime
    this.#orders.enter()
    const count = this.#grouped
    this.#grouped = 0
    let planned = 0
    for (let g = 0; g < count; g++) {
      const book = group[g]!
      this.#plan(book, time)
      planned += book.slot.state === PLANNED ? 1 : book.planned
    }
    if (planned > 0) {
      for (let g = 0; g < count; g++) this.#pass(group[g]!, time, true)
      for (let g = 0; g < count; g++) this.#pass(group[g]!, time, false)
    }
    for (let g = 0; g < count; g++) if (group[g]!.decided) this.#settle(group[g]!, time)
    this.#orders.leave()
  }

  onQuote(id: number, bid: UsdPerShare, ask: UsdPerShare, bidSize: Shares, askSize: Shares, time: EpochMs): void {
    this.beginGroup(time)
    this.addQuote(id, bid, ask, bidSize, askSize)
    this.matchGroup()
  }

  onTrade(id: number, price: UsdPerShare, size: Shares, time: EpochMs): void {
    this.beginGroup(time)
    this.addTrade(id, price, size)
    this.matchGroup()
  }

  // ---------------------------------------------------------------------------------------------------- matching

  /** Which orders the pending event fills or triggers, in order of priority, with their parts of the volume. */
  #plan(book: Book, time: EpochMs): void {
    const kind = book.pending
    book.pending = Hand.none
    book.planned = 0
    book.decided = false
    if (book.slot.number >= 0) {
      if (kind === HAND_BAR && this.#planSlot(book, book.slot, book.columns!, book.index)) return
      this.#unslot(book)
    }
    if (kind === Hand.bar) {
      const columns = book.columns!
      const i = book.index
      if (!book.concerned(columns.low[i]!, columns.high[i]!)) return
      book.takeBar(columns, i, this.#participation)
    } else if (kind === Hand.trade) {
      book.takeTrade(time, this.#participation)
      if (!book.concerned(book.open, book.open)) return
    } else if (kind === Hand.quote) {
      book.takeQuote(time, this.options.displayedSize)
      // An absent side must not hide what the other one does: NaN concerns no resting order.
      if (!book.concerned(book.bid === book.bid ? book.bid : book.ask, book.ask === book.ask ? book.ask : book.bid))
        return
    } else return
    const halted = book.isHalted()
    const { orders, plan } = book
    let count = 0
    for (let k = 0; k < orders.length; k++) {
      const order = orders[k]!
      if (!book.admits(order)) continue
      if (order.immediate) {
        order.tried = true
        book.decided = true
      }
      if (halted || !(order.leaves() > 0 || order.sizeAtFill)) continue
      order.booked = false
      order.dropped = false
      const effect =
        kind === Hand.bar
          ? probeBar(order, book, this.#rules)
          : kind === Hand.quote
            ? probeQuote(order, book, this.#rules, this.options.trigger)
            : probeTrade(order, book, this.#rules, this.options.trigger)
      if (order.tried) book.decided = true
      if (effect !== Effect.none) plan[count++] = order
    }
    if (count > 1) {
      count = chooseExits(plan, count, book, this.options.exits, book.finer, this.#rules.touch, this.position[book.id]!)
      sortByPriority(plan, count)
    }
    book.planned = count
    this.#share(book, plan, count)
  }

  /** Gives out the volume in order of priority: no two orders share the same liquidity. */
  #share(book: Book, plan: readonly VenueOrder[], count: number): void {
    for (let k = 0; k < count; k++) {
      const order = plan[k]!
      if (order.rank === Infinity || order.sizeAtFill) {
        order.share = 0 // not marketable yet; or sized at the booking, from what is left then
        continue
      }
      let want = order.leaves()
      if (order.reduceOnly) {
        const room = -this.position[book.id]! * order.side
        if (room < want) want = room > 0 ? room : 0
      }
      const left = book.leftFor(order)
      let share = want <= left ? want : floorToLot(left, book.spec.lot)
      if (order.tif === TimeInForceCode.fok && share < order.quantity - order.filled) share = 0
      order.share = share > 0 ? share : 0
      book.take(order, order.share)
    }
  }

  #pass(book: Book, time: EpochMs, reducing: boolean): void {
    const { slot } = book
    if (slot.state === PLANNED) {
      if (!reducing || this.position[book.id]! * slot.side < 0)
        this.#fillSlot(book, slot, book.columns!, book.index, time)
      return
    }
    const { plan, planned } = book
    for (let k = 0; k < planned; k++) {
      const order = plan[k]!
      if (order.booked || !order.live) continue
      if (reducing && !(this.position[book.id]! * order.side < 0)) continue
      order.booked = true
      this.#book(book, order, time)
    }
  }

  /** Books one planned order: trigger, size, price, funds, fill, then its group and its children. */
  #book(book: Book, order: VenueOrder, time: EpochMs): void {
    const listener = this.#listener
    let share = order.share
    if (order.triggers && !order.triggered) {
      book.unwatch(order)
      order.works = becomesLimit(order.works) ? OrderTypeCode.limit : OrderTypeCode.market
      order.triggered = true
      book.watch(order)
      listener.triggered(order, time)
      if (!order.live) return book.take(order, -share)
    }
    if (order.rank === Infinity) return
    if (order.sizeAtFill) {
      // Sized at the price of a single lot, since a model's impact depends on the size.
      const guess = order.slips ? this.#slipped(book, order, book.spec.lot) : order.fillPrice
      const size = listener.sizeAtFill(order, guess)
      if (!(size > 0)) return this.#end(order, OrderStateCode.cancelled, 'nothing_to_do', time)
      order.quantity = order.filled + size
      const left = book.leftFor(order)
      share = size <= left ? size : floorToLot(left, book.spec.lot)
      book.take(order, share)
    }
    if (order.reduceOnly) {
      const room = -this.position[book.id]! * order.side
      if (!(room > 0)) {
        book.take(order, -share)
        return this.#end(order, OrderStateCode.cancelled, 'reduce_complete', time)
      }
      if (room < share) {
        book.take(order, room - share)
        share = room
      }
    }
    // Its group may have taken from it since the plan was made: in another instrument, at the same time.
    if (order.ocaGroup >= 0 && order.leaves() < share) {
      const leaves = Math.max(0, order.leaves())
      book.take(order, leaves - share)
      share = leaves
    }
    if (!(share > 0)) return
    const price = order.slips ? this.#slipped(book, order, share) : order.fillPrice
    let quantity = share
    const affordable = listener.affordable(order, share, price)
    const short = !(affordable >= share)
    if (short) {
      quantity = affordable > 0 && order.tif !== TimeInForceCode.fok ? floorToLot(affordable, book.spec.lot) : 0
      book.take(order, quantity - share)
    }
    if (quantity > 0) this.#fill(book, order, quantity, price, time)
    if (!order.live) return
    if (order.quantity - order.filled <= order.quantity * 1e-12) this.#finish(order, time)
    else if (short) this.#end(order, OrderStateCode.cancelled, 'insufficient_funds', time)
    else if (order.reduceOnly && !(-this.position[book.id]! * order.side > 0))
      this.#end(order, OrderStateCode.cancelled, 'reduce_complete', time)
  }

  #fill(book: Book, order: VenueOrder, quantity: Shares, price: UsdPerShare, time: EpochMs): void {
    const filled = order.filled + quantity
    order.filled = order.quantity - filled <= order.quantity * 1e-12 ? order.quantity : filled
    book.taken += quantity
    if (book.kind === Hand.bar && order.phase === Phase.open) order.flags |= FillFlag.opening
    this.#listener.filled(order, quantity, price, time, order.flags)
    if (order.ocaGroup >= 0) this.#reduceGroup(order, quantity, time)
    if (order.firstChild !== null) this.#feedChildren(book, order, time)
  }

  #slipped(book: Book, order: VenueOrder, quantity: Shares): UsdPerShare {
    const market = this.#market
    if (this.#slippage.needsHistory) {
      market.averageVolume = Number.NaN
      market.volatility = Number.NaN
      if (book.kind === Hand.bar) fillHistory(market, book.columns!, book.index)
    }
    market.volume = book.volume
    market.taken = book.taken
    market.high = book.high
    market.low = book.low
    market.spread = book.kind === Hand.bar ? Number.NaN : book.ask - book.bid
    const slipped = this.#slippage.price(order.side, order.fillPrice, quantity, market)
    market.taken = 0 // what a plain market order finds, alone in its bar
    return order.works === OrderTypeCode.limit && (slipped - order.limit) * order.side > 0 ? order.limit : slipped
  }

  /** The first fill of a group cancels the others, a partial one takes its quantity from them. */
  #reduceGroup(order: VenueOrder, quantity: Shares, time: EpochMs): void {
    const complete = order.filled >= order.quantity
    for (let other: VenueOrder | null = this.#oca.head(order.ocaGroup); other !== null;) {
      const next: VenueOrder | null = other.ocaNext
      if (other !== order && other.live) {
        const leaves = other.quantity - other.filled - quantity
        if (complete || !(leaves > other.quantity * 1e-12)) this.#end(other, OrderStateCode.cancelled, 'oca', time)
        else {
          other.quantity -= quantity
          other.released -= quantity
          this.#listener.replaced(other, time)
        }
      }
      other = next
    }
  }

  /** Lets the children work for what their parent has filled; those of the same instrument may fill in the same bar. */
  #feedChildren(book: Book, parent: VenueOrder, time: EpochMs): void {
    const depth = this.#familyDepth
    const plan = (this.#childPlans[depth] ??= [])
    let count = 0
    for (let child = parent.firstChild; child !== null;) {
      const next: VenueOrder | null = child.nextSibling
      const own = this.#books[child.instrument]!
      const wakes = child.live && this.#release(own, child) && child.dormant
      if (wakes && this.#wake(own, child, book, parent, time)) plan[count++] = child
      child = next
    }
    if (count === 0) return
    if (count > 1) {
      count = chooseExits(
        plan,
        count,
        book,
        parent.phase === Phase.open ? this.options.exits : 'pessimistic',
        book.finer,
        this.#rules.touch,
        this.position[book.id]!,
      )
      sortByPriority(plan, count)
    }
    this.#share(book, plan, count)
    this.#familyDepth++
    for (let k = 0; k < count; k++) {
      const child = plan[k]!
      if (!child.live || child.booked) continue
      child.booked = true
      this.#book(book, child, time)
    }
    this.#familyDepth = depth
  }

  /** Puts a dormant child to work. True when the bar that filled its parent does something to it too. */
  #wake(own: Book, child: VenueOrder, book: Book, parent: VenueOrder, time: EpochMs): boolean {
    const here = own === book
    const sameBar = here && book.kind === Hand.bar && parent.phase !== Phase.close
    // It belongs to the session of its parent's fill, which on a daily bar is over when the bar is known.
    const since = sameBar ? book.time : time
    child.acceptedAt = since
    child.dormant = false
    own.dormant.splice(own.dormant.indexOf(child), 1)
    if (!this.#giveTerm(own, child, since)) {
      this.#end(child, OrderStateCode.rejected, 'auction_cutoff', time)
      return false
    }
    this.#start(own, child, here ? parent.fillPrice : this.lastPrice[own.id]!)
    if (!sameBar || !book.admits(child)) return false
    child.booked = false
    child.dropped = false
    const atOpen = parent.phase === Phase.open
    const effect = atOpen ? probeBar(child, book, this.#rules) : probeChild(child, book, parent.fillPrice)
    // Woken inside the bar, an immediate order is judged at the next one.
    if (child.immediate && atOpen) child.tried = true
    if (child.tried) book.decided = true
    return effect !== Effect.none
  }

  /** Ends what does not outlive its event: immediate orders, and auction orders whose auction is over. */
  #settle(book: Book, time: EpochMs): void {
    for (let k = 0; k < book.orders.length; k++) {
      const order = book.orders[k]!
      if (!order.tried) continue
      if (order.immediate) {
        const code = order.tif === TimeInForceCode.fok ? 'fok_unfilled' : 'ioc_remainder'
        this.#end(order, OrderStateCode.cancelled, code, time)
      } else if (this.#missAuction(book, order, time)) continue
      k = -1 // its end may have ended others
    }
    book.decided = false
  }

  /** GTC goes on to the next session's auction (true), all others end. */
  #missAuction(book: Book, order: VenueOrder, time: EpochMs): boolean {
    order.tried = false
    if (order.tif === TimeInForceCode.gtc) {
      const session = book.hours.calendar.sessionFor(order.auctionClose)
      order.auctionOpen = session.open
      order.auctionClose = session.close
      order.expiresAt = session.close
      this.#expect(order)
      return true
    }
    this.#end(order, OrderStateCode.expired, isOnOpen(order.works) ? 'opg_missed' : 'moc_missed', time)
    return false
  }

  /**
   * Fills a working order at once at a price of the caller's, with slippage: for fills at the close of the bar in hand,
   * which live trading cannot have.
   * @returns shares filled; the order may have ended
   */
  fillNow(order: VenueOrder, price: UsdPerShare, volumeLeft: Shares, time: EpochMs): Shares {
    const book = this.#books[order.instrument]!
    if (!order.live || order.dormant) return 0
    const before = order.filled
    this.#orders.enter()
    book.kind = Hand.none
    book.time = time
    book.end = time
    book.left = floorToLot(volumeLeft, book.spec.lot)
    book.volume = volumeLeft
    book.high = price
    book.low = price
    order.triggers = false
    order.flags = 0
    order.slips = true
    order.rank = -Infinity
    order.phase = Phase.close
    order.fillPrice = price
    this.#share(book, [order], 1)
    this.#book(book, order, time)
    const filled = order.filled - before
    this.#orders.leave()
    return filled
  }

  // -------------------------------------------------------------------------------------------------------- ends

  /**
   * Ends what is due: before the group's events (`inclusive` false) all that ended before `upTo`, except orders whose
   * instrument has an event in the group that began before their end; after them (`inclusive` true) all up to `upTo`.
   */
  expire(upTo: EpochMs, inclusive: boolean): void {
    if (this.#delays) this.#arrive(upTo)
    if (!(inclusive ? this.nextExpiry <= upTo : this.nextExpiry < upTo)) return
    this.#orders.enter()
    this.nextExpiry = this.#arrivals.next()
    for (const book of this.#books) {
      const { slot } = book
      if (slot.number >= 0) {
        if (inclusive ? slot.expiresAt <= upTo : slot.expiresAt < upTo) this.#unslot(book)
        else if (slot.expiresAt < this.nextExpiry) this.nextExpiry = slot.expiresAt
      }
      if (this.busy[book.id] !== 0) this.#sweep(book, book.orders, upTo, inclusive)
      if (book.dormant.length > 0) this.#sweep(book, book.dormant, upTo, inclusive)
    }
    this.#orders.leave()
  }

  #sweep(book: Book, orders: readonly VenueOrder[], upTo: EpochMs, inclusive: boolean): void {
    for (let k = 0; k < orders.length; k++) {
      const order = orders[k]!
      const due = dueTime(order)
      const exempt = !inclusive && book.pending === Hand.bar && book.columns!.time[book.index]! < due
      if (exempt || !(inclusive ? due <= upTo : due < upTo)) this.#expect(order)
      else if (this.#expireOrder(book, order, inclusive ? upTo : due)) this.#expect(order)
      else k = -1 // its end may have ended others
    }
  }

  /** True when the order lives on. */
  #expireOrder(book: Book, order: VenueOrder, time: EpochMs): boolean {
    if (order.cancelAt <= order.expiresAt) {
      this.#end(order, OrderStateCode.cancelled, 'requested', time)
      return false
    }
    if (isOnClose(order.works) && !order.dormant) {
      this.#closeFromLast(book, order, time)
      return order.live && this.#missAuction(book, order, time)
    }
    if (isOnOpen(order.works) && !order.dormant) return this.#missAuction(book, order, time)
    this.#end(order, OrderStateCode.expired, order.tif === TimeInForceCode.gtd ? 'gtd_reached' : 'day_end', time)
    return false
  }

  /** No event ended at the close: the last price of the regular session stands for the closing auction. */
  #closeFromLast(book: Book, order: VenueOrder, time: EpochMs): void {
    if (book.kind === Hand.none || book.isHalted()) return
    if (!(book.time >= order.acceptedAt && book.time >= order.auctionOpen && book.time < order.auctionClose)) return
    const official = book.official(order.auctionOpen, false)
    const last = book.kind === Hand.quote ? (order.side > 0 ? book.ask : book.bid) : book.close
    const price = official === official ? official : last
    const better = (order.limit - price) * order.side
    if (order.works === OrderTypeCode.limitOnClose && !(better >= 0)) return
    order.phase = Phase.close
    order.fillPrice = price
    order.slips = false
    order.triggers = false
    order.rank = -Infinity
    order.flags = official === official ? FillFlag.official : 0
    this.#share(book, [order], 1)
    this.#book(book, order, time)
  }

  /** A split: working orders end with `corporate_action`, or are carried over to the new basis (`splitOrders`). */
  split(id: number, ratio: number, time: EpochMs): void {
    const book = this.#books[id]!
    this.#orders.enter()
    for (const order of this.working(id)) {
      if (!order.live) continue
      const leaves = floorToLot((order.quantity - order.filled) * ratio, book.spec.lot)
      if (this.options.splitOrders === 'cancel' || !(leaves > 0)) {
        this.#end(order, OrderStateCode.cancelled, 'corporate_action', time)
        continue
      }
      const watched = book.orders.includes(order)
      if (watched) book.unwatch(order)
      order.quantity = order.filled + leaves
      // What is filled stays in old shares, so only what the parent's fills still allow is converted.
      if (order.released < Infinity)
        order.released = order.filled + floorToLot((order.released - order.filled) * ratio, book.spec.lot)
      order.limit = snapToTick(order.limit / ratio, book.tick(order.limit / ratio))
      order.stop = snapToTick(order.stop / ratio, book.tick(order.stop / ratio))
      order.trailAmount /= ratio
      order.limitOffset /= ratio
      order.level /= ratio
      if (watched) book.watch(order)
      this.#listener.replaced(order, time)
    }
    book.bid /= ratio
    book.ask /= ratio
    book.kind = Hand.none
    this.#orders.leave()
  }

  /** The instrument is no longer traded: all its orders end with `delisted`. */
  delist(id: number, time: EpochMs): void {
    this.#orders.enter()
    for (const order of this.working(id)) if (order.live) this.#end(order, OrderStateCode.cancelled, 'delisted', time)
    this.#orders.leave()
  }

  #finish(order: VenueOrder, time: EpochMs): void {
    this.#remove(order)
    if (order.firstChild !== null) this.#parentEnded(order, time)
    this.#orders.giveBack(order)
  }

  #end(order: VenueOrder, state: number, code: string, time: EpochMs): void {
    if (!order.live) return
    this.#remove(order)
    this.#listener.ended(order, state, code, time)
    if (order.firstChild !== null) this.#parentEnded(order, time)
    this.#orders.giveBack(order)
  }

  #remove(order: VenueOrder): void {
    const book = this.#books[order.instrument]!
    this.#orders.remove(order)
    if (order.ocaGroup >= 0) this.#oca.leave(order)
    if (order.parentOrder !== null) disown(order)
    if (order.dormant) {
      const at = book.dormant.indexOf(order)
      if (at >= 0) book.dormant.splice(at, 1)
      return
    }
    const count = book.orders.length
    book.remove(order)
    if (book.orders.length < count) this.busy[book.id]!--
    else if (this.#arrivals.remove(order)) this.busy[book.id]!--
  }

  /** No more fills can feed the children: dormant ones end, the others shrink to what they were given. */
  #parentEnded(parent: VenueOrder, time: EpochMs): void {
    for (let child = parent.firstChild; child !== null;) {
      const next: VenueOrder | null = child.nextSibling
      child.parentOrder = null
      child.nextSibling = null
      if (child.live) {
        if (child.dormant || child.filled >= child.released)
          this.#end(child, OrderStateCode.cancelled, 'parent_ended', time)
        else if (child.released < child.quantity) {
          child.quantity = child.released
          this.#listener.replaced(child, time)
        }
      }
      child = next
    }
    parent.firstChild = null
  }
}

/** When something ends the order by itself. */
function dueTime(order: VenueOrder): EpochMs {
  return order.expiresAt < order.cancelAt ? order.expiresAt : order.cancelAt
}

function grown(values: Float64Array, capacity: number, fill: number): Float64Array {
  const larger = new Float64Array(capacity).fill(fill)
  larger.set(values)
  return larger
}
