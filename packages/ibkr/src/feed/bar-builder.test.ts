import { calendar } from '@onetape/calendar'
import type { BarInterval, BarValues } from '@onetape/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BarBuilder } from './bar-builder.ts'
import { BarSpans, type TradingHours } from './bar-span.ts'

const nyse = calendar('XNYS')
const at = (text: string): number => Date.parse(text)
const clock = (t: number): string => new Date(t).toISOString().slice(5, 16)

describe('where bars lie', () => {
  // 2024-07-03 closed at 13:00 (17:00 UTC), the 4th was a holiday, the 5th a whole day.
  test.each<[BarInterval, TradingHours, string, string]>([
    ['5m', 'regular', '2024-07-05T13:34:59Z', '07-05T13:30 07-05T13:35'],
    ['1h', 'regular', '2024-07-05T14:29:00Z', '07-05T13:30 07-05T14:30'],
    ['1h', 'regular', '2024-07-05T19:59:00Z', '07-05T19:30 07-05T20:00'],
    ['1h', 'regular', '2024-07-03T16:59:00Z', '07-03T16:30 07-03T17:00'],
    ['1h', 'regular', '2024-07-03T17:00:00Z', 'closed'],
    ['1h', 'extended', '2024-07-03T17:00:00Z', '07-03T17:00 07-03T18:00'],
    ['1h', 'extended', '2024-07-05T13:29:00Z', '07-05T13:00 07-05T13:30'],
    ['1d', 'regular', '2024-07-03T14:00:00Z', '07-03T13:30 07-03T17:00'],
    ['1d', 'extended', '2024-07-05T09:00:00Z', '07-05T08:00 07-06T00:00'],
    ['1w', 'regular', '2024-07-05T15:00:00Z', '07-01T13:30 07-05T20:00'],
    ['1d', 'regular', '2024-07-04T15:00:00Z', 'closed'],
  ])('%s, %s hours, %s: %s', (interval, hours, time, expected) => {
    const span = new BarSpans(interval, nyse, hours).of(at(time))
    expect(span === undefined ? 'closed' : `${clock(span.start)} ${clock(span.end)}`).toBe(expected)
  })

  test.each(['1s', '7s', '2d', '2w'] as BarInterval[])('%s cannot be built', (interval) => {
    expect(() => new BarSpans(interval, nyse, 'regular')).toThrow(/multiple of 5s below a day, 1d or 1w, found/)
  })
})

const open = at('2024-07-05T13:30:00Z')
const piece = (second: number, price: number, volume = 10): BarValues => ({
  time: open + second * 1000,
  end: open + (second + 5) * 1000,
  open: price,
  high: price + 1,
  low: price - 1,
  close: price + 0.5,
  volume,
})
function build(interval: BarInterval): { bars: (BarValues & { whole: boolean })[]; builder: BarBuilder } {
  const bars: (BarValues & { whole: boolean })[] = []
  const spans = new BarSpans(interval, nyse, 'regular')
  return { bars, builder: new BarBuilder(spans, (bar, whole) => bars.push({ ...bar, whole })) }
}

describe('bars of shorter ones', () => {
  test('a bar is given out with its last part, and not before', () => {
    const { bars, builder } = build('1m')
    for (let s = 0; s < 55; s += 5) builder.bar(piece(s, 100 + s))
    expect(bars).toEqual([])
    builder.bar(piece(55, 50))
    expect(bars).toEqual([
      { time: open, end: open + 60_000, open: 100, high: 151, low: 49, close: 50.5, volume: 120, whole: true },
    ])
  })

  test('parts without trades move time on and leave no trace; a minute of them gives no bar', () => {
    const { bars, builder } = build('1m')
    builder.bar(piece(0, 100))
    for (let s = 5; s < 125; s += 5) builder.bar(piece(s, 7, 0), false)
    expect(bars).toMatchObject([{ high: 101, low: 99, close: 100.5, volume: 10 }])
  })

  test('one that began before the data is told so, and so is one with a hole', () => {
    const { bars, builder } = build('1m')
    builder.begin(open + 30_000)
    builder.bar(piece(30, 100))
    builder.bar(piece(60, 100)) // whole from here on
    builder.begin(open + 80_000) // a new stream in the middle of the minute
    builder.bar(piece(85, 100))
    builder.bar(piece(120, 100))
    builder.advance(open + 180_000)
    expect(bars.map(({ whole }) => whole)).toEqual([false, false, true])
  })

  test('what comes after the end of its bar is refused', () => {
    const { bars, builder } = build('1m')
    builder.bar(piece(0, 100))
    builder.advance(open + 60_000)
    expect(builder.bar(piece(55, 100))).toBe(false)
    expect(builder.trade(open + 59_999, 100, 1)).toBe(false)
    expect(builder.bar(piece(60, 100))).toBe(true)
    expect(bars.length).toBe(1)
  })

  const parts = fc
    .uniqueArray(fc.nat(4_679), { minLength: 1, maxLength: 200 })
    .map((seconds) => seconds.toSorted((a, b) => a - b).map((n) => n * 5))
  test('minutes built on the way change nothing: 5s → 1m → 15m is 5s → 15m', () => {
    fc.assert(
      fc.property(parts, fc.infiniteStream(fc.integer({ min: 2, max: 500 })), (seconds, prices) => {
        const direct = build('15m')
        const minutes = build('1m')
        const twice = build('15m')
        for (const { builder } of [direct, minutes, twice]) builder.begin(open)
        for (const s of seconds) {
          const one = piece(s, prices.next().value)
          direct.builder.bar(one)
          minutes.builder.bar(one)
        }
        minutes.builder.advance(Infinity)
        direct.builder.advance(Infinity)
        for (const { whole: _, ...bar } of minutes.bars) twice.builder.bar(bar)
        twice.builder.advance(Infinity)
        expect(twice.bars).toEqual(direct.bars)
        expect(direct.bars.reduce((sum, { volume }) => sum + volume, 0)).toBe(10 * seconds.length)
      }),
    )
  })

  test('trades give the bar of their prices and sizes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ ms: fc.nat(59_999), price: fc.integer({ min: 1, max: 99 }), size: fc.nat(50) }), {
          minLength: 1,
        }),
        (unsorted) => {
          const trades = unsorted.toSorted((a, b) => a.ms - b.ms)
          const { bars, builder } = build('1m')
          builder.begin(open)
          for (const { ms, price, size } of trades) builder.trade(open + ms, price, size)
          builder.advance(open + 60_000)
          const prices = trades.map(({ price }) => price)
          expect(bars).toEqual([
            {
              time: open,
              end: open + 60_000,
              open: prices[0],
              high: Math.max(...prices),
              low: Math.min(...prices),
              close: prices.at(-1),
              volume: trades.reduce((sum, { size }) => sum + size, 0),
              whole: true,
            },
          ])
        },
      ),
    )
  })
})
