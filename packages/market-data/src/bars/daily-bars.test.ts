import { formatInstant, instrument } from '@onetape/core'
import { expect, test } from 'vitest'
import { dailyBars } from './daily-bars.ts'

const two = { open: [1, 2], high: [3, 3], low: [1, 1], close: [2, 2], volume: [100, 0] }

test('a date is its session, early closes included', () => {
  const bars = dailyBars({ instrument: instrument('ACME'), dates: ['2024-07-02', '2024-07-03'], ...two, prices: 'raw' })
  expect(Array.from(bars.columns.time, formatInstant)).toEqual(['2024-07-02T13:30:00Z', '2024-07-03T13:30:00Z'])
  expect(Array.from(bars.columns.end, formatInstant)).toEqual(['2024-07-02T20:00:00Z', '2024-07-03T17:00:00Z'])
  expect([bars.interval, bars.length, bars.columns.close]).toEqual(['1d', 2, Float64Array.of(2, 2)])
})

test('a calendar that never closes has a session of every date', () => {
  const spec = instrument('FESX', { calendar: '24/7' })
  expect(dailyBars({ instrument: spec, dates: ['2006-01-01', '2006-01-02'], ...two }).length).toBe(2)
})

test.each([
  [['2024-07-03', '2024-07-04'], 'ACME: Expected trading days of XNYS, found 2024-07-04 in row 1. Leave it out'],
  [['2024-07-03', '3 July'], 'found "3 July"'],
  [['2024-07-03', '2024-07-02'], 'Time goes back'],
  [['2024-07-03'], 'Expected 1 values in column "open", found 2'],
])('refuses %j', (dates, message) =>
  expect(() => dailyBars({ instrument: instrument('ACME'), dates, ...two })).toThrow(message),
)
