import { type BarSeries, barSeries, defineStrategy, instrument } from '@onetape/core'
import { noFee, noSlippage } from '@onetape/costs'
import { expect, test } from 'vitest'
import { backtest } from '../../src/index.ts'

const START = Date.UTC(2024, 0, 3)
const spec = instrument('A', { calendar: '24/7', tick: 0.01 })

function bars(
  interval: '1h' | '1m',
  rows: readonly (readonly [number, number, number, number])[],
  from = 0,
): BarSeries {
  const ms = interval === '1h' ? 3_600_000 : 60_000
  const column = (k: 0 | 1 | 2 | 3): Float64Array => Float64Array.from(rows, (row) => row[k])
  return barSeries({
    instrument: spec,
    interval,
    columns: {
      time: Float64Array.from(rows, (_, i) => START + from + i * ms),
      open: column(0),
      high: column(1),
      low: column(2),
      close: column(3),
      volume: Float64Array.from(rows, () => 1e6),
    },
  })
}

/** Buys at the first close; the third hour reaches target and stop. */
const hours = bars('1h', [
  [10, 10, 10, 10],
  [10, 10.1, 9.9, 10],
  [10, 12, 8, 10],
])
const bracket = defineStrategy({
  name: 'bracket',
  create: () => ({
    onBar(bar, { orders }) {
      if (bar.count === 1) orders.bracket(bar.instrument, 100, { takeProfit: 11, stopLoss: 9, entry: { tif: 'gtc' } })
    },
  }),
})
const upFirst = bars(
  '1m',
  [
    [10, 11.5, 10, 11],
    [11, 11, 8, 9],
  ],
  2 * 3_600_000,
)
type Options = { finer?: readonly BarSeries[]; exits?: 'finer'; limitFill?: 'touch' }
const exitPrice = (options: Options): number | undefined =>
  backtest({ strategy: bracket, data: [hours], fees: noFee(), slippage: noSlippage(), benchmark: false, ...options })
    .fills[1]?.price

test('rule 13: with finer bars the exit that came first fills, without them the stop', () => {
  expect(exitPrice({})).toBe(9)
  expect(exitPrice({ exits: 'finer' })).toBe(9)
  expect(exitPrice({ exits: 'finer', finer: [upFirst] })).toBe(11)
})

test('limitFill: touch holds for finer bars, too', () => {
  const touches = bars(
    '1m',
    [
      [10, 11, 10, 10.5],
      [10.5, 10.5, 8, 9],
    ],
    2 * 3_600_000,
  )
  expect(exitPrice({ exits: 'finer', finer: [touches] })).toBe(9)
  expect(exitPrice({ exits: 'finer', finer: [touches], limitFill: 'touch' })).toBe(11)
})

test('finer bars must be shorter and of an instrument of the run', () => {
  expect(() => exitPrice({ finer: [hours] })).toThrow('Expected bars shorter than 1h, found 1h.')
  const foreign = barSeries({ ...upFirst, instrument: instrument('B') })
  expect(() => exitPrice({ finer: [foreign] })).toThrow('There are no bars of B in "data"')
})
