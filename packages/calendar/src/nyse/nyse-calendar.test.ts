import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { calendar } from '../calendar.ts'
import type { Session } from '../trading-calendar.ts'

const nyse = calendar('XNYS')
const MINUTE = 60_000
const FROM = nyse.toUtc('1990-01-01', '00:00')
const LAST = nyse.toUtc('2035-12-31', '23:59:59.999')
const all = nyse.sessions(FROM, LAST)
const hoursOf = (s: Session): number => (s.close - s.open) / (60 * MINUTE)
/** Times with a session before and after them, sown evenly and at the edges of sessions. */
const time = fc.oneof(
  fc.integer({ min: Date.UTC(1990, 0, 3), max: Date.UTC(2035, 11, 30) }),
  fc
    .tuple(fc.integer({ min: 1, max: all.length - 2 }), fc.boolean(), fc.integer({ min: -1, max: 1 }))
    .map(([row, open, shift]) => (open ? all[row]!.open : all[row]!.close) + shift),
)

// Sources of the table below.
// hours: https://www.nyse.com/markets/hours-calendars (Rule 7.2) and the holiday notices of the years named
// closings: NYSE, "Special Closings", http://www.nyse.com/pdfs/closings.pdf, and the exchange's press releases of 2012, 2018 and 2025
// Sessions of 2001-09 and 2012-10 show in any daily price series of a listed share.
type Case = readonly [date: string, close: '16:00' | '14:00' | '13:00' | 'shut', why: string]
const CASES: readonly Case[] = [
  ['1990-01-01', 'shut', 'New Year'],
  ['1990-01-02', '16:00', 'first session of the calendar'],
  ['1990-12-24', '14:00', 'Christmas Eve, when early meant two o’clock'],
  ['1991-11-29', '16:00', 'day after Thanksgiving, still whole'],
  ['1992-11-27', '14:00', 'day after Thanksgiving, the first short one'],
  ['1993-11-26', '13:00', 'early is one o’clock from here on'],
  ['1993-12-24', 'shut', 'Christmas on a Saturday is kept on Friday'],
  ['1993-12-31', '16:00', 'New Year on a Saturday is not made up for'],
  ['1994-02-11', '16:00', 'a storm ended the day at 14:30, the schedule did not'],
  ['1994-04-27', 'shut', 'funeral of Richard Nixon'],
  ['1995-07-03', '13:00', 'Monday before Independence Day'],
  ['1996-07-05', '13:00', 'Friday after a Thursday Independence Day'],
  ['1996-07-03', '16:00', 'and the Wednesday before it was whole'],
  ['1997-01-20', '16:00', 'Martin Luther King Day was not kept yet'],
  ['1997-10-27', '16:00', 'the circuit breaker ended the day at 15:30, the schedule did not'],
  ['1997-12-26', '13:00', 'Friday after Christmas'],
  ['1998-01-19', 'shut', 'first Martin Luther King Day'],
  ['1999-12-31', '13:00', 'eve of 2000'],
  ['2000-01-03', '16:00', 'Monday after a Saturday New Year'],
  ['2000-04-21', 'shut', 'Good Friday'],
  ['2001-09-10', '16:00', 'the day before the attack'],
  ['2001-09-11', 'shut', 'attack on the World Trade Center'],
  ['2001-09-12', 'shut', 'attack on the World Trade Center'],
  ['2001-09-13', 'shut', 'attack on the World Trade Center'],
  ['2001-09-14', 'shut', 'attack on the World Trade Center'],
  ['2001-09-15', 'shut', 'Saturday'],
  ['2001-09-16', 'shut', 'Sunday'],
  ['2001-09-17', '16:00', 'reopening'],
  ['2002-07-05', '13:00', 'Friday after a Thursday Independence Day'],
  ['2002-09-11', '16:00', 'opened at noon by exception, the schedule did not'],
  ['2003-12-26', '13:00', 'Friday after Christmas'],
  ['2004-06-11', 'shut', 'funeral of Ronald Reagan'],
  ['2004-12-31', '16:00', 'New Year on a Saturday is not made up for'],
  ['2006-01-02', 'shut', 'New Year on a Sunday is kept on Monday'],
  ['2007-01-02', 'shut', 'funeral of Gerald Ford'],
  ['2007-04-06', 'shut', 'Good Friday'],
  ['2008-03-21', 'shut', 'Good Friday in March'],
  ['2008-12-26', '16:00', 'Friday after Christmas, whole this time'],
  ['2012-10-26', '16:00', 'Friday before the hurricane'],
  ['2012-10-29', 'shut', 'hurricane Sandy'],
  ['2012-10-30', 'shut', 'hurricane Sandy'],
  ['2012-10-31', '16:00', 'reopening'],
  ['2013-07-03', '13:00', 'Wednesday before a Thursday Independence Day, since 2013'],
  ['2013-07-05', '16:00', 'and the Friday after it is whole'],
  ['2014-07-03', '13:00', 'Thursday before a Friday Independence Day'],
  ['2015-07-02', '16:00', 'Independence Day on a Saturday: no short day'],
  ['2015-07-03', 'shut', 'Independence Day kept on Friday'],
  ['2018-12-05', 'shut', 'funeral of George H. W. Bush'],
  ['2018-12-24', '13:00', 'Christmas Eve'],
  ['2020-11-27', '13:00', 'day after Thanksgiving'],
  ['2021-06-18', '16:00', 'Juneteenth was not kept yet'],
  ['2021-12-24', 'shut', 'Christmas on a Saturday is kept on Friday'],
  ['2021-12-31', '16:00', 'New Year on a Saturday is not made up for'],
  ['2022-06-20', 'shut', 'first Juneteenth, on a Sunday'],
  ['2022-12-26', 'shut', 'Christmas on a Sunday is kept on Monday'],
  ['2023-06-19', 'shut', 'Juneteenth'],
  ['2024-03-29', 'shut', 'Good Friday'],
  ['2024-07-03', '13:00', 'Wednesday before a Thursday Independence Day'],
  ['2025-01-09', 'shut', 'funeral of Jimmy Carter'],
  ['2025-07-03', '13:00', 'Thursday before a Friday Independence Day'],
  ['2025-12-26', '16:00', 'Friday after Christmas, whole'],
  ['2026-07-02', '16:00', 'Independence Day on a Saturday: no short day'],
  ['2026-07-03', 'shut', 'Independence Day kept on Friday'],
  ['2026-11-27', '13:00', 'day after Thanksgiving'],
  ['2027-06-18', 'shut', 'Juneteenth on a Saturday is kept on Friday'],
  ['2028-01-03', '16:00', 'Monday after a Saturday New Year'],
]

