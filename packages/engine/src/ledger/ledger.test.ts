import { type Instrument, type InstrumentId, type InstrumentSpec, type Sign, instrument } from '@onetape/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Booking } from './ledger-log.ts'
import { Ledger } from './ledger.ts'

const CASH = 100_000

function ledgerOf(specs: readonly Partial<InstrumentSpec>[] = [{}], strategies = 1): Ledger {
  const instruments: Instrument[] = specs.map((fields, id) => ({
    ...instrument(`I${id}`, fields),
    id: id as InstrumentId,
  }))
  const share = 1 / strategies
  return new Ledger(
    instruments,
    strategies,
    CASH,
    Array.from({ length: strategies }, () => share),
    0,
  )
}

interface Trade {
  readonly quantity: number
  readonly price: number
  readonly fee?: number
  readonly strategy?: number
  readonly instrument?: number
}

function trade(ledger: Ledger, t: Trade): number {
  const side: Sign = t.quantity < 0 ? -1 : 1
  const { strategy = 0, instrument: id = 0, fee = 0, price, quantity } = t
  const realized = ledger.fill(0, strategy, id, side, Math.abs(quantity), price, fee, 0, 0, 0)
  ledger.mark[id] = price
  return realized
}

describe('average cost', () => {
  test('of a long: buys average, sells realise against the average and leave it', () => {
    const ledger = ledgerOf()
    expect(trade(ledger, { quantity: 100, price: 10, fee: 1 })).toBe(0)
    expect(trade(ledger, { quantity: 300, price: 14, fee: 2 })).toBe(0)
    expect(ledger.averageCost[0]).toBe(13) // (100 · 10 + 300 · 14) / 400
    expect(trade(ledger, { quantity: -150, price: 15, fee: 3 })).toBe(300) // 150 · 2
    expect([ledger.averageCost[0], ledger.held[0], ledger.quantity[0]]).toEqual([13, 250, 250])
    expect(ledger.cash).toBe(CASH - 1000 - 4200 + 2250 - 6)
    expect([ledger.fees, ledger.realized[0]]).toEqual([6, 300])
    expect(ledger.equity()).toBe(CASH + 300 - 6 + 250 * 2) // realised, fees, unrealised
  })

  test('of a short: proceeds come in, buying back below the average gains', () => {
    const ledger = ledgerOf()
    trade(ledger, { quantity: -100, price: 20 })
    trade(ledger, { quantity: -100, price: 30 })
    expect([ledger.averageCost[0], ledger.cash, ledger.complex]).toEqual([25, CASH + 5000, 1])
    expect(trade(ledger, { quantity: 50, price: 15 })).toBe(500)
    expect([ledger.averageCost[0], ledger.held[0]]).toEqual([25, -150])
    expect(ledger.equity()).toBe(CASH + 500 + 150 * 10)
    expect(trade(ledger, { quantity: 150, price: 25 })).toBe(0)
    expect([ledger.averageCost[0], ledger.held[0], ledger.complex, ledger.equity()]).toEqual([0, 0, 0, CASH + 500])
  })

  test('through zero: the old side is closed at the price, the new one begins at it', () => {
    const ledger = ledgerOf()
    trade(ledger, { quantity: 100, price: 10 })
    expect(trade(ledger, { quantity: -250, price: 12, fee: 5 })).toBe(200)
    expect([ledger.held[0], ledger.averageCost[0], ledger.complex]).toEqual([-150, 12, 1])
    expect(trade(ledger, { quantity: 250, price: 10 })).toBe(300)
    expect([ledger.held[0], ledger.averageCost[0], ledger.complex]).toEqual([100, 10, 0])
    expect(ledger.equity()).toBe(CASH + 500 - 5)
  })

  test('fractional quantities that should cancel leave no dust', () => {
    const ledger = ledgerOf([{ lot: 0.1 }])
    trade(ledger, { quantity: 0.1, price: 10 })
    trade(ledger, { quantity: 0.2, price: 10 })
    trade(ledger, { quantity: -0.3, price: 10 })
    expect([ledger.held[0], ledger.quantity[0], ledger.exposure[0], ledger.averageCost[0]]).toEqual([0, 0, 0, 0])
  })
})

