import type { EpochMs, Shares, UsdPerShare } from '@onetape/core'
import type { VenueOrder } from '../order/venue-order.ts'

/**
 * Whom the venue asks and tells. Calls come while the venue matches, in the order in which things happen. An order is
 * lent for the call only: it goes back to the pool when it has ended.
 */
export interface VenueListener {
  accepted(order: VenueOrder, time: EpochMs): void
  /** A stop or touch level was reached: it works as a market or limit order from here on. */
  triggered(order: VenueOrder, time: EpochMs): void
  /**
   * How much of `quantity` the account can pay for at `price`: 0 … quantity. Called just before {@link filled}. Less
   * than asked ends the rest of the order with `insufficient_funds`; 0 fills nothing.
   */
  affordable(order: VenueOrder, quantity: Shares, price: UsdPerShare): Shares
  /** The quantity of an order with `sizeAtFill`, before volume and funds; 0 = nothing to do, the order ends. */
  sizeAtFill(order: VenueOrder, price: UsdPerShare): Shares
  /**
   * `order.filled` already holds this fill. The order is done when it equals `order.quantity`; no `ended` follows then.
   * `flags` is a sum of `FillFlag`.
   */
  filled(order: VenueOrder, quantity: Shares, price: UsdPerShare, time: EpochMs, flags: number): void
  /**
   * Ended with something unfilled. `state` is a code of `OrderStateCode`: cancelled, expired or rejected. `code` is an
   * `EndCode`, for rejections one of `DENIAL_CODES` or `opg_type`, `nothing_to_do` for an order sized to zero.
   */
  ended(order: VenueOrder, state: number, code: string, time: EpochMs): void
  /**
   * Quantity or prices changed: asked for, or unasked because another order of its group filled in part, its parent
   * ended with less than its quantity, or a split changed the basis.
   */
  replaced(order: VenueOrder, time: EpochMs): void
  replaceRejected(order: VenueOrder, code: string, time: EpochMs): void
}
