import { MS_PER_DAY } from '@onetape/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Disambiguation, parseZone, utcOffsetMs, wallToUtc, type Zone, zonedToUtc } from './zone.ts'

const HOUR = 3_600_000
const NY = 'America/New_York'

/** The outside answer: the IANA database in Node's ICU. */
const icu = new Intl.DateTimeFormat('en-US', {
  timeZone: NY,
  hourCycle: 'h23',
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
  hour: 'numeric',
  minute: 'numeric',
  second: 'numeric',
})
function icuOffsetMs(t: number): number {
  const part = Object.fromEntries(icu.formatToParts(t).map(({ type, value }) => [type, Number(value)]))
  const of = (name: string): number => part[name] ?? Number.NaN
  return (
    Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second')) -
    Math.floor(t / 1000) * 1000
  )
}

describe('New York', () => {
  test('agrees with the IANA database at noon of every day from 1967 to 2037 and at each hour of the days that change', () => {
    const wrong: string[] = []
    let changes = 0
    let last = -5 * HOUR
    for (let t = Date.UTC(1967, 0, 2, 12); t < Date.UTC(2038, 0, 1); t += MS_PER_DAY) {
      const expected = icuOffsetMs(t)
      if (utcOffsetMs(NY, t) !== expected) wrong.push(new Date(t).toISOString())
      if (expected !== last) {
        changes++
        for (let h = t - 24 * HOUR; h <= t; h += HOUR / 2)
          for (const at of [h - 1, h])
            if (utcOffsetMs(NY, at) !== icuOffsetMs(at)) wrong.push(new Date(at).toISOString())
      }
      last = expected
    }
    expect(wrong).toEqual([])
    expect(changes).toBe(2 * 71)
  })

  test('agrees with the IANA database at any instant, in any order', () => {
    fc.assert(
      fc.property(fc.integer({ min: Date.UTC(1967, 0, 2), max: Date.UTC(2037, 11, 31) }), (t) => {
        expect(utcOffsetMs(NY, t)).toBe(icuOffsetMs(t))
      }),
      { numRuns: 3000 },
    )
  })

  test('UTC → wall → UTC gives the instant back, the second of two equal wall times as `later`', () => {
    fc.assert(
      fc.property(fc.integer({ min: Date.UTC(1967, 0, 2), max: Date.UTC(2100, 0, 1) }), (t) => {
        const wall = t + utcOffsetMs(NY, t)
        expect([wallToUtc(NY, wall), wallToUtc(NY, wall, 'later')]).toContain(t)
      }),
    )
    // every half hour of the two days of 2026 on which the clocks change
    for (const day of [Date.UTC(2026, 2, 8), Date.UTC(2026, 10, 1)])
      for (let t = day; t < day + MS_PER_DAY; t += HOUR / 2) {
        const wall = t + utcOffsetMs(NY, t)
        expect([wallToUtc(NY, wall, 'earlier'), wallToUtc(NY, wall, 'later')]).toContain(t)
      }
  })

  // 2026-03-08 02:00 EST → 03:00 EDT and 2026-11-01 02:00 EDT → 01:00 EST: https://www.nist.gov/pml/time-and-frequency-division/popular-links/daylight-saving-time-dst
  test.each<[string, number, number, Disambiguation, number]>([
    ['skipped 02:30 moves forward', 3, 8, 'compatible', Date.UTC(2026, 2, 8, 7, 30)],
    ['skipped 02:30, later', 3, 8, 'later', Date.UTC(2026, 2, 8, 7, 30)],
    ['skipped 02:30, earlier', 3, 8, 'earlier', Date.UTC(2026, 2, 8, 6, 30)],
  ])('%s', (_, month, day, how, utc) => expect(zonedToUtc(NY, 2026, month, day, 2.5 * HOUR, how)).toBe(utc))

  test.each<[Disambiguation, number]>([
    ['compatible', Date.UTC(2026, 10, 1, 5, 30)],
    ['earlier', Date.UTC(2026, 10, 1, 5, 30)],
    ['later', Date.UTC(2026, 10, 1, 6, 30)],
  ])('01:30 shown twice, %s', (how, utc) => expect(zonedToUtc(NY, 2026, 11, 1, 1.5 * HOUR, how)).toBe(utc))

  test('the edges of both hours have one instant each', () => {
    const at = (month: number, day: number, hours: number): number =>
      zonedToUtc(NY, 2026, month, day, hours * HOUR, 'reject')
    expect(at(3, 8, 2 - 1 / HOUR)).toBe(Date.UTC(2026, 2, 8, 7) - 1)
    expect(at(3, 8, 3)).toBe(Date.UTC(2026, 2, 8, 7))
    expect(at(11, 1, 1 - 1 / HOUR)).toBe(Date.UTC(2026, 10, 1, 5) - 1)
    expect(at(11, 1, 2)).toBe(Date.UTC(2026, 10, 1, 7))
  })

  test('reject names the wall time and the way out', () => {
    expect(() => zonedToUtc(NY, 2026, 3, 8, 2.5 * HOUR, 'reject')).toThrow(
      'found 2026-03-08T02:30:00, which its clocks skip. Give the times in UTC',
    )
    expect(() => zonedToUtc(NY, 2026, 11, 1, 1.5 * HOUR, 'reject')).toThrow('which its clocks show twice')
  })

  test.each([Date.UTC(1966, 11, 31), Number.NaN, Infinity, -Infinity])('refuses %d', (t) =>
    expect(() => utcOffsetMs(NY, t)).toThrow('Expected a time in New York from 1967'),
  )
})

describe('UTC and fixed offsets', () => {
  test.each<[Zone, number]>([
    ['UTC', 0],
    ['+00:00', 0],
    ['-05:00', -5 * HOUR],
    ['+05:30', 5.5 * HOUR],
    ['-09:30', -9.5 * HOUR],
    ['+14:00', 14 * HOUR],
  ])('%s', (zone, offset) => {
    expect(utcOffsetMs(zone, 0)).toBeCloseTo(offset, 0)
    expect(zonedToUtc(zone, 2024, 2, 29, 9.5 * HOUR)).toBe(Date.UTC(2024, 1, 29, 9, 30) - offset)
  })

  test('refuses NaN', () => expect(() => utcOffsetMs('UTC', Number.NaN)).toThrow('found NaN'))
})

describe('parseZone', () => {
  test.each([
    ['UTC', 'UTC'],
    ['utc', 'UTC'],
    ['Z', 'UTC'],
    ['US/Eastern', NY],
    ['america/new_york', NY],
    ['-05:00', '-05:00'],
  ])('%s is %s', (name, zone) => expect(parseZone(name)).toBe(zone))

  test.each([
    ['EST', 'Did you mean "America/New_York"?'],
    ['New York', 'Did you mean "America/New_York"?'],
    ['-0500', 'Did you mean "-05:00"?'],
    ['+02', 'Did you mean "+02:00"?'],
    ['Europe/Berlin', 'found "Europe/Berlin"'],
    ['+15:00', 'found "+15:00"'],
    ['+05:60', 'found "+05:60"'],
    ['+5:00', 'found "+5:00"'],
    ['', 'found ""'],
  ])('refuses %s: %s', (name, message) => {
    expect(() => parseZone(name)).toThrow(
      expect.objectContaining({
        name: 'InputError',
        code: 'zone.unknown',
        message: expect.stringContaining(message) as string,
      }),
    )
  })
})
