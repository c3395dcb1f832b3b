import { type FeeModel, borrowFee, ibkrMarginInterest, ibkrTieredFee, percentFee } from '@onetape/costs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { daily, flat, intraday, play } from '../../test/semantics/market.ts'

const sum = (values: Readonly<Record<string, number>>): number => Object.values(values).reduce((a, b) => a + b, 0)

/** Buys and sells in turn, large enough that the volume of a bar limits the fills. */
const trader = (quantity: number) => ({
  onBar(
    bar: { readonly count: number; readonly instrument: { readonly symbol: string } },
    { orders }: { orders: { market: (s: string, q: number, o: { tif: 'gtc' }) => unknown } },
  ) {
    if (bar.count % 3 === 1)
      orders.market(bar.instrument.symbol, bar.count % 2 === 0 ? -quantity : quantity, { tif: 'gtc' })
  },
})

describe('fees by kind', () => {
  test('one order of 100 shares at IBKR tiered, by hand', () => {
    const data = [daily('A', [flat(50), flat(50), flat(50)], { date: '2024-09-03' })]
    const { costs, totalFees } = play(
      data,
      {
        onBar(bar, { orders }) {
          if (bar.count === 1) orders.market('A', 100)
        },
      },
      { fees: ibkrTieredFee({ regulatory: 'none' }) },
    )
    // 100 · 0.0035 is the minimum of 0.35 at once; 0.003 and 0.0002 a share; parts of the commission passed on
    expect(costs.fees).toEqual({
      commission: expect.closeTo(0.35, 12),
      exchange: expect.closeTo(0.3, 12),
      clearing: expect.closeTo(0.02, 12),
      nyse: expect.closeTo(0.35 * 0.000175, 12),
      finra: expect.closeTo(0.35 * 0.000563, 12),
    })
    expect(costs.total).toBeCloseTo(totalFees, 12)
  })

  test('they sum to the fees that were booked, over sessions, partial fills and months', () => {
    let partial = 0
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 20, max: 80 }), fc.integer({ min: 100, max: 9_000 })), {
          minLength: 20,
          maxLength: 60,
        }),
        fc.integer({ min: 50, max: 900 }),
        (rows, quantity) => {
          const data = [
            daily(
              'A',
              rows.map(([price, volume]) => flat(price, volume)),
              { date: '2024-08-05' },
            ),
          ]
          for (const fees of [ibkrTieredFee({ regulatory: 'none' }), percentFee({ percent: 0.1, minimum: 1 })]) {
            const result = play(data, trader(quantity), { fees, participation: 0.1, cash: 1e7 })
            if (result.fills.length > result.orders.length) partial++
            expect(sum(result.costs.fees)).toBeCloseTo(result.totalFees, 8)
            expect(result.costs.total).toBeCloseTo(result.totalFees, 8)
            expect(result.costs.fees).not.toHaveProperty('other')
          }
        },
      ),
      { numRuns: 30 },
    )
    expect(partial).toBeGreaterThan(5)
  })

  test('several fills of one session share one minimum, and the parts do, too', () => {
    const bars = intraday(
      'A',
      '1m',
      '2024-03-05',
      '09:30',
      Array.from({ length: 30 }, () => flat(10, 100)),
    )
    const result = play(
      [bars],
      {
        onBar(bar, { orders }) {
          if (bar.count === 1) orders.market('A', 60)
        },
      },
      { fees: ibkrTieredFee({ regulatory: 'none' }), participation: 0.1 },
    )
    expect(result.fills).toHaveLength(6)
    expect(result.costs.fees['commission']).toBeCloseTo(0.35, 12)
  })

  test('a model that tells no kinds apart has commission; what parts leave over is "other"', () => {
    const plain: FeeModel = { name: 'flat', orderFee: () => 3 }
    const data = [daily('A', [flat(10), flat(10), flat(10)])]
    const buy = {
      onBar: (bar: { count: number }, { orders }: { orders: { market: (s: string, q: number) => unknown } }) => {
        if (bar.count === 1) orders.market('A', 1)
      },
    }
    expect(play(data, buy, { fees: plain }).costs.fees).toEqual({ commission: 3 })
    const loose: FeeModel = { ...plain, parts: () => ({ commission: 2 }) }
    expect(play(data, buy, { fees: loose }).costs.fees).toEqual({ commission: 2, other: 1 })
    expect(play(data, {}, { fees: plain }).costs).toEqual({
      fees: {},
      interestPaid: 0,
      interestEarned: 0,
      borrow: 0,
      total: 0,
    })
  })
})

test('interest and borrow are what was booked', () => {
  const data = [
    daily(
      'A',
      Array.from({ length: 12 }, () => flat(100)),
    ),
  ]
  const tiers = [{ upTo: Infinity, spread: 0 }]
  const rate = ibkrMarginInterest({ benchmark: 6, tiers })
  const held = (quantity: number) =>
    play(
      data,
      {
        onBar(bar, { orders }) {
          if (bar.count === 1) orders.market('A', quantity)
        },
      },
      { cash: 1_000, leverage: 2, marginInterest: rate, creditInterest: rate, borrow: borrowFee(3.6) },
    )
  const long = held(15)
  const booked = (result: typeof long, kind: string): number =>
    result.bookings.filter((b) => b.kind === kind).reduce((s, b) => s + b.cash, 0)
  expect(long.costs.interestPaid).toBeGreaterThan(0)
  expect(long.costs.interestPaid - long.costs.interestEarned).toBeCloseTo(-booked(long, 'interest'), 10)
  expect(long.costs.borrow).toBe(0)
  const short = held(-5)
  expect(short.costs.borrow).toBeCloseTo(-booked(short, 'borrow'), 10)
  expect(short.costs.borrow).toBeGreaterThan(0)
  for (const { costs } of [long, short])
    expect(costs.total).toBeCloseTo(costs.interestPaid - costs.interestEarned + costs.borrow, 12)
})
