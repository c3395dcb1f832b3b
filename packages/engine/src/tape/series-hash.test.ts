import type { BarColumns } from '@onetape/core'
import { randomBars } from '@onetape/testkit'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SeriesHash } from './series-hash.ts'

const BARS = 300
const bars = randomBars(7, BARS)

function lanes(columns: BarColumns, ends: readonly number[], sessions = true): string {
  const hash = new SeriesHash(sessions)
  for (const end of ends) hash.advance(columns, end)
  return hash.lanes.join(' ')
}

const whole = lanes(bars, [BARS])

test('the hash does not depend on how bars are grouped', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: BARS }), { maxLength: 20 }), (cuts) => {
      expect(lanes(bars, [...cuts.toSorted((a, b) => a - b), BARS])).toBe(whole)
    }),
  )
})

test('bars that were taken are not taken again', () => {
  expect(lanes(bars, [BARS, 10, BARS])).toBe(whole)
  expect(lanes(bars, [BARS - 1])).not.toBe(whole)
})

test('every single-bit change of any figure of any bar gives a new hash', () => {
  const column = fc.constantFrom(...(['time', 'end', 'open', 'high', 'low', 'close', 'volume'] as const))
  fc.assert(
    fc.property(column, fc.nat(BARS - 1), fc.nat(63), (name, bar, bit) => {
      const copy = bars[name].slice()
      new Uint32Array(copy.buffer)[bar * 2 + (bit >> 5)]! ^= 1 << (bit & 31)
      expect(lanes({ ...bars, [name]: copy }, [BARS])).not.toBe(whole)
    }),
    { numRuns: 500 },
  )
})

test('ends count for session bars only: for others they follow from the starts', () => {
  const other = { ...bars, end: bars.end.map((t) => t + 1) }
  expect(lanes(other, [BARS])).not.toBe(whole)
  expect(lanes(other, [BARS], false)).toBe(lanes(bars, [BARS], false))
})

const cut = (c: BarColumns, take: (column: Float64Array) => Float64Array): BarColumns => ({
  time: take(c.time),
  end: take(c.end),
  open: take(c.open),
  high: take(c.high),
  low: take(c.low),
  close: take(c.close),
  volume: take(c.volume),
})

test('a window of the columns hashes like a copy of it', () => {
  const view = cut(bars, (c) => c.subarray(37, 201))
  const copy = cut(bars, (c) => c.slice(37, 201))
  expect(lanes(view, [164])).toBe(lanes(copy, [164]))
})
