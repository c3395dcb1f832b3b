import { expect, test } from 'vitest'
import { parseWallTime } from './wall-time.ts'

test.each([
  ['00:00', 0],
  ['09:30', 34_200_000],
  ['16:00:01', 57_601_000],
  ['23:59:59.999', 86_399_999],
])('%s is %d ms from midnight', (time, ms) => expect(parseWallTime(time)).toBe(ms))

test.each(['24:00', '9:30', '09:60', '09:30:60', '09:30:00.1', '09:30 ', '0930', ''])('refuses "%s"', (time) =>
  expect(() => parseWallTime(time)).toThrow(`found "${time}"`),
)
