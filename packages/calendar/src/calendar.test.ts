import { expect, test } from 'vitest'
import { calendar, calendarNames } from './calendar.ts'

test.each(calendarNames)('%s is one object, under its own name', (name) => {
  expect(calendar(name).name).toBe(name)
  expect(calendar(name)).toBe(calendar(name))
})

test.each([
  ['XNYZ', 'Did you mean "XNYS"?'],
  ['xnas', 'Did you mean "XNAS"?'],
  ['NYSE', 'Did you mean "XNYS"?'],
  ['nasdaq', 'Did you mean "XNAS"?'],
  ['crypto', 'Did you mean "24/7"?'],
  ['XETRA-FRANKFURT', 'Known: XNYS, XNAS, 24/7.'],
  ['', 'found ""'],
])('refuses "%s": %s', (name, message) => {
  expect(() => calendar(name)).toThrow(
    expect.objectContaining({
      name: 'InputError',
      code: 'calendar.unknown',
      message: expect.stringContaining(message) as string,
    }),
  )
})
