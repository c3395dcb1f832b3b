import type { StrategyHandlers } from '@onetape/core'
import { describe, expect, test } from 'vitest'
import { daily, fillsOf, flat, ordersOf, play, type Row, strategyOf, wall } from '../semantics/market.ts'

const series = (symbol: string, ...rows: readonly (Row | number)[]) =>
  daily(
    symbol,
    rows.map((r) => (typeof r === 'number' ? flat(r) : r)),
    { date: '2024-06-03' },
  )

const onBars = (days: Readonly<Record<number, NonNullable<StrategyHandlers['onSlice']>>>): StrategyHandlers => {
  let day = 0
  return { onSlice: (slice, ctx) => days[++day]?.(slice, ctx) }
}

const calls = (notices: readonly string[]): string[] => notices.filter((n) => n.startsWith('Margin call'))

describe('leverage', () => {
  test.each([
    ['long', 2, 'A 200 @ 100', -10_000],
    ['short', -2, 'A -200 @ 100', 30_000],
  ] as const)('2 lets a %s position be twice the equity, and not more', (_side, weight, fill, cash) => {
    const result = targets(weight, 2)
    expect(fillsOf(result)).toEqual([fill])
    expect([result.finalCash, result.finalEquity]).toEqual([cash, 10_000])
    expect(targets(weight * 1.1, 2).denials).toEqual({ buying_power: 1 })
    expect(targets(weight, 1).denials).toEqual({ buying_power: 1 })
  })

  test('gains and losses are those of the whole position', () => {
    expect(doubled(2)).toBe(12_000)
    expect(doubled(-2)).toBe(8000)
  })
})

describe('margin calls', () => {
  const A = series('A', 100, 100, 70, 69, 68, 68)
  const B = series('B', 100, 100, 90, 90, 90, 90)

  test('equity below the maintenance margin: orders are cancelled, the largest requirement is closed, the rest stays', () => {
    const result = play([A, B], entering(), { cash: 10_000, leverage: 4 })
    // On day 3: 14,000 + 9,000 − 20,000 = 3,000 USD against 25 % of 23,000 = 5,750. Without A, 2,250 is covered.
    expect(calls(result.notices)).toEqual([
      'Margin call at 2024-06-05T20:00:00Z: equity 3000.00 USD is below the maintenance margin of 5750.00 USD.',
    ])
    expect(ordersOf(result)).toEqual([
      'market 200 filled',
      'market 100 filled',
      'limit 10 cancelled margin_call',
      'market -200 filled',
    ])
    expect(result.fills.at(-1)).toMatchObject({ symbol: 'A', price: 69, tag: 'margin_call', quantity: 200 })
    expect(result.openPositions).toMatchObject([{ symbol: 'B', quantity: 100 }])
  })

  test('a position that meets its requirement to the cent is kept', () => {
    // 300 · p − 20,000 = 0.25 · 300 · p at 88.89.
    expect([losesTo(88.89), losesTo(88.88)]).toEqual([0, 1])
  })

  test('what is asked for in answer to the call is placed at once', () => {
    const result = play(
      [A, B],
      entering({
        onOrderEvent: (event, { orders }) => {
          if (event.kind === 'cancelled') orders.market('B', -10, { tag: 'answer' })
        },
      }),
      { cash: 10_000, leverage: 4 },
    )
    const answer = result.orders.find((o) => o.tag === 'answer')
    expect(answer).toMatchObject({ state: 'filled' })
    expect(wall(answer!.placedAt)).toBe('06-05 16:00')
    expect(wall(result.fills.find((f) => f.tag === 'answer')!.time)).toBe('06-06 16:00')
  })

  test('a short: 30 % of its value must be there', () => {
    const result = play(
      [series('A', 100, 100, 180, 181, 181)],
      onBars({ 1: (_s, { orders }) => void orders.market('A', -95) }),
      {
        cash: 10_000,
      },
    )
    // 10,000 + 9,500 − 95 · 180 = 2,400 against 0.3 · 17,100 = 5,130.
    expect(calls(result.notices)).toHaveLength(1)
    expect(fillsOf(result)).toEqual(['A -95 @ 100', 'A 95 @ 181'])
  })

  test('margin: false, and a position paid in full, are never called', () => {
    expect(calls(play([A, B], entering(), { cash: 10_000, leverage: 4, margin: false }).notices)).toEqual([])
    const paid = play([series('A', 100, 100, 10, 1)], onBars({ 1: (_s, { orders }) => void orders.market('A', 97) }), {
      cash: 10_000,
    })
    expect(calls(paid.notices)).toEqual([])
  })

  test('an account that ends below zero is called once and left with its debt', () => {
    const result = play(
      [series('A', 100, 100, 50, 50, 50, 50, 50)],
      onBars({
        1: (_s, { orders }) => void orders.market('A', 300),
        5: (_s, { orders }) => void orders.market('A', 1),
      }),
      { cash: 10_000, leverage: 4 },
    )
    expect(calls(result.notices)).toHaveLength(1)
    expect(result.finalEquity).toBe(-5000)
    expect(result.denials).toEqual({ buying_power: 1 })
    expect(result.orders).toHaveLength(3)
  })

  test('a liquidation that takes several bars is asked for once', () => {
    const thin = series(
      'A',
      100,
      [100, 100, 100, 100, 10_000],
      [70, 70, 70, 70, 1000],
      ...Array.from({ length: 5 }, (): Row => [70, 70, 70, 70, 1000]),
    )
    const result = play([thin], onBars({ 1: (_s, { orders }) => void orders.market('A', 300) }), {
      cash: 10_000,
      leverage: 4,
      participation: 0.1,
    })
    expect(calls(result.notices)).toHaveLength(1)
    expect(result.fills.filter((f) => f.tag === 'margin_call').map((f) => f.quantity)).toEqual([100, 100, 100])
    expect(result.openPositions).toEqual([])
  })

  test('filling at the close that decides, the position is gone at once', () => {
    const result = play([A, B], entering(), { cash: 10_000, leverage: 4, marketFill: 'same-close' })
    expect(result.fills.at(-1)).toMatchObject({ symbol: 'A', price: 70, tag: 'margin_call' })
    expect(calls(result.notices)).toHaveLength(1)
  })

  test('positions of several strategies are closed, each by an order of its own', () => {
    const result = play(
      [series('A', 100, 100, 80, 80)],
      {},
      {
        strategy: ['one', 'two'].map((name) => ({ strategy: strategyOf(long(), name), allocation: 0.5 })),
        cash: 10_000,
        leverage: 4,
      },
    )
    expect(result.fills.filter((f) => f.tag === 'margin_call').map((f) => [f.strategy, f.quantity])).toEqual([
      ['one', 150],
      ['two', 150],
    ])
  })
})

