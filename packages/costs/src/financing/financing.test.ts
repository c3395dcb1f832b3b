import { calendar } from '@onetape/calendar'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { borrowFee, noBorrowFee, shortCollateral } from './borrow-fee.ts'
import { ibkrCreditInterest, ibkrMarginInterest, ibkrShortProceedsInterest } from './ibkr-interest.ts'
import { interestDays } from './interest-days.ts'
import { noInterest } from './no-interest.ts'

const T = Date.parse('2024-06-03T20:00:00Z')
const RICH = 10_000_000

describe('interestDays', () => {
  const xnys = calendar('XNYS')
  test.each([
    ['2024-06-03', 1, 'a Monday'],
    ['2024-06-07', 3, 'a Friday'],
    ['2024-03-28', 4, 'the Thursday before Good Friday'],
    ['2024-07-03', 2, 'the day before Independence Day'],
    ['2001-09-10', 7, 'the last day before the closure of September 2001'],
  ])('%s carries %d days: %s', (date, days) => {
    const session = xnys.sessionOn(date)
    expect(session && interestDays(xnys, session)).toBe(days)
  })

  test('a year of sessions carries the days of the year', () => {
    const sessions = xnys.sessions(xnys.toUtc('2023-01-01', '00:00'), xnys.toUtc('2024-01-01', '00:00'))
    // From 2023-01-03, the first session, to 2024-01-02, the first of the next year.
    expect(sessions.reduce((days, session) => days + interestDays(xnys, session), 0)).toBe(364)
  })

  test('a calendar that never closes carries one day', () => {
    const always = calendar('24/7')
    expect(interestDays(always, always.sessionFor(T))).toBe(1)
  })
})

describe('IBKR interest', () => {
  // IBKR, "Interest Charged Examples", example 1: benchmark 5.32 %, a debit of 600,000 USD.
  test("IBKR's own example: one day of 600,000 USD borrowed at a benchmark of 5.32 % costs 106.72 USD", () => {
    const model = ibkrMarginInterest({ benchmark: 5.32 })
    expect(model.interest(100_000, 1, T, RICH)).toBeCloseTo(18.94, 2)
    expect(model.interest(600_000, 1, T, RICH)).toBeCloseTo(106.72, 2)
    expect(model.name).toBe('ibkr-margin(benchmark 5.32 %)')
  })

  // IBKR, "Interest Paid to You on Short Sale Proceeds Cash Balances Examples", example 1: benchmark 1.00 %.
  test("IBKR's own example: one day of 1,500,000 USD of short proceeds at 1 % earns 6.94 USD", () => {
    const model = ibkrShortProceedsInterest({ benchmark: 1 })
    expect(model.interest(1_500_000, 1, T, RICH)).toBeCloseTo(6.94, 2)
    expect(model.interest(1_000_000, 1, T, RICH)).toBe(0)
  })

  test("IBKR's own example: one day of 250,000 USD of cash on its older steps at 1 % earns 4.38 USD", () => {
    const tiers = [
      { upTo: 10_000, spread: Number.NaN },
      { upTo: 100_000, spread: -0.5 },
      { upTo: Infinity, spread: -0.25 },
    ]
    const model = ibkrCreditInterest({ benchmark: 1, tiers })
    expect(model.interest(250_000, 1, T, RICH)).toBeCloseTo(4.38, 2)
    expect(model.name).toBe('ibkr-credit(benchmark 1 %, own tiers)')
  })

  // https://lynxbroker.com/info/ibkr-credit-rates: half the equity that earns the whole rate earns half the rate.
  test('an account of 50,000 USD earns half the rate of one of 100,000 USD, and one without equity nothing', () => {
    const model = ibkrCreditInterest({ benchmark: 4.83 })
    const full = model.interest(40_000, 1, T, 100_000)
    expect(full).toBeCloseTo((30_000 * 0.0433) / 360, 12)
    expect(model.interest(40_000, 1, T, 50_000)).toBeCloseTo(full / 2, 12)
    expect(model.interest(40_000, 1, T, Number.NaN)).toBe(0)
  })

  test('a benchmark below 0 counts as 0', () => {
    expect(ibkrMarginInterest({ benchmark: -0.5 }).interest(100_000, 1, T, RICH)).toBeCloseTo(1500 / 360, 12)
  })

  test('a benchmark by date holds on its days only', () => {
    const benchmark = [
      { from: '2024-01-01', to: '2024-09-18', percent: 5.33, source: 'test' },
      { from: '2024-09-19', to: '2024-12-31', percent: 4.83, source: 'test' },
    ]
    const model = ibkrMarginInterest({ benchmark })
    const at = (day: string) => model.interest(36_000, 1, Date.parse(`${day}T20:00:00Z`), RICH)
    expect(at('2024-09-18')).toBeCloseTo(6.83, 12)
    expect(at('2024-09-19')).toBeCloseTo(6.33, 12)
    expect(() => at('2025-01-02')).toThrow(
      'known benchmark rate, found 2025-01-02T20:00:00Z. Known: 2024-01-01 to 2024',
    )
  })

  test('more cash or more days never cost less, and days add up', () => {
    const usd = fc.double({ min: 0, max: 3e8, noNaN: true })
    const days = fc.integer({ min: 1, max: 7 })
    for (const model of [
      ibkrMarginInterest({ benchmark: 4.33 }),
      ibkrCreditInterest({ benchmark: 4.33 }),
      ibkrShortProceedsInterest({ benchmark: 4.33 }),
    ])
      fc.assert(
        fc.property(usd, usd, days, (a, b, d) => {
          const [less, more] = [Math.min(a, b), Math.max(a, b)]
          const interest = model.interest(more, d, T, RICH)
          expect(interest).toBeGreaterThanOrEqual(model.interest(less, d, T, RICH) * (1 - 1e-12))
          expect(Math.abs(interest - d * model.interest(more, 1, T, RICH))).toBeLessThanOrEqual(1e-9 * (1 + interest))
        }),
      )
  })

  test.each([
    [-1, 1],
    [Number.NaN, 1],
    [1, -1],
    [Infinity, 1],
  ])('refuses %d USD for %d days', (balance, days) =>
    expect(() => ibkrMarginInterest({ benchmark: 5 }).interest(balance, days, T, RICH)).toThrow(
      'balance and days >= 0',
    ),
  )

  test('refuses a benchmark that is no number and tiers out of order', () => {
    expect(() => ibkrMarginInterest({ benchmark: Number.NaN })).toThrow('ibkr-margin: Expected benchmark rate')
    const tiers = [
      { upTo: 1000, spread: 1 },
      { upTo: 500, spread: 2 },
    ]
    expect(() => ibkrMarginInterest({ benchmark: 1, tiers })).toThrow('Expected tiers in rising order, upTo >= 1000')
  })

  test('noInterest is nothing', () => expect(noInterest().interest(1e6, 3, T, 0)).toBe(0))
})

