import { describe, expect, test } from 'vitest'
import { RegulatoryFees } from './regulatory-fees.ts'
import { usRegulatoryRates } from './regulatory-rates.ts'

const fees = new RegulatoryFees(usRegulatoryRates)
const noon = (day: string) => Date.parse(`${day}T17:00:00Z`)

describe('usRegulatoryRates', () => {
  // The dates on which the rates changed, from the announcements themselves: the last day of the old and the first of
  // the new rate, for 1,000,000 USD sold.
  test.each([
    ['2003-03-31', 25.2, 'https://www.sec.gov/news/press/2003-27.htm'],
    ['2003-04-01', 46.8, 'https://www.sec.gov/news/press/2003-27.htm'],
    ['2008-03-31', 11, 'https://www.finra.org/rules-guidance/notices/information-notice-031008'],
    ['2008-04-01', 5.6, 'https://www.finra.org/rules-guidance/notices/information-notice-031008'],
    ['2010-01-14', 25.7, 'http://www.sec.gov/news/press/2009/2009-270.htm'],
    ['2010-01-15', 12.7, 'http://www.sec.gov/news/press/2009/2009-270.htm'],
    ['2011-01-20', 16.9, 'http://www.sec.gov/news/press/2010/2010-255.htm'],
    ['2011-01-21', 19.2, 'http://www.sec.gov/news/press/2010/2010-255.htm'],
    ['2014-03-17', 17.4, 'https://www.finra.org/rules-guidance/notices/information-notice-030314'],
    ['2014-03-18', 22.1, 'https://www.finra.org/rules-guidance/notices/information-notice-030314'],
    ['2018-05-21', 23.1, 'https://www.finra.org/rules-guidance/notices/information-notice-050718'],
    ['2018-05-22', 13, 'https://www.finra.org/rules-guidance/notices/information-notice-050718'],
    ['2021-02-24', 22.1, 'https://www.sec.gov/news/press-release/2021-8'],
    ['2021-02-25', 5.1, 'https://www.sec.gov/news/press-release/2021-8'],
    ['2025-05-13', 27.8, 'https://www.finra.org/rules-guidance/notices/information-notice-20250424'],
    ['2025-05-14', 0, 'https://www.finra.org/rules-guidance/notices/information-notice-20250424'],
  ])('SEC: on %s a million sold costs %d USD', (day, usd) => {
    expect(fees.sec(1_000_000, -1, noon(day))).toBe(usd)
  })

  test.each([
    ['2011-06-30', 0.75, 3.75, 'https://www.finra.org/rules-guidance/notices/11-27'],
    ['2011-07-01', 0.9, 4.5, 'https://www.finra.org/rules-guidance/notices/11-27'],
    ['2012-03-01', 0.95, 4.75, 'https://www.finra.org/rules-guidance/notices/12-06'],
    ['2021-06-01', 1.19, 5.95, 'https://www.finra.org/rules-guidance/guidance/trading-activity-fee'],
    ['2023-06-01', 1.45, 7.27, 'https://www.interactivebrokers.com/en/index.php?f=713'],
    ['2025-06-02', 1.66, 8.3, 'https://www.interactivebrokers.com/en/pricing/commissions-stocks.php'],
  ])('TAF: on %s 10,000 shares sold cost %d USD and no order more than %d', (day, usd, most) => {
    expect(fees.taf(10_000, -1, noon(day))).toBe(usd)
    expect(fees.taf(10_000_000, -1, noon(day))).toBe(most)
  })

  test('a day in New York ends at its midnight, not at that of UTC', () => {
    expect(fees.sec(1_000_000, -1, Date.parse('2008-04-01T03:59:59Z'))).toBe(11)
    expect(fees.sec(1_000_000, -1, Date.parse('2008-04-01T04:00:00Z'))).toBe(5.6)
  })

  test('an SEC fee is rounded to a millionth: 1,000 shares of MSFT at 25.87 in 2016 cost 0.563966 (IBKR)', () => {
    // https://ibkr.info/article/1028
    expect(fees.sec(25_870, -1, noon('2016-06-01'))).toBe(0.563966)
  })

  test('every row names its source, and rows of a table are in order without a common day', () => {
    for (const rows of Object.values(usRegulatoryRates)) {
      expect(rows.every((row: { source: string }) => row.source.length > 10)).toBe(true)
      const days = rows.flatMap((row: { from: string; to: string }) => [row.from, row.to])
      expect(days).toEqual(days.toSorted())
    }
  })
})