describe('futures', () => {
  test('their own maintenance margin is what counts', () => {
    // 13,000 − 50 · 60 = 10,000 is enough, one tick less is not.
    expect(calls(heldAt(3940).notices)).toEqual([])
    const called = heldAt(3939.75)
    expect(calls(called.notices)).toHaveLength(1)
    expect(fillsOf(called)).toEqual(['ES 1 @ 4000', 'ES -1 @ 3939.75'])
    expect(called.finalCash).toBe(13_000 - 50 * 60.25)
  })
})

const targets = (w: number, leverage: number) =>
  play([series('A', 100, 100)], onBars({ 1: (_s, { orders }) => void orders.targetPercent('A', w) }), {
    cash: 10_000,
    leverage,
  })

const doubled = (weight: number) =>
  play([series('A', 100, 100, 110)], onBars({ 1: (_s, { orders }) => void orders.targetPercent('A', weight) }), {
    cash: 10_000,
    leverage: 2,
  }).finalEquity

/** 200 A and 100 B at 100 USD on 10,000 USD: a debit of 20,000. */
const entering = (more: StrategyHandlers = {}): StrategyHandlers => {
  let day = 0
  return {
    ...more,
    onSlice: (slice, ctx) => {
      if (++day === 1) {
        ctx.orders.market('A', 200)
        ctx.orders.market('B', 100)
      }
      if (day === 2) ctx.orders.limit('B', 10, 50, { tif: 'gtc', tag: 'waiting' })
      more.onSlice?.(slice, ctx)
    },
  }
}

const losesTo = (price: number) =>
  calls(
    play([series('A', 100, 100, price, price)], onBars({ 1: (_s, { orders }) => void orders.market('A', 300) }), {
      cash: 10_000,
      leverage: 4,
    }).notices,
  ).length

const long = () => onBars({ 1: (_s, { orders }) => void orders.market('A', 150) })

const future = (...prices: readonly number[]) =>
  daily(
    'ES',
    prices.map((p) => flat(p)),
    {
      date: '2024-06-03',
      fields: { kind: 'future', multiplier: 50, initialMargin: 12_000, maintenanceMargin: 10_000 },
    },
  )

const heldAt = (price: number) => {
  let day = 0
  return play(
    [future(4000, 4000, price, price)],
    { onSlice: (_s, { orders }) => void (++day === 1 && orders.market('ES', 1)) },
    {
      cash: 13_000,
    },
  )
}