describe('futures', () => {
  const ES: Partial<InstrumentSpec> = { kind: 'future', multiplier: 50, initialMargin: 12_000 }

  test('a trade pays fees alone; profit is settled in cash when the position is reduced', () => {
    const ledger = ledgerOf([ES])
    trade(ledger, { quantity: 2, price: 4000, fee: 4 })
    expect([ledger.cash, ledger.complex, ledger.marginHeld(1)]).toEqual([CASH - 4, 1, 24_000])
    ledger.mark[0] = 4010
    expect(ledger.equity()).toBe(CASH - 4 + 1000)
    expect(ledger.free(1)).toBe(CASH - 4 + 1000 - 24_000)
    expect(trade(ledger, { quantity: -1, price: 4010, fee: 2 })).toBe(500)
    expect(ledger.cash).toBe(CASH - 6 + 500)
    expect(ledger.equity()).toBe(CASH - 6 + 1000)
    expect(trade(ledger, { quantity: -2, price: 3990 })).toBe(-500)
    expect([ledger.held[0], ledger.equity()]).toEqual([-1, CASH - 6])
    ledger.mark[0] = 3900
    expect(ledger.equity()).toBe(CASH - 6 + 4500)
    expect(ledger.strategyEquity(0)).toBe(ledger.equity())
  })

  test('beside stocks: equity is cash and stock value and open profit of futures', () => {
    const ledger = ledgerOf([{}, ES])
    trade(ledger, { quantity: 100, price: 50 })
    trade(ledger, { quantity: -1, price: 4000, instrument: 1 })
    ledger.mark[0] = 51
    ledger.mark[1] = 3990
    expect(ledger.equity()).toBe(CASH + 100 + 500)
  })
})

describe('splits', () => {
  test('2 for 1 doubles shares, halves cost and mark, and moves no money', () => {
    const ledger = ledgerOf()
    trade(ledger, { quantity: 101, price: 30 })
    const before = ledger.equity()
    ledger.split(0, 2, 15, 0)
    expect([ledger.held[0], ledger.quantity[0], ledger.averageCost[0], ledger.mark[0]]).toEqual([202, 202, 15, 15])
    expect(ledger.equity()).toBe(before)
  })

  test('1 for 20 pays the fraction in cash at the adjusted previous close', () => {
    const ledger = ledgerOf()
    trade(ledger, { quantity: 110, price: 1 })
    ledger.mark[0] = 1.5
    const before = ledger.equity()
    ledger.split(0, 1 / 20, 30, 0)
    expect([ledger.held[0], ledger.averageCost[0], ledger.mark[0]]).toEqual([5, 20, 30])
    expect(ledger.cash).toBe(CASH - 110 + 0.5 * 30)
    expect(ledger.realized[0]).toBe(0.5 * 10)
    expect(ledger.equity()).toBeCloseTo(before, 9)
  })

  test('a short pays the fraction, and a position below one share ends', () => {
    const ledger = ledgerOf([{}], 2)
    trade(ledger, { quantity: -30, price: 2 })
    trade(ledger, { quantity: 5, price: 2, strategy: 1 })
    const before = ledger.equity()
    ledger.split(0, 0.1, 20, 0)
    expect([ledger.held[0], ledger.held[1], ledger.quantity[0]]).toEqual([-3, 0, -3])
    expect(ledger.averageCost[1]).toBe(0)
    expect(ledger.strategyCash[1]).toBe(CASH / 2 - 10 + 10)
    expect(ledger.equity()).toBeCloseTo(before, 9)
  })

  test('3 for 2 of whole lots is exact although the ratio is not', () => {
    const ledger = ledgerOf([{ lot: 0.01 }])
    trade(ledger, { quantity: 33.34, price: 9 })
    ledger.split(0, 3 / 2, 6, 0)
    expect(ledger.held[0]).toBeCloseTo(50.01, 12)
    expect(ledger.log.count).toBe(2) // the fill and the split: no cash in place of a fraction
  })
})

describe('dividends', () => {
  test('are owed from the ex-day on and change equity then, not when they are paid', () => {
    const ledger = ledgerOf()
    trade(ledger, { quantity: 200, price: 50 })
    expect(ledger.dividend(0, 0, 0.25, 1)).toBe(50)
    expect([ledger.receivable, ledger.equity(), ledger.cash]).toEqual([50, CASH + 50, CASH - 10_000])
    trade(ledger, { quantity: -200, price: 50 })
    ledger.dividendPaid(0, 0, 50, 2)
    expect([ledger.receivable, ledger.equity(), ledger.cash]).toEqual([0, CASH + 50, CASH + 50])
  })

  test('shorts pay them', () => {
    const ledger = ledgerOf()
    trade(ledger, { quantity: -100, price: 50 })
    expect(ledger.dividend(0, 0, 0.3, 1)).toBe(-30)
    ledger.dividendPaid(0, 0, -30, 1)
    expect(ledger.equity()).toBe(CASH - 30)
  })

  test('reinvested they become shares, fractions included, at an average cost', () => {
    const ledger = ledgerOf()
    trade(ledger, { quantity: 100, price: 40 })
    ledger.dividendPaid(0, 0, ledger.dividend(0, 0, 1, 1), 1)
    ledger.mark[0] = 50
    const before = ledger.equity()
    ledger.reinvest(0, 0, 100, 50, 1)
    expect([ledger.held[0], ledger.quantity[0], ledger.cash]).toEqual([102, 102, CASH - 4000])
    expect(ledger.averageCost[0]).toBeCloseTo((100 * 40 + 2 * 50) / 102, 12)
    expect(ledger.equity()).toBe(before)
  })

  test('a dividend without shares leaves no row', () => {
    const ledger = ledgerOf()
    expect(ledger.dividend(0, 0, 1, 1)).toBe(0)
    expect(ledger.log.count).toBe(0)
  })
})

