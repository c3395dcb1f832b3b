import { expect, test } from 'vitest'
import { annualRate, excessReturns, ratesPerPeriod } from './risk-free.ts'
import { sharpeRatio } from './ratios.ts'

test('a dated rate is the one in force when the period begins', () => {
  const rates = { time: [10, 20, 25], annualRate: [0.0252, 0.0504, 0.0756] }
  const found = ratesPerPeriod(rates, [5, 10, 19, 20, 30, 40], 252)
  expect(Array.from(found)).toEqual([NaN, 0.0252 / 252, 0.0252 / 252, 0.0504 / 252, 0.0756 / 252])
  expect(ratesPerPeriod(rates, [], 252)).toHaveLength(0)
})

test('a series and a constant of the same rate give the same excess', () => {
  const returns = [0.01, -0.02, 0.03]
  expect(excessReturns(returns, 0.0252, 252)).toEqual(excessReturns(returns, [0.0001, 0.0001, 0.0001], 252))
  expect(annualRate([0.0001, 0.0003], 252)).toBeCloseTo(0.0504, 15)
  const options = { riskFree: new Float64Array(3).fill(0.04 / 252) }
  expect(sharpeRatio(returns, options)).toBe(sharpeRatio(returns, { riskFree: 0.04 }))
})
