import { expect, test } from 'vitest'
import { sample } from '../support/sample.ts'
import { expectSameAsPlain } from './compare-with-plain.ts'

const data = sample()

test.each([
  { prices: 'raw', costs: true, shares: 1 },
  { prices: 'raw', costs: true, shares: undefined },
  { prices: 'raw', costs: false, shares: 1 },
  { prices: 'raw', costs: false, shares: undefined },
  { prices: 'adjusted', costs: true, shares: undefined },
] as const)('SMA cross on the sample against a plain computation: $prices, costs $costs, shares $shares', (each) => {
  const result = expectSameAsPlain(data, { dividends: 'cash', ...each })
  expect(result.equity.equity).toHaveLength(1260)
  expect(result.trades.length).toBeGreaterThan(20)
})
