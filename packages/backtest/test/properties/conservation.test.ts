import type { BarSeries } from '@onetape/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type BacktestOptions, type BacktestResult, backtest } from '@onetape/backtest'
import { Books } from './books.ts'
import { randomOptions, randomSeries, randomStrategy } from './random-scene.ts'

const TOLERANCE = 1e-9

/** Checks both sides of the books at every knowable time. */
function expectConserved(result: BacktestResult, data: readonly BarSeries[]): Books {
  const books = new Books(result.initialCash, data)
  const initial = result.initialCash
  const { fills, bookings } = result
  const { time, equity } = result.equity
  let f = 0
  let b = 0
  for (let k = 0; k < time.length; k++) {
    const t = time[k]!
    // Actions and payments are booked at midnight, between the bars; what is reinvested, at the close after all fills,
    // but before positions are closed at the end of the data: those fills come from no bar.
    while (f < fills.length || b < bookings.length) {
      const fillAt = fills[f]?.time ?? Infinity
      const bookAt = bookings[b]?.time ?? Infinity
      if (Math.min(fillAt, bookAt) > t) break
      const bookFirst = bookings[b]?.kind !== 'reinvest' || fills[f]?.barTime === t
      if (bookAt < fillAt || (bookAt === fillAt && bookFirst)) books.book(bookings[b++]!)
      else books.fill(fills[f++]!)
    }
    const { value, unrealized } = books.positions(t)
    const scale = TOLERANCE * Math.max(initial, Math.abs(equity[k]!))
    expect(Math.abs(books.cash + books.receivable + value - equity[k]!)).toBeLessThanOrEqual(scale)
    const made = initial + books.realized + unrealized + books.dividends - books.fees
    expect(Math.abs(made - equity[k]!)).toBeLessThanOrEqual(scale)
  }
  expect([f, b]).toEqual([fills.length, bookings.length])
  return books
}

/** What the orders say of themselves agrees with the fills. */
function expectOrdersAgree(result: BacktestResult, adjusted: boolean): void {
  const filled = new Map<string, { quantity: number; fees: number }>()
  for (const f of result.fills) {
    const sum = filled.get(f.orderId) ?? { quantity: 0, fees: 0 }
    filled.set(f.orderId, { quantity: sum.quantity + f.quantity, fees: sum.fees + f.fee })
  }
  for (const o of result.orders) {
    const sum = filled.get(o.id) ?? { quantity: 0, fees: 0 }
    expect(o.filled).toBeCloseTo(sum.quantity, 9)
    expect(o.fees).toBeCloseTo(sum.fees, 9)
    // A split that adjusts working orders counts what is left on the new basis.
    expect(adjusted || o.filled === 0 || o.filled <= o.quantity * (1 + 1e-12)).toBe(true)
  }
  expect(result.totalFees).toBeCloseTo(
    result.fills.reduce((sum, f) => sum + f.fee, 0),
    6,
  )
}

/** All fills of one bar together take at most their part of its volume. */
function expectWithinVolume(result: BacktestResult, data: readonly BarSeries[], participation: number): void {
  const taken = new Map<string, number>()
  for (const f of result.fills.filter((each) => each.barTime < each.time)) {
    const key = `${f.symbol} ${f.barTime}`
    taken.set(key, (taken.get(key) ?? 0) + f.quantity)
  }
  for (const { instrument, columns, length } of data)
    for (let i = 0; i < length; i++) {
      const quantity = taken.get(`${instrument.symbol} ${columns.time[i]!}`) ?? 0
      const volume = columns.volume[i]!
      expect(quantity).toBeLessThanOrEqual(volume === 0 ? 0 : participation * volume + 1e-6)
    }
}

test('cash + receivables + positions at marks = initial + P&L − costs, to 1e-9 relative, at every knowable time', () => {
  const cases = fc.record({
    seed: fc.integer({ min: 0, max: 1_000_000 }),
    sessions: fc.integer({ min: 2, max: 12 }),
    instruments: fc.integer({ min: 1, max: 4 }),
    strategies: fc.integer({ min: 1, max: 2 }),
  })
  const seen = { cases: 0, fills: 0, partial: 0, shorts: 0, splits: 0, fees: 0, dividends: 0, futures: 0, two: 0 }
  let fills = 0
  let times = 0
  fc.assert(
    fc.property(cases, (size) => {
      const data = randomSeries(size)
      const given = randomOptions(size.seed)
      const strategy: BacktestOptions['strategy'] =
        size.strategies === 1
          ? randomStrategy
          : [
              { strategy: randomStrategy, id: 'first', allocation: 0.6 },
              { strategy: randomStrategy, id: 'second', allocation: 0.4 },
            ]
      const result = backtest({ strategy, data, benchmark: false, ...given })
      const books = expectConserved(result, data)
      expect(books.cash + books.receivable).not.toBeNaN()
      expectOrdersAgree(result, given.splitOrders === 'adjust')
      expectWithinVolume(result, data, given.participation!)
      expect(books.open().toSorted()).toEqual(
        result.openPositions
          .map((p) => `${p.strategy} ${p.symbol} ${(p.side === 'long' ? p.quantity : -p.quantity).toFixed(6)}`)
          .toSorted(),
      )
      seen.cases++
      fills += result.fills.length
      times += result.equity.time.length
      if (result.fills.length > 0) seen.fills++
      if (new Set(result.fills.map((f) => f.orderId)).size < result.fills.length) seen.partial++
      if (books.shorts > 0) seen.shorts++
      if (books.splits > 0) seen.splits++
      if (books.fees > 0) seen.fees++
      if (books.dividends !== 0) seen.dividends++
      if (size.strategies === 2) seen.two++
      const future = data.find((s) => s.instrument.kind === 'future')?.instrument.symbol
      if (result.fills.some((f) => f.symbol === future)) seen.futures++
    }),
    { numRuns: 300 },
  )
  const share = (count: number): string => `${count} (${((100 * count) / seen.cases).toFixed(0)} %)`
  console.log(
    `conserved in ${seen.cases} cases, ${times} times, ${fills} fills; cases with a fill ${share(seen.fills)}, ` +
      `partial fills ${share(seen.partial)}, shorts ${share(seen.shorts)}, splits ${share(seen.splits)}, ` +
      `fees ${share(seen.fees)}, dividends ${share(seen.dividends)}, futures ${share(seen.futures)}, ` +
      `two strategies ${share(seen.two)}`,
  )
  expect(seen.fills / seen.cases).toBeGreaterThanOrEqual(0.9)
  for (const count of [seen.partial, seen.shorts, seen.splits, seen.fees, seen.dividends, seen.futures, seen.two])
    expect(count / seen.cases).toBeGreaterThanOrEqual(0.1)
})
