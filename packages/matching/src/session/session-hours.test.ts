import { calendar } from '@onetape/calendar'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SessionHours } from './session-hours.ts'

const nyse = calendar('XNYS')
const at = (date: string, time: string): number => nyse.toUtc(date, time)

test.each([
  ['2024-03-05', '09:29', false, false],
  ['2024-03-05', '09:30', false, true],
  ['2024-03-05', '15:59', false, true],
  ['2024-03-05', '16:00', false, false],
  ['2024-03-05', '16:00', true, true],
  ['2024-03-05', '20:00', true, false],
  ['2024-03-09', '11:00', true, false],
])('%s %s with outsideRth %s: %s', (date, time, outsideRth, admitted) =>
  expect(new SessionHours(nyse).admits(at(date, time), outsideRth)).toBe(admitted),
)

test.each([
  ['in the session', '2024-03-05', '11:00', false, '2024-03-05', '16:00'],
  ['before it', '2024-03-05', '05:00', false, '2024-03-05', '16:00'],
  ['at its close', '2024-03-05', '16:00', false, '2024-03-06', '16:00'],
  ['on the evening before a weekend', '2024-03-08', '17:00', false, '2024-03-11', '16:00'],
  ['in the evening, with extended hours', '2024-03-05', '17:00', true, '2024-03-05', '20:00'],
  ['at 20:00, with extended hours', '2024-03-05', '20:00', true, '2024-03-06', '20:00'],
  ['on an early close', '2024-11-29', '10:00', false, '2024-11-29', '13:00'],
])('a DAY order accepted %s', (_when, date, time, outsideRth, endDate, end) =>
  expect(new SessionHours(nyse).dayEnd(at(date, time), outsideRth)).toBe(at(endDate, end)),
)

test('what was asked before changes no answer', () => {
  const month = fc.integer({ min: at('2024-11-01', '00:00'), max: at('2024-12-01', '00:00') })
  fc.assert(
    fc.property(fc.array(month, { minLength: 1, maxLength: 20 }), fc.boolean(), (times, outsideRth) => {
      const remembers = new SessionHours(nyse)
      for (const time of times) {
        const regular = nyse.isOpen(time)
        expect(remembers.admits(time, outsideRth)).toBe(outsideRth ? nyse.isExtended(time) : regular)
        expect(remembers.dayEnd(time, outsideRth)).toBe(new SessionHours(nyse).dayEnd(time, outsideRth))
      }
    }),
  )
})
