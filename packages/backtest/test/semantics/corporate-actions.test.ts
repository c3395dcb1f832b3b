import type { CorporateAction, StrategyHandlers } from '@onetape/core'
import { sma } from '@onetape/indicators'
import { describe, expect, test } from 'vitest'
import { at, daily, fillsOf, flat, ordersOf, play, wall } from './market.ts'

const EX = at('2024-01-04', '00:00') // before the third bar
const split = (ratio: number): CorporateAction => ({ kind: 'split', symbol: 'A', time: EX, ratio })
const dividend = (amount: number, payTime?: number): CorporateAction => ({
  kind: 'dividend',
  symbol: 'A',
  time: EX,
  amount,
  payTime,
})

const series = (prices: readonly number[], actions: readonly CorporateAction[], fields = {}) =>
  daily(
    'A',
    prices.map((p) => flat(p)),
    { actions, fields },
  )

const day = (act: Readonly<Record<number, NonNullable<StrategyHandlers['onBar']>>>): StrategyHandlers => ({
  onBar: (b, ctx) => (b.instrument.symbol === 'A' ? act[b.count]?.(b, ctx) : undefined),
})
const buys = (quantity: number) => day({ 1: (_b, { orders }) => void orders.market('A', quantity) })

describe('rule 24: splits', () => {
  test('change quantity and average cost, not equity', () => {
    const seen: number[] = []
    const result = play([series([10, 10, 5, 6], [split(2)])], {
      ...buys(100),
      onCorporateAction: (action, { portfolio }) =>
        void seen.push(portfolio.quantity(action.symbol), portfolio.averageCost('A'), portfolio.equity),
    })
    expect(seen).toEqual([200, 5, 100_000])
    expect(Array.from(result.equity.equity)).toEqual([100_000, 100_000, 100_000, 100_200])
    expect(result.bookings).toMatchObject([{ kind: 'split', quantity: 2, cash: 0 }])
    expect(result.openPositions).toMatchObject([{ quantity: 200, averageCost: 5, unrealized: 200 }])
  })

  test('fractions are paid in cash at the adjusted previous close', () => {
    const result = play([series([10, 10, 100, 100], [split(0.1)])], buys(105))
    expect(result.bookings.map((b) => [b.kind, b.quantity, b.price, b.cash])).toEqual([
      ['split', 0.1, 0, 0],
      ['split-cash', 0.5, 100, 50],
    ])
    expect(result.openPositions).toMatchObject([{ quantity: 10, averageCost: 100 }])
    expect(result.finalEquity).toBe(100_000)
  })

  test('a position that is less than a share afterwards ends, and so does its trade', () => {
    const result = play(
      [series([10, 10, 200, 200, 200, 210], [split(0.05)])],
      day({ 1: (_b, { orders }) => void orders.market('A', 10), 4: (_b, { orders }) => void orders.market('A', 3) }),
    )
    expect(result.trades.map((t) => [t.side, t.pnl, wall(t.exitTime)])).toEqual([['long', 0, '01-04 00:00']])
    expect(result.openPositions).toMatchObject([{ quantity: 3, averageCost: 200, unrealized: 30 }])
  })

  test('working orders are cancelled with corporate_action', () => {
    const result = play(
      [series([10, 10, 5, 5], [split(2)])],
      day({ 2: (_b, { orders }) => void orders.limit('A', 100, 8, { tif: 'gtc' }) }),
    )
    expect(ordersOf(result)).toEqual(['limit 100 cancelled corporate_action'])
  })

  test('splitOrders: adjust carries them over to the new basis', () => {
    const result = play(
      [series([10, 10, 5, 3.9], [split(2)])],
      day({ 2: (_b, { orders }) => void orders.limit('A', 100, 8, { tif: 'gtc' }) }),
      { splitOrders: 'adjust' },
    )
    expect(fillsOf(result)).toEqual(['A 200 @ 3.9'])
    expect(result.orders[0]).toMatchObject({ limitPrice: 4, quantity: 200 })
  })

  test('a handler can place the protective order anew, on the new basis', () => {
    const result = play([series([10, 10, 5, 4], [split(2)])], {
      ...day({
        1: (_b, { orders }) => void orders.market('A', 100),
        2: (_b, { orders }) => void orders.stop('A', -100, 9, { tif: 'gtc' }),
      }),
      onCorporateAction: (action, { orders, portfolio }) =>
        void orders.stop(action.symbol, -portfolio.quantity('A'), 4.5, { tif: 'gtc' }),
    })
    expect(ordersOf(result)).toEqual(['market 100 filled', 'stop -100 cancelled corporate_action', 'stop -200 filled'])
    expect(fillsOf(result)[1]).toBe('A -200 @ 4')
  })

  test('indicators see no jump: bars before it are put on the new basis', () => {
    const seen: number[] = []
    play([series([10, 12, 6, 7], [split(2)])], (setup) => {
      const mean = setup.use(sma(2))
      return { onBar: () => void seen.push(mean.previous, mean.value) }
    })
    // After the split 12 reads as 6: (5 + 6) / 2 before it, (6 + 6) / 2 on the day.
    expect(seen).toEqual([Number.NaN, 11, 5.5, 6, 6, 6.5])
  })

  test('of prices that are split-adjusted already change nothing', () => {
    const data = daily(
      'A',
      [5, 5, 5, 5].map((p) => flat(p)),
      { actions: [split(2)], prices: 'split-adjusted' },
    )
    const result = play([data], buys(100))
    expect(result.openPositions).toMatchObject([{ quantity: 100 }])
    expect(result.finalEquity).toBe(100_000)
  })
})

