import fc from 'fast-check'
import { expect, test } from 'vitest'
import { barOfEvent, mergeCandles } from './candles.ts'

test('merged candles keep the first open, the last close, the extremes and the volume', () => {
  const { columns, merged } = mergeCandles(
    {
      time: [1, 2, 3, 4, 5],
      open: [10, 11, 12, 13, 14],
      high: [15, 19, 13, 14, 16],
      low: [9, 8, 11, 7, 13],
      close: [11, 12, 13, 14, 15],
      volume: [1, 2, 3, 4, 5],
    },
    2,
  )
  expect(merged).toBe(3)
  expect(Object.values(columns).map((column) => Array.from(column as ArrayLike<number>))).toEqual([
    [1, 4],
    [10, 13],
    [19, 16],
    [8, 7],
    [13, 15],
    [6, 9],
  ])
})

test('the bar of an event is the last that began before it', () => {
  const starts = fc.uniqueArray(fc.integer({ min: 0, max: 1000 }), { minLength: 1, maxLength: 50 })
  fc.assert(
    fc.property(starts, fc.integer({ min: -10, max: 1010 }), (unsorted, time) => {
      const times = unsorted.toSorted((a, b) => a - b)
      const slow = time === times[0] ? 0 : times.findLastIndex((start) => start < time)
      expect(barOfEvent(times, time)).toBe(slow)
    }),
  )
})
