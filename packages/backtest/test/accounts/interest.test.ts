import type { StrategyHandlers } from '@onetape/core'
import { type InterestModel, borrowFee, ibkrCreditInterest, ibkrMarginInterest } from '@onetape/costs'
import type { BacktestResult } from '@onetape/backtest'
import { describe, expect, test } from 'vitest'
import { at, daily, flat, play, strategyOf, wall } from '../semantics/market.ts'

/** Monday 2024-06-03 and the sessions after it; the first Friday is bar 5. */
const week = (symbol: string, ...prices: readonly number[]) =>
  daily(
    symbol,
    prices.map((p) => flat(p)),
    { date: '2024-06-03' },
  )

/** Acts at the close of bars counted from 1. */
const onBars = (days: Readonly<Record<number, NonNullable<StrategyHandlers['onSlice']>>>): StrategyHandlers => {
  let day = 0
  return { onSlice: (slice, ctx) => days[++day]?.(slice, ctx) }
}

const buys = (quantity: number): StrategyHandlers =>
  onBars({ 1: (_s, { orders }) => void orders.market('A', quantity) })

const booked = (result: BacktestResult, kind: string): [string, number][] =>
  result.bookings.filter((b) => b.kind === kind).map((b) => [wall(b.time), b.cash])

// A benchmark of 4.50 % makes 6 % on the first 100,000 USD of a debit and 4 % on a credit beyond 10,000 USD.
const debit = ibkrMarginInterest({ benchmark: 4.5 })
const credit = ibkrCreditInterest({ benchmark: 4.5 })

describe('rule 25: interest, booked at each session’s close, actual/360', () => {
  test('a debit of 5,000 USD at 6 % costs 0.83 a day, and on Friday the three days to Monday; it is added to the debit', () => {
    const result = play([week('A', 100, 100, 100, 100, 100, 100)], buys(150), {
      cash: 10_000,
      leverage: 2,
      marginInterest: debit,
    })
    const perDay = 0.06 / 360
    const found = booked(result, 'interest')
    expect(found.map(([time]) => time)).toEqual([
      '06-04 16:00',
      '06-05 16:00',
      '06-06 16:00',
      '06-07 16:00',
      '06-10 16:00',
    ])
    let owed = 5000
    for (const [k, days] of [1, 1, 1, 3, 1].entries()) {
      expect(found[k]![1]).toBeCloseTo(-owed * perDay * days, 12)
      owed += owed * perDay * days
    }
    expect(found[0]![1]).toBeCloseTo(-0.8333, 4)
    expect(found[3]![1]).toBeCloseTo(-2.5013, 4) // 5,002.50 · 0.06 · 3 / 360
    expect(result.finalCash).toBeCloseTo(-owed, 9)
    expect(result.finalEquity).toBeCloseTo(15_000 - owed, 9)
  })

  test('a bar that is missing does not save the day’s interest', () => {
    const data = daily('A', [flat(100), flat(100), undefined, flat(100)], { date: '2024-06-03' })
    const result = play([data], buys(150), { cash: 10_000, leverage: 2, marginInterest: debit })
    expect(booked(result, 'interest').map(([time]) => time)).toEqual(['06-04 16:00', '06-05 16:00', '06-06 16:00'])
  })

  test('a credit earns on what lies beyond 10,000 USD; who owes nothing is charged nothing', () => {
    const result = play(
      [week('A', 100, 100, 100, 100, 100)],
      {},
      { cash: 110_000, creditInterest: credit, marginInterest: debit },
    )
    const found = booked(result, 'interest')
    expect(found).toHaveLength(5)
    expect(found[0]).toEqual(['06-03 16:00', expect.closeTo((100_000 * 0.04) / 360, 12)]) // 11.11
    expect(found[4]![0]).toBe('06-07 16:00')
    expect(found[4]![1]).toBeCloseTo(((100_000 + 4 * 11.1111) * 0.04 * 3) / 360, 3)
  })

  test('the proceeds of a short sale earn nothing, and pay for no debit', () => {
    const result = play([week('A', 100, 100, 100)], buys(-100), { cash: 110_000, creditInterest: credit })
    // 120,000 USD of cash of which 10,000 secure the borrowed shares.
    expect(booked(result, 'interest')[1]![1]).toBeCloseTo(((110_000 + 11.1111 - 10_000) * 0.04) / 360, 6)
    const both = play(
      [week('A', 100, 100, 100), week('B', 100, 100, 100)],
      onBars({
        1: (_s, { orders }) => {
          orders.market('A', -100)
          orders.market('B', 150)
        },
      }),
      { cash: 10_000, leverage: 4, marginInterest: debit },
    )
    // Cash is 10,000 + 10,000 − 15,000; without the short's 10,000 the account owes 5,000.
    expect(both.bookings.find((b) => b.kind === 'interest')).toMatchObject({
      cash: expect.closeTo(-0.8333, 4) as number,
    })
  })

  test('the account is charged, not each strategy: who owes and who lends offset each other', () => {
    const saves = strategyOf({}, 'saves')
    const run = (leverage: number, shares: number) =>
      play(
        [week('A', 100, 100, 100)],
        {},
        {
          strategy: [
            { strategy: strategyOf(buys(shares), 'spends'), allocation: 0.5 },
            { strategy: saves, allocation: 0.5 },
          ],
          cash: 10_000,
          leverage,
          marginInterest: debit,
        },
      )
    // 9,000 of 10,000 USD spent by a strategy that has 5,000.
    expect(run(1, 90).bookings).toEqual([])
    const owed = run(2, 150).bookings.filter((b) => b.kind === 'interest')
    // The account owes 5,000; all of it is the doing of the strategy that is 10,000 in debit.
    expect(owed[0]).toMatchObject({ strategy: 'spends', cash: expect.closeTo(-0.8333, 4) as number })
    expect(owed.every((b) => b.strategy === 'spends')).toBe(true)
  })

  test('the result says when a debit cost nothing', () => {
    expect(chargedOnDebit({})).toEqual([
      'Cash went down to -5000.00 USD and no interest was charged (marginInterest: none).',
    ])
    expect(chargedOnDebit({ marginInterest: debit })).toEqual([])
  })

  test('interest stands in the tape’s hash', () => {
    expect(hashAt(4.5)).toBe(hashAt(4.5))
    expect(hashAt(4.5)).not.toBe(hashAt(4.6))
  })
})