describe('rule 24: dividends', () => {
  test('book on the ex-date and are paid on the pay-date', () => {
    const seen: string[] = []
    const result = play([series([10, 10, 10, 10, 10], [dividend(0.5, at('2024-01-08', '00:00'))])], {
      ...buys(100),
      onSlice: (slice, { portfolio }) => void seen.push(`${wall(slice.time)} ${portfolio.cash} ${portfolio.equity}`),
    })
    expect(seen).toEqual([
      '01-02 16:00 100000 100000',
      '01-03 16:00 99000 100000',
      '01-04 16:00 99000 100050',
      '01-05 16:00 99000 100050',
      '01-08 16:00 99050 100050',
    ])
    expect(result.bookings.map((b) => [b.kind, wall(b.time), b.cash])).toEqual([
      ['dividend', '01-04 00:00', 0],
      ['dividend-paid', '01-08 00:00', 50],
    ])
  })

  test('without a pay-date are paid on the ex-date, and the result says so', () => {
    const result = play([series([10, 10, 10], [dividend(0.5)])], buys(100))
    expect(result.finalCash).toBe(99_050)
    expect(result.notices).toContain('The data has no pay-dates: dividends were paid on the ex-date.')
  })

  test('shorts pay; who holds nothing gets nothing, not even a row', () => {
    expect(play([series([10, 10, 10], [dividend(0.5)])], buys(-100)).finalEquity).toBe(99_950)
    expect(play([series([10, 10, 10], [dividend(0.5)])], {}).bookings).toEqual([])
  })

  test('a buy on the ex-date comes too late', () => {
    const result = play(
      [series([10, 10, 10, 10], [dividend(0.5)])],
      day({ 2: (_b, { orders }) => void orders.market('A', 100) }),
    )
    expect([fillsOf(result), result.finalEquity]).toEqual([['A 100 @ 10'], 100_000])
  })

  test('with a split on the same day is paid on the shares from before it', () => {
    const result = play([series([10, 10, 5, 5], [dividend(0.5), split(2)])], buys(100))
    expect(result.finalEquity).toBe(100_050)
  })

  test('working orders are not reduced for dividends', () => {
    const result = play(
      [series([10, 10, 9.4, 9.5], [dividend(0.5)])],
      day({ 1: (_b, { orders }) => void orders.limit('A', 1, 9.2, { tif: 'gtc' }) }),
    )
    expect(result.orders[0]).toMatchObject({ state: 'working', limitPrice: 9.2 })
  })

  test('dividends: reinvest buys shares at the ex-date’s close, fractions included, without a fee', () => {
    const data = daily('A', [flat(10), flat(10), [10, 10, 7, 8], flat(8)], { actions: [dividend(0.5)] })
    const result = play([data], buys(100), { dividends: 'reinvest' })
    expect(result.bookings.at(-1)).toMatchObject({ kind: 'reinvest', quantity: 6.25, price: 8, cash: -50 })
    expect(result.openPositions).toMatchObject([{ quantity: 106.25 }])
    expect(result.finalEquity).toBe(99_000 + 106.25 * 8)
  })

  test('shares from reinvested dividends can be closed and be part of a new target', () => {
    const data = daily(
      'A',
      [10, 10, 8, 8, 8, 8].map((p) => flat(p)),
      { actions: [dividend(0.5)] },
    )
    const closed = play(
      [data],
      { ...day({ 1: buysOn(100), 4: (_b, { orders }) => void orders.close('A') }) },
      { dividends: 'reinvest' },
    )
    expect(closed.openPositions).toEqual([])
    const resized = play([data], day({ 1: buysOn(100), 4: (_b, { orders }) => void orders.targetQuantity('A', 50) }), {
      dividends: 'reinvest',
    })
    expect(resized.openPositions).toMatchObject([{ quantity: 50 }])
  })

  test('dividends: ignore books nothing', () => {
    const result = play([series([10, 10, 10], [dividend(0.5)])], buys(100), { dividends: 'ignore' })
    expect([result.finalEquity, result.bookings]).toEqual([100_000, []])
  })
})

