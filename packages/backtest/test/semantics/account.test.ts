import type { StrategyHandlers } from '@onetape/core'
import { percentFee } from '@onetape/costs'
import { basicGate } from '@onetape/engine'
import { describe, expect, test } from 'vitest'
import { daily, fillsOf, flat, intraday, ordersOf, play, type Row } from './market.ts'

const A = (...rows: readonly (Row | number)[]) =>
  daily(
    'A',
    rows.map((r) => (typeof r === 'number' ? flat(r) : r)),
  )
const B = (...rows: readonly (Row | number)[]) =>
  daily(
    'B',
    rows.map((r) => (typeof r === 'number' ? flat(r) : r)),
  )

/** Acts once per bar number of the first instrument, counted from 1. */
const byDay = (days: Readonly<Record<number, NonNullable<StrategyHandlers['onSlice']>>>): StrategyHandlers => {
  let day = 0
  return { onSlice: (slice, ctx) => days[++day]?.(slice, ctx) }
}

const buys = (third: number) =>
  play(
    [A(100, 100)],
    byDay({
      1: (_slice, { orders }) => {
        orders.limit('A', 100, 60, { tif: 'gtc' })
        orders.limit('A', 50, 80, { tif: 'gtc' })
        orders.limit('A', third, 1, { tif: 'gtc' })
      },
    }),
    { cash: 10_000 },
  )

describe('rule 20: reservations of all working increasing orders', () => {
  test('a market buy holds back the last price + 2 % and the fee', () => {
    const seen: number[] = []
    play(
      [A(100, 100)],
      byDay({
        1: (_slice, { orders, portfolio }) => {
          seen.push(portfolio.buyingPower)
          orders.market('A', 100)
        },
      }),
      { cash: 20_000, fees: percentFee({ percent: 1, minimum: 0 }) },
    )
    expect(seen).toEqual([20_000])
    // 100 · 100 · 1.02 · 1.01 = 10,302 for the first; of what is left, 94 more fit and 95 do not.
    for (const [second, denied] of [
      [94, false],
      [95, true],
    ] as const) {
      const result = play(
        [A(100, 100)],
        byDay({
          1: (_slice, { orders }) => {
            orders.market('A', 100)
            orders.market('A', second)
          },
        }),
        { cash: 20_000, fees: percentFee({ percent: 1, minimum: 0 }) },
      )
      expect(result.denials).toEqual(denied ? { buying_power: 1 } : {})
    }
  })

  test('a limit buy holds back its limit, also when it lies far below the market', () => {
    expect(ordersOf(buys(1))).toEqual(['limit 100 working', 'limit 50 working', 'limit 1 denied buying_power'])
  })

  test('what a cancelled, expired or filled order held back is free again', () => {
    const seen: string[] = []
    play(
      [A(100, 100, 100, 100, 100)],
      byDay({
        1: (_slice, { orders }) => void orders.limit('A', 90, 99, { tif: 'gtc' }),
        2: (_slice, { orders, portfolio }) => {
          seen.push(`working ${portfolio.buyingPower}`)
          orders.cancelAll()
        },
        3: (_slice, { orders, portfolio }) => {
          seen.push(`cancelled ${portfolio.buyingPower}`)
          orders.limit('A', 90, 99)
        },
        4: (_slice, { orders, portfolio }) => {
          seen.push(`expired tomorrow ${portfolio.buyingPower}`)
          orders.market('A', 20)
        },
        5: (_slice, { portfolio }) => void seen.push(`filled ${portfolio.buyingPower}`),
      }),
      { cash: 10_000 },
    )
    // The DAY limit of day 3 ends with the session of day 4, after that day's slice.
    expect(seen).toEqual(['working 1090', 'cancelled 10000', 'expired tomorrow 1090', 'filled 10000'])
  })

  test('of an order that fills in parts shrinks with what is left', () => {
    const seen: number[] = []
    const data = [daily('A', [flat(100, 1000), flat(100, 100), flat(100, 100), flat(100, 10_000)])]
    play(
      data,
      byDay({
        1: (_slice, { orders }) => void orders.limit('A', 50, 100, { tif: 'gtc' }),
        2: (_slice, { portfolio }) => void seen.push(portfolio.buyingPower, portfolio.cash),
        4: (_slice, { portfolio }) => void seen.push(portfolio.buyingPower, portfolio.cash),
      }),
      { cash: 10_000, participation: 0.1 },
    )
    expect(seen).toEqual([5000, 9000, 5000, 5000])
  })

  test('a limit raised by a modification is judged and reserved at its new price', () => {
    const result = play(
      [A(100, 100, 100)],
      byDay({
        1: (_slice, { orders }) => void orders.limit('A', 150, 50, { tif: 'gtc' }),
        2: (_slice, { orders }) => orders.modify(0 as never, { limitPrice: 99 }),
      }),
      { cash: 10_000 },
    )
    expect(result.orders[0]).toMatchObject({ limitPrice: 50, state: 'working' })
    expect(result.denials).toEqual({ buying_power: 1 })
  })

  test('a modification passes the price sanity of the gate too', () => {
    const result = play(
      [A(100, 100, 100)],
      byDay({
        1: (_slice, { orders }) => void orders.limit('A', 1, 90, { tif: 'gtc' }),
        2: (_slice, { orders }) => orders.modify(0 as never, { limitPrice: 900 }),
      }),
    )
    expect(result.orders[0]).toMatchObject({ limitPrice: 90, state: 'working' })
    expect(result.denials).toEqual({ price_far: 1 })
  })

  test('a quantity raised by a modification is judged for what is added, and reserved whole', () => {
    const seen: (number | string)[] = []
    const raise = (quantity: number) =>
      play(
        [A(100, 100, 100)],
        {
          ...byDay({
            1: (_slice, { orders }) => void orders.limit('A', 50, 80, { tif: 'gtc' }),
            2: (_slice, { orders }) => orders.modify(0 as never, { quantity }),
            3: (_slice, { portfolio }) => void seen.push(portfolio.buyingPower),
          }),
          onOrderEvent: (event) => void (event.kind.startsWith('replace') && seen.push(event.kind)),
        },
        { cash: 10_000 },
      )
    raise(120)
    raise(130)
    expect(seen).toEqual(['replace-requested', 'replaced', 400, 'replace-rejected', 6000])
  })
})