describe('two strategies', () => {
  test('in opposite directions: the account is flat, each strategy has its own position, cost and result', () => {
    const ledger = ledgerOf([{}], 2)
    trade(ledger, { quantity: 100, price: 10, fee: 1, strategy: 0 })
    trade(ledger, { quantity: -100, price: 12, fee: 1, strategy: 1 })
    expect([ledger.quantity[0], ledger.complex, ledger.exposure[0]]).toEqual([0, 0, 0])
    expect([ledger.held[0], ledger.held[1]]).toEqual([100, -100])
    ledger.mark[0] = 15
    expect(ledger.strategyEquity(0)).toBe(CASH / 2 - 1 + 500)
    expect(ledger.strategyEquity(1)).toBe(CASH / 2 - 1 - 300)
    expect(ledger.equity()).toBe(CASH - 2 + 200)
  })
})

test('the first fill of an instrument marks it: equity is known before its bar is through', () => {
  const ledger = ledgerOf()
  ledger.fill(0, 0, 0, 1, 10, 50, 1, 0, 0, 0)
  expect(ledger.equity()).toBe(CASH - 1)
})

test('equity is initial cash + realised + unrealised − fees for any fills, to 1e-9, account and strategies alike', () => {
  const fills = fc.array(
    fc.record({
      quantity: fc.integer({ min: -500, max: 500 }).filter((q) => q !== 0),
      price: fc.integer({ min: 1, max: 50_000 }).map((cents) => cents / 100),
      fee: fc.integer({ min: 0, max: 500 }).map((cents) => cents / 100),
      strategy: fc.nat(1),
      instrument: fc.nat(2),
    }),
    { maxLength: 60 },
  )
  const multipliers = [1, 10, 50]
  fc.assert(
    fc.property(fills, (list) => {
      const ledger = ledgerOf([{}, { multiplier: 10 }, { kind: 'future', multiplier: 50 }], 2)
      const net = new Float64Array(6)
      let cashFlow = 0
      let fees = 0
      for (const f of list) {
        trade(ledger, f)
        net[f.strategy * 3 + f.instrument]! += f.quantity
        cashFlow -= f.quantity * f.price * multipliers[f.instrument]!
        fees += f.fee
      }
      // Every instrument as if a trade paid its value: the same equity, by a road that knows no average cost.
      let value = 0
      for (let k = 0; k < 6; k++) if (net[k] !== 0) value += net[k]! * multipliers[k % 3]! * ledger.mark[k % 3]!
      const expected = CASH + cashFlow - fees + value
      const scale = Math.max(1, Math.abs(expected), Math.abs(cashFlow))
      expect(Math.abs(ledger.equity() - expected)).toBeLessThanOrEqual(1e-9 * scale)
      const parts = ledger.strategyEquity(0) + ledger.strategyEquity(1)
      expect(Math.abs(parts - expected)).toBeLessThanOrEqual(1e-9 * scale)
      let realized = 0
      let unrealized = 0
      for (let k = 0; k < 6; k++) {
        realized += ledger.realized[k]!
        if (net[k] !== 0) unrealized += net[k]! * multipliers[k % 3]! * (ledger.mark[k % 3]! - ledger.averageCost[k]!)
      }
      expect(Math.abs(CASH + realized + unrealized - fees - expected)).toBeLessThanOrEqual(1e-9 * scale)
    }),
  )
})

test('the log has a row for each booking, and its cash adds up to the cash of the account', () => {
  const ledger = ledgerOf([{}, {}], 2)
  trade(ledger, { quantity: 55, price: 10, fee: 1 })
  trade(ledger, { quantity: -70, price: 11, fee: 1, strategy: 1, instrument: 1 })
  ledger.split(0, 0.1, 100, 5)
  ledger.dividendPaid(1, 1, ledger.dividend(1, 1, 0.5, 6), 7)
  const { log } = ledger
  const rows = Array.from({ length: log.count }, (_, k) => [log.kind[k], log.time[k], log.quantity[k]])
  expect(rows).toEqual([
    [Booking.fill, 0, 55],
    [Booking.fill, 0, -70],
    [Booking.split, 5, 0.1],
    [Booking.splitCash, 5, 0.5],
    [Booking.dividend, 6, -70],
    [Booking.dividendPaid, 7, 0],
  ])
  expect(log.cash.subarray(0, log.count).reduce((a, b) => a + b, CASH)).toBeCloseTo(ledger.cash, 9)
})
