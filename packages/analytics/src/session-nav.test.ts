import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { navAtSessionCloses, type NavSession } from './session-nav.ts'

const HOUR = 3_600_000
const session = (date: string, closeHour = 20): NavSession => ({
  date,
  open: Date.parse(`${date}T13:30Z`),
  close: Date.parse(`${date}T00:00Z`) + closeHour * HOUR,
})
const week = ['2024-07-01', '2024-07-02', '2024-07-03', '2024-07-05', '2024-07-08'].map((date) =>
  session(date, date === '2024-07-03' ? 17 : 20),
)
const at = (text: string): number => Date.parse(text)
const dayOf = (date: string): number => Date.parse(date) / 86_400_000

describe('three daily bars', () => {
  const times = week.slice(1, 4).map(({ close }) => close)

  test('N sessions give N returns, from the session before the first', () => {
    expect(navAtSessionCloses(times, [100, 110, 121], week, 100)).toEqual({
      time: Float64Array.from([week[0]!.close, ...times]),
      nav: Float64Array.from([100, 100, 110, 121]),
      day: Int32Array.from(['2024-07-01', '2024-07-02', '2024-07-03', '2024-07-05'].map(dayOf)),
    })
  })
  test('without a session before the first, it stands a weekday earlier: Friday before Monday', () => {
    const alone = navAtSessionCloses([week[4]!.close], [105], week.slice(4), 100)
    expect(Array.from(alone.day)).toEqual([dayOf('2024-07-05'), dayOf('2024-07-08')])
    expect(alone.time[0]).toBe(Date.parse('2024-07-05T20:00Z'))
  })
})

test('of many points the last at or before each close counts; a session without any keeps the value before', () => {
  const times = [
    at('2024-07-01T14:00Z'),
    at('2024-07-01T20:00Z'),
    at('2024-07-01T22:00Z'), // after hours: the next session's
    at('2024-07-03T16:59Z'),
    at('2024-07-03T17:01Z'), // after the early close
    at('2024-07-08T15:00Z'),
    at('2024-07-08T21:00Z'), // after the last close: still the last session's
  ]
  const series = navAtSessionCloses(times, [101, 102, 103, 104, 105, 106, 107], week, 100)
  expect(Array.from(series.nav)).toEqual([100, 102, 103, 104, 105, 107])
})

test('nothing to sample gives empty series', () => {
  expect(navAtSessionCloses([], [], week, 100).nav).toHaveLength(0)
  expect(navAtSessionCloses([Date.parse('2030-01-01')], [100], week, 100).time).toHaveLength(0)
  expect(navAtSessionCloses([week[0]!.close], [100], [], 100).day).toHaveLength(0)
})

test('against a search for every session; first and last values are those of the run', () => {
  const start = week[0]!.open
  const minutes = fc.uniqueArray(fc.integer({ min: 1, max: 7 * 24 * 60 - 24 * 60 }), { minLength: 1, maxLength: 40 })
  fc.assert(
    fc.property(minutes, (raw) => {
      const times = raw.toSorted((a, b) => a - b).map((minute) => start + minute * 60_000)
      const equity = times.map((_, i) => 1000 + i)
      const { time, nav } = navAtSessionCloses(times, equity, week, 1000.5)
      expect(nav[0]).toBe(1000.5)
      fc.pre(nav.length > 1)
      expect(nav.at(-1)).toBe(equity.at(-1))
      for (let i = 1; i < nav.length - 1; i++) {
        const known = times.findLastIndex((t) => t <= time[i]!)
        expect(nav[i]).toBe(known < 0 ? 1000.5 : equity[known])
      }
    }),
  )
})