const rotate = (): StrategyHandlers =>
  byDay({
    1: (_slice, { orders }) => void orders.market('A', 98),
    2: (_slice, { orders }) => {
      orders.close('A')
      orders.market('B', 190)
    },
  })

describe('rule 20: credit of working sells', () => {
  test('a margin account may spend the proceeds of a market sell that works from the same open', () => {
    const result = play([A(100, 100, 100), B(50, 50, 50)], rotate(), { cash: 10_000 })
    expect(fillsOf(result)).toEqual(['A 98 @ 100', 'A -98 @ 100', 'B 190 @ 50'])
  })

  test('without creditSells, and in a cash account, it may not', () => {
    for (const options of [{ creditSells: false }, { account: 'cash' }] as const) {
      const result = play([A(100, 100, 100), B(50, 50, 50)], rotate(), { cash: 10_000, ...options })
      expect(fillsOf(result)).toEqual(['A 98 @ 100', 'A -98 @ 100'])
      expect(result.denials).toEqual({ buying_power: 1 })
    }
  })

  test('a limit sell, which may never fill, gives no credit', () => {
    const result = play(
      [A(100, 100, 100), B(50, 50, 50)],
      byDay({
        1: (_slice, { orders }) => void orders.market('A', 98),
        2: (_slice, { orders }) => {
          orders.limit('A', -98, 99)
          orders.market('B', 190)
        },
      }),
      { cash: 10_000 },
    )
    expect(result.denials).toEqual({ buying_power: 1 })
  })
})

const turn =
  (weight: number): NonNullable<StrategyHandlers['onSlice']> =>
  (_slice, { orders }) =>
    void orders.targetPercent('A', weight)

