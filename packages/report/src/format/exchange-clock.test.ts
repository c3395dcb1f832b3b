import { expect, test } from 'vitest'
import { exchangeClock } from './exchange-clock.ts'

const newYork = exchangeClock('America/New_York')

test.each([
  ['2024-01-16T14:30:00Z', '2024-01-16', '2024-01-16 09:30'],
  ['2024-07-16T13:30:00Z', '2024-07-16', '2024-07-16 09:30'],
  ['2024-07-17T01:30:05Z', '2024-07-16', '2024-07-16 21:30:05'],
  ['1962-01-02T15:00:00Z', '1962-01-02', '1962-01-02 10:00'],
])('%s in New York', (instant, day, minute) => {
  const time = Date.parse(instant)
  expect([newYork.day(time), newYork.minute(time)]).toEqual([day, minute])
})

test('agrees with the ICU tables of Node around the changes of 2024', () => {
  const icu = new Intl.DateTimeFormat('sv-SE', { timeZone: 'America/New_York', dateStyle: 'short', timeStyle: 'short' })
  for (let time = Date.UTC(2024, 0, 1); time < Date.UTC(2025, 0, 1); time += 5_400_000)
    expect(newYork.minute(time)).toBe(icu.format(time))
})

test('a missing time is n/a, an unknown zone an error', () => {
  expect([newYork.day(NaN), newYork.minute(NaN)]).toEqual(['n/a', 'n/a'])
  expect(() => exchangeClock('Mars/Olympus')).toThrow('Expected the time zone')
})
