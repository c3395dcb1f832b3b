import fc from 'fast-check'
import { expect, test } from 'vitest'
import { histogram, roundStep, roundTicks } from './histogram.ts'

test('every finite value is counted once, in its bin, and none straddles zero', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: -500, max: 500, noNaN: true }), { minLength: 1 }), (values) => {
      const bins = histogram(values)
      expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(values.length)
      for (const { from, to } of bins) expect(from >= -1e-9 || to <= 1e-9).toBe(true)
      expect(bins.length).toBeLessThanOrEqual(32)
    }),
  )
  expect(histogram([NaN])).toEqual([])
  expect(histogram([3, 3, 3]).map(({ count }) => count)).toEqual([3])
})

test('steps and ticks are round', () => {
  expect([0.7, 1, 1.1, 2.1, 3, 7, 30].map(roundStep)).toEqual([1, 1, 2, 2.5, 5, 10, 50])
  expect(roundTicks(-7, 21, 6)).toEqual([-5, 0, 5, 10, 15, 20])
  expect(roundTicks(3, 3)).toEqual([3])
})
