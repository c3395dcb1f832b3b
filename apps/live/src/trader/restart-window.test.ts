import { expect, test } from 'vitest'
import { inWindow } from './restart-window.ts'

const night = { from: '23:40', to: '00:10' }

test.each([
  // New York is four hours behind UTC in summer, five in winter.
  ['2026-07-01T03:39:59Z', false],
  ['2026-07-01T03:40:00Z', true],
  ['2026-07-01T04:09:59Z', true],
  ['2026-07-01T04:10:00Z', false],
  ['2026-12-01T04:40:00Z', true],
  ['2026-12-01T15:00:00Z', false],
])('%s is in the window over midnight: %s', (time, inside) => expect(inWindow(night, Date.parse(time))).toBe(inside))

test('a window within a day', () => {
  const noon = { from: '12:00', to: '12:05' }
  expect(inWindow(noon, Date.parse('2026-07-01T16:04:59Z'))).toBe(true)
  expect(inWindow(noon, Date.parse('2026-07-01T16:05:00Z'))).toBe(false)
})
