import type { CorporateAction, OrderEvent, StrategyHandlers } from '@onetape/core'
import type { BacktestResult } from '@onetape/backtest'
import { describe, expect, test } from 'vitest'
import { at, daily, fillsOf, flat, ordersOf, play, type Row, wall } from '../semantics/market.ts'

const EX = at('2024-01-05', '00:00') // before the fourth bar
const split = (ratio: number): CorporateAction => ({ kind: 'split', symbol: 'A', time: EX, ratio })

const series = (ratio: number, ...rows: readonly (Row | number)[]) =>
  daily(
    'A',
    rows.map((r) => (typeof r === 'number' ? flat(r) : r)),
    { actions: [split(ratio)] },
  )

const onBars = (days: Readonly<Record<number, NonNullable<StrategyHandlers['onBar']>>>): StrategyHandlers => ({
  onBar: (bar, ctx) => days[bar.count]?.(bar, ctx),
})

const bracketed = (options: { entryLimit?: number } = {}): StrategyHandlers =>
  onBars({
    1: (_b, { orders }) =>
      void orders.bracket('A', 100, {
        ...options,
        takeProfit: 120,
        stopLoss: 90,
        exits: { tag: 'exit' },
        entry: { tif: 'gtc' },
      }),
  })

const exits = (result: BacktestResult) =>
  result.orders
    .filter((o) => o.tag === 'exit')
    .map((o) => [o.type, o.quantity, o.limitPrice ?? o.stopPrice, o.tif, o.state, o.code])

