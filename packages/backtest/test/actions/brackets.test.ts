import type { OrderDraft, OrderEvent, StrategyHandlers } from '@onetape/core'
import { describe, expect, test } from 'vitest'
import { daily, fillsOf, flat, intraday, ordersOf, play, type Row, wall } from '../semantics/market.ts'

const A = (...rows: readonly (Row | number)[]) =>
  daily(
    'A',
    rows.map((r) => (typeof r === 'number' ? flat(r) : r)),
  )
const minutes = (...rows: readonly (Row | number)[]) =>
  intraday(
    'A',
    '1m',
    '2024-01-02',
    '10:00',
    rows.map((r) => (typeof r === 'number' ? flat(r) : r)),
  )

const onBars = (days: Readonly<Record<number, NonNullable<StrategyHandlers['onBar']>>>): StrategyHandlers => ({
  onBar: (bar, ctx) => days[bar.count]?.(bar, ctx),
})

const bracket = (
  prices: { takeProfit?: number; stopLoss?: number; entryLimit?: number; entryStop?: number },
  quantity = 100,
): StrategyHandlers =>
  onBars({ 1: (_b, { orders }) => void orders.bracket('A', quantity, { ...prices, entry: { tif: 'gtc' } }) })

/** Events as `type quantity kind`, in order. */
const told = (handlers: StrategyHandlers, seen: string[]): StrategyHandlers => ({
  ...handlers,
  onOrderEvent: (event: OrderEvent, ctx) => {
    const { order } = event
    const detail = event.kind === 'filled' ? ` ${event.fill.quantity} @ ${event.fill.price}` : ''
    seen.push(`${order.type} ${order.quantity} ${event.kind}${detail}`)
    handlers.onOrderEvent?.(event, ctx)
  },
})