describe('days', () => {
  test.each(CASES.filter(([, close]) => close === 'shut'))('%s %s: %s', (date) => {
    expect(nyse.sessionOn(date)).toBeUndefined()
  })

  test.each(CASES.filter(([, close]) => close !== 'shut'))('%s until %s: %s', (date, close) => {
    expect(nyse.sessionOn(date)).toEqual({
      date,
      open: nyse.toUtc(date, '09:30'),
      close: nyse.toUtc(date, close),
      earlyClose: close !== '16:00',
    })
  })

  // Opens in UTC around the changes of the clocks, as text, so that nothing of ours takes part on this side.
  test.each([
    ['2006-03-31', '2006-03-31T14:30:00.000Z'],
    ['2006-04-03', '2006-04-03T13:30:00.000Z'], // until 2006 from the first Sunday of April
    ['2006-10-27', '2006-10-27T13:30:00.000Z'],
    ['2006-10-30', '2006-10-30T14:30:00.000Z'], // until the last Sunday of October
    ['2026-03-06', '2026-03-06T14:30:00.000Z'],
    ['2026-03-09', '2026-03-09T13:30:00.000Z'],
    ['2026-10-30', '2026-10-30T13:30:00.000Z'],
    ['2026-11-02', '2026-11-02T14:30:00.000Z'],
  ])('%s opens at %s', (date, utc) => expect(nyse.sessionOn(date)?.open).toBe(Date.parse(utc)))

  // Trading days per year, as any daily price series of a listed share counts them.
  test.each([
    [1990, 253],
    [1996, 254],
    [2001, 248],
    [2008, 253],
    [2012, 250],
    [2018, 251],
    [2024, 252],
    [2025, 250],
  ])('%d has %d sessions', (year, count) => {
    const sessions = nyse.sessions(nyse.toUtc(`${year}-01-01`, '00:00'), nyse.toUtc(`${year + 1}-01-01`, '00:00'))
    expect(sessions.length).toBe(count)
  })

  test('Nasdaq has the same sessions', () => {
    expect(calendar('XNAS').sessions(FROM, LAST)).toEqual(all)
  })
})

