import type { Shares, Sign, UsdPerShare } from '@onetape/core'

/** What the market looks like where an order fills. Reused between calls: read it during the call. */
export interface MarketState {
  /** Shares traded in the bar or quote interval in hand; NaN when unknown. */
  volume: Shares
  /** Shares that earlier fills of the run took of the same bar, quote or trade. */
  taken: Shares
  /** Ask − bid where quotes are known, else NaN. USD per share. */
  spread: UsdPerShare
  high: UsdPerShare
  low: UsdPerShare
  /** Mean volume of the last bars of the matching series (20), NaN before. */
  averageVolume: Shares
  /** Standard deviation of one-bar returns over the same bars, NaN before. */
  volatility: number
}

/** How far a fill is moved against the order. */
export interface SlippageModel {
  /** With its parameters: `basis-points(5)`. Stands in the result. */
  readonly name: string
  /** True when the model reads `averageVolume` or `volatility`, which cost work per bar. */
  readonly needsHistory: boolean
  /**
   * The price after slippage: at or above `price` for a buy (+1), at or below for a sell (−1).
   * @param quantity shares of this fill
   */
  price(side: Sign, price: UsdPerShare, quantity: Shares, market: MarketState): UsdPerShare
}
