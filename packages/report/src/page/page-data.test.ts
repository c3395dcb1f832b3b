import { expect, test } from 'vitest'
import { reportContext } from '../report-context.ts'
import type { ReportInput, ReportPrices } from '../report-input.ts'
import { pageData } from './page-data.ts'

const MINUTE = 60_000
const OPEN = Date.parse('2024-03-05T14:30:00Z') // 09:30 in New York

const bars = (symbol: string, interval: string, count: number, step: number): ReportPrices => {
  const column = (at: (i: number) => number): Float64Array => Float64Array.from({ length: count }, (_, i) => at(i))
  return {
    symbol,
    interval,
    time: column((i) => OPEN + i * step),
    open: column(() => 10),
    high: column((i) => 11 + (i === 4321 ? 5 : 0)),
    low: column(() => 9),
    close: column(() => 10),
    volume: column(() => 1),
  }
}

const run = (prices: readonly ReportPrices[], changes: Partial<ReportInput> = {}): ReportInput => {
  const { time, interval } = prices[0]!
  return {
    title: '',
    strategy: { name: '', params: {} },
    data: { symbols: [], interval, from: OPEN, to: OPEN, source: '' },
    options: {},
    figures: { values: {}, descriptors: [] },
    equity: { time, nav: Float64Array.from(time, (_, i) => (i === 77_777 ? 5000 : 1000 + (i % 7))) },
    trades: [],
    prices,
    ...changes,
  }
}

const accumulate = (differences: readonly number[]): readonly number[] => {
  let sum = 0
  return differences.map((difference) => (sum += difference))
}

test('a long minute run is thinned, keeps its extremes and shows the time of the exchange', () => {
  const data = pageData(reportContext(run([bars('M', '1m', 100_000, MINUTE)])))
  const x = accumulate(data.equity.x)
  expect(x.length).toBeLessThanOrEqual(5000)
  expect(x.every((value, i) => i === 0 || value > x[i - 1]!)).toBe(true)
  expect(new Date(x[0]! * 1000).toISOString()).toBe('2024-03-05T09:30:00.000Z')
  expect(data.equity.lines['nav']).toContain(5000)
  const [candles] = data.prices
  expect([candles!.merged, candles!.x.length]).toEqual([20, 5000])
  expect(candles!.high[Math.floor(4321 / 20)]).toBe(16)
  expect(JSON.stringify(data).length).toBeLessThan(400_000)
})

test('fills and trades find their candle: a fill is stamped with the end of its bar', () => {
  const fill = { symbol: 'D', side: 'buy' as const, quantity: 5, price: 10.123_456_789_123, fee: 1 }
  const prices = [bars('D', '1d', 30, 86_400_000), bars('E', '1d', 30, 86_400_000)]
  const end = (bar: number): number => OPEN + bar * 86_400_000 + 390 * MINUTE
  const data = pageData(
    reportContext(
      run(prices, {
        fills: [
          { ...fill, time: end(3) },
          { ...fill, time: OPEN - 1 },
          { ...fill, time: end(4), symbol: 'E', side: 'sell', tag: 'out' },
        ],
        trades: [
          {
            symbol: 'D',
            strategy: 's',
            side: 'long',
            entryTime: end(3),
            exitTime: end(9),
            quantity: 5,
            entryPrice: 10,
            exitPrice: 12,
            pnl: 8,
            fees: 2,
          },
        ],
      }),
    ),
  )
  expect(data.prices.map(({ fills }) => fills)).toEqual([
    [[3, 1, 5, 10.123_456_8, 1, '']],
    [[4, -1, 5, 10.123_456_8, 1, 'out']],
  ])
  expect(data.prices.map(({ trades }) => trades)).toEqual([[[3, 10, 9, 12, 1, 0]], []])
  expect(new Date(data.prices[0]!.x[0]! * 1000).toISOString()).toBe('2024-03-05T00:00:00.000Z')
})

test('a hundred instruments of ten years stay below 5 MB', () => {
  const prices = Array.from({ length: 100 }, (_, i) => bars(`S${i}`, '1d', 2520, 86_400_000))
  const data = pageData(reportContext(run(prices)))
  expect(data.prices.every(({ x }) => x.length <= 600)).toBe(true)
  expect(JSON.stringify(data).length).toBeLessThan(4_500_000)
})
