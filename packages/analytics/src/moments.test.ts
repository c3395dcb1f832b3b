import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { correlation, excessKurtosis, mean, quantile, skewness, standardDeviation, variance } from './moments.ts'

const series = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 2, maxLength: 60 })

describe('values of SciPy and NumPy documentation', () => {
  test('scipy.stats.skew', () => {
    expect(skewness([1, 2, 3, 4, 5])).toBeCloseTo(0, 15)
    expect(skewness([2, 8, 0, 4, 1, 9, 9, 0])).toBeCloseTo(0.2650554122698573, 14)
  })
  test('excess kurtosis of 1 … 5 is −1.3', () => expect(excessKurtosis([1, 2, 3, 4, 5])).toBeCloseTo(-1.3, 14))
  test('numpy.percentile interpolates linearly', () => {
    expect(quantile([10, 7, 4, 3, 2, 1], 0.5)).toBe(3.5)
    expect(quantile([1, 2, 3, 4], 0.25)).toBe(1.75)
  })
})

test('undefined is NaN', () => {
  expect(mean([])).toBeNaN()
  expect(variance([1])).toBeNaN()
  expect(variance([], 0)).toBeNaN()
  expect(standardDeviation([1, NaN, 2])).toBeNaN()
  expect(quantile([], 0.5)).toBeNaN()
  expect(quantile([1, NaN], 0.5)).toBeNaN()
  expect(quantile([1, 2], NaN)).toBeNaN()
  expect(quantile([1, 2], 1.1)).toBeNaN()
  expect(skewness([3, 3, 3])).toBeNaN()
  expect(excessKurtosis([3, 3, 3])).toBeNaN()
  expect(correlation([1, 2, 3], [1, 1, 1])).toBeNaN()
  expect(correlation([1, 2, 3], [1, 2])).toBeNaN()
})

test('a series that does not vary has no variance, however its sum rounds', () => {
  fc.assert(
    fc.property(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.integer({ min: 2, max: 500 }), (value, count) => {
      expect(variance(new Float64Array(count).fill(value))).toBe(0)
    }),
  )
})

test('variance shifts and scales as it must, and agrees with all pairs', () => {
  fc.assert(
    fc.property(series, fc.double({ min: 0.5, max: 4, noNaN: true }), (values, factor) => {
      const scaled = values.map((x) => 3 + factor * x)
      expect(variance(scaled)).toBeCloseTo(factor * factor * variance(values), 9)
      let pairs = 0 // Σ (x − y)² over all ordered pairs = 2 N (N − 1) s²
      for (const x of values) for (const y of values) pairs += (x - y) * (x - y)
      expect(variance(values)).toBeCloseTo(pairs / (2 * values.length * (values.length - 1)), 9)
    }),
  )
})

test('a quantile lies between the values, grows with its probability and splits the sample', () => {
  const probability = fc.double({ min: 0, max: 1, noNaN: true })
  fc.assert(
    fc.property(series, probability, probability, (values, p, q) => {
      const low = quantile(values, Math.min(p, q))
      expect(low).toBeLessThanOrEqual(quantile(values, Math.max(p, q)))
      expect(values.filter((x) => x < low).length).toBeLessThanOrEqual(Math.min(p, q) * (values.length - 1) + 1)
    }),
  )
})