describe('brackets', () => {
  test('exits wait for the entry, live on for days, and the first to fill cancels the other', () => {
    const seen: string[] = []
    const result = play(
      [A(100, 100, 105, [105, 125, 105, 121], 121)],
      told(bracket({ takeProfit: 120, stopLoss: 90 }), seen),
    )
    expect(fillsOf(result)).toEqual(['A 100 @ 100', 'A -100 @ 120'])
    expect(ordersOf(result)).toEqual(['market 100 filled', 'limit -100 filled', 'stop -100 cancelled oca'])
    expect(result.orders.map((o) => o.tif)).toEqual(['gtc', 'gtc', 'gtc'])
    expect(seen).toEqual([
      'market 100 submitting',
      'market 100 accepted',
      'limit 100 submitting',
      'limit 100 accepted',
      'stop 100 submitting',
      'stop 100 accepted',
      'market 100 filled 100 @ 100',
      'limit 100 filled 100 @ 120',
      'stop 100 cancelled',
    ])
  })

  test('the stop, when it comes first', () => {
    const result = play([A(100, 100, 105, [105, 106, 85, 88])], bracket({ takeProfit: 120, stopLoss: 90 }))
    expect(fillsOf(result)).toEqual(['A 100 @ 100', 'A -100 @ 90'])
    expect(ordersOf(result)).toEqual(['market 100 filled', 'limit -100 cancelled oca', 'stop -100 filled'])
  })

  test('both reached in one bar: the stop by default, and the bar is counted', () => {
    const data = A(100, 100, [105, 125, 85, 100])
    const result = play([data], bracket({ takeProfit: 120, stopLoss: 90 }))
    expect(fillsOf(result)[1]).toBe('A -100 @ 90')
    expect(result.counts.ambiguousBars).toBe(1)
    expect(fillsOf(play([data], bracket({ takeProfit: 120, stopLoss: 90 }), { exits: 'optimistic' }))[1]).toBe(
      'A -100 @ 120',
    )
  })

  test('a short bracket mirrors it', () => {
    const result = play([A(100, 100, [100, 101, 75, 80])], bracket({ takeProfit: 80, stopLoss: 110 }, -100))
    expect(fillsOf(result)).toEqual(['A -100 @ 100', 'A 100 @ 80'])
  })

  test('entries by limit and by stop; a stop-limit when both are given', () => {
    expect([
      entryType({}),
      entryType({ entryLimit: 99 }),
      entryType({ entryStop: 101 }),
      entryType({ entryStop: 101, entryLimit: 102 }),
    ]).toEqual(['market', 'limit', 'stop', 'stop-limit'])
  })

  test('without any exit it is refused, with the words that help', () => {
    expect(() => play([A(100, 100)], bracket({}))).toThrow(
      'Expected "takeProfit", "stopLoss" or "trail" in a bracket, found none.',
    )
  })

  test('exits have the filled quantity and grow with the parent’s partial fills', () => {
    const exit: Row = [90, 90, 85, 88, 100_000]
    const entry = { takeProfit: 120, stopLoss: 90, entryLimit: 100 }
    // 40 shares a bar.
    const result = play([minutes(100, thinAt(99), thinAt(99), exit, thinAt(99))], bracket(entry), {
      participation: 0.1,
    })
    expect(fillsOf(result).slice(0, 2)).toEqual(['A 40 @ 99', 'A 40 @ 99'])
    // The stop then sells what was bought, at the open. The entry buys its last 20 in the same bar, and the stop, which
    // has been triggered, sells them at the next open.
    expect(fillsOf(result)).toEqual(['A 40 @ 99', 'A 40 @ 99', 'A -80 @ 90', 'A 20 @ 90', 'A -20 @ 99'])
    expect(ordersOf(result)).toEqual(['limit 100 filled', 'limit -20 cancelled oca', 'stop -100 filled'])
    const seen: string[] = []
    play(
      [minutes(100, thinAt(99), thinAt(99), thinAt(99))],
      {
        ...bracket(entry),
        onFill: (_fill, { orders, portfolio }) =>
          void seen.push(
            `${portfolio.quantity('A')} held, ${orders
              .open('A')
              .map((o) => `${o.type} ${o.leaves}`)
              .join(', ')}`,
          ),
      },
      { participation: 0.1 },
    )
    expect(seen).toEqual([
      '40 held, limit 60, limit 100, stop 100',
      '80 held, limit 20, limit 100, stop 100',
      '100 held, limit 100, stop 100',
    ])
  })

  test('cancelling an entry that has not filled ends its exits', () => {
    const seen: string[] = []
    const result = play(
      [A(100, 100, 100, 100)],
      told(
        onBars({
          1: (_b, { orders }) =>
            void orders.bracket('A', 100, { entryLimit: 80, takeProfit: 120, stopLoss: 70, entry: { tif: 'gtc' } }),
          2: (_b, { orders }) => orders.cancel(0 as never),
        }),
        seen,
      ),
    )
    expect(ordersOf(result)).toEqual([
      'limit 100 cancelled requested',
      'limit -100 cancelled parent_ended',
      'stop -100 cancelled parent_ended',
    ])
    expect(seen.slice(-4)).toEqual([
      'limit 100 cancel-requested',
      'limit 100 cancelled',
      'limit 100 cancelled',
      'stop 100 cancelled',
    ])
  })

  test('an entry that ends with the day takes its exits with it', () => {
    const result = play(
      [minutes(100, 100)],
      onBars({ 1: (_b, { orders }) => void orders.bracket('A', 100, { entryLimit: 80, stopLoss: 70 }) }),
    )
    expect(ordersOf(result)).toEqual(['limit 100 working', 'stop -100 working'])
    const next = play(
      [A(100, 100, 100)],
      onBars({ 1: (_b, { orders }) => void orders.bracket('A', 100, { entryLimit: 80, stopLoss: 70 }) }),
    )
    expect(ordersOf(next)).toEqual(['limit 100 expired day_end', 'stop -100 cancelled parent_ended'])
  })

  test('cancelling an entry that has filled in part leaves the exits for that part', () => {
    const thin: Row = [99, 99, 99, 99, 400]
    const result = play(
      [minutes(100, thin, 99, [90, 90, 85, 85])],
      onBars({
        1: (_b, { orders }) =>
          void orders.bracket('A', 100, { entryLimit: 100, takeProfit: 120, stopLoss: 90, entry: { tif: 'gtc' } }),
        2: (_b, { orders }) => orders.cancel(0 as never),
      }),
      { participation: 0.1 },
    )
    expect(ordersOf(result)).toEqual(['limit 100 cancelled requested', 'limit -40 cancelled oca', 'stop -40 filled'])
    expect(fillsOf(result)).toEqual(['A 40 @ 99', 'A -40 @ 90'])
    expect(result.openPositions).toEqual([])
  })

  test('an exit can be changed and cancelled like any order', () => {
    const result = play(
      [A(100, 100, 100, 100, [100, 100, 93, 94])],
      onBars({
        1: (_b, { orders }) => void orders.bracket('A', 100, { takeProfit: 120, stopLoss: 90 }),
        3: (_b, { orders }) => {
          orders.modify(2 as never, { stopPrice: 95 })
          orders.cancel(1 as never)
        },
      }),
    )
    expect(fillsOf(result)[1]).toBe('A -100 @ 95')
    expect(ordersOf(result)).toEqual(['market 100 filled', 'limit -100 cancelled requested', 'stop -100 filled'])
  })

  test('a trailing exit follows from the entry’s fill on', () => {
    const result = play(
      [A(100, 100, [101, 130, 101, 129], [129, 129, 119, 120])],
      onBars({ 1: (_b, { orders }) => void orders.bracket('A', 100, { trail: { amount: 10 } }) }),
    )
    expect(fillsOf(result)).toEqual(['A 100 @ 100', 'A -100 @ 120'])
    expect(result.orders[1]).toMatchObject({ type: 'trailing-stop', tif: 'gtc' })
  })

  test('exits hold back no buying power, and no short sale', () => {
    const result = play([A(100, 100, 100)], bracket({ takeProfit: 120, stopLoss: 90 }), {
      cash: 10_300,
      account: 'cash',
    })
    expect(ordersOf(result)).toEqual(['market 100 filled', 'limit -100 working', 'stop -100 working'])
  })

  test('an entry that the gate denies takes its exits with it', () => {
    const result = play([A(100, 100, 100)], bracket({ takeProfit: 120, stopLoss: 90 }), { cash: 5000 })
    expect(result.orders[0]?.code).toBe('buying_power')
    expect(result.orders.slice(1).every((o) => o.state === 'denied' || o.state === 'rejected')).toBe(true)
    expect(result.fills).toEqual([])
  })
})

