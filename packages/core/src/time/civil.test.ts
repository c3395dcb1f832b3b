import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MS_PER_DAY, civilFromDays, daysFromCivil, formatDay, formatInstant, parseDay } from './civil.ts'

// ECMAScript's Date is the outside truth: proleptic Gregorian, UTC.
const days = fc.integer({ min: -800_000, max: 2_900_000 }) // years −221 to 9909

test('days and civil dates agree with Date in UTC, both ways', () => {
  fc.assert(
    fc.property(days, (day) => {
      const date = new Date(day * MS_PER_DAY)
      const civil = { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() }
      expect(civilFromDays(day)).toEqual(civil)
      expect(daysFromCivil(civil.year, civil.month, civil.day)).toBe(day)
    }),
    { numRuns: 2000 },
  )
})

test('a day beyond the end of its month runs on into the next', () => {
  expect(formatDay(daysFromCivil(2024, 2, 30))).toBe('2024-03-01')
  expect(formatDay(daysFromCivil(2023, 12, 32))).toBe('2024-01-01')
})

test('instants are written as Date writes them, milliseconds only when there are some', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 253_402_300_799_999 }), (time) => {
      const iso = new Date(time).toISOString()
      expect(formatInstant(time)).toBe(iso.replace('.000Z', 'Z'))
      expect(formatDay(Math.floor(time / MS_PER_DAY))).toBe(iso.slice(0, 10))
      expect(parseDay(iso.slice(0, 10))).toBe(Math.floor(time / MS_PER_DAY))
    }),
    { numRuns: 1000 },
  )
  expect(formatInstant(-1)).toBe('1969-12-31T23:59:59.999Z')
  expect([NaN, Infinity].map(formatInstant)).toEqual(['NaN', 'Infinity'])
})

test.each([
  '2024-02-30',
  '2023-02-29',
  '2100-02-29',
  '2024-13-01',
  '2024-00-10',
  '2024-04-00',
  '2024-4-1',
  '28.03.2024',
  '2024-03-28T13:30',
  '',
])('%j is no date', (text) => {
  expect(() => parseDay(text, '--from')).toThrow(`--from: Expected a date like 2024-03-28, found "${text}".`)
})

test('leap days are dates', () => {
  expect(['2024-02-29', '2000-02-29'].map((text) => formatDay(parseDay(text)))).toEqual(['2024-02-29', '2000-02-29'])
})
