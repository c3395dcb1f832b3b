import {
  type BarColumns,
  type EpochMs,
  type InstrumentSpec,
  OrderTypeCode,
  type Shares,
  type UsdPerShare,
  usEquityTick,
} from '@onetape/core'
import type { TradingCalendar } from '@onetape/calendar'
import { MarketSlot } from '../order/market-slot.ts'
import type { VenueOrder } from '../order/venue-order.ts'
import { floorToLot } from '../order/lot.ts'
import { SessionHours } from '../session/session-hours.ts'

/** Kind of the event in hand. */
export const Hand = { none: 0, bar: 1, quote: 2, trade: 3 } as const

/** One instrument at the venue: its working orders, the prices that would touch one of them, and the event in hand. */
export class Book {
  declare readonly id: number
  declare readonly spec: InstrumentSpec
  declare readonly hours: SessionHours
  /** Working orders in order of acceptance or of their parent's fill. */
  readonly orders: VenueOrder[] = []
  /** Holds the only order of the book while that is a plain market order. */
  readonly slot: MarketSlot = new MarketSlot()
  /** Children whose parents have not filled yet. */
  readonly dormant: VenueOrder[] = []
  /** Shorter bars of the same instrument, for `exits: 'finer'`. */
  finer: BarColumns | undefined = undefined
  /** Bars of whole sessions whose open and close are those of the auctions. */
  sessions: BarColumns | undefined = undefined

  /** Orders that need a look at every event, whatever its prices. */
  urgent: number = 0
  /** No resting order is concerned while low > lowTrigger and high < highTrigger. */
  lowTrigger: UsdPerShare = -Infinity
  highTrigger: UsdPerShare = Infinity
  triggersStale: boolean = false

  // --- the event of the group, before it is matched ---
  pending: number = Hand.none
  columns: BarColumns | undefined = undefined
  index: number = 0
  pendingPrice: UsdPerShare = Number.NaN
  pendingSize: Shares = Number.NaN
  pendingAsk: UsdPerShare = Number.NaN
  pendingAskSize: Shares = Number.NaN

  // --- the event in hand; a tick has its price in all four ---
  kind: number = Hand.none
  time: EpochMs = Number.NaN
  end: EpochMs = Number.NaN
  open: UsdPerShare = Number.NaN
  high: UsdPerShare = Number.NaN
  low: UsdPerShare = Number.NaN
  close: UsdPerShare = Number.NaN
  volume: Shares = Number.NaN
  /** What fills may still take from the event: of either side, or of bars and trades together in `left`. */
  left: Shares = Number.NaN
  /** Shares that fills have taken of the event in hand. */
  taken: Shares = 0

  // --- ticks ---
  bid: UsdPerShare = Number.NaN
  ask: UsdPerShare = Number.NaN
  bidSize: Shares = Number.NaN
  askSize: Shares = Number.NaN
  bidLeft: Shares = Number.NaN
  askLeft: Shares = Number.NaN
  quoted: boolean = false
  traded: boolean = false
  /** Ticks so far, and those of them in regular hours. */
  ticks: number = 0
  regularTicks: number = 0
  /** The tick in hand is the first of a session that the venue sees: it stands for the opening. */
  opening: boolean = false
  #openingSeen: EpochMs = Number.NaN

  // --- what the event does ---
  plan: VenueOrder[] = []
  planned: number = 0
  /** True when the event decided an immediate or auction order. */
  decided: boolean = false
  /** Part of the trades' volume that fills may take and have not taken yet. */
  tradeBudget: Shares = Number.NaN

  constructor(id: number, spec: InstrumentSpec, calendar: TradingCalendar) {
    this.id = id
    this.spec = spec
    this.hours = new SessionHours(calendar)
  }

  #count(time: EpochMs): void {
    this.ticks++
    this.opening = false
    if (!this.hours.admits(time, false)) return
    this.regularTicks++
    const { sessionOpen } = this.hours
    if (this.hours.alwaysOpen || sessionOpen === this.#openingSeen) return
    this.#openingSeen = sessionOpen
    this.opening = true
  }

  /** True when the order arrives with the tick in hand: its first one, or the first of a session. */
  isFresh(order: VenueOrder): boolean {
    return this.opening || (order.outsideRth ? this.ticks : this.regularTicks) === order.bornAt + 1
  }

  /** Makes a bar the event in hand. */
  takeBar(columns: BarColumns, i: number, participation: number): void {
    this.kind = Hand.bar
    this.columns = columns
    this.index = i
    this.time = columns.time[i]!
    this.end = columns.end[i]!
    this.open = columns.open[i]!
    this.high = columns.high[i]!
    this.low = columns.low[i]!
    this.close = columns.close[i]!
    this.volume = columns.volume[i]!
    this.taken = 0
    this.left = this.spec.hasVolume ? floorToLot(this.volume * participation, this.spec.lot) : Infinity
  }

  tick(price: UsdPerShare): UsdPerShare {
    return this.spec.tick > 0 ? this.spec.tick : usEquityTick(price, this.time)
  }