describe('rule 20: an order through zero', () => {
  test.each([
    ['long to short', 1, ['A 99 @ 100', 'A -198 @ 100', 'A 198 @ 100']],
    ['short to long', -1, ['A -99 @ 100', 'A 198 @ 100', 'A -198 @ 100']],
  ] as const)('turns all of the equity from %s and back with default costs', (_, side, fills) => {
    const handlers = byDay({ 1: turn(side), 2: turn(-side), 3: turn(side) })
    const result = play([A(100, 100, 100, 100)], handlers, { fees: percentFee(), cash: 10_000 })
    expect(result.denials).toEqual({})
    expect(fillsOf(result)).toEqual(fills)
  })

  test('needs what its opening part costs beyond what its closing part frees, for every type of order', () => {
    for (const [quantity, denied] of [
      [-196, {}],
      [-200, { buying_power: 2 }],
    ] as const) {
      const result = play(
        [A(100, 100, 100)],
        byDay({
          1: (_slice, { orders }) => void orders.market('A', 98),
          2: (_slice, { orders }) => {
            orders.cancel(orders.limit('A', quantity, 100))
            orders.stop('A', quantity, 100)
          },
        }),
        { cash: 10_000 },
      )
      expect(result.denials).toEqual(denied)
    }
  })

  test('is judged at the fill by what the position is worth there', () => {
    for (const [open, fills] of [
      [125, ['A 98 @ 100', 'A -190 @ 125']], // 200 + 98 · 125 USD carry a short of 99
      [80, ['A 98 @ 100']], // and 200 + 98 · 80 USD carry one of 100
    ] as const) {
      const result = play(
        [A(100, 100, open)],
        byDay({
          1: (_slice, { orders }) => void orders.market('A', 98),
          2: (_slice, { orders }) => void orders.market('A', open === 125 ? -190 : -202),
        }),
        { cash: 10_000, rejectAtFill: true },
      )
      expect(fillsOf(result)).toEqual(fills)
    }
  })

  test('is denied in a cash account, which knows no short positions', () => {
    const result = play([A(100, 100, 100)], byDay({ 1: turn(1), 2: turn(-1) }), { cash: 10_000, account: 'cash' })
    expect(result.denials).toEqual({ short_not_allowed: 1 })
  })
})

const strict = (quantity: number) =>
  play([A(100, 125)], byDay({ 1: (_slice, { orders }) => void orders.market('A', quantity) }), {
    cash: 10_000,
    rejectAtFill: true,
  })

describe('rule 20: at the fill', () => {
  test('reducing fills of one knowable time book first, whatever the registration', () => {
    const result = play(
      [B(50, 50, 50), A(100, 100, 100)],
      byDay({
        1: (_slice, { orders }) => void orders.market('A', 98),
        2: (_slice, { orders }) => {
          orders.close('A')
          orders.market('B', 190)
        },
      }),
      { cash: 10_000 },
    )
    expect(fillsOf(result)).toEqual(['A 98 @ 100', 'A -98 @ 100', 'B 190 @ 50'])
  })

  test('a cash account reduces the fill to what it can pay', () => {
    const result = play([A(100, 125)], byDay({ 1: (_slice, { orders }) => void orders.market('A', 95) }), {
      cash: 10_000,
      account: 'cash',
    })
    expect(fillsOf(result)).toEqual(['A 80 @ 125'])
    expect(ordersOf(result)).toEqual(['market 95 cancelled insufficient_funds'])
    expect(result.finalCash).toBe(0)
  })

  test('a margin account goes into debit up to its initial margin of half the value', () => {
    const result = play([A(100, 125)], byDay({ 1: (_slice, { orders }) => void orders.market('A', 95) }), {
      cash: 10_000,
    })
    expect(fillsOf(result)).toEqual(['A 95 @ 125'])
    expect(result.finalCash).toBe(10_000 - 95 * 125)
    const gapped = play([A(100, 250)], byDay({ 1: (_slice, { orders }) => void orders.market('A', 95) }), {
      cash: 10_000,
    })
    expect(fillsOf(gapped)).toEqual(['A 80 @ 250']) // 80 · 250 / 2 = 10,000
  })

  test('rejectAtFill refuses whole what cannot be paid, and judges nothing before', () => {
    expect(ordersOf(strict(95))).toEqual(['market 95 cancelled insufficient_funds'])
    expect(ordersOf(strict(200))).toEqual(['market 200 cancelled insufficient_funds'])
    expect(ordersOf(strict(80))).toEqual(['market 80 filled'])
  })
})

