import { type BarSeries, barSeries, instrument } from '@onetape/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { joined, missingSpans } from './data-store.ts'

const MINUTE = 60_000
const START = Date.UTC(2026, 8, 16, 14)

/** Bars of the minutes `from` to `to`, the latter excluded: all that the broker has there. */
function bars(from: number, to: number, scale = 1): BarSeries {
  const time = Float64Array.from({ length: Math.max(0, to - from) }, (_, i) => START + (from + i) * MINUTE)
  const close = time.map((at) => (100 + ((at / MINUTE) % 7)) * scale)
  return barSeries({
    instrument: instrument('AAA', { calendar: '24/7', tick: 0.01 }),
    interval: '1m',
    columns: { time, open: close, high: close, low: close, close, volume: close },
    prices: 'split-adjusted',
  })
}

function minuteOf(time: number): number {
  return Math.min(200, Math.max(0, Math.ceil((time - START) / MINUTE)))
}

/** What the broker answers: bars that start in the span, out of the minutes 0 to 200. */
function fetched({ from, to }: { readonly from: number; readonly to: number }): BarSeries {
  return bars(minuteOf(from), minuteOf(to))
}

const minute = fc.integer({ min: -20, max: 220 })

test('however early it ends, there is no gap; to the end, the bars are those of one download', () => {
  const stored = fc.option(fc.tuple(fc.integer({ min: 0, max: 150 }), fc.integer({ min: 1, max: 50 })))
  const wanted = fc.tuple(minute, minute).filter(([from, to]) => from < to)
  const part = fc.integer({ min: 2 * MINUTE, max: 90 * MINUTE })
  fc.assert(
    fc.property(stored, wanted, part, (known, [from, to], partMs) => {
      const before = known === null ? undefined : bars(known[0], known[0] + known[1])
      const span = { from: START + from * MINUTE, to: START + to * MINUTE }
      let all = before
      for (const each of missingSpans(span, before, partMs)) {
        expect(each.to - each.from).toBeLessThanOrEqual(partMs)
        const more = fetched(each)
        if (more.length > 0) all = joined(all, more, 'prices')
        const times = [...(all?.columns.time ?? [])]
        expect(times.every((time, i) => i === 0 || time === times[i - 1]! + MINUTE)).toBe(true)
      }
      const first = Math.min(known?.[0] ?? Infinity, Math.max(0, from))
      const last = Math.max(known === null ? -Infinity : known[0] + known[1], Math.min(200, to))
      expect(all?.columns ?? bars(0, 0).columns).toEqual(bars(first, Math.max(first, last)).columns)
    }),
  )
})

test('nothing is asked for that is there', () => {
  expect(missingSpans({ from: START, to: START + 50 * MINUTE }, bars(0, 50), MINUTE)).toEqual([])
})

test('another scale is noticed at either end, a corrected cent is not', () => {
  expect(() => joined(bars(10, 20), bars(19, 30, 0.5), 'prices')).toThrow('After a split')
  expect(() => joined(bars(10, 20), bars(0, 11, 2), 'prices')).toThrow('After a split')
  expect(joined(bars(10, 20), bars(19, 30, 1.0001), 'prices').length).toBe(20)
})
