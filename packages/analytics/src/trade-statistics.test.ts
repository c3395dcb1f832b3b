import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { attribution } from './attribution.ts'
import { timeInMarket, tradedValue, turnover } from './exposure.ts'
import { profitCalmar, profitDrawdown, profitSharpe, profitSortino } from './profit-ratios.ts'
import type { TradeRecord } from './trade.ts'
import {
  expectancyRatio,
  kellyFraction,
  leanExpectancy,
  longestStreak,
  payoffRatio,
  profitFactor,
  systemQualityNumber,
  tradeStatistics,
  winRate,
} from './trade-statistics.ts'

const cents = fc.integer({ min: -50_000, max: 50_000 }).map((x) => x / 100)
const profits = fc.array(cents, { minLength: 1, maxLength: 50 })
const trade = (pnl: number, more: Partial<TradeRecord> = {}): TradeRecord => ({
  symbol: 'AAPL',
  strategy: 'trend',
  side: 'long',
  entryTime: 0,
  exitTime: 1000,
  quantity: 10,
  entryPrice: 50,
  exitPrice: 50 + pnl / 10,
  pnl,
  fees: 1,
  ...more,
})

test('by hand: 6 wins of 100 and 4 losses of 50', () => {
  const pnl = [100, -50, 100, 100, -50, 100, -50, -50, 100, 100]
  expect(winRate(pnl)).toBe(0.6)
  expect(payoffRatio(pnl)).toBe(2)
  expect(profitFactor(pnl)).toBe(3)
  expect(expectancyRatio(pnl)).toBe(0.8)
  expect(kellyFraction(pnl)).toBeCloseTo(0.6 - 0.4 / 2, 15)
  expect(systemQualityNumber(pnl)).toBeCloseTo((Math.sqrt(10) * 40) / Math.sqrt((6 * 60 ** 2 + 4 * 90 ** 2) / 9), 12)
  expect(longestStreak('win', pnl)).toBe(2)
  expect(longestStreak('loss', pnl)).toBe(2)
})

test("Lean's expectancy works on fractions of the running capital", () => {
  // +100 of 1000, −55 of 1100, 0 (a loss there): averages 0.1 and −0.025, ratio 4, rates 1/3 and 2/3
  expect(leanExpectancy([100, -55, 0], 1000)).toBeCloseTo((1 / 3) * 4 - 2 / 3, 14)
  expect(leanExpectancy([100], 1000)).toBeNaN()
})

test('identities that hold for every list of profits', () => {
  fc.assert(
    fc.property(profits, (pnl) => {
      const found = tradeStatistics(pnl.map((x) => trade(x)))
      expect(found.grossProfit + found.grossLoss).toBeCloseTo(found.netProfit, 6)
      expect(found.netProfit / pnl.length).toBeCloseTo(found.expectancy, 9)
      expect(found.wins + found.losses + pnl.filter((x) => x === 0).length).toBe(found.trades)
      expect(found.profitFactor).toBe(found.losses > 0 ? found.grossProfit / -found.grossLoss : NaN)
      expect(found.longestWinStreak).toBe(slowStreak(pnl, (x) => x > 0))
      expect(found.longestLossStreak).toBe(slowStreak(pnl, (x) => x < 0))
      const { absolute, relative } = profitDrawdown(pnl, 1e6)
      expect(absolute).toBeCloseTo(slowDrawdown(pnl), 6)
      expect(relative).toBeLessThanOrEqual(absolute / 1e6 + 1e-12)
    }),
  )
})

function slowStreak(pnl: readonly number[], holds: (x: number) => boolean): number {
  let longest = 0
  for (let i = 0; i < pnl.length; i++)
    for (let j = i; j < pnl.length; j++) if (pnl.slice(i, j + 1).every(holds)) longest = Math.max(longest, j - i + 1)
  return longest
}
function slowDrawdown(pnl: readonly number[]): number {
  let deepest = 0
  for (let i = 0; i < pnl.length; i++)
    for (let j = i; j < pnl.length; j++) deepest = Math.max(deepest, -pnl.slice(i, j + 1).reduce((a, b) => a + b, 0))
  return deepest
}

test('no trades, no wins, no losses: NaN, not 0', () => {
  const none = tradeStatistics([])
  expect(none).toMatchObject({ trades: 0, netProfit: 0, fees: 0, longestWinStreak: 0 })
  for (const key of [
    'winRate',
    'profitFactor',
    'expectancy',
    'sqn',
    'kelly',
    'averageWin',
    'largestLoss',
    'averageHolding',
    'averageMae',
  ] as const)
    expect(none[key]).toBeNaN()
  expect(systemQualityNumber([10])).toBeNaN()
  expect(systemQualityNumber([10, 10])).toBeNaN()
  expect(kellyFraction([10, 20])).toBeNaN()
})

