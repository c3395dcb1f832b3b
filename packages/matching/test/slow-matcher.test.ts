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
    if (JSON.stringify(found) !== JSON.stringify(expected))
      expect({ seed, given, found }).toEqual({ seed, given, found: expected })
    fills += expected.length
    if (expected.length > 0) filledCases++
  }
  expect(filledCases).toBeGreaterThan(0.8 * cases)
  expect(fills).toBeGreaterThan(2 * cases)
})
