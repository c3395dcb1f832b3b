import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CONVENTIONS } from './convention.ts'
import { cagr } from './growth.ts'
import { calmarRatio, downsideDeviation, omegaRatio, sharpeRatio, sortinoRatio, volatility } from './ratios.ts'
import { returnsFromNav } from './returns.ts'

const series = fc.array(fc.double({ min: -0.2, max: 0.2, noNaN: true }), { minLength: 3, maxLength: 80 })
/** Apart by more than rounding, so that a ratio is defined. */
const varied = series.filter((returns) => Math.max(...returns) - Math.min(...returns) > 1e-6)

test('Sharpe: scaling all returns changes nothing, the mirrored returns have the opposite sign', () => {
  fc.assert(
    fc.property(varied, fc.double({ min: 0.01, max: 100, noNaN: true }), (returns, factor) => {
      const ratio = sharpeRatio(returns)
      expect(sharpeRatio(returns.map((r) => r * factor))).toBeCloseTo(ratio, 6)
      expect(sharpeRatio(returns.map((r) => -r))).toBeCloseTo(-ratio, 9)
      expect(sharpeRatio(returns, { periodsPerYear: 4 * 252 })).toBeCloseTo(2 * ratio, 9)
    }),
  )
})

test('Sharpe of a NAV does not depend on its currency', () => {
  const cents = fc.integer({ min: 5_000, max: 15_000 })
  const navs = fc.array(cents, { minLength: 4, maxLength: 60 })
  fc.assert(
    fc.property(navs, fc.double({ min: 0.1, max: 1000, noNaN: true }), (nav, rate) => {
      const own = sharpeRatio(returnsFromNav(nav))
      const other = sharpeRatio(returnsFromNav(nav.map((x) => x * rate)))
      fc.pre(!Number.isNaN(own)) // all values equal
      expect(other).toBeCloseTo(own, 6)
    }),
  )
})

/** Second implementations, from the words of the definition. */
const slow = {
  mean: (x: readonly number[]): number => x.reduce((a, b) => a + b, 0) / x.length,
  std: (x: readonly number[]): number => Math.sqrt(x.reduce((a, b) => a + (b - slow.mean(x)) ** 2, 0) / (x.length - 1)),
  product: (x: readonly number[]): number => x.reduce((a, b) => a * (1 + b), 1),
}

describe('against a second implementation', () => {
  const riskFree = 0.03
  test('onetape', () => {
    fc.assert(
      fc.property(varied, (returns) => {
        const excess = returns.map((r) => r - riskFree / 252)
        expect(sharpeRatio(returns, { riskFree })).toBeCloseTo(
          (slow.mean(excess) / slow.std(excess)) * Math.sqrt(252),
          6,
        )
        const below = Math.sqrt(slow.mean(excess.map((r) => Math.min(r, 0) ** 2)))
        const sortino = sortinoRatio(returns, { riskFree })
        fc.pre(below > 0 && Math.abs(slow.mean(excess)) > 1e-6)
        expect(sortino / ((slow.mean(excess) * Math.sqrt(252)) / below)).toBeCloseTo(1, 9)
      }),
    )
  })
  test('lean', () => {
    fc.assert(
      fc.property(varied, (returns) => {
        const annual = (1 + slow.mean(returns)) ** 252 - 1
        const found = sharpeRatio(returns, { riskFree, convention: 'lean' })
        expect(found / ((annual - riskFree) / (slow.std(returns) * Math.sqrt(252)))).toBeCloseTo(1, 6)
        const negative = returns.filter((r) => r < 0)
        const sortino = sortinoRatio(returns, { riskFree, convention: 'lean' })
        const deviation = slow.std(negative) * Math.sqrt(252)
        fc.pre(deviation > 1e-6)
        expect(sortino / ((annual - riskFree) / deviation)).toBeCloseTo(1, 6)
      }),
    )
  })
  test('backtesting.py: `_stats.py` in its own words, on daily equity of which the first day has no return', () => {
    const mild = fc.array(fc.double({ min: -0.03, max: 0.03, noNaN: true }), { minLength: 5, maxLength: 60 })
    fc.assert(
      fc.property(mild, (dayReturns) => {
        const growth = Math.exp(dayReturns.reduce((a, r) => a + Math.log1p(r), 0) / (dayReturns.length + 1)) // fillna(0)
        const annual = growth ** 252 - 1
        const spread = Math.sqrt((slow.std(dayReturns) ** 2 + growth ** 2) ** 252 - growth ** (2 * 252))
        const downside = Math.sqrt(slow.mean(dayReturns.map((r) => Math.min(r, 0) ** 2))) * Math.sqrt(252)
        const ours = [0, ...dayReturns] // nothing can fill on the first bar
        const options = { convention: 'backtesting.py' } as const
        fc.pre(spread > 1e-3 && downside > 1e-3)
        expect(volatility(ours, options)).toBeCloseTo(spread, 9)
        expect(sharpeRatio(ours, options) / (annual / spread)).toBeCloseTo(1, 6)
        expect(sortinoRatio(ours, options) / (annual / downside)).toBeCloseTo(1, 6)
      }),
    )
  })
})

test('undefined is NaN in every convention, never a sentinel', () => {
  for (const convention of CONVENTIONS) {
    expect(sharpeRatio([], { convention })).toBeNaN()
    expect(sharpeRatio([0.01], { convention })).toBeNaN()
    expect(sharpeRatio([0.01, 0.01, 0.01], { convention })).toBeNaN()
    expect(sharpeRatio([0.01, NaN, 0.02], { convention })).toBeNaN()
    expect(sortinoRatio([0.01, 0.02, 0.03], { convention })).toBeNaN()
    expect(sortinoRatio([0.01, NaN, -0.02], { convention })).toBeNaN()
    expect(downsideDeviation([], { convention })).toBeNaN()
    expect(volatility([0.01], { convention })).toBeNaN()
  }
  expect(sharpeRatio([0.01, 0.02], { riskFree: NaN })).toBeNaN()
  expect(sharpeRatio([0.01, 0.02], { riskFree: [0.001] })).toBeNaN() // a series that does not reach the end
  expect(omegaRatio([0.01, NaN])).toBeNaN()
  expect(calmarRatio(0.1, 0)).toBeNaN()
  expect(calmarRatio(NaN, -0.1)).toBeNaN()
})

test('Calmar divides by the size of the drawdown', () => expect(calmarRatio(0.2, -0.1)).toBe(2))

test('CAGR over calendar days', () => {
  expect(cagr(100, 200, 365.25)).toBeCloseTo(1, 15)
  expect(cagr(100, 121, 730, 365)).toBeCloseTo(0.1, 14)
  expect(cagr(0.1, 0.2, 365.25)).toBeCloseTo(1, 14)
  expect(cagr(100, 121, 0.5, 1)).toBeCloseTo(0.4641, 12)
  expect(cagr(100, 0, 365)).toBeNaN()
  expect(cagr(100, 110, 0)).toBeNaN()
  expect(cagr(NaN, 110, 100)).toBeNaN()
})
