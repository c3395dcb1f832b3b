import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ascendingSeconds, compactValues, differences } from './compact.ts'

test('differences add up again, over strictly ascending seconds', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 2e12 })), (unsorted) => {
      const seconds = ascendingSeconds(unsorted.toSorted((a, b) => a - b))
      let sum = 0
      expect(differences(seconds).map((difference) => (sum += difference))).toEqual(seconds)
      expect(seconds.every((value, i) => i === 0 || value > seconds[i - 1]!)).toBe(true)
    }),
  )
})

test('values are rounded to figures, what is not finite is null', () => {
  expect(compactValues([100_123.456_789, NaN, -Infinity, 0.000_123_456], [0, 1, 2, 3], 8)).toEqual([
    100_123.46,
    null,
    null,
    0.000_123_456,
  ])
})
