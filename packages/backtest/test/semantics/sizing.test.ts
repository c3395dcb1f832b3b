import type { StrategyContext } from '@onetape/core'
import { basisPoints, percentFee } from '@onetape/costs'
import { describe, expect, test } from 'vitest'
import { daily, fillsOf, flat, intraday, ordersOf, play } from './market.ts'

const prices = (...values: readonly number[]) => [
  daily(
    'A',
    values.map((p) => flat(p)),
  ),
]

/** Calls `act` on the bar with that close. */
const on = (close: number, act: (ctx: StrategyContext) => void) => ({
  onBar(bar: { close: number }, ctx: StrategyContext) {
    if (bar.close === close) act(ctx)
  },
})

describe('rule 19: targetPercent', () => {
  test('rounds w · (1 − buffer) · E / (p · (1 + cost rate)) to the lot, toward zero', () => {
    // 100,000 · 0.9975 / (30 · (1 + 0.001 + 0.0005)) = 3320.02
    const result = play(
      prices(30, 30),
      on(30, ({ orders }) => void orders.targetPercent('A', 1)),
      {
        buffer: 0.0025,
        fees: percentFee({ percent: 0.1, minimum: 0 }),
        slippage: basisPoints(5),
      },
    )
    expect(fillsOf(result)[0]).toBe(`A ${Math.floor(99_750 / (30 * 1.0015))} @ 30.014999999999997`)
  })

  test('of the default options leaves 0.25 % of the equity unused', () => {
    const result = play(
      prices(1, 1),
      on(1, ({ orders }) => void orders.targetPercent('A', 1)),
      { buffer: 0.0025 },
    )
    expect(fillsOf(result)).toEqual(['A 99750 @ 1'])
  })

  test('of a negative weight sells short the mirrored quantity', () => {
    const result = play(
      prices(30, 30),
      on(30, ({ orders }) => void orders.targetPercent('A', -0.5)),
    )
    expect(fillsOf(result)).toEqual(['A -1666 @ 30'])
  })

  test('uses fractional lots where the instrument has them', () => {
    const data = [daily('A', [flat(30), flat(30)], { fields: { lot: 0.01 } })]
    const result = play(
      data,
      on(30, ({ orders }) => void orders.targetPercent('A', 1)),
    )
    expect(fillsOf(result)).toEqual(['A 3333.33 @ 30'])
  })

  test('takes the equity of the strategy’s allocation', () => {
    const buyAll = { onBar: (_bar: unknown, { orders }: StrategyContext) => void orders.targetPercent('A', 1) }
    const result = play(prices(10, 10), buyAll, { cash: 50_000 })
    expect(fillsOf(result)).toEqual(['A 5000 @ 10'])
  })

  test('w = 0 closes exactly, whatever minChange says', () => {
    const result = play(
      prices(10, 11, 12),
      {
        onBar(bar, { orders }) {
          if (bar.close === 10) orders.market('A', 3)
          if (bar.close === 11) orders.targetPercent('A', 0)
        },
      },
      { minChange: 0.5 },
    )
    expect(fillsOf(result)).toEqual(['A 3 @ 11', 'A -3 @ 12'])
  })

  test('sends nothing when the change is below minChange of the equity', () => {
    const sent: unknown[] = []
    const result = play(
      prices(10, 10, 10.04, 11, 11),
      {
        onBar: (_bar, { orders }) => void sent.push(orders.targetPercent('A', 0.5)),
      },
      { minChange: 0.01 },
    )
    // The second bar holds 5000 shares: at 10.04 the target is 4990, 0.1 % away; at 11 it is 4772, 2.4 % away.
    expect(sent).toEqual([0, undefined, undefined, 1, undefined])
    expect(fillsOf(result)).toEqual(['A 5000 @ 10', 'A -228 @ 11'])
  })

  test('sends nothing when the change is below one lot', () => {
    const result = play(prices(10, 10, 10), { onBar: (_bar, { orders }) => void orders.targetQuantity('A', 0.7) })
    expect(result.orders).toEqual([])
  })

  test('counts the working quantity of target orders, and of no others', () => {
    const result = play(
      prices(10, 10),
      on(10, ({ orders }) => {
        if (orders.open().length > 0) return
        orders.limit('A', 50, 9, { tif: 'gtc' })
        orders.targetQuantity('A', 100)
        expect(orders.targetQuantity('A', 100)).toBeUndefined()
        orders.targetQuantity('A', 130)
      }),
    )
    expect(ordersOf(result)).toEqual(['limit 50 working', 'market 100 filled', 'market 30 filled'])
  })

  test('cancels a working target order that points the other way first', () => {
    const data = [daily('A', [flat(10, 100_000), flat(10, 100), flat(10, 100_000), flat(10, 100_000)])]
    const seen: string[] = []
    const result = play(
      data,
      {
        onBar(bar, { orders, portfolio }) {
          if (bar.count === 1) orders.targetQuantity('A', 100, { tif: 'gtc' })
          if (bar.count === 2) {
            seen.push(`holds ${portfolio.quantity('A')}, works ${orders.open()[0]!.leaves}`)
            orders.targetQuantity('A', 5)
          }
        },
      },
      { participation: 0.1 },
    )
    expect(seen).toEqual(['holds 10, works 90'])
    expect(fillsOf(result)).toEqual(['A 10 @ 10', 'A -5 @ 10'])
    expect(result.orders[0]).toMatchObject({ state: 'cancelled', code: 'target_replaced', filled: 10 })
  })

  test('without an equity above zero is denied with no_target', () => {
    const result = play(
      prices(10, 10, 100, 100),
      {
        onBar(bar, { orders }) {
          if (bar.count === 1) orders.market('A', -5000)
          if (bar.count === 3) orders.targetPercent('A', 0.5)
        },
      },
      { cash: 100_000 },
    )
    expect(result.finalEquity).toBeLessThan(0)
    expect(result.denials).toEqual({ no_target: 1 })
  })
})

