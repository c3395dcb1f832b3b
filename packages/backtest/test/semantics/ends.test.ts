import type { StrategyHandlers } from '@onetape/core'
import { basisPoints, percentFee } from '@onetape/costs'
import { describe, expect, test } from 'vitest'
import { daily, fillsOf, flat, ordersOf, play, wall } from './market.ts'

const A = (...prices: readonly number[]) =>
  daily(
    'A',
    prices.map((p) => flat(p)),
  )

describe('rule 26: end of the data', () => {
  const holds: StrategyHandlers = {
    onBar(bar, { orders }) {
      if (bar.count === 1) orders.market('A', 100)
      if (bar.count === 2) orders.limit('A', -100, 20, { tif: 'gtc' })
    },
  }

  test('positions stay open and are marked at the last close; working orders are listed', () => {
    const result = play([A(10, 10, 12)], holds)
    expect([result.trades, result.finalEquity, result.finalCash]).toEqual([[], 100_200, 99_000])
    expect(result.openPositions).toMatchObject([
      { symbol: 'A', side: 'long', quantity: 100, mark: 12, unrealized: 200 },
    ])
    expect(ordersOf(result)).toEqual(['market 100 filled', 'limit -100 working'])
    expect(result.toJSON()['workingOrders']).toMatchObject([{ limitPrice: 20, quantity: 100 }])
    expect(result.notices).toContain('1 order was still open at the end of the data (2024-01-04T21:00:00Z).')
  })

  test('closeAtEnd fills at the last close, with a fee and without slippage, and ends working orders', () => {
    const fees = percentFee({ percent: 1, minimum: 0 })
    const result = play([A(10, 10, 12)], holds, { closeAtEnd: true, fees, slippage: basisPoints(100) })
    expect(fillsOf(result)).toEqual(['A 100 @ 10.1', 'A -100 @ 12'])
    expect(result.openPositions).toEqual([])
    expect(result.trades).toMatchObject([{ exitPrice: 12, quantity: 100 }])
    expect(result.trades[0]!.pnl).toBeCloseTo(190 - 10.1 - 12, 9)
    expect(result.finalEquity).toBeCloseTo(100_000 + 190 - 22.1, 9)
    expect(result.finalEquity).toBe(result.finalCash)
    expect(ordersOf(result)).toEqual(['market 100 filled', 'limit -100 cancelled end_of_data', 'market -100 filled'])
  })

  test('each instrument closes at its own last close', () => {
    const data = [A(10, 10, 12), daily('B', [flat(5), flat(7)])]
    const result = play(
      data,
      {
        onSlice(slice, { orders, instruments }) {
          if (slice.bar('A')!.count === 1) for (const each of instruments) orders.market(each, 10)
        },
      },
      { closeAtEnd: true },
    )
    expect(fillsOf(result)).toEqual(['A 10 @ 10', 'B 10 @ 7', 'A -10 @ 12', 'B -10 @ 7'])
  })

  test('only closed round trips count as trades; the open one is shown apart', () => {
    const result = play([A(10, 10, 11, 11, 12)], {
      onBar(bar, { orders }) {
        if (bar.count % 2 === 1) orders.market('A', 5)
        else orders.close('A')
      },
    })
    expect(result.trades.map((t) => t.pnl)).toEqual([5, 5])
    expect(result.openPositions).toEqual([])
  })
})

describe('rule 27: a signal on the last bar fills nothing', () => {
  test('whatever order it is', () => {
    const result = play([A(10, 10)], {
      onBar(bar, { orders }) {
        if (bar.count < 2) return
        orders.market('A', 1, { tif: 'gtc' })
        orders.limit('A', 1, 11, { tif: 'gtc' })
        orders.targetPercent('A', 0.5, { tif: 'gtc' })
      },
    })
    expect(result.fills).toEqual([])
    expect(result.orders.map((o) => o.state)).toEqual(['working', 'working', 'working'])
  })

  test('orders of onStop are not sent', () => {
    const result = play([A(10, 10)], { onStop: ({ orders }) => void orders.market('A', 1) })
    expect([result.fills.length, result.orders.map((o) => o.state)]).toEqual([0, ['created']])
  })
})

describe('the window of a run', () => {
  test('a "to" that is a date is included whole, and what comes after is not seen', () => {
    const seen: string[] = []
    play(
      [A(10, 11, 12, 13, 14)],
      { onBar: (bar) => void seen.push(wall(bar.end)) },
      { from: '2024-01-03', to: '2024-01-04' },
    )
    expect(seen).toEqual(['01-03 16:00', '01-04 16:00'])
  })

  test('what happened to the stock before the window concerns no position', () => {
    const split = { kind: 'split', symbol: 'A', time: Date.parse('2024-01-03T05:00:00Z'), ratio: 2 } as const
    const dividend = { kind: 'dividend', symbol: 'A', time: Date.parse('2024-01-04T05:00:00Z'), amount: 1 } as const
    const data = daily(
      'A',
      [20, 10, 10, 10].map((p) => flat(p)),
      { actions: [split, dividend] },
    )
    const seen: string[] = []
    const result = play(
      [data],
      {
        onStart: ({ orders }) => void orders.market('A', 10),
        onCorporateAction: (action) => void seen.push(action.kind),
      },
      { from: '2024-01-04' },
    )
    // The ex-day is the first day of the run: who buys on it gets no dividend.
    expect([seen, result.bookings, fillsOf(result)]).toEqual([[], [], ['A 10 @ 10']])
  })
})

describe('what became of market orders', () => {
  const buying: StrategyHandlers = {
    onBar(bar, { orders }) {
      if (bar.count <= 2) orders.market('A', 100)
    },
  }

  test('the result counts those that expired with their day, in part or whole', () => {
    const rows = [flat(10), [10, 10, 10, 10, 990], [10, 10, 10, 10, 0], flat(10)] as const
    const result = play([daily('A', rows)], buying, { participation: 0.1 })
    expect(fillsOf(result)).toEqual(['A 99 @ 10'])
    expect(result.notices).toContain(
      '2 market orders expired with the day before they were filled whole (day_end; with tif: gtc they wait).',
    )
    expect(fillsOf(play([daily('A', rows)], buying, { participation: 0.1, tif: 'gtc' }))).toEqual([
      'A 99 @ 10',
      'A 1 @ 10',
      'A 100 @ 10',
    ])
  })

  test('the result says when no bar has volume', () => {
    const still = daily('A', [
      [10, 10, 10, 10, 0],
      [10, 10, 10, 10, 0],
      [10, 10, 10, 10, 0],
    ])
    expect(play([still], buying).notices).toContain(
      'No bar of A (1d) has volume, and without it nothing fills: an instrument whose data carries none says so (hasVolume: false).',
    )
  })
})
