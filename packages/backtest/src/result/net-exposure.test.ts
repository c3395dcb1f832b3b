import fc from 'fast-check'
import { expect, test } from 'vitest'
import { daily, flat, play } from '../../test/semantics/market.ts'

test('flat, all in, and short are 0, 1 and −1 of equity', () => {
  const data = [daily('A', [flat(100), flat(100), flat(110), flat(110), flat(110), flat(110)])]
  const { exposure } = play(
    data,
    {
      onBar(bar, { orders }) {
        if (bar.count === 1) orders.market('A', 10)
        if (bar.count === 3) orders.market('A', -20)
      },
    },
    { cash: 1_000, leverage: 2 },
  )
  expect([...exposure]).toEqual([0, 1, 1, -1, -1, -1].map((value) => expect.closeTo(value, 12)))
})

test('a future counts with its whole value, though it costs no cash', () => {
  const fields = { kind: 'future', multiplier: 5, initialMargin: 100, maintenanceMargin: 90 } as const
  const data = [daily('F', [flat(100), flat(100), flat(120), flat(120)], { fields })]
  const { exposure } = play(
    data,
    {
      onBar(bar, { orders }) {
        if (bar.count === 1) orders.market('F', 2)
        if (bar.count === 2) orders.market('F', -1)
      },
    },
    { cash: 1_000, leverage: 4 },
  )
  // 2 · 5 · 100 of 1,000; then one is closed at 120 with a gain of 100, and the other is worth 600 of 1,200
  expect([...exposure]).toEqual([0, 1, 0.5, 0.5].map((value) => expect.closeTo(value, 12)))
})

test('it is the positions at their closes over equity, with dividends, splits and several instruments', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 20, max: 60 }), { minLength: 12, maxLength: 20 }),
      fc.array(fc.integer({ min: -30, max: 30 }), { minLength: 12, maxLength: 12 }),
      (prices, orders) => {
        const plain = daily(
          'B',
          prices.map((p) => flat(p)),
        )
        const day = 86_400_000
        const exDay = Math.floor(plain.columns.time[5]! / day) * day + 5 * 3_600_000
        const actions = [
          { symbol: 'A', time: exDay, kind: 'dividend' as const, amount: 0.5 },
          { symbol: 'A', time: exDay, kind: 'split' as const, ratio: 2 },
        ]
        const data = [
          daily(
            'A',
            prices.map((p, i) => flat(i < 5 ? 2 * p : p)),
            { actions },
          ),
          plain,
        ]
        const result = play(
          data,
          {
            onBar(bar, context) {
              const quantity = orders[(bar.count - 1) % 12]!
              if (quantity !== 0 && bar.count < 12) context.orders.market(bar.instrument, quantity)
            },
          },
          { cash: 100_000, leverage: 2 },
        )
        const { time, equity } = result.equity
        const held = { A: 0, B: 0 }
        let fill = 0
        time.forEach((t, i) => {
          if (i === 5) held.A *= 2
          for (; result.fills[fill] !== undefined && result.fills[fill]!.time <= t; fill++) {
            const { symbol, side, quantity } = result.fills[fill]!
            held[symbol as 'A' | 'B'] += side === 'buy' ? quantity : -quantity
          }
          const value = held.A * data[0]!.columns.close[i]! + held.B * data[1]!.columns.close[i]!
          expect(result.exposure[i]).toBeCloseTo(value / equity[i]!, 9)
        })
      },
    ),
    { numRuns: 40 },
  )
})
