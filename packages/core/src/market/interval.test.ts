import { expect, expectTypeOf, test } from 'vitest'
import { type BarInterval, intervalMs, isSessionInterval } from './interval.ts'

test.each([
  ['5s', 5000, false],
  ['1m', 60_000, false],
  ['15m', 900_000, false],
  ['1h', 3_600_000, false],
  ['1d', 86_400_000, true],
  ['2w', 1_209_600_000, true],
] as const)('%s has %d ms; whole sessions: %s', (interval, ms, session) => {
  expect(intervalMs(interval)).toBe(ms)
  expect(isSessionInterval(interval)).toBe(session)
})

test.each(['0m', '-1m', '1.5h', '1', 'm', '1M', '01m', '1 m', '', '1mo'])('%j is no interval', (text) => {
  expect(() => intervalMs(text as BarInterval)).toThrow(
    `Expected an interval like 5s, 1m, 1h, 1d or 1w, found "${text}".`,
  )
})

test('the type knows the units', () => {
  expectTypeOf<'5m'>().toExtend<BarInterval>()
  expectTypeOf<'5x'>().not.toExtend<BarInterval>()
})