describe('orders that cancel each other', () => {
  const breakout: readonly OrderDraft[] = [
    { instrument: 'A', side: 'buy', type: 'stop', quantity: 50, stopPrice: 105, tif: 'gtc' },
    { instrument: 'A', side: 'sell', type: 'stop', quantity: 50, stopPrice: 95, tif: 'gtc' },
  ]
  const either = (requests = breakout): StrategyHandlers =>
    onBars({ 1: (_b, { orders }) => void orders.oneCancelsOther(requests) })

  test('the first fill cancels the other', () => {
    const up = play([A(100, [100, 106, 100, 106], [106, 106, 90, 90])], either())
    expect([fillsOf(up), ordersOf(up)]).toEqual([['A 50 @ 105'], ['stop 50 filled', 'stop -50 cancelled oca']])
    const down = play([A(100, [100, 100, 94, 94], 94)], either())
    expect([fillsOf(down), ordersOf(down)]).toEqual([['A -50 @ 95'], ['stop 50 cancelled oca', 'stop -50 filled']])
  })

  test('a partial fill takes its quantity from the other', () => {
    const exits: readonly OrderDraft[] = [
      { instrument: 'A', side: 'sell', type: 'limit', quantity: 100, limitPrice: 110, tif: 'gtc' },
      { instrument: 'A', side: 'sell', type: 'stop', quantity: 100, stopPrice: 90, tif: 'gtc' },
    ]
    const result = play(
      [minutes(100, 100, [111, 111, 111, 111, 400], [89, 89, 89, 89])],
      onBars({
        1: (_b, { orders }) => void orders.market('A', 100),
        2: (_b, { orders }) => void orders.oneCancelsOther(exits),
      }),
      { participation: 0.1 },
    )
    expect(fillsOf(result)).toEqual(['A 100 @ 100', 'A -40 @ 111', 'A -60 @ 89'])
    expect(ordersOf(result)).toEqual(['market 100 filled', 'limit -100 cancelled oca', 'stop -60 filled'])
    expect(result.openPositions).toEqual([])
  })

  test('over two instruments, and in groups of their own by strategy and call', () => {
    const B = daily(
      'B',
      [100, 100, 100].map((p) => flat(p)),
    )
    const result = play(
      [A(100, [100, 106, 100, 106], 106), B],
      onBars({
        1: (b, { orders }) => {
          if (b.instrument.symbol !== 'B') return
          orders.oneCancelsOther([
            { instrument: 'A', side: 'buy', type: 'stop', quantity: 1, stopPrice: 105, tif: 'gtc' },
            { instrument: 'B', side: 'buy', type: 'limit', quantity: 1, limitPrice: 90, tif: 'gtc' },
          ])
          orders.oneCancelsOther([
            { instrument: 'B', side: 'buy', type: 'limit', quantity: 2, limitPrice: 90, tif: 'gtc' },
            { instrument: 'B', side: 'buy', type: 'limit', quantity: 3, limitPrice: 80, tif: 'gtc' },
          ])
        },
      }),
    )
    expect(ordersOf(result)).toEqual(['stop 1 filled', 'limit 1 cancelled oca', 'limit 2 working', 'limit 3 working'])
  })

  test('fewer than two are no group', () => {
    expect(() => play([A(100, 100)], either(breakout.slice(1)))).toThrow(
      'Expected at least two orders that cancel each other, found 1.',
    )
  })
})

