// The convention of backtesting.py: all of the equity long or short, reversed at the next open, whole shares from the
// price and the money at that open, costs included.
import { join } from 'node:path'
import { defineStrategy, instrument } from '@onetape/core'
import { noSlippage, percentFee } from '@onetape/costs'
import { crossedAbove, crossedBelow, sma } from '@onetape/indicators'
import { expect, test } from 'vitest'
import { backtest } from '../../src/index.ts'
import { dailyFile } from '../support/daily-file.ts'
import { sharedData } from '../support/shared-data.ts'

const folder = sharedData('npm', 'all-in long and short on GOOG against a plain computation')

/** `by`: one order that turns the position round, or one that closes it and one that opens the other. */
const reversing = (by: 'one order' | 'two orders', weight: number) =>
  defineStrategy({
    name: 'reversing',
    create({ use }) {
      const [fast, slow] = [use(sma(10)), use(sma(20))]
      return {
        onBar(bar, { orders, portfolio }) {
          const side = crossedAbove(fast, slow) ? 1 : crossedBelow(fast, slow) ? -1 : 0
          if (side === 0) return
          const held = portfolio.quantity(bar.instrument)
          if (by === 'two orders' && held !== 0) orders.market(bar.instrument, -held)
          orders.targetPercent(bar.instrument, side * weight)
        },
      }
    },
  })

interface Columns {
  readonly open: Float64Array
  readonly close: Float64Array
}

/** @param at the price of an order decided at a close: the next open, or that close */
function plainReversing({ open, close }: Columns, at: 'open' | 'same-close', rate: number, weight: number) {
  const average = (i: number, n: number): number => close.subarray(i - n + 1, i + 1).reduce((a, b) => a + b, 0) / n
  const gap = (i: number): number => average(i, 10) - average(i, 20)
  let [cash, held, wanted, trades] = [10_000, 0, 0, 0]
  const trade = (price: number): void => {
    if (wanted === 0) return
    if (held !== 0) trades++
    cash += held * price - Math.abs(held) * price * rate
    held = wanted * Math.floor((cash * weight) / (price * (1 + rate)))
    cash -= held * price + Math.abs(held) * price * rate
    wanted = 0
  }
  const equity: number[] = []
  for (let i = 0; i < close.length; i++) {
    trade(open[i]!)
    const before = i < 20 ? 0 : gap(i - 1)
    if (before < 0 && gap(i) > 0) wanted = 1
    else if (before > 0 && gap(i) < 0) wanted = -1
    if (at === 'same-close') trade(close[i]!)
    equity.push(cash + held * close[i]!)
  }
  return { equity, trades }
}

const cases = (['open', 'same-close'] as const).flatMap((marketFill) =>
  [0, 0.2].flatMap((percent) =>
    (['one order', 'two orders'] as const).flatMap((by) =>
      [1, 2].map((weight) => ({ marketFill, percent, by, weight })),
    ),
  ),
)

test.skipIf(folder === undefined).each(cases)(
  'GOOG at the $marketFill, $percent % a side, reversed by $by, $weight times the equity',
  (each) => {
    const { marketFill, percent, by, weight } = each
    const data = dailyFile(instrument('GOOG'), join(folder!, 'dojox_goog.csv'))
    const result = backtest({
      strategy: reversing(by, weight),
      data: [data],
      cash: 10_000,
      leverage: 2 * weight - 1,
      fees: percentFee({ percent, minimum: 0 }),
      slippage: noSlippage(),
      marketFill,
      sizeAt: 'fill',
      buffer: 0,
      participation: Infinity,
      margin: false,
    })
    const expected = plainReversing(data.columns, marketFill, percent / 100, weight)
    expect(expected.trades).toBe(31)
    expect(result.trades).toHaveLength(31)
    expect(result.trades.filter(({ side }) => side === 'short')).toHaveLength(15)
    expect(result.denials).toEqual({})
    for (const [i, value] of result.equity.equity.entries()) expect(value).toBeCloseTo(expected.equity[i]!, 6)
  },
)
