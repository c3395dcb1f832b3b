import { type BacktestResult, backtest } from '@onetape/backtest'
import type { BarSeries, Strategy } from '@onetape/core'
import { noSlippage, percentFee } from '@onetape/costs'

export const CASH = 1e6

/** A whole run with the costs that the hand-written loop has: 0.1 % of the value, and nothing else. All the rest is as ever. */
export function run(strategy: Strategy, data: readonly BarSeries[]): BacktestResult {
  return backtest({
    strategy,
    data,
    cash: CASH,
    fees: percentFee({ percent: 0.1, minimum: 0 }),
    slippage: noSlippage(),
    participation: Infinity,
    tif: 'gtc',
    benchmark: false,
  })
}
