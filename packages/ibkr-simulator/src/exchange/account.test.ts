import { calendar } from '@onetape/calendar'
import { instrument } from '@onetape/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { makeListing } from '../market/listing.ts'
import { Account } from './account.ts'

const listings = ['AAPL', 'SPY'].map((s, i) => makeListing(i, instrument(s), calendar('XNYS')))

test('whatever is traded, equity is the cash at first plus what was realized and what is not', () => {
  const trade = fc.record({
    stock: fc.nat(1),
    side: fc.constantFrom(1, -1),
    shares: fc.integer({ min: 1, max: 1000 }),
    cents: fc.integer({ min: 100, max: 50_000 }),
    commission: fc.integer({ min: -50, max: 500 }).map((c) => c / 100),
  })
  fc.assert(
    fc.property(fc.array(trade, { minLength: 1, maxLength: 40 }), (trades) => {
      const prices = Float64Array.of(100, 200)
      const account = new Account('DU1', 1_000_000, () => prices)
      let realized = 0
      for (const { stock, side, shares, cents, commission } of trades) {
        prices[stock] = cents / 100
        const gained = account.book(listings[stock]!, side, shares, cents / 100, commission)
        if (!Number.isNaN(gained)) realized += gained
      }
      const f = account.figures()
      expect(f.netLiquidation).toBeCloseTo(1_000_000 + realized + f.unrealized, 4)
      expect(f.realized).toBeCloseTo(realized, 6)
      expect(f.cash + f.stockValue).toBe(f.netLiquidation)
      expect(f.daily).toBeCloseTo(realized + f.unrealized, 4)
      const results = [...account.positions.values()].map((p) => account.result(p).daily)
      expect(results.reduce((a, b) => a + b)).toBeCloseTo(f.daily, 4)
    }),
  )
})

// IBKR counts commissions as part of the cost: 100 at 50 with 1 USD cost 50.01 a share.
test('through zero: what was held is closed, the rest opens at the new price, the commission is split', () => {
  const account = new Account('DU1', 100_000, () => Float64Array.of(60, 0))
  expect(account.book(listings[0]!, 1, 100, 50, 1)).toBeNaN()
  expect(account.positions.get(0)?.averageCost).toBeCloseTo(50.01, 12)
  expect(account.book(listings[0]!, -1, 150, 60, 3)).toBeCloseTo(100 * (60 - 50.01) - 2, 9)
  expect(account.positions.get(0)).toMatchObject({ quantity: -50, averageCost: expect.closeTo(59.98, 9) as number })
})

test('a new day begins with nothing realized and no profit', () => {
  const prices = Float64Array.of(50, 0)
  const account = new Account('DU1', 100_000, () => prices)
  account.book(listings[0]!, 1, 100, 50, 1)
  prices[0] = 55
  account.startDay()
  expect(account.figures()).toMatchObject({ daily: 0, realized: 0 })
  prices[0] = 56
  expect(account.figures().daily).toBe(100)
  expect(account.result(account.positions.get(0)!).daily).toBe(100)
})
