import { daysFromCivil, formatDay } from '@onetape/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { easterSunday } from './easter.ts'
import { lastWeekday, nthWeekday, weekdayOf } from './weekday.ts'

const day = fc.integer({ min: -800_000, max: 2_900_000 })
const month = fc.record({ year: fc.integer({ min: 1583, max: 9998 }), month: fc.integer({ min: 1, max: 12 }) })
const weekday = fc.integer({ min: 0, max: 6 })

test('the weekday is that of the platform', () => {
  fc.assert(
    fc.property(day, (days) => {
      expect(weekdayOf(days)).toBe(new Date(days * 86_400_000).getUTCDay())
    }),
  )
})

test('the n-th weekday of a month is that weekday, and the n-th of them', () => {
  fc.assert(
    fc.property(month, weekday, fc.integer({ min: 1, max: 4 }), (m, wanted, nth) => {
      const found = nthWeekday(nth, wanted, m.year, m.month)
      const dayOfMonth = found - daysFromCivil(m.year, m.month, 1) + 1
      expect(weekdayOf(found)).toBe(wanted)
      expect(Math.ceil(dayOfMonth / 7)).toBe(nth)
    }),
  )
})

test('the last weekday of a month lies in it, and a week later does not', () => {
  fc.assert(
    fc.property(month, weekday, (m, wanted) => {
      const found = formatDay(lastWeekday(wanted, m.year, m.month))
      expect(weekdayOf(lastWeekday(wanted, m.year, m.month))).toBe(wanted)
      expect(found.slice(5, 7)).toBe(String(m.month).padStart(2, '0'))
      expect(formatDay(lastWeekday(wanted, m.year, m.month) + 7).slice(5, 7)).not.toBe(found.slice(5, 7))
    }),
  )
})

// US Census Bureau, "Easter Dates from 1600 to 2099": https://www.census.gov/data/software/x13as/genhol/easter-dates.html
test.each([
  '1990-04-15',
  '2000-04-23',
  '2008-03-23',
  '2011-04-24',
  '2016-03-27',
  '2019-04-21',
  '2024-03-31',
  '2026-04-05',
])('Easter %s', (date) => expect(formatDay(easterSunday(Number(date.slice(0, 4))))).toBe(date))