describe('laws', () => {
  test('sessions are in order, do not overlap, and have 3.5 to 6.5 hours on their own date', () => {
    expect(all.length).toBeGreaterThan(11_500)
    const broken = all.filter(
      (session, i) =>
        !(session.close < (all[i + 1]?.open ?? Infinity)) ||
        ![3.5, 4.5, 6.5].includes(hoursOf(session)) ||
        session.earlyClose !== hoursOf(session) < 6.5 ||
        nyse.dateOf(session.open) !== session.date ||
        nyse.dateOf(session.close - 1) !== session.date,
    )
    expect(broken).toEqual([])
  })

  test('next and previous undo each other', () => {
    const broken = all.filter(
      (session, i) =>
        (i > 0 && nyse.previous(session.open) !== all[i - 1]) ||
        (i + 1 < all.length && nyse.next(session.open) !== all[i + 1]) ||
        nyse.previous(session.close) !== session ||
        nyse.next(session.open - 1) !== session ||
        nyse.sessionFor(session.open) !== session,
    )
    expect(broken).toEqual([])
  })

  test('every question agrees with a plain search', () => {
    fc.assert(
      fc.property(time, (t) => {
        const open = all.find((s) => s.open <= t && t < s.close)
        expect(nyse.sessionOf(t)).toBe(open)
        expect(nyse.isOpen(t)).toBe(open !== undefined)
        expect(nyse.next(t)).toBe(all.find((s) => s.open > t))
        expect(nyse.previous(t)).toBe(all.findLast((s) => s.close <= t))
        expect(nyse.sessionFor(t)).toBe(all.find((s) => s.close > t))
        const extended = all.some((s) => nyse.extendedHours(s).open <= t && t < nyse.extendedHours(s).close)
        expect(nyse.isExtended(t)).toBe(extended)
        expect(extended || open === undefined).toBe(true)
      }),
      { numRuns: 400 },
    )
  })

  test('sessions(from, to) are those that overlap', () => {
    fc.assert(
      fc.property(time, time, (a, b) => {
        const [from, to] = [Math.min(a, b), Math.max(a, b)]
        const expected = from === to ? [] : all.filter((s) => s.close > from && s.open < to)
        const found = nyse.sessions(from, to)
        expect(found.length).toBe(expected.length)
        expect(found.every((s, i) => s === expected[i])).toBe(true)
      }),
    )
  })

  test('a date and a wall time lead back to the date', () => {
    fc.assert(
      fc.property(time, fc.integer({ min: 0, max: 1439 }), (t, minute) => {
        const date = nyse.dateOf(t)
        const wall = `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`
        expect(nyse.dateOf(nyse.toUtc(date, wall))).toBe(date)
      }),
    )
  })
})

