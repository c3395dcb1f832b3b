import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseTwsDate, parseTwsTime, utcText } from './tws-time.ts'

const iso = (time: number): string => (Number.isNaN(time) ? 'NaN' : new Date(time).toISOString())

describe('moments of TWS', () => {
  test.each([
    ['20260413 15:27:04 US/Eastern', '2026-04-13T19:27:04.000Z'], // a capture of a paper gateway, April 2026
    ['20260413-19:27:04', '2026-04-13T19:27:04.000Z'],
    ['20260113 15:27:04 America/New_York', '2026-01-13T20:27:04.000Z'],
    ['20260113 15:27:04 EST', '2026-01-13T20:27:04.000Z'],
    ['20260713 15:27:04 US/Central', '2026-07-13T20:27:04.000Z'],
    ['20260713 15:27:04 Europe/Berlin', '2026-07-13T13:27:04.000Z'],
    ['20260713 15:27:04 MET', '2026-07-13T13:27:04.000Z'],
    ['20260713 15:27:04 Asia/Hong_Kong', '2026-07-13T07:27:04.000Z'],
    ['20260713 15:27:04 GMT', '2026-07-13T15:27:04.000Z'],
    ['20261119  16:00:00', '2026-11-19T21:00:00.000Z'], // two blanks and no zone: older versions, in the login's zone
    ['1795118400', '2026-11-19T20:00:00.000Z'],
    ['20260308 03:30:00 US/Central', '2026-03-08T08:30:00.000Z'], // the first half hour after the clocks went forward
    ['20260713 15:27:04 Middle/Earth', 'NaN'],
    ['20260230 15:27:04 UTC', 'NaN'],
    ['20260713 24:00:00 UTC', 'NaN'],
    ['finished-20260713', 'NaN'],
    ['', 'NaN'],
  ])('%s is %s', (text, expected) => expect(iso(parseTwsTime(text, 'US/Eastern'))).toBe(expected))

  test('what is written is read back, for any second of a century', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_000_000_000 }), (second) => {
        expect(parseTwsTime(utcText(second * 1000), 'US/Eastern')).toBe(second * 1000)
      }),
    )
  })

  test('any text gives a number or NaN', () => {
    fc.assert(fc.property(fc.string(), (text) => typeof parseTwsTime(text, 'UTC') === 'number'))
  })

  test.each([
    ['20261119', '2026-11-19'],
    ['20260230', undefined],
    ['2026-11-19', undefined],
  ])('date %s is %s', (text, expected) => expect(parseTwsDate(text)).toBe(expected))
})
