import type { StrategyHandlers } from '@onetape/core'
import { type FeeModel, ibkrFixedFee, perShareFee, percentFee } from '@onetape/costs'
import { describe, expect, test } from 'vitest'
import { daily, fillsOf, flat, intraday, play, spans, at, strategyOf, wall, PLAIN } from './market.ts'
import { backtest } from '@onetape/backtest'

const bar = (act: Readonly<Record<number, NonNullable<StrategyHandlers['onBar']>>>): StrategyHandlers => ({
  onBar: (b, ctx) => act[b.count]?.(b, ctx),
})

const holds = (quantity: number) =>
  strategyOf(
    bar({
      1: (_b, { orders }) => void orders.market('A', quantity),
      2: (_b, { orders, portfolio }) => {
        expect(portfolio.quantity('A')).toBe(quantity)
        orders.close('A')
      },
    }),
    quantity > 0 ? 'bull' : 'bear',
  )

describe('rule 21: average cost, and trades from flat to flat or through zero', () => {
  test('a fill through zero closes, then opens; its fee is split by quantity', () => {
    const result = play(
      [
        daily(
          'A',
          [10, 10, 12, 9, 9].map((p) => flat(p)),
        ),
      ],
      bar({
        1: (_b, { orders }) => void orders.market('A', 100),
        2: (_b, { orders }) => void orders.market('A', -300),
        3: (_b, { orders }) => void orders.market('A', 200),
      }),
      { fees: percentFee({ percent: 1, minimum: 0 }) },
    )
    expect(fillsOf(result)).toEqual(['A 100 @ 10', 'A -300 @ 12', 'A 200 @ 9'])
    expect(result.fills.map((f) => [f.fee, f.realized])).toEqual([
      [10, 0],
      [36, 200],
      [18, 600],
    ])
    // The sell of 300 costs 36: a third of it closes the long, two thirds open the short.
    expect(result.trades.map((t) => [t.side, t.quantity, t.entryPrice, t.exitPrice, t.fees, t.pnl])).toEqual([
      ['long', 100, 10, 12, 22, 178],
      ['short', 200, 12, 9, 42, 558],
    ])
    expect(result.openPositions).toEqual([])
  })

  test('adding and reducing stays one trade, at average prices', () => {
    const result = play(
      [
        daily(
          'A',
          [10, 10, 14, 15, 16, 16].map((p) => flat(p)),
        ),
      ],
      bar({
        1: (_b, { orders }) => void orders.market('A', 100),
        2: (_b, { orders }) => void orders.market('A', 300),
        3: (_b, { orders }) => void orders.market('A', -150),
        4: (_b, { orders }) => void orders.close('A'),
      }),
    )
    expect(result.trades).toHaveLength(1)
    const [trade] = result.trades
    expect(trade).toMatchObject({ side: 'long', quantity: 400, entryPrice: 13, pnl: 150 * 2 + 250 * 3, bars: 3 })
    expect(trade!.exitPrice).toBe((150 * 15 + 250 * 16) / 400)
    expect([wall(trade!.entryTime), wall(trade!.exitTime)]).toEqual(['01-03 16:00', '01-08 16:00'])
  })

  test('is per instrument and strategy: two strategies in opposite directions each have their trade', () => {
    const data = [
      daily(
        'A',
        [10, 10, 12, 12].map((p) => flat(p)),
      ),
    ]
    const result = backtest({ strategy: [{ strategy: holds(100) }, { strategy: holds(-40) }], data, ...PLAIN })
    expect(result.trades.map((t) => [t.strategy, t.side, t.quantity, t.pnl])).toEqual([
      ['bull', 'long', 100, 200],
      ['bear', 'short', 40, -80],
    ])
    expect(result.finalEquity).toBe(100_120)
  })

  test('carries the tag of the order that opened it', () => {
    const result = play(
      [
        daily(
          'A',
          [10, 10, 10, 10].map((p) => flat(p)),
        ),
      ],
      bar({
        1: (_b, { orders }) => void orders.market('A', 1, { tag: 'in' }),
        2: (_b, { orders }) => void orders.close('A', { tag: 'out' }),
      }),
    )
    expect(result.trades.map((t) => t.tag)).toEqual(['in'])
    expect(result.fills.map((f) => f.tag)).toEqual(['in', 'out'])
  })
})

