import type { EpochMs, Shares, Usd, UsdPerShare } from '@onetape/core'

/**
 * What {@link compare} reads of a run: a `BacktestResult` has it all, and so has the parsed text of a `result.json` but
 * for `orders`, which stand in a file of their own.
 */
export interface ComparableRun {
  readonly tapeHash: string
  readonly initialCash: Usd
  readonly finalEquity: Usd
  readonly strategies: readonly { readonly id: string }[]
  readonly data: readonly { readonly interval: string }[]
  readonly fills: readonly ComparableFill[]
  readonly bookings: readonly ComparableBooking[]
  readonly openPositions: readonly ComparablePosition[]
  readonly trades: readonly { readonly symbol: string; readonly multiplier?: number | undefined }[]
  readonly orders?: readonly ComparableOrder[] | undefined
}

export interface ComparableFill {
  readonly orderId: string
  readonly strategy: string
  readonly symbol: string
  readonly side: 'buy' | 'sell'
  readonly quantity: Shares
  readonly price: UsdPerShare
  readonly fee: Usd
  readonly time: EpochMs
}

export interface ComparableOrder {
  readonly id: string
  readonly strategy: string
  readonly symbol: string
  readonly side: 'buy' | 'sell'
  readonly type: string
  readonly tif: string
  readonly state: string
  readonly quantity: Shares
  readonly limitPrice?: UsdPerShare | undefined
  readonly stopPrice?: UsdPerShare | undefined
  readonly placedAt: EpochMs
  readonly updatedAt: EpochMs
  readonly code?: string | undefined
}

export interface ComparableBooking {
  readonly kind: string
  readonly strategy: string
  readonly symbol?: string | undefined
  readonly time: EpochMs
  readonly cash: Usd
  readonly quantity: number
  readonly price: UsdPerShare
}

export interface ComparablePosition {
  readonly symbol: string
  readonly strategy: string
  readonly side: 'long' | 'short'
  readonly quantity: Shares
  readonly averageCost: UsdPerShare
  readonly mark: UsdPerShare
  readonly unrealized: Usd
}

/** Index of a strategy in its run: ids may differ between runs of the same strategy. */
export function strategyIndex(run: ComparableRun, id: string): number {
  return run.strategies.findIndex((each) => each.id === id)
}

/** USD per unit of price and quantity of each symbol: from its trades, else from what its open position is worth. */
export function multipliers(run: ComparableRun): ReadonlyMap<string, number> {
  const found = new Map<string, number>()
  for (const { symbol, side, quantity, averageCost, mark, unrealized } of run.openPositions) {
    const unit = (side === 'long' ? quantity : -quantity) * (mark - averageCost)
    const multiplier = Math.round((unrealized / unit) * 1e6) / 1e6
    if (Number.isFinite(multiplier) && multiplier > 0) found.set(symbol, multiplier)
  }
  for (const { symbol, multiplier } of run.trades) if (multiplier !== undefined) found.set(symbol, multiplier)
  return found
}