describe('single orders of the Strategy API', () => {
  test.each([
    [
      'trailing stop by amount',
      [A(100, 100, [100, 120, 100, 119], [119, 119, 108, 110])],
      { amount: 10 },
      'A -100 @ 110',
    ],
    [
      'trailing stop by percent',
      [A(100, 100, [100, 120, 100, 119], [119, 119, 100, 110])],
      { percent: 0.1 },
      'A -100 @ 108',
    ],
  ] as const)('%s', (_, data, trail, expected) => {
    const result = play(
      data,
      onBars({
        1: (_b, { orders }) => void orders.market('A', 100),
        2: (_b, { orders }) => void orders.trailingStop('A', -100, trail, { tif: 'gtc' }),
      }),
    )
    expect(fillsOf(result)[1]).toBe(expected)
  })

  test('a trailing stop-limit goes no further than its offset', () => {
    // The gap to 105 is through the level of 110: a limit of 109 waits in vain, one of 104 takes the open.
    expect([trailingLimit(1), trailingLimit(6)]).toEqual([[], ['A -100 @ 105']])
  })

  test('a trailing stop can be tightened', () => {
    const result = play(
      [A(100, 100, [100, 120, 100, 119], 118, [118, 118, 114, 114])],
      onBars({
        1: (_b, { orders }) => void orders.market('A', 100),
        2: (_b, { orders }) => void orders.trailingStop('A', -100, { amount: 20 }, { tif: 'gtc' }),
        4: (_b, { orders }) => orders.modify(1 as never, { trailAmount: 3 }),
      }),
    )
    expect(fillsOf(result)[1]).toBe('A -100 @ 115')
  })

  test('if-touched orders mirror stops: a buy below the market', () => {
    const result = play(
      [A(100, [100, 100, 94, 96], 96)],
      onBars({
        1: (_b, { orders }) => {
          orders.marketIfTouched('A', 10, 95, { tif: 'gtc' })
          orders.limitIfTouched('A', 20, 95, 95.5, { tif: 'gtc' })
          orders.marketIfTouched('A', -30, 105, { tif: 'gtc' })
        },
      }),
    )
    expect(fillsOf(result)).toEqual(['A 10 @ 95', 'A 20 @ 95'])
    expect(ordersOf(result)[2]).toBe('market-if-touched -30 working')
  })

  test('limits on open and close take part in their auction only', () => {
    const result = play(
      [A([100, 100, 100, 100], [98, 105, 97, 104], [103, 104, 101, 101])],
      onBars({
        1: (_b, { orders }) => {
          orders.limitOnOpen('A', 1, 99) // opens at 98
          orders.limitOnOpen('A', 2, 97.5) // trades at 97, but not at the open
          orders.limitOnClose('A', 3, 104.5) // closes at 104
          orders.limitOnClose('A', 4, 99) // trades at 98, but not at the close
        },
      }),
    )
    expect(fillsOf(result)).toEqual(['A 1 @ 98', 'A 3 @ 104'])
    expect(result.orders.map((o) => [o.quantity, o.state, o.code])).toEqual([
      [1, 'filled', undefined],
      [2, 'expired', 'opg_missed'],
      [3, 'filled', undefined],
      [4, 'expired', 'moc_missed'],
    ])
    expect(wall(result.fills[0]!.time)).toBe('01-03 16:00')
  })

  test('a missing or absurd price is denied or rejected, never sent as it is', () => {
    const result = play(
      [A(100, 100)],
      onBars({
        1: (_b, { orders }) => {
          orders.trailingStop('A', -1, { amount: -5 })
          orders.trailingStop('A', -1, { percent: Number.NaN })
          orders.marketIfTouched('A', 1, Number.NaN)
          orders.limitIfTouched('A', 1, 99, -1)
        },
      }),
    )
    expect(result.orders.map((o) => o.state)).not.toContain('working')
    expect(result.fills).toEqual([])
  })
})

const entryType = (prices: Parameters<typeof bracket>[0]) =>
  play([A(100, 100)], bracket({ ...prices, stopLoss: 50 })).orders[0]?.type

const thinAt = (price: number): Row => [price, price, price, price, 400]

const trailingLimit = (limitOffset: number) =>
  fillsOf(
    play(
      [A(100, 100, [113, 120, 112, 119], [105, 107, 100, 101], 101)],
      onBars({
        1: (_b, { orders }) => void orders.market('A', 100),
        2: (_b, { orders }) => void orders.trailingStop('A', -100, { amount: 10 }, { tif: 'gtc', limitOffset }),
      }),
    ),
  ).slice(1)
