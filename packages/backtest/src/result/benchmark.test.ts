import { expect, test } from 'vitest'
import { at, daily, intraday, play } from '../../test/semantics/market.ts'

test('the benchmark of an intraday run moves with its bars, and agrees with the one at session closes', () => {
  const prices = Array.from({ length: 390 }, (_, i) => 100 + (i % 7))
  const data = [
    intraday(
      'A',
      '1m',
      '2024-03-05',
      '09:30',
      prices.map((p) => [p, p, p, p] as const),
    ),
  ]
  const { benchmarkEquity, equity, nav } = play(data, {}, { cash: 1_000 })
  expect([...benchmarkEquity!]).toEqual(prices.map((price) => expect.closeTo((1_000 * price) / 100, 9)))
  expect(benchmarkEquity!.length).toBe(equity.time.length)
  expect(nav.benchmarkSymbol).toBe('A')
  expect(benchmarkEquity!.at(-1)).toBe(nav.benchmark!.at(-1))
})

test('it holds through splits and dividends, and follows what the options name', () => {
  const rows = [
    [100, 100, 100, 100],
    [50, 55, 50, 55], // 2-for-1
    [50, 50, 50, 50], // 5 a share
  ] as const
  const actions = [
    { symbol: 'A', time: at('2024-01-03', '00:00'), kind: 'split' as const, ratio: 2 },
    { symbol: 'A', time: at('2024-01-04', '00:00'), kind: 'dividend' as const, amount: 5 },
  ]
  const data = [daily('A', rows, { actions })]
  expect([...play(data, {}, { cash: 1_000 }).benchmarkEquity!]).toEqual([1_000, 1_100, expect.closeTo(1_100, 9)])
  expect(play(data, {}, { benchmark: false }).benchmarkEquity).toBeUndefined()
  const other = daily(
    'B',
    [...rows].map(([p]) => [p, p, p, p] as const),
  )
  const result = play(data, {}, { cash: 1_000, benchmark: other })
  expect([...result.benchmarkEquity!]).toEqual([1_000, 500, 500])
  expect(result.nav.benchmarkSymbol).toBe('B')
})