/** An order of 250 shares that thin bars fill 100 at a time. */
const inParts = (volumes: readonly number[], fees: FeeModel, days = 1, feesPer: 'session' | 'order' = 'session') => {
  const rows = volumes.map((v) => flat(10, v))
  const data =
    days === 1 ? [intraday('A', '1m', '2024-01-02', '10:00', [flat(10), ...rows])] : [daily('A', [flat(10), ...rows])]
  return play(data, bar({ 1: (_b, { orders }) => void orders.market('A', 250, { tif: 'gtc' }) }), {
    fees,
    feesPer,
    participation: 0.1,
  }).fills.map((f) => [f.quantity, f.fee])
}

describe('rule 22: fees are per order and session', () => {
  test('the fee of the n-th fill is that of all fills in the session less that of those before: one minimum', () => {
    const fees = perShareFee({ perShare: 0.01, minimum: 1.5 })
    expect(inParts([1000, 1000, 1000], fees)).toEqual([
      [100, 1.5],
      [100, 0.5],
      [50, 0.5],
    ])
  })

  test('an order that works on the next day counts as a new order for the minimum', () => {
    const fees = perShareFee({ perShare: 0.01, minimum: 1.5 })
    expect(inParts([1000, 1000, 1000], fees, 2)).toEqual([
      [100, 1.5],
      [100, 1.5],
      [50, 1.5],
    ])
  })

  test("with feesPer: 'order' all fills of an order share one minimum, on whatever days they come", () => {
    const fees = perShareFee({ perShare: 0.01, minimum: 1.5 })
    expect(inParts([1000, 1000, 1000], fees, 2, 'order')).toEqual([
      [100, 1.5],
      [100, 0.5],
      [50, 0.5],
    ])
  })

  test('over two days with two fills each, each day has its minimum once', () => {
    const minutes = [
      ...[0, 1, 2].map((k) => [at('2024-01-02', '15:57') + k * 60_000, flat(10, 500)] as const),
      ...[0, 1, 2, 3].map((k) => [at('2024-01-03', '09:30') + k * 60_000, flat(10, 500)] as const),
    ].map(([t, row]) => [t, t + 60_000, row] as const)
    const result = play(
      [spans('A', '1m', minutes)],
      bar({ 1: (_b, { orders }) => void orders.market('A', 250, { tif: 'gtc' }) }),
      { participation: 0.1, fees: percentFee({ percent: 0.1, minimum: 1 }) },
    )
    expect(result.fills.map((f) => [wall(f.time), f.quantity, f.fee])).toEqual([
      ['01-02 15:59', 50, 1],
      ['01-02 16:00', 50, 0],
      ['01-03 09:31', 50, 1],
      ['01-03 09:32', 50, 0],
      ['01-03 09:33', 50, 0.5],
    ])
    expect(result.orders[0]!.fees).toBe(2.5)
  })

  test("IBKR's own minimum holds per order, whatever the number of fills", () => {
    const [first, second, third] = inParts([1000, 1000, 1000], ibkrFixedFee())
    // 250 · 0.005 = 1.25: the first 100 shares already cost the minimum of 1 USD.
    expect(first![1]! + second![1]! + third![1]!).toBeCloseTo(1.25, 2)
    expect(first![1]).toBeCloseTo(1, 2)
  })

  test('the fee is booked with the fill, before onFill', () => {
    const seen: number[] = []
    play(
      [daily('A', [flat(10), flat(10)])],
      {
        ...bar({ 1: (_b, { orders }) => void orders.market('A', 100) }),
        onFill: (fill, { portfolio }) => void seen.push(fill.fee, portfolio.fees, portfolio.cash),
      },
      { fees: percentFee({ percent: 1, minimum: 0 }) },
    )
    expect(seen).toEqual([10, 10, 98_990])
  })
})