  /** Official open or close of the session that opens at `open`, NaN where the data does not have it. */
  official(open: EpochMs, opening: boolean): UsdPerShare {
    const { sessions } = this
    if (sessions === undefined) return Number.NaN
    const { time } = sessions
    let low = 0
    let high = time.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (time[middle]! < open) low = middle + 1
      else high = middle
    }
    if (time[low] !== open || (sessions.volume[low] === 0 && this.spec.hasVolume)) return Number.NaN
    return opening ? sessions.open[low]! : sessions.close[low]!
  }

  /** Makes the pending quote the event in hand. Displayed size comes back only with a new price or size of its side. */
  takeQuote(time: EpochMs, displayedSize: boolean): void {
    this.kind = Hand.quote
    this.time = time
    this.end = time
    this.taken = 0
    this.#count(time)
    this.showQuote(displayedSize)
  }

  /** The pending quote is what the market shows. */
  showQuote(displayedSize: boolean): void {
    this.quoted = true
    if (this.pendingPrice !== this.bid || this.pendingSize !== this.bidSize)
      this.bidLeft = displayedSize ? this.pendingSize : Infinity
    if (this.pendingAsk !== this.ask || this.pendingAskSize !== this.askSize)
      this.askLeft = displayedSize ? this.pendingAskSize : Infinity
    // A size of 0 stands for a side on which nobody quotes, whatever its price says.
    this.bid = this.pendingSize === 0 ? Number.NaN : this.pendingPrice
    this.ask = this.pendingAskSize === 0 ? Number.NaN : this.pendingAsk
    this.bidSize = this.pendingSize
    this.askSize = this.pendingAskSize
  }

  /** Makes the pending trade the event in hand; fills may take their part of all volume since orders work. */
  takeTrade(time: EpochMs, participation: number): void {
    this.kind = Hand.trade
    this.time = time
    this.end = time
    this.#count(time)
    this.traded = true
    this.open = this.pendingPrice
    this.high = this.pendingPrice
    this.low = this.pendingPrice
    this.close = this.pendingPrice
    this.volume = this.pendingSize
    this.taken = 0
    if (this.volume > 0) this.tradeBudget += this.volume * participation
    this.left = this.spec.hasVolume ? floorToLot(this.tradeBudget, this.spec.lot) : Infinity
  }

  /** An order meets only what begins at or after its acceptance and before its end, in the hours that it may work in. */
  admits(order: VenueOrder): boolean {
    return (
      order.live &&
      this.time >= order.acceptedAt &&
      this.time < order.expiresAt &&
      this.time < order.cancelAt &&
      this.hours.admits(this.time, order.outsideRth)
    )
  }

  /** A bar or trade without volume, or with prices that are no numbers, is no market. */
  isHalted(): boolean {
    if (this.kind === Hand.quote) return false
    if (this.spec.hasVolume && !(this.volume > 0)) return true
    return !(this.high - this.low >= 0 && this.open - this.open === 0 && this.close - this.close === 0)
  }

  /** What the event in hand still has for the order's side. */
  leftFor(order: VenueOrder): Shares {
    if (this.kind !== Hand.quote) return this.left
    return order.side > 0 ? this.askLeft : this.bidLeft
  }

  /** Takes `quantity` off what is left for others; a negative one gives it back. */
  take(order: VenueOrder, quantity: Shares): void {
    if (this.kind === Hand.quote) {
      if (order.side > 0) this.askLeft -= quantity
      else this.bidLeft -= quantity
      return
    }
    this.left -= quantity
    if (this.kind === Hand.trade) this.tradeBudget -= quantity
  }

  add(order: VenueOrder): void {
    if (this.orders.length === 0) this.tradeBudget = 0
    order.bornAt = order.outsideRth ? this.ticks : this.regularTicks
    this.orders.push(order)
    this.watch(order)
  }

  remove(order: VenueOrder): void {
    const at = this.orders.indexOf(order)
    if (at < 0) return
    if (at === this.orders.length - 1) this.orders.pop()
    else this.orders.splice(at, 1)
    this.unwatch(order)
  }

  /** Takes account of an order's prices in the triggers. */
  watch(order: VenueOrder): void {
    const below = triggersBelow(order)
    if (below === undefined) this.urgent++
    else {
      const price = triggerPrice(order)
      if (below) {
        if (price > this.lowTrigger) this.lowTrigger = price
      } else if (price < this.highTrigger) this.highTrigger = price
    }
  }

  /** To be called before the order's prices or kind change. */
  unwatch(order: VenueOrder): void {
    if (triggersBelow(order) === undefined) this.urgent--
    else this.triggersStale = true
  }

  /** False when no order can be concerned by prices between `low` and `high`; NaN concerns none. */
  concerned(low: UsdPerShare, high: UsdPerShare): boolean {
    if (this.triggersStale) this.#recomputeTriggers()
    return this.urgent > 0 || low <= this.lowTrigger || high >= this.highTrigger
  }

  #recomputeTriggers(): void {
    this.triggersStale = false
    this.lowTrigger = -Infinity
    this.highTrigger = Infinity
    this.urgent = 0
    for (const order of this.orders) this.watch(order)
  }
}

/** True when a falling price concerns the order, false when a rising one does, undefined when every event does. */
function triggersBelow(order: VenueOrder): boolean | undefined {
  if (order.immediate) return undefined
  switch (order.works) {
    case OrderTypeCode.limit:
    case OrderTypeCode.marketIfTouched:
    case OrderTypeCode.limitIfTouched:
      return order.side > 0
    case OrderTypeCode.stop:
    case OrderTypeCode.stopLimit:
      return order.side < 0
    default:
      return undefined
  }
}

function triggerPrice(order: VenueOrder): UsdPerShare {
  return order.works === OrderTypeCode.limit ? order.limit : order.stop
}
