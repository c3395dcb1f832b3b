import { calendar } from '@onetape/calendar'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DayTradeCounter } from './day-trade-counter.ts'
import { dayTradingRule, type DayTradingState, intradayMarginDeficit } from './day-trading-rule.ts'

const xnys = calendar('XNYS')
const DAY = '2024-06-03'

/** Books fills of one instrument on one day and returns the day trades. */
function dayTrades(fills: readonly number[], held: number = 0): number {
  const counter = new DayTradeCounter(xnys)
  let position = held
  for (const quantity of fills) {
    counter.book(1, quantity, position, DAY)
    position += quantity
  }
  return counter.count(DAY)
}

describe('DayTradeCounter', () => {
  // FINRA Regulatory Notice 21-13 as restated at https://alpaca.markets/support/what-is-the-pattern-day-trading-pdt-rule
  test.each([
    ['A', [250, 250, -500], 1],
    ['B', [100, -100, 100, -100], 2],
    ['C', [500, -100, -100, -300], 1],
    ['D', [250, 300, 100, -150, -175], 1],
    ['E', [199, 142, -1, 45, -100, -200], 2],
  ] as const)("FINRA's example %s: %j are %d day trades", (_name, fills, count) => expect(dayTrades(fills)).toBe(count))

  test("FINRA's example F: two instruments count apart", () => {
    const counter = new DayTradeCounter(xnys)
    counter.book(1, 200, 0, DAY)
    counter.book(2, 100, 0, DAY)
    expect(counter.isOpenedToday(1, DAY)).toBe(true)
    expect(counter.book(1, -100, 200, DAY)).toBe(true)
    expect(counter.book(2, -100, 100, DAY)).toBe(true)
    expect(counter.count(DAY)).toBe(2)
  })

  test.each([
    ['a long position held overnight and sold', [-100], 100, 0],
    ['a short position held overnight and covered', [100], -100, 0],
    ['one sold and bought back', [-100, 100], 100, 0],
    ['one added to and then reduced', [50, -50], 100, 1],
    ['a short sold and covered', [-100, 100], 0, 1],
    ['one turned from long to short and back', [100, -200, 200], 0, 2],
  ] as const)('%s: %j from %d is %d', (_what, fills, held, count) => expect(dayTrades(fills, held)).toBe(count))

  test('mirrored fills count the same, and never more than the changes of direction', () => {
    const fills = fc.array(
      fc.integer({ min: -300, max: 300 }).filter((quantity) => quantity !== 0),
      { maxLength: 20 },
    )
    fc.assert(
      fc.property(fills, fc.integer({ min: -500, max: 500 }), (quantities, held) => {
        const count = dayTrades(quantities, held)
        const turns = quantities.filter((quantity, i) => i > 0 && quantity * (quantities[i - 1] ?? 0) < 0).length
        expect(count).toBeLessThanOrEqual(turns)
        expect(
          dayTrades(
            quantities.map((quantity) => -quantity),
            -held,
          ),
        ).toBe(count)
      }),
    )
  })

  test('five business days count together', () => {
    const counter = new DayTradeCounter(xnys)
    const roundTrip = (date: string) => {
      counter.book(1, 100, 0, date)
      counter.book(1, -100, 100, date)
    }
    expect(counter.count('2024-05-22')).toBe(0)
    for (const date of ['2024-05-22', '2024-05-23', '2024-05-24']) roundTrip(date)
    // 2024-05-27 was Memorial Day: the five days that end on the 29th are 22, 23, 24, 28, 29.
    expect(counter.count('2024-05-29')).toBe(3)
    expect(counter.count('2024-05-30')).toBe(2)
    expect(counter.count('2024-06-03')).toBe(0)
  })

  test('what was opened yesterday is not opened today', () => {
    const counter = new DayTradeCounter(xnys)
    counter.book(1, 100, 0, '2024-06-03')
    expect(counter.isOpenedToday(1, '2024-06-04')).toBe(false)
    expect(counter.book(1, -100, 100, '2024-06-04')).toBe(false)
    expect(() => counter.book(1, 100, 0, '2024-06-03')).toThrow('in order of time, found 2024-06-03 after 2024-06-04')
  })
})

const state = (changes: Partial<DayTradingState>): DayTradingState => ({
  time: Date.parse('2024-06-03T15:00:00Z'),
  dayTrades: 3,
  previousEquity: 24_999.99,
  equity: 30_000,
  maintenanceAfter: 10_000,
  ...changes,
})

describe('dayTradingRule', () => {
  const rule = dayTradingRule()
  test.each([
    ['a fourth day trade below 25,000 USD', {}, 'pattern_day_trader'],
    ['a third', { dayTrades: 2 }, 'allowed'],
    ['a fourth with 25,000 USD at the close before', { previousEquity: 25_000 }, 'allowed'],
    ['an unknown equity', { previousEquity: NaN }, 'pattern_day_trader'],
    ['an unknown count', { dayTrades: NaN }, 'pattern_day_trader'],
    ['the last day of the old rule', { time: Date.parse('2026-06-03T23:59:00-04:00') }, 'pattern_day_trader'],
    ['the first day of the new one', { time: Date.parse('2026-06-04T00:00:00-04:00') }, 'allowed'],
    ['then: a deficit', { time: Date.parse('2026-06-04T15:00:00Z'), equity: 9999 }, 'intraday_margin'],
    ['then: equity that just covers', { time: Date.parse('2026-06-04T15:00:00Z'), equity: 10_000 }, 'allowed'],
    ['then: an unknown margin', { time: Date.parse('2026-06-04T15:00:00Z'), maintenanceAfter: NaN }, 'intraday_margin'],
  ] as const)('%s', (_what, changes, answer) => expect(rule.check(state(changes))).toBe(answer))

  test('a broker may go over later', () => {
    const late = dayTradingRule({ intradayFrom: '2027-10-20' })
    expect(late.check(state({ time: Date.parse('2026-12-01T15:00:00Z') }))).toBe('pattern_day_trader')
    expect(late.name).toBe('day-trading(4 in 5 days below 25000 USD, intraday margin from 2027-10-20)')
  })

  test('refuses options that are none', () => {
    expect(() => dayTradingRule({ intradayFrom: 'June' })).toThrow('dayTradingRule: Expected a date like')
    expect(() => dayTradingRule({ minimumEquity: Number.NaN })).toThrow('Expected minimumEquity >= 0')
  })

  test('a deficit is what the equity lacks', () => {
    expect(intradayMarginDeficit(9000, 10_000)).toBe(1000)
    expect(intradayMarginDeficit(11_000, 10_000)).toBe(0)
    expect(intradayMarginDeficit(Number.NaN, 10_000)).toBeNaN()
  })
})
