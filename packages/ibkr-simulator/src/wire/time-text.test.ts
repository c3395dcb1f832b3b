import { expect, test } from 'vitest'
import { NEW_YORK, parseTime, utcText, zonedText } from './time-text.ts'

const T = Date.UTC(2026, 10, 19, 14, 30)

test.each([
  ['20261119 09:30:00 US/Eastern', T, true],
  ['20261119 09:30:00 America/New_York', T, true],
  ['20261119-14:30:00', T, true],
  ['20261119 14:30:00 UTC', T, true],
  ['20261119 08:30:00 US/Central', T, true],
  ['20260810 15:30:00 Europe/Berlin', Date.UTC(2026, 7, 10, 13, 30), true],
  ['20261119 09:30:00', T, false],
  ['20261119  09:30:00', T, false],
  ['20261119 09:30', T, false],
  ['20261119', Date.UTC(2026, 10, 19, 5), false],
])('%s is read', (text, time, zoned) => {
  expect(parseTime(text, 'America/New_York')).toEqual({ time, zoned })
})

test.each(['', 'today', '2026-11-19', '20261319', '20260230', '20261119 25:00:00', '20261119 09:30:00 Nowhere/Land'])(
  '"%s" is no time',
  (text) => expect(parseTime(text, 'UTC')).toBeUndefined(),
)

test('times are written in the two forms of the wire', () => {
  expect([zonedText(T, NEW_YORK), utcText(T)]).toEqual(['20261119 09:30:00 US/Eastern', '20261119-14:30:00'])
})
