import { seededRandom } from '@onetape/core'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { automaticBlockLength } from './block-length.ts'
import { bootstrapInterval, bootstrapIntervals, resampleStationary } from './bootstrap.ts'
import { mean } from './moments.ts'
import { normalQuantile } from './normal-distribution.ts'
import { sharpeRatio } from './ratios.ts'

function normalSeries(count: number, seed: number, centre = 0, deviation = 1): Float64Array {
  const random = seededRandom(seed)
  return Float64Array.from({ length: count }, () => centre + deviation * normalQuantile(random.next() || 0.5))
}

const flatTop = (t: number): number => (Math.abs(t) <= 0.5 ? 1 : Math.abs(t) <= 1 ? 2 * (1 - Math.abs(t)) : 0)

/** Politis & White (2004), section 3.2, with the constant of the correction (2009), written for reading. */
function blockLengthStepByStep(x: Float64Array): number {
  const n = x.length
  const centre = mean(x)
  const R = (k: number): number => {
    let total = 0
    for (let i = Math.abs(k); i < n; i++) total += (x[i]! - centre) * (x[i - Math.abs(k)]! - centre)
    return total / n
  }
  const K = Math.max(5, Math.ceil(Math.sqrt(Math.log10(n))))
  const last = Math.min(Math.ceil(Math.sqrt(n)) + K, n - 1)
  const small = (k: number): boolean => Math.abs(R(k) / R(0)) < 2 * Math.sqrt(Math.log10(n) / n)
  const lags = Array.from({ length: last }, (_, i) => i + 1)
  const quiet = [0, ...lags].find((m) => m + K <= last && lags.slice(m, m + K).every(small))
  const m = quiet ?? lags.findLast((k) => !small(k)) ?? 0
  const M = Math.min(2 * Math.max(m, 1), last)
  let G = 0
  let g = 0
  for (let k = -M; k <= M; k++) {
    G += flatTop(k / M) * Math.abs(k) * R(k)
    g += flatTop(k / M) * R(k)
  }
  const length = Math.cbrt((2 * G * G) / (2 * g * g)) * Math.cbrt(n)
  return Math.min(Math.max(length, 1), Math.ceil(Math.min(3 * Math.sqrt(n), n / 3)))
}

test('resampling takes runs of the series, wrapped round its end', () => {
  const values = Float64Array.from({ length: 50 }, (_, i) => i)
  const into = new Float64Array(20_000)
  resampleStationary(values, 8, seededRandom(3), into)
  let breaks = 0
  for (let i = 1; i < into.length; i++) {
    expect(values).toContain(into[i]!)
    if (into[i] !== (into[i - 1]! + 1) % 50) breaks += 1
  }
  // a block of expected length 8 begins with probability 1/8, and one time in 50 it goes on where the last one ended
  expect(breaks / into.length).toBeGreaterThan((0.98 / 8) * 0.93)
  expect(breaks / into.length).toBeLessThan((0.98 / 8) * 1.07)
})

test('blocks without end only rotate the series', () => {
  const values = [1, 2, 3, 4, 5]
  const into = new Float64Array(5)
  resampleStationary(Float64Array.from(values), Infinity, seededRandom(1), into)
  expect(Array.from(into).toSorted((a, b) => a - b)).toEqual(values)
  const interval = bootstrapInterval(values, mean, { random: seededRandom(2), blockLength: Infinity })
  expect(interval).toMatchObject({ estimate: 3, low: 3, high: 3, standardError: 0 })
})

describe('independent normal returns', () => {
  test('the interval of the mean is that of the normal theory', () => {
    const values = normalSeries(1000, 11)
    const { estimate, low, high, standardError } = bootstrapInterval(values, mean, {
      random: seededRandom(5),
      blockLength: 1,
      replications: 2000,
    })
    expect(estimate).toBe(mean(values))
    expect(standardError * Math.sqrt(1000)).toBeGreaterThan(0.93)
    expect(standardError * Math.sqrt(1000)).toBeLessThan(1.07)
    expect((high - low) / (2 * 1.96 * standardError)).toBeCloseTo(1, 1)
  })
  test('90 % intervals of the Sharpe ratio hold the estimate always and the truth about nine times in ten', () => {
    let held = 0
    for (let seed = 1; seed <= 100; seed++) {
      const returns = normalSeries(252, seed, 0.001, 0.01)
      const interval = bootstrapInterval(returns, (sample) => sharpeRatio(sample), {
        random: seededRandom(seed + 1000),
        confidence: 0.9,
        replications: 200,
      })
      expect(interval.low).toBeLessThan(interval.estimate)
      expect(interval.high).toBeGreaterThan(interval.estimate)
      const truth = 0.1 * Math.sqrt(252)
      if (interval.low <= truth && truth <= interval.high) held += 1
    }
    expect(held).toBeGreaterThanOrEqual(80)
    expect(held).toBeLessThanOrEqual(97)
  })
})