function buysOn(quantity: number): NonNullable<StrategyHandlers['onBar']> {
  return (_b, { orders }) => void orders.market('A', quantity)
}

describe('rule 24: symbol changes and delistings', () => {
  test('a symbol change keeps the instrument’s identity, and is told', () => {
    const seen: string[] = []
    const change: CorporateAction = { kind: 'symbol-change', symbol: 'A', time: EX, newSymbol: 'Z' }
    const result = play([series([10, 10, 11], [change])], {
      ...buys(100),
      onCorporateAction: (action) => void seen.push(action.kind),
    })
    expect(seen).toEqual(['symbol-change'])
    expect(result.openPositions).toMatchObject([{ symbol: 'A', quantity: 100 }])
    expect(result.notices[0]).toContain('A became Z on 2024-01-04')
  })

  test('a delisting closes at the last price, ends its orders, and says so', () => {
    const gone: CorporateAction = { kind: 'delisting', symbol: 'A', time: at('2024-01-05', '00:00') }
    const result = play(
      [
        series([10, 10, 12], [gone]),
        daily(
          'B',
          [5, 5, 5, 5, 5].map((p) => flat(p)),
        ),
      ],
      day({
        1: buysOn(100),
        3: (_b, { orders }) => void orders.limit('A', -100, 20, { tif: 'gtc' }),
      }),
    )
    expect(fillsOf(result)).toEqual(['A 100 @ 10', 'A -100 @ 12'])
    expect(ordersOf(result)).toEqual(['market 100 filled', 'limit -100 cancelled delisted'])
    expect(result.trades.map((t) => t.pnl)).toEqual([200])
    expect([result.finalEquity, result.openPositions]).toEqual([100_200, []])
    expect(result.notices.some((n) => n.includes('A was delisted on 2024-01-05: 100 shares were closed at 12'))).toBe(
      true,
    )
  })

  test('a delisting may pay less: nothing, for one that is bankrupt', () => {
    const gone: CorporateAction = { kind: 'delisting', symbol: 'A', time: at('2024-01-05', '00:00'), price: 0 }
    const data = [
      series([10, 10, 12], [gone]),
      daily(
        'B',
        [5, 5, 5, 5].map((p) => flat(p)),
      ),
    ]
    expect(play(data, buys(100)).finalEquity).toBe(99_000)
  })
})

describe('rule 28: prices: adjusted', () => {
  test('trades the back-adjusted series, without corporate actions, and is named in the result', () => {
    const data = daily('A', [flat(10), flat(10), [5, 5.5, 4.5, 5]], { actions: [split(2)], adjClose: [4.5, 4.5, 4.5] })
    const result = play([data], buys(100), { prices: 'adjusted' })
    expect(fillsOf(result)).toEqual(['A 100 @ 4.5'])
    expect([result.finalEquity, result.bookings]).toEqual([100_000, []])
    expect(result.options['prices']).toEqual({ value: 'adjusted', isDefault: false })
    expect(result.notices.some((n) => n.includes('prices: adjusted'))).toBe(true)
  })

  test('without an adjusted close is refused', () =>
    expect(() => play([series([10, 10], [])], {}, { prices: 'adjusted' })).toThrow('the data has no adjusted close'))
})

describe('buy and hold beside the result', () => {
  test('has the shares after splits, and dividends reinvested; split-adjusted prices show no split', () => {
    const raw = play([series([10, 10, 5, 6], [dividend(1), split(2)])], {})
    // 10,000 shares, 1 USD of 9 left per share, then twice as many.
    expect(Array.from(raw.nav.benchmark!)).toEqual([
      100_000,
      100_000,
      100_000,
      expect.closeTo(111_111.11, 2),
      expect.closeTo(133_333.33, 2),
    ])
    const adjusted = daily(
      'A',
      [5, 5, 5, 6].map((p) => flat(p)),
      { actions: [split(2)], prices: 'split-adjusted' },
    )
    expect(Array.from(play([adjusted], {}).nav.benchmark!)).toEqual([100_000, 100_000, 100_000, 100_000, 120_000])
  })
})