describe('rule 23: marks and equity', () => {
  test('the mark is the last close; equity is cash and positions after each knowable time', () => {
    const data = [
      daily('A', [flat(10), [10, 13, 9, 12], [12, 12, 8, 9]]),
      daily('B', [flat(20), undefined, [25, 26, 24, 24]]),
    ]
    const result = play(data, {
      onSlice(slice, { orders }) {
        if (slice.bar('A')!.count === 1) {
          orders.market('A', 100)
          orders.market('B', 10, { tif: 'gtc' })
        }
      },
    })
    expect(fillsOf(result)).toEqual(['A 100 @ 10', 'B 10 @ 25'])
    expect(Array.from(result.equity.equity)).toEqual([100_000, 100_200, 100_000 - 100 - 10])
  })

  test('equity is summed anew: a position that comes back to its price comes back to the same cent', () => {
    const rows = Array.from({ length: 500 }, (_, k) => flat(k % 2 === 0 ? 0.1 : 0.7))
    const result = play(
      [daily('A', rows, { fields: { lot: 0.001 } })],
      bar({ 1: (_b, { orders }) => void orders.market('A', 33.333) }),
    )
    const { equity } = result.equity
    expect(new Set(equity.subarray(1).filter((_, k) => k % 2 === 0)).size).toBe(1)
  })
})

const facts = (result: ReturnType<typeof play>) =>
  result.trades.map((t) => [t.side, t.quantity, t.entryPrice, t.exitPrice, t.fees, t.pnl])

describe('rule 21, option lots: fifo', () => {
  const prices = [10, 10, 12, 15, 14, 9, 9]
  const days = (actions: Parameters<typeof daily>[2] = {}) => [
    daily(
      'A',
      prices.map((p) => flat(p)),
      actions,
    ),
  ]
  const trader = bar({
    1: (_b, { orders }) => void orders.market('A', 100), // at 10
    2: (_b, { orders }) => void orders.market('A', 100), // at 12
    3: (_b, { orders }) => void orders.market('A', -150), // at 15
    4: (_b, { orders }) => void orders.market('A', -100), // at 14: through zero
  })
  test('each lot that is closed is a trade, the oldest first; fees are split by quantity', () => {
    const fees = perShareFee({ perShare: 0.1 })
    const result = play(days(), trader, { fees, lots: 'fifo' })
    expect(facts(result)).toEqual([
      ['long', 100, 10, 15, 20, 480],
      ['long', 50, 12, 15, 10, 140],
      ['long', 50, 12, 14, 10, 90],
    ])
    expect(result.openPositions).toMatchObject([{ side: 'short', quantity: 50, averageCost: 14, fees: 5 }])
    expect(result.openPositions[0]!.unrealized).toBeCloseTo(250, 9)
    expect(result.options['lots']).toEqual({ value: 'fifo', isDefault: false })
  })

  test('changes neither fills nor equity, and the parts add up to the same gain', () => {
    const runs = (['average', 'fifo'] as const).map((lots) => play(days(), trader, { lots, fees: percentFee() }))
    const [average, fifo] = runs
    expect(fifo!.tapeHash).toBe(average!.tapeHash)
    const gains = runs.map(
      ({ trades, openPositions }) =>
        trades.reduce((sum, t) => sum + t.pnl, 0) + openPositions.reduce((sum, p) => sum + p.unrealized - p.fees, 0),
    )
    expect(gains[1]).toBeCloseTo(gains[0]!, 9)
    expect(gains[1]).toBeCloseTo(fifo!.finalEquity - 100_000, 9)
  })

  test('a split puts open lots on the new basis', () => {
    const actions = [{ kind: 'split' as const, symbol: 'A', time: at('2024-01-05', '00:00'), ratio: 2 }]
    const later = bar({
      1: (_b, { orders }) => void orders.market('A', 100), // at 10
      2: (_b, { orders }) => void orders.market('A', 100), // at 12
      4: (_b, { orders }) => void orders.market('A', -150), // at 14
      5: (_b, { orders }) => void orders.market('A', -100), // at 9
    })
    const result = play(days({ actions }), later, { lots: 'fifo' })
    // Before the fourth bar 100 at 10 and 100 at 12 become 200 at 5 and 200 at 6.
    expect(facts(result).map((each) => each.slice(0, 4))).toEqual([
      ['long', 150, 5, 14],
      ['long', 50, 5, 9],
      ['long', 50, 6, 9],
    ])
    expect(result.openPositions).toMatchObject([{ side: 'long', quantity: 150, averageCost: 6 }])
  })
})