describe('splitOrders: cancel places protective exits anew on the new basis', () => {
  test('a bracket’s target and stop: quantity times, prices by the ratio, still one cancelling the other', () => {
    const result = play([series(2, 100, 100, 100, 50, [50, 50, 44, 46], 46)], bracketed())
    expect(exits(result)).toEqual([
      ['limit', 100, 120, 'gtc', 'cancelled', 'corporate_action'],
      ['stop', 100, 90, 'gtc', 'cancelled', 'corporate_action'],
      ['limit', 200, 60, 'gtc', 'cancelled', 'oca'],
      ['stop', 200, 45, 'gtc', 'filled', undefined],
    ])
    expect(fillsOf(result)).toEqual(['A 100 @ 100', 'A -200 @ 45'])
    expect(result.openPositions).toEqual([])
    expect(result.notices[0]).toBe(
      'A split 2 for 1 on 2024-01-05: 2 protective exits were placed anew on the new basis.',
    )
  })

  test('the new orders are told: cancelled with the code, then placed, before the action reaches the strategy', () => {
    const seen: string[] = []
    play([series(2, 100, 100, 100, 50, 50)], {
      ...bracketed(),
      onOrderEvent: (event: OrderEvent) => {
        if (event.time >= EX) seen.push(`${wall(event.time)} ${event.order.type} ${event.order.quantity} ${event.kind}`)
      },
      onCorporateAction: (action, { orders, portfolio }) =>
        void seen.push(
          `${action.kind}: holds ${portfolio.quantity('A')}, ${orders
            .open('A')
            .map((o) => `${o.type} ${o.quantity}`)
            .join(', ')}`,
        ),
    })
    expect(seen).toEqual([
      '01-05 00:00 limit 100 cancelled',
      '01-05 00:00 stop 100 cancelled',
      'split: holds 200, limit 200, stop 200',
      '01-05 00:00 limit 200 submitting',
      '01-05 00:00 limit 200 accepted',
      '01-05 00:00 stop 200 submitting',
      '01-05 00:00 stop 200 accepted',
    ])
  })

  test('a reverse split: whole lots only, and no more than the position that is left', () => {
    const handlers = onBars({
      1: (_b, { orders }) => void orders.bracket('A', 105, { takeProfit: 12, stopLoss: 9, exits: { tag: 'exit' } }),
    })
    const result = play([series(0.1, 10, 10, 10, 100, 100)], handlers)
    expect(exits(result).slice(2)).toEqual([
      ['limit', 10, 120, 'gtc', 'working', undefined],
      ['stop', 10, 90, 'gtc', 'working', undefined],
    ])
    expect(result.openPositions).toMatchObject([{ quantity: 10 }])
  })

  test('prices come to lie on the tick', () => {
    const handlers = onBars({
      1: (_b, { orders }) =>
        void orders.bracket('A', 100, { takeProfit: 120.01, stopLoss: 90.03, exits: { tag: 'exit' } }),
    })
    const result = play([series(7, 100, 100, 100, 14.3, 14.3)], handlers)
    // 120.01 / 7 = 17.1443, 90.03 / 7 = 12.8614
    expect(
      exits(result)
        .slice(2)
        .map((row) => row[2]),
    ).toEqual([17.14, 12.86])
  })

  test('a trailing stop goes on from its level', () => {
    // The high of 130 puts the level to 120, after the split to 60; 5 below 63 is 58, less than that.
    const rows = [100, 100, [110, 130, 110, 130], [65, 65, 62, 62], [62, 62, 59, 59], 59] as const
    expect(fillsOf(play([series(2, ...rows)], trailing({ amount: 10 })))).toEqual(['A 100 @ 100', 'A -200 @ 60'])
    // 10 % below 130 is 117, after the split 58.50.
    expect(fillsOf(play([series(2, ...rows)], trailing({ percent: 0.1 })))).toEqual(['A 100 @ 100'])
    const lower = [100, 100, [110, 130, 110, 130], [65, 65, 62, 62], [62, 62, 58, 58], 59] as const
    expect(fillsOf(play([series(2, ...lower)], trailing({ percent: 0.1 })))).toEqual(['A 100 @ 100', 'A -200 @ 58.5'])
  })

  test('a stop-limit that was triggered goes on as the limit it had become', () => {
    const handlers = onBars({
      1: (_b, { orders }) => void orders.market('A', 100),
      2: (_b, { orders }) => void orders.stopLimit('A', -100, 95, 94, { tif: 'gtc', reduceOnly: true, tag: 'exit' }),
    })
    // The third bar gaps through both; the limit rests at 94, after the split at 47.
    const result = play([series(2, 100, 100, 90, 45, [46, 48, 46, 48])], handlers)
    expect(exits(result)).toEqual([
      ['stop-limit', 100, 94, 'gtc', 'cancelled', 'corporate_action'],
      ['limit', 200, 47, 'gtc', 'filled', undefined],
    ])
    expect(fillsOf(result).at(-1)).toBe('A -200 @ 47')
  })

  test('a short is protected, too', () => {
    const handlers = onBars({
      1: (_b, { orders }) => void orders.bracket('A', -100, { takeProfit: 80, stopLoss: 110, exits: { tag: 'exit' } }),
    })
    const result = play([series(2, 100, 100, 100, 50, [50, 56, 50, 56])], handlers)
    expect(fillsOf(result)).toEqual(['A -100 @ 100', 'A 200 @ 55'])
  })

  test('an entry that has not filled ends with its children, and is not placed anew', () => {
    const result = play([series(2, 100, 100, 100, 50, 50)], bracketed({ entryLimit: 80 }))
    expect(ordersOf(result)).toEqual([
      'limit 100 cancelled corporate_action',
      'limit -100 cancelled parent_ended',
      'stop -100 cancelled parent_ended',
    ])
    expect(result.notices).toEqual([])
  })

  test('of an entry that has filled in part, what was bought stays protected', () => {
    const thin: Row = [100, 100, 100, 100, 400]
    const handlers = onBars({
      1: (_b, { orders }) =>
        void orders.bracket('A', 100, {
          entryLimit: 100,
          takeProfit: 120,
          stopLoss: 90,
          exits: { tag: 'exit' },
          entry: { tif: 'gtc' },
        }),
    })
    const result = play([series(2, 100, thin, 101, 50, 50)], handlers, { participation: 0.1 })
    expect(fillsOf(result)).toEqual(['A 40 @ 100'])
    expect(exits(result).slice(2)).toEqual([
      ['limit', 80, 60, 'gtc', 'working', undefined],
      ['stop', 80, 45, 'gtc', 'working', undefined],
    ])
  })

  test('an entry of the same side, and a reduce-only order of a position that is gone, are not', () => {
    const result = play(
      [series(2, 100, 100, 100, 50, 50)],
      onBars({
        1: (_b, { orders }) => void orders.market('A', 100),
        2: (_b, { orders }) => void orders.limit('A', 50, 80, { tif: 'gtc', reduceOnly: false }),
      }),
    )
    expect(ordersOf(result)).toEqual(['market 100 filled', 'limit 50 cancelled corporate_action'])
  })

  test('in a cash account, and with reinvested dividends, exits cover the whole position', () => {
    const dividend: CorporateAction = { kind: 'dividend', symbol: 'A', time: at('2024-01-04', '00:00'), amount: 0.25 }
    const later: CorporateAction = { kind: 'split', symbol: 'A', time: at('2024-01-08', '00:00'), ratio: 2 }
    const data = daily(
      'A',
      [100, 100, 100, 100, 50, 50].map((p) => flat(p)),
      { actions: [dividend, later] },
    )
    const result = play(
      [data],
      onBars({
        1: (_b, { orders }) => void orders.market('A', 100),
        4: (_b, { orders, portfolio }) =>
          void orders.stop('A', -portfolio.quantity('A'), 90, { tif: 'gtc', reduceOnly: true, tag: 'exit' }),
      }),
      { account: 'cash', dividends: 'reinvest' },
    )
    expect(result.openPositions).toMatchObject([{ quantity: 200.5 }])
    expect(exits(result)).toEqual([
      ['stop', 100.25, 90, 'gtc', 'cancelled', 'corporate_action'],
      ['stop', 200.5, 45, 'gtc', 'working', undefined],
    ])
  })
})

describe('splitOrders: adjust', () => {
  test('carries a bracket over: quantities times, prices by the ratio, on the tick', () => {
    const result = play([series(7, 100, 100, 100, 14.3, [14.3, 14.3, 12, 12.5])], bracketed(), {
      splitOrders: 'adjust',
    })
    expect(exits(result)).toEqual([
      ['limit', 700, 17.14, 'gtc', 'cancelled', 'oca'],
      ['stop', 700, 12.86, 'gtc', 'filled', undefined],
    ])
    expect(fillsOf(result).at(-1)).toBe('A -700 @ 12.86')
  })

  test('an exit that has filled in part keeps what was bought, on the new basis', () => {
    const result = play(
      [series(2, 100, 100, [121, 121, 121, 121, 400], [60.5, 60.5, 60.5, 60.5], [60.5, 60.5, 60.5, 60.5])],
      bracketed(),
      { splitOrders: 'adjust', participation: 0.1 },
    )
    // 40 of 100 sold before the split, 60 become 120.
    expect(fillsOf(result)).toEqual(['A 100 @ 100', 'A -40 @ 121', 'A -120 @ 60.5'])
    expect(result.openPositions).toEqual([])
  })
})

const trailing = (by: { amount: number } | { percent: number }): StrategyHandlers =>
  onBars({
    1: (_b, { orders }) => void orders.bracket('A', 100, { trail: by, exits: { tag: 'exit' } }),
  })
