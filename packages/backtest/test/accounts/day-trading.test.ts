import type { StrategyHandlers } from '@onetape/core'
import { dayTradingRule } from '@onetape/costs'
import { describe, expect, test } from 'vitest'
import { daily, flat, intraday, play } from '../semantics/market.ts'

const minutes = (date: string, count: number) =>
  intraday(
    'A',
    '1m',
    date,
    '10:00',
    Array.from({ length: count }, () => flat(100)),
  )

/** In and out in turn, one order a bar, until `trips` were asked for. */
function inAndOut(trips: number): StrategyHandlers {
  let bar = 0
  return {
    onBar: (_bar, { orders }) => {
      if (bar++ >= 2 * trips) return
      orders.market('A', bar % 2 === 1 ? 10 : -10)
    },
  }
}

const rule = dayTradingRule()

describe('pattern day trader, until the intraday margin standard', () => {
  test('below 25,000 USD the position that could become the fourth day trade in five days is not opened', () => {
    const result = play([minutes('2024-06-03', 12)], inAndOut(4), {
      cash: 20_000,
      dayTrading: rule,
      shortSelling: false,
    })
    expect(result.orders.map((o) => o.code ?? o.state)).toEqual([
      ...Array.from({ length: 6 }, () => 'filled'),
      'pattern_day_trader',
      'short_not_allowed', // nothing to sell then
    ])
    expect(result.denials).toEqual({ pattern_day_trader: 1, short_not_allowed: 1 })
  })

  test('closing is always allowed', () => {
    let bar = 0
    const held = play(
      [minutes('2024-06-03', 12)],
      {
        onBar: (_bar, { orders }) => {
          bar++
          if (bar === 1) orders.market('A', 20)
          else if (bar <= 8) orders.market('A', bar % 2 === 0 ? -5 : 5)
        },
      },
      { cash: 20_000, dayTrading: rule },
    )
    // Day trades at bars 2, 4 and 6; the buys of bars 7 may not be, the sale of bar 8 may.
    expect(held.orders.map((o) => o.code ?? o.state)).toEqual([
      'filled',
      'filled',
      'filled',
      'filled',
      'filled',
      'filled',
      'pattern_day_trader',
      'filled',
    ])
  })

  test('from 25,000 USD at the close of the day before, and without the rule, there is no limit', () => {
    for (const options of [{ cash: 25_000, dayTrading: rule }, { cash: 20_000 }])
      expect(play([minutes('2024-06-03', 12)], inAndOut(4), options).denials).toEqual({})
  })

  test('equity of the day before counts, not of the moment', () => {
    // 24,000 USD at the start; the next day opens far above, but the close before was below the minimum.
    const days = daily('A', [flat(100), flat(100), [100, 130, 100, 130], flat(130), flat(130), flat(130)], {
      date: '2024-06-03',
    })
    const seen: string[] = []
    const result = play(
      [days],
      {
        onBar: (bar, { orders, portfolio }) => {
          if (bar.count === 1) orders.market('A', 50)
          seen.push(portfolio.equity.toFixed(0))
        },
      },
      { cash: 24_000, dayTrading: dayTradingRule({ patternDayTrades: 1 }) },
    )
    // With one day trade as the limit every opening order needs the minimum.
    expect(result.denials).toEqual({ pattern_day_trader: 1 })
    expect(seen[0]).toBe('24000')
  })

  test('day trades of six business days ago are forgotten', () => {
    // Monday 06-03 to Friday 06-07 are five business days, Monday 06-10 is the sixth.
    expect(sixthDay('2024-06-07')).toBe('pattern_day_trader')
    expect(sixthDay('2024-06-10')).toBe('filled')
  })
})

const minutesOf = (symbol: string, date: string) =>
  intraday(
    symbol,
    '1m',
    date,
    '10:00',
    Array.from({ length: 3 }, () => flat(100)),
  )

describe('the intraday margin standard, from 2026-06-04', () => {
  test('the count is gone', () => {
    expect(play([minutes('2026-06-03', 12)], inAndOut(4), { cash: 20_000, dayTrading: rule }).denials).toHaveProperty(
      'pattern_day_trader',
    )
    expect(play([minutes('2026-06-04', 12)], inAndOut(4), { cash: 20_000, dayTrading: rule }).denials).toEqual({})
  })

  test('equity must cover the maintenance margin after the order: four times it for a long position', () => {
    expect(buysWithMargin(400, '2026-06-04').denials).toEqual({})
    expect(buysWithMargin(401, '2026-06-04').denials).toEqual({ intraday_margin: 1 })
    expect(buysWithMargin(401, '2026-06-03').denials).toEqual({})
  })

  test('an order that turns a position round is judged by what it leaves', () => {
    // 333 short shares take 30 % of 33,300; 334 take 10,020 of the 10,000 that are there.
    expect(turnsRound(733)).toBe('filled')
    expect(turnsRound(734)).toBe('intraday_margin')
  })

  test('also where funds are judged at the fill', () => {
    const result = play(
      [minutes('2026-06-04', 3)],
      { onBar: (bar, { orders }) => void (bar.count === 1 && orders.market('A', 401)) },
      { cash: 10_000, leverage: 8, dayTrading: rule, rejectAtFill: true },
    )
    expect(result.denials).toEqual({ intraday_margin: 1 })
  })
})

const sixthDay = (date: string) => {
  let bar = 0
  const result = play(
    [
      intraday(
        'A',
        '1m',
        '2024-06-03',
        '10:00',
        Array.from({ length: 8 }, () => flat(100)),
      ),
      minutesOf('B', date),
    ],
    {
      onBar: (b, { orders }) => {
        if (b.instrument.symbol === 'B') {
          if (b.count === 1) orders.market('B', 10)
          return
        }
        if (bar++ < 6) orders.market('A', bar % 2 === 1 ? 10 : -10)
      },
    },
    { cash: 20_000, dayTrading: rule },
  )
  return result.orders.at(-1)?.code ?? result.orders.at(-1)?.state
}

const buysWithMargin = (quantity: number, date: string) =>
  play(
    [minutes(date, 3)],
    { onBar: (bar, { orders }) => void (bar.count === 1 && orders.market('A', quantity)) },
    { cash: 10_000, leverage: 8, dayTrading: rule },
  )

const turnsRound = (quantity: number) => {
  const result = play(
    [minutes('2026-06-04', 5)],
    {
      onBar: (bar, { orders }) => {
        if (bar.count === 1) orders.market('A', 400)
        if (bar.count === 3) orders.market('A', -quantity)
      },
    },
    { cash: 10_000, leverage: 8, dayTrading: rule },
  )
  return result.orders.at(-1)?.code ?? result.orders.at(-1)?.state
}
