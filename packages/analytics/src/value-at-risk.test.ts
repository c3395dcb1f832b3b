import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { CONVENTIONS } from './convention.ts'
import { conditionalValueAtRisk, valueAtRisk } from './value-at-risk.ts'

const series = fc.array(fc.double({ min: -0.2, max: 0.2, noNaN: true }), { minLength: 2, maxLength: 60 })
const percent = fc.integer({ min: 1, max: 99 })

test('the mean of the tail is never better than its edge', () => {
  fc.assert(
    fc.property(series, percent, fc.constantFrom(...CONVENTIONS), (returns, p, convention) => {
      const options = { confidence: p / 100, convention }
      const edge = valueAtRisk(returns, options)
      expect(conditionalValueAtRisk(returns, options)).toBeLessThanOrEqual(edge + 1e-12)
      const normal = { ...options, method: 'normal' } as const
      expect(conditionalValueAtRisk(returns, normal)).toBeLessThanOrEqual(valueAtRisk(returns, normal) + 1e-12)
    }),
  )
})

test('the fractional tail is the whole tail of a sample in which every return stands a hundred times', () => {
  fc.assert(
    fc.property(series, percent, (returns, p) => {
      const many = returns.flatMap((r) => Array<number>(100).fill(r)).toSorted((a, b) => a - b)
      const worst = many.slice(0, (100 - p) * returns.length)
      const expected = worst.reduce((a, b) => a + b, 0) / worst.length
      expect(conditionalValueAtRisk(returns, { confidence: p / 100 })).toBeCloseTo(expected, 12)
      expect(valueAtRisk(returns, { confidence: p / 100 })).toBe(worst.at(-1))
    }),
  )
})

test('by hand: 50 returns, the worst 5 % are two and a half of them', () => {
  const returns = Array.from({ length: 50 }, (_, i) => (i - 10) / 100) // −0.10, −0.09, −0.08, …
  expect(valueAtRisk(returns)).toBe(-0.08)
  expect(conditionalValueAtRisk(returns)).toBeCloseTo((-0.1 - 0.09 - 0.5 * 0.08) / 2.5, 14)
})

test('20 returns at 95 % have a tail of exactly one', () => {
  const returns = Array.from({ length: 20 }, (_, i) => i / 100)
  expect(valueAtRisk(returns)).toBe(0)
  expect(conditionalValueAtRisk(returns)).toBe(0)
})

test('normal: mean − 1.645 deviations, and − 2.063 for the tail', () => {
  const returns = [-0.02, -0.01, 0, 0.01, 0.02]
  const deviation = Math.sqrt(0.00025)
  expect(valueAtRisk(returns, { method: 'normal' })).toBeCloseTo(-1.6448536269514722 * deviation, 14)
  expect(conditionalValueAtRisk(returns, { method: 'normal' })).toBeCloseTo(-2.062712807507426 * deviation, 13)
  expect(valueAtRisk(returns, { convention: 'lean' })).toBe(valueAtRisk(returns, { method: 'normal' }))
})

test('undefined is NaN', () => {
  for (const convention of CONVENTIONS)
    for (const figure of [valueAtRisk, conditionalValueAtRisk]) {
      expect(figure([], { convention })).toBeNaN()
      expect(figure([0.1, NaN, 0.2], { convention })).toBeNaN()
      for (const confidence of [0, 1, NaN, -1, 2]) expect(figure([0.1, 0.2], { convention, confidence })).toBeNaN()
    }
})
