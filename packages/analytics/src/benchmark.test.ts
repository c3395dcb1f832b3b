import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { alpha, beta, captureRatio, compareWithBenchmark, informationRatio, trackingError } from './benchmark.ts'

const pair = fc
  .array(fc.tuple(fc.double({ min: -0.1, max: 0.1, noNaN: true }), fc.double({ min: -0.1, max: 0.1, noNaN: true })), {
    minLength: 5,
    maxLength: 60,
  })
  .map((rows) => ({ returns: rows.map(([r]) => r), market: rows.map(([, b]) => b) }))
  .filter(({ market }) => Math.max(...market) - Math.min(...market) > 1e-3)

test('beta is the slope of the least squares line', () => {
  fc.assert(
    fc.property(pair, ({ returns, market }) => {
      const slope = beta(returns, market)
      const squares = (b: number): number => {
        const residuals = returns.map((r, i) => r - b * market[i]!)
        const centre = residuals.reduce((a, x) => a + x, 0) / residuals.length
        return residuals.reduce((a, x) => a + (x - centre) ** 2, 0)
      }
      expect(squares(slope)).toBeLessThanOrEqual(squares(slope + 1e-3) + 1e-15)
      expect(squares(slope)).toBeLessThanOrEqual(squares(slope - 1e-3) + 1e-15)
    }),
  )
})

test('a benchmark with leverage has that beta, no alpha, and captures that much', () => {
  fc.assert(
    fc.property(pair, fc.double({ min: 0.2, max: 3, noNaN: true }), ({ market }, leverage) => {
      const returns = market.map((b) => leverage * b)
      expect(beta(returns, market)).toBeCloseTo(leverage, 9)
      expect(alpha(returns, market)).toBeCloseTo(0, 9)
      expect(compareWithBenchmark(returns, market).correlation).toBeCloseTo(1, 9)
    }),
  )
})

test('capture compares geometric mean returns of the periods in which the benchmark rose, or fell', () => {
  const market = [0.1, -0.1, 0.2, -0.05]
  const returns = [0.05, -0.02, 0.1, 0.01]
  expect(captureRatio('up', returns, market)).toBeCloseTo((Math.sqrt(1.05 * 1.1) - 1) / (Math.sqrt(1.1 * 1.2) - 1), 12)
  expect(captureRatio('down', returns, market)).toBeCloseTo(
    (Math.sqrt(0.98 * 1.01) - 1) / (Math.sqrt(0.9 * 0.95) - 1),
    12,
  )
  expect(captureRatio('down', [0.1, 0.2], [0.1, 0.2])).toBeNaN()
})

test("Lean's definitions use its annual return", () => {
  const market = [0.01, 0, 0.015, 0.01]
  const returns = [0.02, -0.01, 0.03, 0.005]
  const options = { convention: 'lean', periodsPerYear: 4, riskFree: 0.01 } as const
  const own = 1.01125 ** 4 - 1
  const other = 1.00875 ** 4 - 1
  const slope = beta(returns, market)
  expect(alpha(returns, market, options)).toBeCloseTo(own - (0.01 + slope * (other - 0.01)), 12)
  expect(informationRatio(returns, market, options)).toBeCloseTo(
    (own - other) / trackingError(returns, market, options),
    12,
  )
  expect(compareWithBenchmark(returns, market, options).treynor).toBeCloseTo((own - 0.01) / slope, 12)
})

test('without a risk-free rate the definitions take 0; Treynor over a beta of 0 is undefined', () => {
  const market = [0.01, 0, 0.015, 0.01]
  const returns = [0.02, -0.01, 0.03, 0.005]
  for (const convention of ['onetape', 'lean'] as const)
    expect(compareWithBenchmark(returns, market, { convention })).toEqual(
      compareWithBenchmark(returns, market, { convention, riskFree: 0 }),
    )
  expect(compareWithBenchmark([0.01, 0.02, 0.01, 0.02], [0.01, 0.01, 0.02, 0.02]).treynor).toBeNaN()
})

test('periods in which the benchmark stood still are neither up nor down', () => {
  expect(captureRatio('up', [0.5, 0.02], [0, 0.01])).toBeCloseTo(2, 12)
  expect(captureRatio('down', [0.5, -0.02], [0, -0.01])).toBeCloseTo(2, 12)
})

test('two lengths, a flat benchmark and missing values are undefined', () => {
  for (const figure of Object.values(compareWithBenchmark([0.1, 0.2], [0.1, 0.2, 0.3]))) expect(figure).toBeNaN()
  for (const figure of Object.values(compareWithBenchmark([], []))) expect(figure).toBeNaN()
  for (const figure of Object.values(compareWithBenchmark([0.1, NaN, 0.2], [0.1, 0.2, 0.3]))) expect(figure).toBeNaN()
  expect(beta([0.1, 0.2], [0.1, 0.1])).toBeNaN()
  expect(informationRatio([0.1, 0.2], [0.1, 0.2])).toBeNaN()
})
