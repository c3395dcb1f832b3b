import type { EpochMs, Shares, UsdPerShare } from '../units.ts'
import type { Instrument } from '../market/instrument.ts'
import type { OrderNumber } from './order-id.ts'
import type { OrderType, TimeInForce } from './order-type.ts'

/** What an order may carry beyond type, quantity and price. */
export interface OrderOptions {
  /** Default `day`. */
  readonly tif?: TimeInForce
  /** End of a `gtd` order. */
  readonly goodTill?: EpochMs
  /** May work in extended hours (04:00–20:00 ET). Limit-type orders only. Default false. */
  readonly outsideRth?: boolean
  /** Free text that comes back in events, fills, trades and files. */
  readonly tag?: string
  /** Orders of one group cancel each other: the first fill cancels the rest (partial fills reduce them). */
  readonly ocaGroup?: string
  /** Sent when the parent fills, for the parent's filled quantity. */
  readonly parent?: OrderNumber
  /** Never opens or increases a position: it is cut to what is left to reduce. Default false. */
  readonly reduceOnly?: boolean
  /** Trailing orders: distance in USD per share, or as a fraction of the price (0.02 = 2 %). One of the two. */
  readonly trailAmount?: UsdPerShare
  readonly trailPercent?: number
  /** Trailing stop-limit: limit = stop level − offset for a sell, + offset for a buy. USD per share. */
  readonly limitOffset?: UsdPerShare
}

/** One order as the strategy states it. `quantity` is positive; the side says the direction. */
export interface OrderRequest extends OrderOptions {
  readonly instrument: Instrument
  readonly side: 'buy' | 'sell'
  readonly type: OrderType
  readonly quantity: Shares
  readonly limitPrice?: UsdPerShare
  readonly stopPrice?: UsdPerShare
}

/** The parts of a working order that may change. */
export interface OrderChanges {
  readonly quantity?: Shares
  readonly limitPrice?: UsdPerShare
  readonly stopPrice?: UsdPerShare
  readonly trailAmount?: UsdPerShare
  readonly trailPercent?: number
}
