import { type BarSeries, barSeries, defineStrategy, instrument } from '@onetape/core'
import { noFee, noSlippage } from '@onetape/costs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type BacktestOptions, backtest } from '../../src/index.ts'
import { HOUR, randomMarket } from '../support/random-market.ts'
import randomTrader from '../support/random-trader.ts'

/** Hourly bars that open at 100, 110, 120, … and stay within a dollar of it. */
function rising(length: number): BarSeries {
  const open = Float64Array.from({ length }, (_, i) => 100 + 10 * i)
  return barSeries({
    instrument: instrument('A', { calendar: '24/7', tick: 0.01 }),
    interval: '1h',
    columns: {
      time: Float64Array.from({ length }, (_, i) => i * HOUR),
      open,
      high: open.map((p) => p + 1),
      low: open.map((p) => p - 1),
      close: open,
      volume: new Float64Array(length).fill(1e6),
    },
  })
}

const plain: Pick<BacktestOptions, 'fees' | 'slippage' | 'tif'> = { fees: noFee(), slippage: noSlippage(), tif: 'gtc' }

const buyOnce = defineStrategy({
  name: 'buy-once',
  create: () => ({
    onBar(bar, { orders }) {
      if (bar.count === 1) orders.market(bar.instrument, 1)
    },
  }),
})

test.each([
  [0, 110],
  [1, 120],
  [3, 140],
])('%d bars of delay: an order of the first bar fills at %d', (delayBars, price) => {
  const { fills } = backtest({ strategy: buyOnce, data: [rising(8)], delayBars, ...plain })
  expect(fills.map((fill) => fill.price)).toEqual([price])
})

test('an order that would arrive after the data never does', () => {
  const { fills, orders } = backtest({ strategy: buyOnce, data: [rising(3)], delayBars: 3, ...plain })
  expect(fills).toEqual([])
  expect(orders[0]?.state).toBe('submitting')
})

test('an order of the middle of a bar misses the next bar, and no more', () => {
  const strategy = defineStrategy({
    name: 'by-timer',
    create: () => ({
      onStart: ({ timers }) => timers.at(1.5 * HOUR, 'now'),
      onTimer: (_, { orders }) => void orders.market('A', 1),
    }),
  })
  const price = (delayBars: number): unknown =>
    backtest({ strategy, data: [rising(8)], delayBars, ...plain }).fills.map((fill) => fill.price)
  expect(price(0)).toEqual([120])
  expect(price(1)).toEqual([130])
})

test('a cancel is late as well: the order that it should have stopped fills', () => {
  const strategy = defineStrategy({
    name: 'hesitant',
    create: () => ({
      onBar(bar, { orders }) {
        if (bar.count === 1) orders.limit(bar.instrument, 1, 130)
        if (bar.count === 2) orders.cancelAll()
      },
    }),
  })
  const [order] = backtest({ strategy, data: [rising(8)], delayBars: 1, ...plain }).orders
  expect(order).toMatchObject({ state: 'filled', averagePrice: 120 })
  const later = defineStrategy({
    name: 'patient',
    create: () => ({
      onBar(bar, { orders }) {
        if (bar.count === 1) orders.limit(bar.instrument, 1, 50)
        if (bar.count === 3) orders.modify(orders.open()[0]!.number, { limitPrice: 60 })
        if (bar.count === 5) orders.cancelAll()
      },
    }),
  })
  const [other] = backtest({ strategy: later, data: [rising(8)], delayBars: 1, ...plain }).orders
  expect(other).toMatchObject({ state: 'cancelled', limitPrice: 60, updatedAt: 6 * HOUR })
})

test('random orders, splits, several instruments: nothing fills from a bar that it should have missed', () => {
  let fills = 0
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 5000 }), fc.integer({ min: 1, max: 3 }), (seed, delayBars) => {
      const data = randomMarket(seed).filter((series) => series.interval === '1h')
      const result = backtest({ strategy: randomTrader, data, delayBars, benchmark: false })
      const placed = new Map(result.orders.map((order) => [order.id, order.placedAt]))
      for (const fill of result.fills) {
        const { time } = data.find((series) => series.instrument.symbol === fill.symbol)!.columns
        const missed = time.filter((start) => start >= placed.get(fill.orderId)! && start < fill.barTime).length
        expect(missed).toBeGreaterThanOrEqual(delayBars)
        fills++
      }
    }),
    { numRuns: 100 },
  )
  expect(fills).toBeGreaterThan(500)
})

test.each([-1, 0.5, Number.NaN, 1001])('refuses %d bars', (delayBars) =>
  expect(() => backtest({ strategy: buyOnce, data: [rising(3)], delayBars })).toThrow(
    'delayBars: Expected a whole number from 0 to 1000',
  ),
)
