import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { monthlyReturns, yearlyReturns } from './calendar-returns.ts'

const dayOf = (date: string): number => Date.parse(date) / 86_400_000

test('a month runs from the last value of the month before; the first from the initial cash', () => {
  const days = ['2023-12-28', '2023-12-29', '2024-01-02', '2024-01-31', '2024-03-01'].map(dayOf)
  expect(monthlyReturns(days, [100, 110, 121, 99, 108.9])).toEqual([
    { year: 2023, month: 12, return: 110 / 100 - 1, sessions: 1 },
    { year: 2024, month: 1, return: 99 / 110 - 1, sessions: 2 },
    { year: 2024, month: 3, return: 108.9 / 99 - 1, sessions: 1 },
  ])
  expect(yearlyReturns(days, [100, 110, 121, 99, 108.9])).toEqual([
    { year: 2023, month: 0, return: 110 / 100 - 1, sessions: 1 },
    { year: 2024, month: 0, return: 108.9 / 110 - 1, sessions: 3 },
  ])
  expect(monthlyReturns([], [])).toEqual([])
  expect(yearlyReturns(days.slice(0, 2), [0.5, 0.6])[0]!.return).toBeCloseTo(0.2, 14)
  expect(yearlyReturns(days.slice(0, 2), [0, 1])[0]!.return).toBeNaN()
})

test('months and years compound to the whole, and hold every session once', () => {
  const steps = fc.array(fc.tuple(fc.integer({ min: 1, max: 70 }), fc.double({ min: -0.5, max: 1, noNaN: true })), {
    minLength: 1,
    maxLength: 60,
  })
  fc.assert(
    fc.property(steps, (rows) => {
      const day = [19_000]
      const nav = [1000]
      for (const [gap, r] of rows) {
        day.push(day.at(-1)! + gap)
        nav.push(nav.at(-1)! * (1 + r))
      }
      for (const table of [monthlyReturns(day, nav), yearlyReturns(day, nav)]) {
        const growth = table.reduce((product, row) => product * (1 + row.return), 1)
        expect(growth / (nav.at(-1)! / 1000)).toBeCloseTo(1, 9)
        expect(table.reduce((count, row) => count + row.sessions, 0)).toBe(rows.length)
        expect(new Set(table.map(({ year, month }) => `${year}-${month}`)).size).toBe(table.length)
      }
    }),
  )
})
