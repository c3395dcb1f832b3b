import { instrument } from '@onetape/core'
import { expect, test } from 'vitest'
import { type RecordedTicks, startGateway } from '../src/index.ts'
import { OPEN } from './recorded.ts'
import { placeOrder, stock, WireClient } from './wire-client.ts'

const column = (rows: readonly number[][], at: number, add = 0): Float64Array =>
  Float64Array.from(rows, (row) => row[at]! + add)

/** Two quotes and five trades in the first twelve seconds after the open. */
function recording(): RecordedTicks {
  const ibm = instrument('IBM')
  const trades = [
    [500, 100.02, 10],
    [4000, 100.05, 20],
    [4999, 99.98, 5],
    [5000, 100.01, 7],
    [11_250, 100.1, 100],
  ]
  const quotes = [
    [100, 100, 100.02, 300, 200],
    [9000, 100.05, 100.1, 400, 50],
  ]
  return {
    trades: {
      instrument: ibm,
      length: trades.length,
      columns: { time: column(trades, 0, OPEN), price: column(trades, 1), size: column(trades, 2) },
      source: 'test',
    },
    quotes: {
      instrument: ibm,
      length: quotes.length,
      columns: {
        time: column(quotes, 0, OPEN),
        bid: column(quotes, 1),
        ask: column(quotes, 2),
        bidSize: column(quotes, 3),
        askSize: column(quotes, 4),
      },
      source: 'test',
    },
  }
}

test('recorded ticks are told at their times, joined to bars, and met by orders', async () => {
  const gateway = await startGateway({ ticks: [recording()], speed: 0, start: OPEN, repeats: false })
  const client = await WireClient.start(gateway.port, 1)
  client.send('97', '1', ...stock('IBM'), 'AllLast', '0', '0')
  client.send('97', '2', ...stock('IBM'), 'BidAsk', '0', '0')
  client.send('50', '3', '3', ...stock('IBM'), '5', 'TRADES', '1', '')
  await client.sync()
  client.take()
  await gateway.advance(1000)
  client.send(...placeOrder(1, 'IBM', { quantity: 250 }))
  await client.sync()
  // The standing quote shows 200 at 100.02; nobody else sells before the next quote.
  expect(client.take('11').map((m) => [m[19], m[20]])).toEqual([['200', '100.02']])
  await gateway.advance(19_000)
  await client.sync()
  const told = client.take()
  expect(told.filter((m) => m[0] === '99' && m[2] === '2').map((m) => [m[4], m[5]])).toEqual([
    ['100.05', '20'],
    ['99.98', '5'],
    ['100.01', '7'],
    ['100.1', '100'],
  ])
  expect(told.filter((m) => m[0] === '50').map((m) => m.slice(3, 9))).toEqual([
    [OPEN / 1000, 100.02, 100.05, 99.98, 99.98, 35].map(String),
    [OPEN / 1000 + 5, 100.01, 100.01, 100.01, 100.01, 7].map(String),
    [OPEN / 1000 + 10, 100.1, 100.1, 100.1, 100.1, 100].map(String),
  ])
  const fills = gateway.state().executions
  expect(fills.reduce((sum, e) => sum + e.shares, 0)).toBe(250)
  client.send('96', '9', ...stock('IBM'), '0', '20260810 09:30:04 US/Eastern', '', '2', 'TRADES', '1', '0', '')
  expect((await client.until((m) => m[0] === '98')).slice(2, 7)).toEqual([
    '2',
    String(OPEN / 1000 + 4),
    '0',
    '100.05',
    '20',
  ])
  client.send('20', '10', ...stock('IBM'), '0', '', '1 min', '1 D', '1', 'TRADES', '2', '0', '')
  expect((await client.until((m) => m[0] === '17')).slice(4, 11)).toEqual(
    [1, OPEN / 1000, 100.02, 100.1, 99.98, 100.1, 142].map(String),
  )
  client.close()
  await gateway.close()
})

test('a recording without trades, or beside recorded bars, is refused', async () => {
  await expect(startGateway({ ticks: [] })).rejects.toThrow('Expected recorded trades, found none.')
  await expect(startGateway({ ticks: [recording()], series: [] })).rejects.toThrow('found both')
})
