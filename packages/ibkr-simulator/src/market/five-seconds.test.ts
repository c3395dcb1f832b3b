import { seededRandom } from '@onetape/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type MarketBar, splitBar, tradesOf } from './five-seconds.ts'

/** A recorded bar: open and close inside low and high, prices with up to four places, volume perhaps fractional. */
const bar = fc
  .record({
    prices: fc.array(fc.integer({ min: 1, max: 9_999_999 }), { minLength: 4, maxLength: 4 }),
    volume: fc.oneof(fc.nat(10_000_000), fc.double({ min: 0, max: 1e7, noNaN: true })),
    last: fc.boolean(),
  })
  .map(({ prices, volume, last }): MarketBar => {
    const [low, a, b, high] = prices.toSorted((x, y) => x - y).map((p) => p / 10_000)
    return { time: 1_000_000_000_000, open: last ? a! : b!, high: high!, low: low!, close: last ? b! : a!, volume }
  })

function joined(bars: readonly Readonly<{ open: number; high: number; low: number; close: number; volume: number }>[]) {
  return {
    open: bars[0]!.open,
    high: bars.reduce((x, b) => Math.max(x, b.high), -Infinity),
    low: bars.reduce((x, b) => Math.min(x, b.low), Infinity),
    close: bars.at(-1)!.close,
    volume: bars.reduce((x, b) => x + b.volume, 0),
  }
}

test('five-second bars of a recorded bar join to the very same bar, bit for bit', () => {
  const lengths = fc.constantFrom(10_000, 60_000, 300_000, 3_600_000)
  fc.assert(
    fc.property(bar, lengths, fc.nat(), (recorded, length, seed) => {
      const parts = splitBar(recorded, length, 0.01, seededRandom(seed))
      expect(parts).toHaveLength(length / 5000)
      const { time, ...figures } = recorded
      expect(parts[0]!.time).toBe(time)
      expect(joined(parts)).toStrictEqual(figures)
      for (const [i, p] of parts.entries()) {
        expect(p.low <= Math.min(p.open, p.close) && p.high >= Math.max(p.open, p.close) && p.volume >= 0).toBe(true)
        expect(p.open).toBe(i > 0 ? parts[i - 1]!.close : recorded.open)
      }
    }),
    { numRuns: 300 },
  )
})

test('the trades of a five-second bar join to it', () => {
  fc.assert(
    fc.property(bar, (b) => {
      fc.pre(b.volume > 0)
      const trades = tradesOf(b)
      const { time: _, volume, ...prices } = b
      const { volume: sum, ...made } = joined(
        trades.map(({ price, size }) => ({ open: price, high: price, low: price, close: price, volume: size })),
      )
      expect(made).toStrictEqual(prices)
      expect(sum).toBeCloseTo(volume, 6)
    }),
  )
})

test('a bar without volume has no trades', () =>
  expect(tradesOf({ time: 0, open: 1, high: 1, low: 1, close: 1, volume: 0 })).toEqual([]))
