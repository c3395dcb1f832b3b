import { seededRandom } from '@onetape/core'
import { describe, expect, test } from 'vitest'
import { CONVENTIONS } from './convention.ts'
import { FIGURES } from './figures.ts'
import { profitSharpe } from './profit-ratios.ts'
import { figureIntervals, LIVE_MINIMUM_RETURNS, summarize, type SummaryInput } from './summarize.ts'
import type { TradeRecord } from './trade.ts'

const DAY = 86_400_000
const START = Date.parse('2024-01-02T21:00Z')
const nav = [1000, 1010, 1000, 1030, 990, 1040]
const navTime = nav.map((_, i) => START + i * DAY)
const trade: TradeRecord = {
  symbol: 'AAPL',
  strategy: 'trend',
  side: 'long',
  entryTime: START + DAY,
  exitTime: START + 2 * DAY,
  quantity: 10,
  entryPrice: 50,
  exitPrice: 54,
  pnl: 38,
  fees: 2,
}
const input: SummaryInput = { navTime, nav, trades: [trade, { ...trade, pnl: -12, exitPrice: 49 }] }

test('the description list names every figure once, in a table that can be printed', () => {
  const keys = FIGURES.map((figure) => figure.key)
  expect(new Set(keys).size).toBe(keys.length)
  expect(keys.toSorted()).toEqual(Object.keys(summarize(input)).toSorted())
  for (const { label, definition } of FIGURES) expect(label.length > 0 && definition.length > 0).toBe(true)
})

test('by hand', () => {
  const found = summarize(input)
  expect(found).toMatchObject({
    start: START,
    end: START + 5 * DAY,
    days: 5,
    sessions: 5,
    initialNav: 1000,
    finalNav: 1040,
  })
  expect(found.totalReturn).toBeCloseTo(0.04, 14)
  expect(found.cagr).toBeCloseTo(1.04 ** (365.25 / 5) - 1, 10)
  expect(found.maxDrawdown).toBeCloseTo(990 / 1030 - 1, 14)
  expect(found).toMatchObject({
    maxDrawdownStart: START + 3 * DAY,
    maxDrawdownTrough: START + 4 * DAY,
    maxDrawdownRecovery: START + 5 * DAY,
    longestDrawdownDays: 2,
    positiveSessions: 0.6,
    trades: 2,
    winRate: 0.5,
    netProfit: 26,
    fees: 4,
    timeInMarket: 0.2,
  })
  expect(found.calmar).toBeCloseTo(found.cagr / -found.maxDrawdown, 10)
  expect(found.bestSession).toBeCloseTo(1040 / 990 - 1, 14)
  expect(found.worstSession).toBe(found.maxDrawdown)
  expect(found.turnover).toBeCloseTo((10 * (50 + 54 + 50 + 49)) / 2 / (6070 / 6) / (5 / 365.25), 10)
  // five returns: the worst one is the whole tail at 95 % and at 99 %
  for (const key of ['var95', 'cvar95', 'var99', 'cvar99'] as const) expect(found[key]).toBe(found.worstSession)
  expect(found.beta).toBeNaN()
  expect(found.benchmarkReturn).toBeNaN()
})

test('an open position counts for the time in market only', () => {
  const open = summarize({ ...input, openTrades: [{ entryTime: START + 4 * DAY }] })
  expect(open.timeInMarket).toBeCloseTo(0.4, 14)
  expect({ ...open, timeInMarket: 0.2 }).toEqual(summarize(input))
})

test('against itself as the benchmark: beta 1, alpha 0, captures 1, no tracking error', () => {
  const found = summarize({ ...input, benchmark: nav })
  expect(found.beta).toBeCloseTo(1, 12)
  expect(found.alpha).toBeCloseTo(0, 12)
  expect(found.upCapture).toBe(1)
  expect(found.downCapture).toBe(1)
  expect(found.trackingError).toBe(0)
  expect(found.informationRatio).toBeNaN()
  expect(found.benchmarkReturn).toBe(found.totalReturn)
})