describe('borrowing stock', () => {
  // https://www.ibkrguides.com/reportingreference/reportguide/borrowfeedetails.htm: 102 % of the price, rounded up to
  // the whole dollar, times shares, times rate / 360. 42.80 USD is the price of a customer's question about it.
  test.each([
    [42.8, 44],
    [0.1, 1],
    [50, 51],
    [100, 102],
    [350, 357],
    [1450, 1479],
    [309.15, 316],
    [0, 0],
  ])('a share at %d USD is secured by %d USD', (price, usd) => expect(shortCollateral(1, price)).toBe(usd))

  test('the collateral is never below 102 % and less than a dollar above it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000_000 }), (cents) => {
        const collateral = shortCollateral(1, cents / 100)
        // In hundredths of a cent, so that the comparison is exact.
        expect(collateral * 10_000).toBeGreaterThanOrEqual(cents * 102)
        expect(collateral * 10_000).toBeLessThan(cents * 102 + 10_000)
      }),
    )
  })

  test('3,700 shares at 42.80 USD and 0.29 % cost 1.31 USD a day and three times that over a weekend', () => {
    const model = borrowFee(0.29)
    expect(model.fee(3700, 42.8, 1, T)).toBeCloseTo((44 * 3700 * 0.0029) / 360, 12)
    expect(model.fee(3700, 42.8, 3, T)).toBeCloseTo(3 * model.fee(3700, 42.8, 1, T), 12)
    expect(model.name).toBe('borrow(0.29 %)')
  })

  test('rates by date hold on their days only', () => {
    const model = borrowFee([{ from: '2024-06-01', to: '2024-06-30', percent: 36, source: 'test' }])
    expect(model.fee(100, 50, 1, T)).toBeCloseTo(5.1, 12)
    expect(() => model.fee(100, 50, 1, Date.parse('2024-07-01T20:00:00Z'))).toThrow('known borrow rate')
  })

  test.each([
    [-1, 10, 1],
    [1, Number.NaN, 1],
    [1, 10, -1],
  ])('refuses %d shares at %d USD for %d days', (quantity, price, days) =>
    expect(() => borrowFee().fee(quantity, price, days, T)).toThrow('Expected'),
  )

  test('noBorrowFee is nothing', () => expect(noBorrowFee().fee(100, 10, 3, T)).toBe(0))
})
