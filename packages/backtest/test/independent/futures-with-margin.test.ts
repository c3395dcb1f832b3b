// The convention of backtrader's futures: so many contracts, a multiplier, a fee and a margin per contract, orders that
// stay until they fill at the next open.
import { join } from 'node:path'
import { type BarSeries, defineStrategy, instrument } from '@onetape/core'
import { noSlippage, perContractFee } from '@onetape/costs'
import { crossedAbove, crossedBelow, sma } from '@onetape/indicators'
import { describe, expect, test } from 'vitest'
import { backtest } from '../../src/index.ts'
import { dailyFile } from '../support/daily-file.ts'
import { sharedData } from '../support/shared-data.ts'

const folder = sharedData('npm', 'futures on the S&P 500 against a plain computation')

const MARGIN = 12_000

/** As the micro contract: 5 USD a point. */
const contract = instrument('SPX', {
  kind: 'future',
  multiplier: 5,
  initialMargin: MARGIN,
  tick: 0.01,
})

/** Two contracts long above an average of 15 days, two short below: turned round by one order. */
const reversing = defineStrategy({
  name: 'reversing',
  create({ use }) {
    const [price, average] = [use(sma(1)), use(sma(15))]
    return {
      onBar(bar, { orders, portfolio }) {
        const side = crossedAbove(price, average) ? 1 : crossedBelow(price, average) ? -1 : 0
        const change = side * 2 - portfolio.quantity(bar.instrument)
        if (side !== 0 && change !== 0) orders.market(bar.instrument, change)
      },
    }
  },
})

function plainReversing({ open, close }: BarSeries['columns'], cash: number): { equity: number[]; fees: number } {
  const gap = (i: number): number =>
    close[i]! - close.subarray(i - 14, i + 1).reduce((sum, price) => sum + price, 0) / 15
  let [held, change, fees, settled] = [0, 0, 0, cash]
  const equity: number[] = []
  for (let i = 0; i < close.length; i++) {
    // Marked to the market: the old contracts to the open, the new ones from there.
    if (i > 0) settled += held * 5 * (open[i]! - close[i - 1]!)
    const [added, free] = [Math.abs(held + change) - Math.abs(held), settled - MARGIN * Math.abs(held)]
    if (change !== 0 && (held * change < 0 || free >= MARGIN * added)) {
      fees += 2.5 * Math.abs(change)
      settled -= 2.5 * Math.abs(change)
      held += change
    }
    change = 0
    settled += held * 5 * (close[i]! - open[i]!)
    equity.push(settled)
    if (i < 15) continue
    if (gap(i) > 0 && gap(i - 1) <= 0) change = 2 - held
    else if (gap(i) < 0 && gap(i - 1) >= 0) change = -2 - held
  }
  return { equity, fees }
}

const data = (): BarSeries => dailyFile(contract, join(folder!, 'vega-datasets_sp500-2000.csv'))

describe.skipIf(folder === undefined)('the S&P 500 as a future', () => {
  const options = { strategy: reversing, fees: perContractFee(2.5), slippage: noSlippage(), tif: 'gtc' } as const

  test('gains and losses are the multiplier times the points, fees are per contract, equity as computed apart', () => {
    const series = data()
    const result = backtest({ ...options, data: [series], cash: 100_000 })
    const expected = plainReversing(series.columns, 100_000)
    expect(result.denials).toEqual({})
    expect(result.trades.length).toBeGreaterThan(300)
    expect(result.totalFees).toBe(expected.fees)
    for (const [i, value] of result.equity.equity.entries()) expect(value).toBeCloseTo(expected.equity[i]!, 6)
  })

  test('without the margin for two contracts nothing is opened', () => {
    const result = backtest({ ...options, data: [data()], cash: 2 * MARGIN })
    expect(result.fills).toEqual([])
    expect(Object.keys(result.denials)).toEqual(['buying_power'])
    // The margin, and the fee of both.
    expect(backtest({ ...options, data: [data()], cash: 2 * MARGIN + 5 }).fills.length).toBeGreaterThan(0)
  })
})