test('the same seed gives the same interval, all statistics see the same samples', () => {
  const returns = normalSeries(100, 4)
  const run = () =>
    bootstrapIntervals(returns, { a: mean, b: (x) => 2 * mean(x) }, { random: seededRandom(9), replications: 50 })
  expect(run()).toEqual(run())
  const { a, b } = run()
  expect(b.low).toBeCloseTo(2 * a.low, 12)
  expect(b.high).toBeCloseTo(2 * a.high, 12)
})

test('a statistic that is undefined has no interval; wrong options say so', () => {
  const random = seededRandom(1)
  expect(bootstrapInterval([0.1, 0.1, 0.1], (x) => sharpeRatio(x), { random }).low).toBeNaN()
  expect(bootstrapInterval([], mean, { random }).estimate).toBeNaN()
  expect(() => bootstrapInterval([1, 2], mean, { random, replications: 1 })).toThrow('Expected at least 2 replications')
  expect(() => bootstrapInterval([1, 2], mean, { random, confidence: 1 })).toThrow('found 1000, 1 and 1')
  expect(() => bootstrapInterval([1, 2], mean, { random, blockLength: 0.5 })).toThrow('block length of 1 or more')
})

describe('automatic block length', () => {
  test('of a first-order autoregression it is near (2ρ / (1 − ρ²))^(2/3) · N^(1/3), Politis & White (2004), section 3', () => {
    const n = 20_000
    for (const rho of [0.3, 0.6]) {
      let total = 0
      for (let seed = 1; seed <= 8; seed++) {
        const noise = normalSeries(n, seed * 77)
        for (let i = 1; i < n; i++) noise[i] = rho * noise[i - 1]! + noise[i]!
        total += automaticBlockLength(noise)
      }
      const theory = Math.cbrt(((2 * rho) / (1 - rho * rho)) ** 2 * n)
      expect(total / 8 / theory).toBeGreaterThan(0.8)
      expect(total / 8 / theory).toBeLessThan(1.25)
    }
  })
  test('agrees with the steps of the paper taken one by one', () => {
    const random = seededRandom(42)
    for (let run = 0; run < 60; run++) {
      const n = 10 + Math.floor(random.next() * 400)
      const rho = random.next() * 1.6 - 0.8
      const x = normalSeries(n, run + 1)
      for (let i = 1; i < n; i++) x[i] = rho * x[i - 1]! + x[i]!
      expect(automaticBlockLength(x)).toBeCloseTo(blockLengthStepByStep(x), 9)
    }
  })
  test('of independent values it is short', () => {
    const lengths = Array.from({ length: 20 }, (_, seed) => automaticBlockLength(normalSeries(1000, seed + 1)))
    expect(mean(lengths)).toBeLessThan(6)
  })
  test('is defined for every series, and does not depend on scale or level', () => {
    expect(automaticBlockLength([])).toBe(1)
    expect(automaticBlockLength([1, 2, 3])).toBe(1)
    expect(automaticBlockLength(new Float64Array(50).fill(2))).toBe(1)
    expect(automaticBlockLength([1, NaN, 3])).toBeNaN()
    const values = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 120 })
    fc.assert(
      fc.property(values, (x) => {
        const length = automaticBlockLength(x)
        expect(length).toBeGreaterThanOrEqual(1)
        expect(length).toBeLessThanOrEqual(Math.max(1, Math.ceil(Math.min(3 * Math.sqrt(x.length), x.length / 3))))
        expect(automaticBlockLength(x.map((v) => 4 * v))).toBeCloseTo(length, 9)
      }),
    )
  })
})
