import fc from 'fast-check'
import { expect, test } from 'vitest'
import { calendar } from './calendar.ts'

const always = calendar('24/7')
const DAY = 86_400_000
const time = fc.integer({ min: Date.UTC(1900, 0, 1), max: Date.UTC(2200, 0, 1) })

test('every instant is open and belongs to the session of its UTC day', () => {
  fc.assert(
    fc.property(time, (t) => {
      const session = always.sessionOf(t)
      expect(always.isOpen(t) && always.isExtended(t)).toBe(true)
      expect(session?.date).toBe(new Date(t).toISOString().slice(0, 10))
      expect(always.dateOf(t)).toBe(session?.date)
      expect(always.sessionFor(t)).toBe(session)
      expect(session !== undefined && session.open <= t && t < session.close).toBe(true)
      expect(always.next(t).open).toBe(session?.close)
      expect(always.previous(t).close).toBe(session?.open)
    }),
  )
})

test('sessions overlap the range, its end excluded', () => {
  const from = always.toUtc('2024-02-28', '12:00')
  const dates = (to: number): string[] => always.sessions(from, to).map((session) => session.date)
  expect(dates(from)).toEqual([])
  expect(dates(from + 1)).toEqual(['2024-02-28'])
  expect(dates(always.toUtc('2024-03-01', '00:00'))).toEqual(['2024-02-28', '2024-02-29'])
  expect(dates(always.toUtc('2024-03-01', '00:00') + 1)).toEqual(['2024-02-28', '2024-02-29', '2024-03-01'])
})

test('extended hours are the session itself', () => {
  const session = always.sessionFor(0)
  expect(always.extendedHours(session)).toEqual({ open: 0, close: DAY })
  expect(always.sessionOn('1970-01-01')).toBe(session)
  expect(always.sessionsPerYear).toBe(365)
})

test('outside the years 1 to 9999 it throws', () => {
  for (const t of [Number.NaN, Infinity, -Infinity, always.toUtc('0001-01-01', '00:00') - 1])
    expect(() => always.isOpen(t)).toThrow('which knows 0001-01-01 to 9999-12-31')
  expect(() => always.next(always.toUtc('9999-12-31', '00:00'))).toThrow('24/7')
  expect(() => always.previous(always.toUtc('0001-01-01', '00:00'))).toThrow('24/7')
  expect(() => always.sessionOn('0000-12-31')).toThrow('24/7')
  expect(() => always.sessionOn('2023-02-29')).toThrow('found "2023-02-29"')
  expect(() => always.sessions(DAY, 0)).toThrow('in order of time')
})
