/** Bits of `flags` in `VenueListener.filled`. */
export const FillFlag = {
  /** Filled at an auction's price that the data carries as such (open or close of a daily bar). */
  official: 1,
  /** The bar reached several orders of one OCA group and does not say which came first. */
  ambiguous: 2,
  /** Filled at the opening price of the bar. */
  opening: 4,
} as const
