import { fileURLToPath } from 'node:url'
import { instrument } from '@onetape/core'
import { expect, test } from 'vitest'
import { dailyFile } from '../support/daily-file.ts'
import { expectSameAsPlain } from './compare-with-plain.ts'

/** AAPL, daily, 2013-05-13 to 2018-05-11, from npm: there in every clone. */
const sample = fileURLToPath(import.meta.resolve('@observablehq/sample-datasets/aapl.csv'))
const data = dailyFile(instrument('AAPL'), sample)

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
