import type { BarSeries } from '@onetape/core'
import { basisPoints, noFee, noSlippage, percentFee } from '@onetape/costs'
import { expect } from 'vitest'
import { type BacktestOptions, type BacktestResult, adjustedSeries, backtest } from '../../src/index.ts'
import { plainSmaCross } from './plain-sma-cross.ts'
import smaCross from './sma-cross.ts'

/** One way to run both computations. */
export interface PlainCase {
  readonly prices: 'raw' | 'adjusted'
  readonly dividends: 'cash' | 'ignore'
  /** 0.1 %, at least 1 USD, and 5 basis points of slippage; or nothing at all. */
  readonly costs: boolean
  readonly shares: number | undefined
}

const cash = 100_000
const costly = {
  engine: { fees: percentFee({ percent: 0.1, minimum: 1 }), slippage: basisPoints(5) },
  plain: { fee: (value: number) => Math.max(1, 0.001 * value), slippage: 0.0005 },
}
const free = {
  engine: { fees: noFee(), slippage: noSlippage() },
  plain: { fee: () => 0, slippage: 0 },
}

/** Runs the engine and the plain loop over the same bars: equity to 1e-6 at every close, the same trades, the same end. */
export function expectSameAsPlain(data: BarSeries, each: PlainCase): BacktestResult {
  const { engine, plain } = each.costs ? costly : free
  const options: BacktestOptions = {
    strategy: smaCross,
    params: { shares: each.shares ?? 0 },
    data: [data],
    cash,
    prices: each.prices,
    dividends: each.dividends,
    ...engine,
  }
  const result = backtest(options)
  const { columns } = each.prices === 'adjusted' ? adjustedSeries(data) : data
  const dividend = new Float64Array(data.length)
  if (each.prices === 'raw' && each.dividends === 'cash')
    for (const action of data.actions)
      if (action.kind === 'dividend') dividend[columns.time.findIndex((time) => time >= action.time)]! += action.amount
  const expected = plainSmaCross({ columns, dividend, cash, shares: each.shares, ...plain })

  expect(result.denials).toEqual({})
  expect(result.equity.time).toEqual(columns.end)
  expect(largestDifference(result.equity.equity, expected.equity)).toBeLessThan(1e-6)
  const { time, end } = columns
  expect(result.trades.map((trade) => [trade.entryTime, trade.exitTime, trade.quantity, trade.side])).toEqual(
    expected.trades.map((trade) => [end[trade.entry], end[trade.exit], trade.quantity, 'long']),
  )
  expect(result.fills.every((fill) => time.includes(fill.barTime))).toBe(true)
  expect(
    largestDifference(
      result.trades.map(({ pnl }) => pnl),
      expected.trades.map(({ pnl }) => pnl),
    ),
  ).toBeLessThan(1e-6)
  expect(result.openPositions.reduce((sum, { quantity }) => sum + quantity, 0)).toBe(expected.held)
  return result
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length)
  return Array.from(a).reduce((most, value, i) => {
    const difference = Math.abs(value - b[i]!)
    return difference <= most ? most : difference // NaN stays
  }, 0)
}
