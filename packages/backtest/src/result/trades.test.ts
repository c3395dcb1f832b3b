import { instrument } from '@onetape/core'
import { expect, test } from 'vitest'
import { at, daily, play } from '../../test/semantics/market.ts'

const column = (values: readonly number[]): Float64Array => Float64Array.from(values)

test('excursions of a trade over a split stand on one basis', () => {
  const rows = [
    [100, 100, 100, 100],
    [100, 130, 90, 120],
    [60, 66, 54, 60], // 2-for-1: 132 and 108 on the old basis
    [60, 60, 60, 60],
    [60, 60, 60, 60],
  ] as const
  const actions = [{ symbol: 'A', time: at('2024-01-04', '00:00'), kind: 'split' as const, ratio: 2 }]
  const result = play([daily('A', rows, { actions })], {
    onBar(bar, { orders }) {
      if (bar.count === 1) orders.market('A', 10)
      if (bar.count === 3) orders.close('A')
    },
  })
  expect(result.trades).toMatchObject([{ quantity: 20, entryPrice: 50, exitPrice: 60, pnl: 200, bars: 2 }])
  const [trade] = result.trades
  expect(trade!.mae).toBeCloseTo((45 - 50) * 20, 9)
  expect(trade!.mfe).toBeCloseTo((66 - 50) * 20, 9)
})

test('a split before or after the trade leaves its excursions alone', () => {
  const rows = [
    [200, 200, 200, 200],
    [100, 100, 100, 100], // split
    [100, 110, 95, 105],
    [105, 105, 105, 105],
    [52.5, 52.5, 52.5, 52.5], // split
  ] as const
  const actions = ['2024-01-03', '2024-01-08'].map((date) => ({
    symbol: 'A',
    time: at(date, '00:00'),
    kind: 'split' as const,
    ratio: 2,
  }))
  const result = play([daily('A', rows, { actions })], {
    onBar(bar, { orders }) {
      if (bar.count === 2) orders.market('A', 10)
      if (bar.count === 3) orders.close('A')
    },
  })
  expect(result.trades).toMatchObject([{ entryPrice: 100, exitPrice: 105, mae: -50, mfe: 100 }])
})

test('on quotes the marks make the excursions, and a quote with one side makes none', () => {
  const start = at('2024-03-05', '09:30')
  const bids = [99, 99, 89, 0, 109, 99]
  const asks = [101, 101, 91, 91, 111, 101]
  const quotes = {
    instrument: instrument('A'),
    length: bids.length,
    columns: {
      time: column(bids.map((_, i) => start + i * 1000)),
      bid: column(bids),
      ask: column(asks),
      bidSize: column(bids.map(() => 1_000)),
      askSize: column(asks.map(() => 1_000)),
    },
    source: 'test',
  }
  let seen = 0
  const result = play(
    [],
    {
      onQuote(_, { orders }) {
        seen++
        if (seen === 1) orders.market('A', 10)
        if (seen === 5) orders.close('A')
      },
    },
    { quotes: [quotes] },
  )
  expect(result.trades).toMatchObject([{ entryPrice: 101, exitPrice: 99, mae: -110, mfe: 90 }])
  expect(result.trades[0]!.bars).toBeUndefined()
})