test('a P&L that is unknown makes every figure of it unknown', () => {
  const found = tradeStatistics([trade(10), trade(NaN), trade(-5)])
  for (const key of [
    'winRate',
    'netProfit',
    'grossProfit',
    'grossLoss',
    'profitFactor',
    'expectancy',
    'expectancyRatio',
    'sqn',
    'kelly',
    'averageWin',
    'averageLoss',
    'largestWin',
    'worstReturn',
  ] as const)
    expect(found[key]).toBeNaN()
  expect(profitDrawdown([10, NaN, 5], 100).absolute).toBeNaN()
})

test('excursions and bars count the trades that have them', () => {
  const found = tradeStatistics([
    trade(10, { mae: -4, mfe: 12, bars: 3 }),
    trade(-5, { mae: -8, mfe: 1, bars: 5 }),
    trade(1),
  ])
  expect(found).toMatchObject({ averageMae: -6, averageMfe: 6.5, worstMae: -8, bestMfe: 12, averageBars: 4 })
})

test('freqtrade ratios, worked by hand: 10 and −5 % of 1000 over 10 days', () => {
  const options = { startingBalance: 1000, days: 10 }
  const pnl = [100, -50, 30, -20]
  const daily = 0.06 / 10
  const deviation = Math.sqrt(((0.1 - 0.015) ** 2 + 0.065 ** 2 + 0.015 ** 2 + 0.035 ** 2) / 4)
  expect(profitSharpe(pnl, options)).toBeCloseTo((daily / deviation) * Math.sqrt(365), 10)
  expect(profitSortino(pnl, options)).toBeCloseTo((daily / 0.015) * Math.sqrt(365), 10)
  expect(profitCalmar(pnl, options)).toBeCloseTo(((daily * 100) / (50 / 1100)) * Math.sqrt(365), 9)
  expect(profitSortino([100, 50], options)).toBeNaN() // freqtrade says −100
  expect(profitCalmar([100, 50], options)).toBeNaN()
})

test('contributions of strategies and symbols add up', () => {
  const trades = [trade(30), trade(-10, { symbol: 'MSFT' }), trade(20, { strategy: 'revert', symbol: 'MSFT', fees: 3 })]
  expect(attribution(trades, 'strategy')).toEqual([
    { key: 'trend', trades: 2, pnl: 20, fees: 2, winRate: 0.5, profitFactor: 3, share: 0.5 },
    { key: 'revert', trades: 1, pnl: 20, fees: 3, winRate: 1, profitFactor: NaN, share: 0.5 },
  ])
  const bySymbol = attribution(trades, 'symbol')
  expect(bySymbol.map(({ key, pnl }) => [key, pnl])).toEqual([
    ['AAPL', 30],
    ['MSFT', 10],
  ])
  expect(bySymbol.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12)
})

const hold = (entryTime: number, exitTime: number) => ({ entryTime, exitTime })

test('time in market counts overlapping holdings once', () => {
  expect(timeInMarket([hold(50, 70), hold(0, 20), hold(10, 30)], 0, 100)).toBe(0.5)
  expect(timeInMarket([hold(-50, 10), hold(90, 500)], 0, 100)).toBe(0.2)
  expect(timeInMarket([], 0, 100)).toBe(0)
  expect(timeInMarket([], 5, 5)).toBeNaN()
  const stretches = fc.array(fc.tuple(fc.integer({ min: -5, max: 55 }), fc.integer({ min: 1, max: 20 })), {
    maxLength: 12,
  })
  fc.assert(
    fc.property(stretches, (rows) => {
      const held = new Set<number>()
      for (const [from, length] of rows) for (let t = from; t < from + length; t++) if (t >= 0 && t < 50) held.add(t)
      const found = timeInMarket(
        rows.map(([from, length]) => hold(from, from + length)),
        0,
        50,
      )
      expect(found).toBeCloseTo(held.size / 50, 12)
    }),
  )
})

test('turnover: an account that buys and sells its value once a year turns over once', () => {
  const traded = tradedValue([trade(0, { quantity: 2, entryPrice: 500, exitPrice: 500 })])
  expect(traded).toBe(2000)
  expect(turnover(traded, 1000, 1)).toBe(1)
  expect(turnover(traded, 1000, 0.5)).toBe(2)
  expect(turnover(traded, 0, 1)).toBeNaN()
})