describe('rule 25: borrowed stock', () => {
  test('is paid for at 102 % of the close rounded up to the dollar, from settlement to settlement', () => {
    const result = play(
      [week('A', 101.5, 101.5, 101.5, 101.5, 101.5, 101.5, 101.5)],
      onBars({
        1: (_s, { orders }) => void orders.market('A', -100), // fills on Tuesday, settles on Wednesday
        4: (_s, { orders }) => void orders.close('A'), // fills on Friday, settles on Monday
      }),
      { borrow: borrowFee(3.6) },
    )
    // 101.50 · 1.02 = 103.53, so 104 USD a share: 10,400 · 3.6 % / 360 = 1.04 a day.
    expect(booked(result, 'borrow')).toEqual([
      ['06-05 16:00', expect.closeTo(-1.04, 12)],
      ['06-06 16:00', expect.closeTo(-1.04, 12)],
      ['06-07 16:00', expect.closeTo(-3.12, 12)],
    ])
    expect(result.finalEquity).toBeCloseTo(100_000 - 5.2, 9)
    expect(result.notices.join()).not.toContain('borrow')
  })

  test('the collateral of settled shorts earns interest, shared among the strategies that gave it', () => {
    const model: InterestModel = { name: 'flat', interest: (balance, days) => (balance * 0.036 * days) / 360 }
    const strategy = [
      { strategy: strategyOf(buys(-100), 'large'), allocation: 0.5 },
      { strategy: strategyOf(buys(-50), 'small'), allocation: 0.5 },
    ]
    const result = play([week('A', 100, 100, 100)], {}, { strategy, shortInterest: model })
    const [large, small] = ['large', 'small'].map((id) => result.bookings.filter((b) => b.strategy === id))
    // 102 USD a share secures a short at 100.
    expect(large![0]).toMatchObject({ kind: 'interest', cash: expect.closeTo((100 * 102 * 0.036) / 360, 12) as number })
    expect(small![0]).toMatchObject({ kind: 'interest', cash: expect.closeTo((50 * 102 * 0.036) / 360, 12) as number })
    expect(result.costs.interestEarned).toBeGreaterThan(0)
    expect(result.options['shortInterest']).toEqual({ value: 'flat', isDefault: false })
  })

  test('by settlement date: two days in the time of T+2', () => {
    // Monday 2024-05-13; sold short on Tuesday, settled on Thursday.
    const data = daily(
      'A',
      [100, 100, 100, 100, 100].map((p) => flat(p)),
      { date: '2024-05-13' },
    )
    expect(booked(play([data], buys(-100), { borrow: borrowFee(3.6) }), 'borrow').map(([time]) => time)).toEqual([
      '05-16 16:00',
      '05-17 16:00',
    ])
  })

  test('a split before settlement converts what is on its way', () => {
    const data = daily(
      'A',
      [100, 100, 50, 50].map((p) => flat(p)),
      {
        date: '2024-05-13',
        actions: [{ kind: 'split', symbol: 'A', time: at('2024-05-15', '00:00'), ratio: 2 }],
      },
    )
    const result = play([data], buys(-100), { borrow: borrowFee(3.6) })
    // 200 shares at 51 USD, from Thursday on.
    expect(booked(result, 'borrow')).toEqual([['05-16 16:00', expect.closeTo(-(200 * 51 * 0.036) / 360, 12)]])
  })

  test('strategies that are long and short of the same stock borrow only the difference', () => {
    const result = play(
      [week('A', 100, 100, 100, 100)],
      {},
      {
        strategy: [
          { strategy: strategyOf(buys(60), 'long'), allocation: 0.5 },
          { strategy: strategyOf(buys(-100), 'short'), allocation: 0.5 },
        ],
        borrow: borrowFee(3.6),
      },
    )
    expect(result.bookings[0]).toMatchObject({
      strategy: 'short',
      cash: expect.closeTo(-(40 * 102 * 0.036) / 360, 12) as number,
    })
    expect(new Set(result.bookings.map((b) => b.strategy))).toEqual(new Set(['short']))
  })
})

const chargedOnDebit = (options: object) =>
  play([week('A', 100, 100, 100)], buys(150), { cash: 10_000, leverage: 2, ...options }).notices.filter((n) =>
    n.includes('interest'),
  )

const hashAt = (benchmark: number) =>
  play([week('A', 100, 100, 100)], buys(150), {
    cash: 10_000,
    leverage: 2,
    marginInterest: ibkrMarginInterest({ benchmark }),
  }).tapeHash
