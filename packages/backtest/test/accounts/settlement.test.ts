import type { StrategyHandlers } from '@onetape/core'
import { describe, expect, test } from 'vitest'
import { daily, flat, play, wall } from '../semantics/market.ts'

/** Spends all on the second bar, sells on the third, and then asks every day for one more share. */
function seller(): StrategyHandlers {
  let day = 0
  return {
    onSlice: (_slice, { orders }) => {
      day++
      if (day === 1) orders.market('A', 98)
      else if (day === 2) orders.market('A', -98)
      else orders.market('A', 90, { tag: 'again' })
    },
  }
}

function run(date: string, options: object = {}) {
  const data = daily(
    'A',
    Array.from({ length: 9 }, () => flat(100)),
    { date },
  )
  const result = play([data], seller(), { cash: 10_000, account: 'cash', ...options })
  const sold = result.fills[1]!
  const bought = result.orders.find((o) => o.tag === 'again' && o.state === 'filled')
  return { result, sold: wall(sold.time), accepted: bought === undefined ? 'never' : wall(bought.placedAt) }
}

describe('cash accounts: proceeds may be spent once they have settled', () => {
  // Trade dates of the last days of T+3, T+2 and the first of T+1; SEC rule 15c6-1.
  test.each([
    ['2017-08-28', '08-30 16:00', '09-05 16:00', 'T+3 over Labor Day: Wednesday’s sale settles on Tuesday'],
    ['2017-09-05', '09-07 16:00', '09-11 16:00', 'T+2 from 2017-09-05 on'],
    ['2024-05-13', '05-15 16:00', '05-17 16:00', 'T+2'],
    ['2024-05-22', '05-24 16:00', '05-29 16:00', 'T+2 over Memorial Day'],
    ['2024-05-28', '05-30 16:00', '05-31 16:00', 'T+1 from 2024-05-28 on'],
    ['2024-06-05', '06-07 16:00', '06-10 16:00', 'T+1 over a weekend'],
  ])('from %s: sold at %s, the next buy is taken at %s (%s)', (date, sold, accepted) => {
    const found = run(date)
    expect([found.sold, found.accepted]).toEqual([sold, accepted])
    const early = found.result.orders.filter((o) => o.tag === 'again' && o.code === 'settled_cash')
    expect(early.length).toBeGreaterThan(0)
    expect(early.every((o) => o.state === 'denied')).toBe(true)
  })

  test('the denial is named settled_cash while the money is there, buying_power when it is not', () => {
    const data = daily(
      'A',
      Array.from({ length: 4 }, () => flat(100)),
      { date: '2024-06-03' },
    )
    let day = 0
    const result = play(
      [data],
      {
        onSlice: (_slice, { orders }) => {
          day++
          if (day === 1) orders.market('A', 98)
          if (day === 2) orders.market('A', -98)
          if (day === 3) orders.market('A', 90)
          if (day === 3) orders.market('A', 120)
        },
      },
      { cash: 10_000, account: 'cash' },
    )
    expect(result.orders.map((o) => o.code)).toEqual([undefined, undefined, 'settled_cash', 'buying_power'])
  })

  test('buying power shows settled cash only, cash all of it', () => {
    const seen: number[] = []
    const data = daily(
      'A',
      Array.from({ length: 5 }, () => flat(100)),
      { date: '2024-06-03' },
    )
    let day = 0
    play(
      [data],
      {
        onSlice: (_slice, { orders, portfolio }) => {
          day++
          if (day === 1) orders.market('A', 90)
          if (day === 2) orders.market('A', -40)
          if (day >= 3) seen.push(portfolio.cash, portfolio.buyingPower)
        },
      },
      { cash: 10_000, account: 'cash' },
    )
    expect(seen).toEqual([5000, 1000, 5000, 5000, 5000, 5000])
  })

  test('settlement: false, and a margin account, spend them at once', () => {
    expect(run('2024-05-13', { settlement: false }).accepted).toBe('05-15 16:00')
    expect(run('2024-05-13', { account: 'margin' }).accepted).toBe('05-15 16:00')
    expect(run('2024-05-13', { settlement: false }).result.denials['settled_cash']).toBeUndefined()
  })

  test('at the fill, too, only settled cash pays', () => {
    // Bought for 5,000 of 10,000, sold at once; the next day's order for 48 shares meets an open that has doubled.
    const data = daily('A', [flat(100), flat(100), flat(100), flat(200)], { date: '2024-06-03' })
    let day = 0
    const result = play(
      [data],
      {
        onSlice: (_slice, { orders }) => {
          day++
          if (day === 1) orders.market('A', 50)
          if (day === 2) orders.market('A', -50)
          if (day === 3) orders.market('A', 48)
        },
      },
      { cash: 10_000, account: 'cash' },
    )
    // Sold on Wednesday 06-05, settled at Thursday's open: 10,000 USD pay for all 48.
    expect(result.fills.at(-1)).toMatchObject({ quantity: 48, price: 200 })
    const older = play(
      [daily('A', [flat(100), flat(100), flat(100), flat(200)], { date: '2024-05-13' })],
      {
        onSlice: (slice, { orders }) => {
          const { count } = slice.bars[0]!
          if (count === 1) orders.market('A', 50)
          if (count === 2) orders.market('A', -50)
          if (count === 3) orders.market('A', 48)
        },
      },
      { cash: 10_000, account: 'cash' },
    )
    // T+2: on Thursday 05-16 the 5,000 of Wednesday's sale are still on their way.
    expect(older.fills.at(-1)).toMatchObject({ quantity: 25, price: 200 })
    expect(older.orders.at(-1)).toMatchObject({ code: 'insufficient_funds' })
  })
})