describe('edges', () => {
  const open = nyse.toUtc('2024-11-29', '09:30') // the day after Thanksgiving
  const close = nyse.toUtc('2024-11-29', '13:00')

  test('the open belongs to the session, the close does not', () => {
    expect([open - 1, open, close - 1, close].map((t) => nyse.isOpen(t))).toEqual([false, true, true, false])
    expect(nyse.sessionFor(close - 1).date).toBe('2024-11-29')
    expect(nyse.sessionFor(close).date).toBe('2024-12-02')
    expect(nyse.next(open).date).toBe('2024-12-02')
    expect(nyse.previous(close).date).toBe('2024-11-29')
    expect(nyse.previous(close - 1).date).toBe('2024-11-27')
  })

  test.each([
    ['2024-11-29', '17:00'],
    ['2024-11-27', '20:00'],
    ['1990-12-24', '17:00'],
  ])('extended hours of %s run from 04:00 to %s', (date, until) => {
    const session = nyse.sessionOn(date)!
    const [from, to] = [nyse.toUtc(date, '04:00'), nyse.toUtc(date, until)]
    expect(nyse.extendedHours(session)).toEqual({ open: from, close: to })
    expect([from - 1, from, to - 1, to].map((t) => nyse.isExtended(t))).toEqual([false, true, true, false])
  })

  test('outside 1990 to 2035 every question throws and says what is known', () => {
    const known = 'which knows 1990-01-01 to 2035-12-31'
    for (const t of [FROM - 1, LAST + 1, Number.NaN, Infinity]) {
      expect(() => nyse.isOpen(t)).toThrow(known)
      expect(() => nyse.isExtended(t)).toThrow(known)
      expect(() => nyse.sessionOf(t)).toThrow(known)
      expect(() => nyse.next(t)).toThrow(known)
      expect(() => nyse.previous(t)).toThrow(known)
      expect(() => nyse.sessionFor(t)).toThrow(known)
      expect(() => nyse.dateOf(t)).toThrow(known)
    }
    expect(() => nyse.sessionOn('1989-12-29')).toThrow(`${known}, found 1989-12-29`)
    expect(() => nyse.toUtc('2036-01-02', '09:30')).toThrow(known)
    expect(() => nyse.next(all.at(-1)!.open)).toThrow(known)
    expect(() => nyse.sessionFor(all.at(-1)!.close)).toThrow(known)
    expect(() => nyse.previous(all[0]!.close - 1)).toThrow(known)
    expect(() => nyse.sessions(FROM - 1, LAST)).toThrow(known)
    expect(() => nyse.sessions(FROM, LAST + 2)).toThrow(known)
    expect(() => nyse.sessions(LAST, FROM)).toThrow('in order of time')
  })

  test('errors are of the kind that people can put right', () => {
    expect(() => nyse.isOpen(0)).toThrow(
      expect.objectContaining({
        name: 'InputError',
        code: 'calendar.range',
        message: expect.stringContaining('found 1970-01-01T00:00:00Z') as string,
      }),
    )
  })

  test('wrong dates and times are refused', () => {
    expect(() => nyse.sessionOn('2024-02-30')).toThrow('found "2024-02-30"')
    expect(() => nyse.sessionOn('2024-1-2')).toThrow('found "2024-1-2"')
    expect(() => nyse.toUtc('2024-01-02', '9:30')).toThrow('found "9:30"')
  })

  test('in the hours of change, toUtc takes the first of two and moves a skipped one forward', () => {
    expect(nyse.toUtc('2026-11-01', '01:30')).toBe(Date.parse('2026-11-01T05:30:00Z'))
    expect(nyse.toUtc('2026-03-08', '02:30')).toBe(Date.parse('2026-03-08T07:30:00Z'))
  })

  test('a session cannot be changed by who asks for it', () => {
    expect(Object.isFrozen(nyse.sessionOn('2024-11-29'))).toBe(true)
    expect(nyse.sessionOn('2024-11-29')).toBe(nyse.sessionOf(open))
  })
})
