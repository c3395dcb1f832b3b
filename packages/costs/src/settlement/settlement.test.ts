import { calendar } from '@onetape/calendar'
import { describe, expect, test } from 'vitest'
import { settlementDate, settlementDays } from './settlement.ts'

const xnys = calendar('XNYS')

describe('settlementDays', () => {
  test.each([
    ['1995-06-06', 5],
    ['1995-06-07', 3],
    ['2017-09-01', 3],
    ['2017-09-05', 2],
    ['2024-05-24', 2],
    ['2024-05-28', 1],
    ['2026-11-20', 1],
  ])('a trade of %s settles after %d business days', (date, days) => expect(settlementDays(date)).toBe(days))

  test('refuses what is no date, and one before the calendar', () => {
    expect(() => settlementDays('28.05.2024')).toThrow('Expected a date like')
    expect(() => settlementDays('1989-12-29')).toThrow('Expected a trade date from 1990-01-01 on, found 1989-12-29')
  })
})

describe('settlementDate', () => {
  test.each([
    // NASD Notice to Members 92-54: five days, Veterans Day.
    ['1992-11-02', '1992-11-09'],
    ['1992-11-04', '1992-11-12'],
    ['1992-11-10', '1992-11-18'],
    ['1992-11-11', '1992-11-18'],
    ['1992-11-20', '1992-11-30'],
    // NASD Notice to Members 95-77: three days, Columbus Day.
    ['1995-10-02', '1995-10-05'],
    ['1995-10-03', '1995-10-06'],
    ['1995-10-04', '1995-10-10'],
    ['1995-10-05', '1995-10-11'],
    ['1995-10-06', '1995-10-12'],
    ['1995-10-09', '1995-10-12'],
    ['1995-10-10', '1995-10-13'],
    // NASD Notice to Members 00-82: Christmas and New Year's Day.
    ['2000-12-19', '2000-12-22'],
    ['2000-12-22', '2000-12-28'],
    ['2000-12-27', '2001-01-02'],
    ['2000-12-29', '2001-01-04'],
    // The days of double settlement after the changes of the cycle, on which DTCC settled two trade dates at once.
    ['2017-09-01', '2017-09-07'],
    ['2017-09-05', '2017-09-07'],
    ['2024-05-24', '2024-05-29'],
    ['2024-05-28', '2024-05-29'],
    // Veterans Day on a Sunday, kept on Monday 2018-11-12; on a Saturday (2023-11-11) no day is lost.
    ['2018-11-08', '2018-11-13'],
    ['2023-11-09', '2023-11-13'],
    // Martin Luther King Day, on which the exchanges traded until 1997.
    ['1997-01-15', '1997-01-21'],
  ])('a trade of %s settles on %s', (trade, settles) => expect(settlementDate(xnys, trade)).toBe(settles))

  test('on a calendar that never closes a trade settles on its day', () => {
    expect(settlementDate(calendar('24/7'), '2024-06-01')).toBe('2024-06-01')
  })

  test('a later trade never settles earlier, and settlement is always a session', () => {
    let last = ''
    for (const session of xnys.sessions(xnys.toUtc('1996-01-01', '00:00'), xnys.toUtc('2026-12-31', '00:00'))) {
      const settles = settlementDate(xnys, session.date)
      expect(settles > session.date && settles >= last).toBe(true)
      expect(xnys.sessionOn(settles)).toBeDefined()
      last = settles
    }
  })

  test('beyond the calendar is an error', () => {
    expect(() => settlementDate(xnys, '2035-12-31')).toThrow('XNYS calendar')
  })
})
