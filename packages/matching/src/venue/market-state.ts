import type { BarColumns } from '@onetape/core'
import type { MarketState } from '@onetape/costs'

/** How many bars before the one in hand slippage models look at. */
const HISTORY = 20

/**
 * Mean volume and standard deviation (sample) of one-bar returns over the 20 bars before bar `i`, which is not counted:
 * an order at its open cannot know it. NaN while there are fewer.
 */
export function fillHistory(market: MarketState, columns: BarColumns, i: number): void {
  market.averageVolume = Number.NaN
  market.volatility = Number.NaN
  if (i < HISTORY) return
  const { close, volume } = columns
  let total = 0
  for (let k = i - HISTORY; k < i; k++) total += volume[k]!
  market.averageVolume = total / HISTORY
  if (i <= HISTORY) return
  let mean = 0
  for (let k = i - HISTORY; k < i; k++) mean += close[k]! / close[k - 1]! - 1
  mean /= HISTORY
  let squares = 0
  for (let k = i - HISTORY; k < i; k++) {
    const off = close[k]! / close[k - 1]! - 1 - mean
    squares += off * off
  }
  market.volatility = Math.sqrt(squares / (HISTORY - 1))
}
