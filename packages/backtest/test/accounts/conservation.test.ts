import { borrowFee, dayTradingRule, ibkrCreditInterest, ibkrMarginInterest } from '@onetape/costs'
import { type BacktestOptions, type BacktestResult, backtest } from '@onetape/backtest'
import type { BarSeries } from '@onetape/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { randomOptions, randomSeries, randomStrategy } from '../properties/random-scene.ts'

/** Cash, receivables and value at the end, summed from the records alone. */
function resummed(result: BacktestResult, data: readonly BarSeries[]): { equity: number; made: number } {
  const multiplier = new Map(data.map((s) => [s.instrument.symbol, s.instrument.multiplier]))
  let cash = result.initialCash
  let receivable = 0
  let financing = 0
  for (const f of result.fills)
    cash -= (f.side === 'buy' ? 1 : -1) * f.quantity * f.price * multiplier.get(f.symbol)! + f.fee
  for (const b of result.bookings) {
    cash += b.cash
    if (b.kind === 'dividend') receivable += b.quantity * b.price * multiplier.get(b.symbol!)!
    if (b.kind === 'dividend-paid') receivable -= b.cash
    if (b.kind === 'interest' || b.kind === 'borrow') financing += b.cash
  }
  let value = 0
  for (const p of result.openPositions)
    value += (p.side === 'long' ? 1 : -1) * p.quantity * p.mark * multiplier.get(p.symbol)!
  return { equity: cash + receivable + value, made: financing }
}

test('with interest, borrow fees, margin calls and settlement the books still add up', () => {
  const seen = { cases: 0, debit: 0, credit: 0, borrow: 0, calls: 0, settled: 0, dayTrading: 0 }
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 1_000_000 }),
      fc.integer({ min: 2, max: 12 }),
      fc.integer({ min: 1, max: 3 }),
      fc.boolean(),
      (seed, sessions, instruments, two) => {
        const data = randomSeries({ seed, sessions, instruments })
        const given = randomOptions(seed)
        const strategy: BacktestOptions['strategy'] = two
          ? [
              { strategy: randomStrategy, id: 'first', allocation: 0.5 },
              { strategy: randomStrategy, id: 'second', allocation: 0.3 },
            ]
          : randomStrategy
        const cash = given.account === 'cash'
        const result = backtest({
          strategy,
          data,
          benchmark: false,
          ...given,
          leverage: cash ? 1 : 6,
          participation: Infinity,
          cash: 20_000,
          marginInterest: ibkrMarginInterest({ benchmark: 5 }),
          creditInterest: ibkrCreditInterest({ benchmark: 5 }),
          borrow: borrowFee(8),
          ...(seed % 3 === 0 ? { dayTrading: dayTradingRule() } : {}),
        })
        const { equity, made } = resummed(result, data)
        expect(Math.abs(equity - result.finalEquity)).toBeLessThanOrEqual(
          1e-9 * Math.max(20_000, Math.abs(result.finalEquity)),
        )
        expect(Number.isFinite(made)).toBe(true)
        seen.cases++
        if (result.bookings.some((b) => b.kind === 'interest' && b.cash < 0)) seen.debit++
        if (result.bookings.some((b) => b.kind === 'interest' && b.cash > 0)) seen.credit++
        if (result.bookings.some((b) => b.kind === 'borrow')) seen.borrow++
        if (result.notices.some((n) => n.startsWith('Margin call'))) seen.calls++
        if (result.denials.settled_cash !== undefined) seen.settled++
        if (result.denials.pattern_day_trader !== undefined) seen.dayTrading++
        // One call, then its orders; never one for every bar.
        const calls = result.notices.filter((n) => n.startsWith('Margin call')).length
        expect(calls).toBeLessThanOrEqual(result.fills.filter((f) => f.tag === 'margin_call').length + instruments)
      },
    ),
    { numRuns: 300 },
  )
  console.log(
    `added up in ${seen.cases} cases: ${seen.debit} with a debit, ${seen.credit} with a credit, ${seen.borrow} with borrowed stock, ` +
      `${seen.calls} with a margin call, ${seen.settled} with cash not settled, ${seen.dayTrading} with day trades refused`,
  )
  for (const count of [seen.debit, seen.credit, seen.borrow, seen.calls]) expect(count).toBeGreaterThanOrEqual(15)
  for (const count of [seen.settled, seen.dayTrading]) expect(count).toBeGreaterThanOrEqual(3)
})
