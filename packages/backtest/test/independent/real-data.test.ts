import { join } from 'node:path'
import { instrument } from '@onetape/core'
import { expect, test } from 'vitest'
import { dailyFile } from '../support/daily-file.ts'
import { sharedData } from '../support/shared-data.ts'
import { type PlainCase, expectSameAsPlain } from './compare-with-plain.ts'

const folder = sharedData('us_daily_av/daily', 'the SMA cross on 20 years of daily data against a plain computation')

const ways = [true, false].flatMap((costs) => [1, undefined].map((shares) => ({ costs, shares })))

function cases(symbols: readonly string[], prices: PlainCase['prices'], dividends: PlainCase['dividends']) {
  return symbols.flatMap((symbol) => ways.map((way) => [symbol, { prices, dividends, ...way }] as const))
}

// Symbols without a defect in the data. Those on raw prices never split.
test
  .skipIf(folder === undefined)
  .each([
    ...cases(['MSFT', 'KO', 'NKE', 'XOM', 'SBUX'], 'adjusted', 'cash'),
    ...cases(['IBM', 'BA', 'PEP'], 'raw', 'ignore'),
    ...cases(['IBM', 'BA', 'PEP'], 'raw', 'cash'),
  ])('%s, $1.prices prices, dividends $1.dividends, costs $1.costs, shares $1.shares', (symbol, each) => {
  const data = dailyFile(instrument(symbol), join(folder!, `${symbol}.csv.gz`))
  const result = expectSameAsPlain(data, each)
  expect(data.length).toBeGreaterThan(5000)
  expect(result.trades.length).toBeGreaterThan(50)
})
