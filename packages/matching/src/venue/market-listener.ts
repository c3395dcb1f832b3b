import type { EpochMs, Shares, UsdPerShare } from '@onetape/core'

/**
 * Whom the venue asks and tells about orders of `Venue.submitMarket` that just fill, by their numbers. All else that
 * happens to such an order is told to the `VenueListener`, as of any other order.
 */
export interface MarketListener {
  acceptedMarket(number: number, time: EpochMs): void
  /** As `VenueListener.affordable`. */
  affordableMarket(number: number, quantity: Shares, price: UsdPerShare): Shares
  /**
   * Filled whole. `flags` is a sum of `FillFlag`.
   * @param since start of the bar that fills
   */
  filledMarket(number: number, quantity: Shares, price: UsdPerShare, time: EpochMs, flags: number, since: EpochMs): void
}