describe('rule 19: sizeAt fill', () => {
  test('takes equity and price at the fill, after the reducing fills of the same time, and says so', () => {
    const data = [daily('A', [flat(10), flat(20), flat(20)]), daily('B', [flat(10), flat(40), flat(40)])]
    const result = play(
      data,
      {
        onSlice(slice, { orders, portfolio }) {
          if (portfolio.held.length > 0) return
          if (slice.bar('A')!.close === 10) orders.targetPercent('A', 1)
        },
        onFill(fill, { orders }) {
          if (fill.instrument.symbol === 'A' && fill.side === 'buy') {
            orders.close('A')
            orders.targetPercent('B', 1)
          }
        },
      },
      { sizeAt: 'fill' },
    )
    // The close of 10 decides, the open of 20 sizes: 5,000 shares. B is sized at 40 after A is sold.
    expect(fillsOf(result)).toEqual(['A 5000 @ 20', 'A -5000 @ 20', 'B 2500 @ 40'])
    expect(result.notices[0]).toContain('live trading cannot do this')
  })

  test('sized to nothing, the order ends with nothing_to_do', () => {
    const result = play(
      prices(10, 10, 9, 20, 20),
      {
        onBar(bar, { orders }) {
          if (bar.count === 1) orders.targetPercent('A', 0.5)
          if (bar.count === 3) orders.targetPercent('A', 0.5) // at 9 there is more to buy, at the next open of 20 less
        },
      },
      { sizeAt: 'fill' },
    )
    expect(ordersOf(result).slice(1)).toEqual(['market 0 cancelled nothing_to_do'])
  })
})

describe('rule 20: a market order with a fixed quantity and no price yet', () => {
  test('is parked until the instrument’s first event, gated there, and fills on it', () => {
    const seen: string[] = []
    const data = [daily('A', [flat(10), flat(11), flat(12)]), daily('B', [undefined, flat(30), flat(31)])]
    const result = play(data, {
      onStart: ({ orders }) => void orders.market('B', 5),
      onBar: (bar, { orders }) =>
        void seen.push(`${bar.instrument.symbol} ${bar.close}: ${orders.get(0 as never).state}`),
      onOrderEvent: (event) => void seen.push(event.kind),
    })
    const events = ['submitting', 'accepted', 'filled']
    expect(seen).toEqual([
      'parked',
      'A 10: parked',
      ...events,
      'A 11: filled',
      'B 30: filled',
      'A 12: filled',
      'B 31: filled',
    ])
    expect(fillsOf(result)).toEqual(['B 5 @ 30'])
  })

  test('several of them fill on the first bars, each paid for', () => {
    const data = [daily('A', [flat(10)]), daily('B', [flat(20)]), daily('C', [flat(30)])]
    const result = play(data, {
      onStart({ orders, instruments }) {
        for (const each of instruments) orders.market(each, 100)
      },
    })
    expect(fillsOf(result)).toEqual(['A 100 @ 10', 'B 100 @ 20', 'C 100 @ 30'])
    expect(result.finalEquity).toBe(100_000)
  })

  test('is denied there when it costs too much', () => {
    const result = play(prices(600, 600), { onStart: ({ orders }) => void orders.market('A', 200) })
    expect(result.denials).toEqual({ buying_power: 1 })
  })

  test('a limit order without a price cannot be judged, and is denied', () => {
    const result = play(prices(10, 10), { onStart: ({ orders }) => void orders.limit('A', 1, 9) })
    expect(result.denials).toEqual({ no_price: 1 })
  })

  test('can be cancelled while it waits', () => {
    const data = [intraday('A', '1m', '2024-01-02', '10:00', [flat(1), flat(1)]), daily('B', [flat(10)])]
    const result = play(data, {
      onStart: ({ orders }) => void orders.market('B', 5),
      onBar: (_bar, { orders }) => orders.cancelAll(),
    })
    expect(ordersOf(result)).toEqual(['market 5 cancelled requested'])
  })
})
