import { type Slice, barSeries, defineStrategy, instrument } from '@onetape/core'
import { randomBars } from '@onetape/testkit'
import { expect, test } from 'vitest'
import { backtest } from '../../src/index.ts'

const symbols = ['A', 'B', 'C', 'D', 'E', 'F']
const data = symbols.map((symbol, seed) =>
  barSeries({
    instrument: instrument(symbol, { calendar: '24/7', tick: 0.01 }),
    interval: '1m',
    columns: randomBars(seed, 40, { step: 0.001, still: 0 }),
  }),
)

/** Five of six instruments in equal parts; every ten bars the one that is left out moves on. */
const rotation = defineStrategy({
  name: 'rotation',
  create({ instruments }) {
    let seen = 0
    return {
      onSlice(_slice: Slice, { orders }) {
        if (seen++ % 10 !== 0) return
        const out = instruments[(seen / 10) | 0]!
        orders.close(out)
        for (const each of instruments) if (each !== out) orders.targetPercent(each, 1 / 5)
      },
    }
  },
})

test('weights that add up to 1 can all be bought, with default costs, and rotated at one open', () => {
  const result = backtest({ strategy: rotation, data, participation: 1 })
  expect(result.denials).toEqual({})
  expect(result.orders.length).toBeGreaterThanOrEqual(5 + 3 * 2)
  expect(result.orders.every(({ state }) => state === 'filled')).toBe(true)
  expect(result.openPositions).toHaveLength(5)
  expect(result.finalCash).toBeGreaterThan(0)
  expect(result.finalCash).toBeLessThan(0.005 * result.finalEquity)
})

const all = defineStrategy({
  name: 'all',
  create: () => ({
    onBar(bar, { orders, portfolio }) {
      if (bar.count === 1) orders.market(bar.instrument, Math.floor(portfolio.cash / bar.close))
    },
  }),
})

test('a market order of fixed quantity for all the cash is denied: 2 % are held back for the next open', () => {
  const result = backtest({ strategy: all, data: [data[0]!] })
  expect(result.denials).toEqual({ buying_power: 1 })
})
