import { type EpochMs, OrderTypeCode, type Shares, type Sign, TimeInForceCode, type UsdPerShare } from '@onetape/core'

/**
 * An order at the venue: plain fields, taken from a pool and given back when it ends. Numbers that are fractions
 * somewhere start as NaN or Infinity, so that the object keeps one shape.
 */
export class VenueOrder {
  // --- what the sender says, before `submit` ---
  /** The sender's number, unique while the order is open. */
  number: number = -1
  /** Id of the instrument. */
  instrument: number = -1
  side: Sign = 1
  /** `OrderTypeCode` */
  type: number = 0
  /** `TimeInForceCode` */
  tif: number = 0
  /** Positive; NaN for an order with `sizeAtFill`. Falls when an order of its OCA group fills in part. */
  quantity: Shares = Number.NaN
  limit: UsdPerShare = Number.NaN
  stop: UsdPerShare = Number.NaN
  /** Trailing distance in USD per share, or as a fraction of the price; the other one is NaN. */
  trailAmount: UsdPerShare = Number.NaN
  trailPercent: number = Number.NaN
  /** Trailing stop-limit: distance of the limit from the stop level, USD per share. */
  limitOffset: UsdPerShare = Number.NaN
  /** End of a GTD order. */
  goodTill: EpochMs = Number.NaN
  outsideRth: boolean = false
  /** Group whose members cancel each other, -1 none. */
  ocaGroup: number = -1
  /** Number of the order on whose fill it waits, -1 none. */
  parent: number = -1
  /** Cut to what is left to reduce, and ended when nothing is. */
  reduceOnly: boolean = false
  /** The listener names the quantity at the fill. */
  sizeAtFill: boolean = false

  // --- what the venue knows ---
  filled: Shares = Number.NaN
  /** Matches only what begins at or after it. For a child the moment from which its parent's fill makes it work. */
  acceptedAt: EpochMs = Number.NaN
  /** End of its time in force; Infinity without one. */
  expiresAt: EpochMs = Infinity
  triggered: boolean = false
  /** Present stop level of a trailing order. */
  level: UsdPerShare = Number.NaN

  // --- the venue's own book-keeping ---
  /** Priority among orders of equal price: order of acceptance, renewed by a modification that costs the place. */
  seq: number = 0
  /** How it works now, an `OrderTypeCode`: a stop that was triggered works as a market order. */
  works: number = 0
  live: boolean = false
  /** Waits for its parent's first fill. */
  dormant: boolean = false
  /** IOC or FOK. */
  immediate: boolean = false
  /** One plain market order, for the fast path. */
  simple: boolean = false
  /** A request to cancel reaches the venue at this time. */
  cancelAt: EpochMs = Infinity
  /** Bounds of the session whose auction it waits for. */
  auctionOpen: EpochMs = Number.NaN
  auctionClose: EpochMs = Number.NaN
  /** How much its parent's fills allow; Infinity without a parent. */
  released: Shares = Infinity
  /** The same before its group took from it. */
  fed: Shares = Number.NaN
  /** Own quantity per share of its parent. */
  ratio: number = Number.NaN
  parentOrder: VenueOrder | null = null
  firstChild: VenueOrder | null = null
  nextSibling: VenueOrder | null = null
  ocaNext: VenueOrder | null = null
  /** Count of the ticks that it may meet at acceptance: the next one finds it fresh. */
  bornAt: number = 0

  // --- what the event in hand does to it ---
  /** 0 at the open, 1 inside the bar, 2 at the close. */
  phase: number = 0
  /** Before slippage. */
  fillPrice: UsdPerShare = Number.NaN
  slips: boolean = false
  triggers: boolean = false
  /** Smaller comes first among fills of one phase. */
  rank: number = Number.NaN
  /** Its part of the volume. */
  share: Shares = Number.NaN
  flags: number = 0
  booked: boolean = false
  /** Another order of its group fills in this event. */
  dropped: boolean = false
  /** The event that decides an immediate or auction order has been here. */
  tried: boolean = false

  constructor() {
    this.filled = 0 // after the initialiser, which made the field a double
  }

  /** What may still fill now. */
  leaves(): Shares {
    return (this.quantity < this.released ? this.quantity : this.released) - this.filled
  }
}

/** True for a market order with nothing to it: no links, no size or time of its own to compute. */
export function isPlainMarket(o: VenueOrder): boolean {
  return (
    o.type === OrderTypeCode.market &&
    o.tif <= TimeInForceCode.gtc &&
    o.quantity > 0 &&
    o.quantity < Infinity &&
    o.parent < 0 &&
    o.ocaGroup < 0 &&
    !o.reduceOnly &&
    !o.sizeAtFill &&
    !o.outsideRth &&
    o.cancelAt === Infinity &&
    // Set by mistake, they must still be cleared when the order is given back.
    Number.isNaN(o.trailAmount) &&
    Number.isNaN(o.trailPercent) &&
    Number.isNaN(o.limitOffset) &&
    Number.isNaN(o.goodTill)
  )
}

/** Back to the state of a new order. What the event in hand writes is not cleared: it is written before it is read. */
export function clearOrder(o: VenueOrder): void {
  o.number = -1
  o.side = 1
  o.quantity = Number.NaN
  o.limit = Number.NaN
  o.stop = Number.NaN
  o.filled = 0
  o.type = 0
  o.tif = 0
  if (o.simple) return
  o.trailAmount = Number.NaN
  o.trailPercent = Number.NaN
  o.limitOffset = Number.NaN
  o.goodTill = Number.NaN
  o.outsideRth = false
  o.ocaGroup = -1
  o.parent = -1
  o.reduceOnly = false
  o.sizeAtFill = false
  o.triggered = false
  o.level = Number.NaN
  o.dormant = false
  o.cancelAt = Infinity
  o.released = Infinity
  o.ratio = Number.NaN
  o.parentOrder = null
  o.nextSibling = null
  o.ocaNext = null
  o.tried = false
}
