import { calendar } from '@onetape/calendar'
import type { BarInterval, Quote } from '@onetape/core'
import { describe, expect, test } from 'vitest'
import { BarCache } from './bar-cache.ts'
import { barSize } from './bar-size.ts'
import type { TradingHours } from './bar-span.ts'
import { TickReader } from './tick-reader.ts'

describe('what TWS is asked for', () => {
  test.each<[BarInterval, string, TradingHours, string, string]>([
    ['5s', 'XNYS', 'regular', '5 secs', '10000 S'],
    ['30s', 'XNYS', 'regular', '30 secs', '2 D'],
    ['1m', 'XNYS', 'regular', '1 min', '5 D'],
    ['1m', 'XNYS', 'extended', '1 min', '2 D'],
    ['1m', '24/7', 'regular', '1 min', '1 D'],
    ['5m', 'XNAS', 'regular', '5 mins', '25 D'],
    ['7m', 'XNYS', 'regular', '1 min', '5 D'],
    ['20m', 'XNYS', 'regular', '10 mins', '51 D'], // 09:30 is no multiple of 20 minutes
    ['1h', 'XNYS', 'regular', '30 mins', '153 D'],
    ['4h', '24/7', 'regular', '4 hours', '333 D'],
    ['1d', 'XNYS', 'regular', '1 day', '7 Y'],
    ['1w', 'XNYS', 'regular', '1 day', '7 Y'],
  ])('%s on %s in %s hours: bars of %s over %s', (interval, name, hours, setting, duration) => {
    expect(barSize(interval, calendar(name), hours)).toMatchObject({ setting, duration })
  })
})

function reader(): { trades: unknown[]; quotes: Omit<Quote, 'instrument'>[]; take: TickReader['take'] } {
  const trades: unknown[] = []
  const quotes: Omit<Quote, 'instrument'>[] = []
  const sink = {
    trade: (time: number, price: number, size: number) => trades.push([time, price, size]),
    quote: (quote: Omit<Quote, 'instrument'>) => quotes.push(quote),
  }
  const ticks = new TickReader({ trade: (...t) => void sink.trade(...t), quote: (q) => void sink.quote(q) }, () => 5)
  return { trades, quotes, take: (name, args) => ticks.take(name, args) }
}

describe('a market-data line', () => {
  test('last prices are trades of the shares by which the volume grows', () => {
    const { trades, take } = reader()
    take('tickSize', [8, 1_000])
    take('tickPrice', [4, 10])
    take('tickSize', [5, 300]) // size of the last trade, which is repeated: not counted
    take('tickSize', [8, 1_300])
    take('tickSize', [8, 1_300])
    take('tickSize', [8, 0]) // a new day
    expect(trades).toEqual([
      [5, 10, 0],
      [5, 10, 300],
    ])
  })

  test('whole trades count instead, once they come', () => {
    const { trades, take } = reader()
    take('tickString', [48, '701.28;1.5;1348075471534;67854;701.46918464;true'])
    take('tickPrice', [4, 701.28])
    take('tickSize', [8, 67_854])
    take('tickString', [48, ';0;1348075471999;67854;701.4;true'])
    take('tickString', [45, '1348075471'])
    expect(trades).toEqual([[1348075471534, 701.28, 1.5]])
  })

  test('quotes come when both sides are known; −1 and 0 are no prices; delayed ones count too', () => {
    const { quotes, take } = reader()
    take('tickPrice', [1, 9.99])
    take('tickPrice', [2, -1])
    take('tickPrice', [2, 0])
    expect(quotes).toEqual([])
    take('tickPrice', [67, 10.01])
    take('tickSize', [0, 500])
    take('tickSize', [0, 500])
    expect(quotes).toEqual([
      { time: 5, bid: 9.99, ask: 10.01, bidSize: 0, askSize: 0 },
      { time: 5, bid: 9.99, ask: 10.01, bidSize: 500, askSize: 0 },
    ])
  })
})

const bar = (time: number, close: number) => ({ time, end: time + 1, open: 1, high: 1, low: 1, close, volume: 1 })

test('the cache keeps the last bars, in order, one of each time', () => {
  const cache = new BarCache(3)
  for (const [time, close] of [
    [1, 1],
    [3, 3],
    [2, 2],
    [3, 33],
    [5, 5],
  ] as const)
    cache.add('X', '1m', bar(time, close))
  expect(cache.of('X', '1m').map(({ time, close }) => [time, close])).toEqual([
    [2, 2],
    [3, 33],
    [5, 5],
  ])
  expect(cache.within('X', '1m', 3, 5).length).toBe(1)
  expect(cache.of('X', '5m')).toEqual([])
})