describe('conventions', () => {
  const by = Object.fromEntries(CONVENTIONS.map((convention) => [convention, summarize({ ...input, convention })]))
  test('what does not depend on one is the same in all', () => {
    for (const key of ['totalReturn', 'maxDrawdown', 'winRate', 'expectancy', 'sqn', 'kelly'] as const)
      for (const convention of CONVENTIONS) expect(by[convention]![key]).toBe(by['onetape']![key])
  })
  test('a year has 365 days in Lean and freqtrade', () => {
    expect(by['lean']!.cagr).toBeCloseTo(1.04 ** 73 - 1, 10)
    expect(by['freqtrade']!.cagr).toBe(by['lean']!.cagr)
    expect(by['empyrical']!.cagr).toBe(by['onetape']!.cagr)
  })
  test('Sharpe ratios differ where the definitions do', () => {
    expect(by['empyrical']!.sharpe).toBe(by['onetape']!.sharpe)
    expect(by['nautilus']!.sharpe).toBe(by['onetape']!.sharpe)
    expect(new Set(['onetape', 'lean', 'backtesting.py', 'freqtrade'].map((name) => by[name]!.sharpe)).size).toBe(4)
    expect(by['freqtrade']!.sharpe).toBe(profitSharpe([38, -12], { startingBalance: 1000, days: 5 }))
    expect(by['freqtrade']!.volatility).toBeNaN()
  })
  test('Calmar over the annual return of the convention', () => {
    expect(by['empyrical']!.calmar).toBeCloseTo(by['empyrical']!.annualReturn / -by['empyrical']!.maxDrawdown, 10)
  })
})

test('a dated risk-free rate equals a constant one of the same height', () => {
  const dated = summarize({ ...input, riskFree: { time: [0], annualRate: [0.05] } })
  const constant = summarize({ ...input, riskFree: 0.05 })
  expect(dated.sharpe).toBeCloseTo(constant.sharpe, 12)
  expect(dated.sortino).toBeCloseTo(constant.sortino, 12)
  expect(constant.sharpe).toBeLessThan(summarize(input).sharpe)
  expect(summarize({ ...input, riskFree: { time: [START + DAY], annualRate: [0.05] } }).sharpe).toBeNaN()
})

test('a live gauge is silent until it has enough returns', () => {
  const live = summarize({ ...input, minimumReturns: LIVE_MINIMUM_RETURNS })
  expect(live.sharpe).toBeNaN()
  expect(live.sortino).toBeNaN()
  expect(live.volatility).toBeNaN()
  expect(live.maxDrawdown).toBe(summarize(input).maxDrawdown)
})

test('nothing happened: counts are 0, everything else is undefined', () => {
  const empty = summarize({ navTime: [], nav: [], trades: [] })
  const zero = new Set([
    'sessions',
    'trades',
    'longTrades',
    'shortTrades',
    'netProfit',
    'grossProfit',
    'grossLoss',
    'fees',
    'longestWinStreak',
    'longestLossStreak',
  ])
  const expected = FIGURES.map(({ key }) => [key, zero.has(key) ? 0 : NaN])
  expect(FIGURES.map(({ key }) => [key, empty[key] + 0])).toEqual(expected)
})

test('a NAV that is not a number makes every figure of the account undefined', () => {
  const broken = summarize({ ...input, nav: [1000, 1010, NaN, 1030, 990, 1040] })
  for (const key of [
    'totalReturn',
    'sharpe',
    'sortino',
    'volatility',
    'maxDrawdown',
    'calmar',
    'var95',
    'cvar99',
    'positiveSessions',
    'bestSession',
    'worstSession',
    'longestDrawdownDays',
    'omega',
    'ulcerIndex',
    'turnover',
  ] as const)
    expect(broken[key]).toBeNaN()
})

test('series of different lengths are refused', () => {
  expect(() => summarize({ ...input, navTime: [1, 2] })).toThrow('found 6 values of NAV, 2 times')
  expect(() => summarize({ ...input, benchmark: [1, 2, 3] })).toThrow('and 3 of the benchmark')
})

test('intervals hold the figures of the summary', () => {
  const random = seededRandom(21)
  const path = [1000]
  for (let i = 0; i < 300; i++) path.push(path.at(-1)! * (1 + (random.next() - 0.48) / 50))
  const long: SummaryInput = { nav: path, navTime: path.map((_, i) => START + i * DAY), trades: [], riskFree: 0.02 }
  const figures = summarize(long)
  const intervals = figureIntervals(long, { random: seededRandom(22), replications: 200 })
  for (const key of ['sharpe', 'sortino', 'volatility', 'annualReturn', 'totalReturn', 'maxDrawdown'] as const) {
    expect(intervals[key].estimate).toBeCloseTo(figures[key], 9)
    expect(intervals[key].low).toBeLessThan(intervals[key].high)
  }
  for (const key of ['sharpe', 'volatility', 'annualReturn'] as const) {
    expect(intervals[key].low).toBeLessThan(figures[key])
    expect(intervals[key].high).toBeGreaterThan(figures[key])
  }
  const dated = figureIntervals(
    { ...long, riskFree: { time: [0], annualRate: [0.02] } },
    { random: seededRandom(22), replications: 200 },
  )
  expect(dated.sharpe.low).toBeCloseTo(intervals.sharpe.low, 9)
})
