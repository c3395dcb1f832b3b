import { expect, test } from 'vitest'
import { mayHold, parseFileName } from './file-name.ts'

test.each<[path: string, symbol: string | undefined, interval: string | undefined, kind: string, day?: string]>([
  ['AAPL.csv', 'AAPL', undefined, 'bars'],
  ['aapl_1m.csv.gz', 'AAPL', '1m', 'bars'],
  ['prices/AAPL_15min.csv', 'AAPL', '15m', 'bars'],
  ['AAPL_daily.csv', 'AAPL', '1d', 'bars'],
  ['1d/BRK-B.csv', 'BRK-B', '1d', 'bars'],
  ['BF.B.csv', 'BF.B', undefined, 'bars'],
  ['^GSPC_1d.csv', '^GSPC', '1d', 'bars'],
  ['spy.us.txt', 'SPY', undefined, 'bars'],
  ['aapl/2024.csv', 'AAPL', undefined, 'bars'],
  ['AAPL/2025-12_5m.csv', 'AAPL', '5m', 'bars'],
  ['minute/aapl/20140605_trade.csv', 'AAPL', '1m', 'bars', '2014-06-05'],
  ['minute/SPY_trade.csv.gz', 'SPY', '1m', 'bars'],
  ['minute/SPY_quote.csv.gz', 'SPY', '1m', 'quotes'],
  ['tick/IBM_20131007_trade.csv.gz', 'IBM', undefined, 'trades', '2013-10-07'],
  ['tick/IBM_20131007_quote.csv.gz', 'IBM', undefined, 'quotes', '2013-10-07'],
  ['AAPL_1d_actions.csv', 'AAPL', '1d', 'actions'],
  ['AAPL_actions.csv', 'AAPL', undefined, 'actions'],
  ['SPY_unadjusted_no_actions.csv.gz', 'SPY', undefined, 'bars'],
  ['DA-AAPL-T-2021-04-21.csv', 'AAPL', undefined, 'bars'],
  ['DA-BRK-B-T-2021-04-21.csv', 'BRK-B', undefined, 'bars'],
  ['WIKI-ORCL-2000-quandl.csv', 'ORCL', undefined, 'bars'],
  ['orcl-2000-yahoofinance.csv', 'ORCL', undefined, 'bars'],
  ['SPY_2011-01.csv.gz', 'SPY', undefined, 'bars'],
  ['2024.csv', undefined, undefined, 'bars'],
])('%s: %s %s %s', (path, symbol, interval, kind, day) =>
  expect(parseFileName(path)).toEqual({ symbol, interval, kind, day }),
)

test('one file may hold the symbol that its name holds, and any when it names none', () => {
  expect(mayHold('data/observablehq_aapl.csv', 'AAPL')).toBe(true)
  expect(mayHold('orcl-2000-yahoofinance.csv', 'ORCL')).toBe(true)
  expect(mayHold('data.csv', 'TSLA')).toBe(true)
  expect(mayHold('AAPL.csv', 'TSLA')).toBe(false)
})
