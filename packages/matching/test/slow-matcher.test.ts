import { expect, test } from 'vitest'
import { randomCase, runVenue } from './random-market.ts'
import { slowMatch } from './slow-matcher.ts'

test('the venue fills like a second matcher that was written from the rules alone', () => {
  let fills = 0
  let filledCases = 0
  const cases = 20_000
  for (let seed = 1; seed <= cases; seed++) {
    const given = randomCase(seed)
    const expected = slowMatch(given.orders, given.bars, given.options)
    const found = runVenue(given).lines
    // Compared as text first: 20,000 deep comparisons take longer than the matching.
    const where = found.join() === expected.join() ? '' : `seed ${seed}: ${JSON.stringify(given)}`
    expect(where).toBe('')
    fills += expected.length
    if (expected.length > 0) filledCases++
  }
  expect(filledCases).toBeGreaterThan(0.8 * cases)
  expect(fills).toBeGreaterThan(2 * cases)
})