describe('rule 20: kinds of account', () => {
  test('a cash account cannot sell short, nor sell twice what it holds', () => {
    const result = play(
      [A(100, 100, 100)],
      byDay({
        1: (_slice, { orders }) => {
          orders.market('A', -1)
          orders.market('A', 10)
        },
        2: (_slice, { orders }) => {
          orders.limit('A', -6, 120, { tif: 'gtc' })
          orders.limit('A', -5, 130, { tif: 'gtc' })
          orders.limit('A', -4, 130, { tif: 'gtc' })
        },
      }),
      { account: 'cash' },
    )
    expect(ordersOf(result)).toEqual([
      'market -1 denied short_not_allowed',
      'market 10 filled',
      'limit -6 working',
      'limit -5 denied short_not_allowed',
      'limit -4 working',
    ])
  })

  test('leverage lets gross exposure exceed equity', () => {
    const result = play([A(100, 100)], byDay({ 1: (_slice, { orders }) => void orders.targetPercent('A', 1.9) }), {
      cash: 10_000,
      leverage: 2,
    })
    expect(fillsOf(result)).toEqual(['A 190 @ 100'])
    expect(result.finalCash).toBe(-9000)
  })

  test('a short holds back its value: its proceeds buy nothing', () => {
    const result = play(
      [A(100, 100, 100), B(100, 100, 100)],
      byDay({
        1: (_slice, { orders }) => void orders.market('A', -90),
        2: (_slice, { orders }) => void orders.market('B', 50),
      }),
      { cash: 10_000 },
    )
    expect(ordersOf(result)).toEqual(['market -90 filled', 'market 50 denied buying_power'])
  })

  test('a future holds back its initial margin and pays no value', () => {
    const data = [
      daily('ES', [flat(4000), flat(4000), flat(4010)], {
        fields: { kind: 'future', multiplier: 50, initialMargin: 12_000 },
      }),
    ]
    const result = play(
      data,
      byDay({
        1: (_slice, { orders }) => {
          orders.market('ES', 8)
          orders.market('ES', 1)
        },
      }),
    )
    expect(ordersOf(result)).toEqual(['market 8 filled', 'market 1 denied buying_power'])
    expect([result.finalCash, result.finalEquity]).toEqual([100_000, 104_000])
  })
})

describe('the gate', () => {
  test('names each fault by its code', () => {
    const codes = play(
      [A(100, 100)],
      byDay({
        1: (_slice, { orders }) => {
          orders.market('A', 0)
          orders.market('A', Number.NaN)
          orders.market('A', 1.5)
          orders.limit('A', 1, Number.NaN)
          orders.limit('A', 1, -5)
          orders.stop('A', 1, 0)
          orders.limit('A', 1, 151)
          orders.limit('A', -1, 49)
          orders.market('A', -1, { reduceOnly: true })
          orders.market('A', 1, { parent: 999 as never })
          orders.market('A', 1, { outsideRth: true })
        },
      }),
    ).orders.map((o) => o.code)
    expect(codes).toEqual([
      'invalid_quantity',
      'invalid_quantity',
      'lot_size',
      'invalid_price',
      'invalid_price',
      'invalid_price',
      'price_far',
      'price_far',
      'reduce_only',
      'bad_link',
      'outside_rth_type',
    ])
  })

  test('of one’s own sees request and account, and its denial stands in the orders', () => {
    const asked: number[][] = []
    const result = play(
      [A(100, 100, 100)],
      byDay({
        1: (_slice, { orders }) => void orders.market('A', 10),
        2: (_slice, { orders }) => void orders.limit('A', -4, 90),
      }),
      {
        gate: {
          name: 'mine',
          check(ask) {
            asked.push([
              ask.side,
              ask.quantity,
              ask.limitPrice,
              ask.lastPrice,
              ask.increasing,
              ask.position,
              ask.equity,
            ])
            return ask.side < 0 ? 'halted' : basicGate().check(ask)
          },
        },
      },
    )
    expect(asked).toEqual([
      [1, 10, Number.NaN, 100, 10, 0, 100_000],
      [-1, 4, 90, 100, 0, 10, 100_000],
    ])
    expect(ordersOf(result)).toEqual(['market 10 filled', 'limit -4 denied halted'])
    expect(result.options['gate']).toEqual({ value: 'mine', isDefault: false })
  })
})

describe('rule 15 and 16, through the engine', () => {
  test('two strategies’ orders share one bar’s volume: earlier acceptance first', () => {
    const data = [intraday('A', '1m', '2024-01-02', '10:00', [flat(10), flat(10, 1000), flat(10, 1000)])]
    const result = play(
      data,
      byDay({
        1: (_slice, { orders }) => {
          orders.market('A', 70, { tag: 'first' })
          orders.market('A', 70, { tag: 'second' })
        },
      }),
      { participation: 0.1 },
    )
    expect(result.fills.map((f) => `${f.tag} ${f.quantity}`)).toEqual(['first 70', 'second 30', 'second 40'])
  })

  test('a bar without volume fills nothing, and its fill comes with the next one', () => {
    const result = play(
      [A(10, flat(11, 0), 12)],
      byDay({ 1: (_slice, { orders }) => void orders.market('A', 5, { tif: 'gtc' }) }),
    )
    expect(fillsOf(result)).toEqual(['A 5 @ 12'])
  })
})
