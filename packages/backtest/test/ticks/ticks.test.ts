import type { StrategyHandlers } from '@onetape/core'
import { basisPoints } from '@onetape/costs'
import { sma } from '@onetape/indicators'
import { describe, expect, test } from 'vitest'
import { fillsOf, flat, intraday, ordersOf, play, type Row } from '../semantics/market.ts'
import { clock, quotes, shown, trades } from './tick-data.ts'

const bars = (...rows: readonly (Row | number)[]) =>
  intraday(
    'A',
    '1m',
    '2024-01-02',
    '10:00',
    rows.map((r) => (typeof r === 'number' ? flat(r) : r)),
  )

/** Acts on quotes counted from 1. */
const onQuotes = (acts: Readonly<Record<number, NonNullable<StrategyHandlers['onQuote']>>>): StrategyHandlers => {
  let count = 0
  return { onQuote: (quote, ctx) => acts[++count]?.(quote, ctx) }
}
const onTrades = (acts: Readonly<Record<number, NonNullable<StrategyHandlers['onTrade']>>>): StrategyHandlers => {
  let count = 0
  return { onTrade: (trade, ctx) => acts[++count]?.(trade, ctx) }
}

const timed = (result: ReturnType<typeof play>): string[] =>
  result.fills.map((f) => `${shown(f.time)} ${f.side === 'buy' ? '' : '-'}${f.quantity} @ ${f.price}`)

const stopped = (options = {}) =>
  timed(
    play([], onTrades({ 1: (_t, { orders }) => void orders.stop('A', -100, 99.5) }), {
      trades: [trades('A', ['10:00:00', 100, 1000], ['10:00:09', 100, 1000])],
      quotes: [quotes('A', ['10:00:00', 99.9, 100.1], ['10:00:05', 99.4, 100])],
      ...options,
    }),
  )

describe('rule 17: quotes', () => {
  test('a market order takes the other side of the next quote: a buy the ask, a sell the bid, without slippage on top', () => {
    const result = play(
      [],
      onQuotes({
        1: (_q, { orders }) => void orders.market('A', 100),
        2: (_q, { orders }) => void orders.market('A', -100),
      }),
      {
        quotes: [quotes('A', ['10:00:00', 99.9, 100.1], ['10:00:05', 99.95, 100.05], ['10:00:09', 99.8, 100.3])],
        slippage: basisPoints(50),
      },
    )
    expect(timed(result)).toEqual(['10:00:05 100 @ 100.05', '10:00:09 -100 @ 99.8'])
  })

  test('option displayedSize: false takes all of an order from one quote', () => {
    const result = play([], onQuotes({ 1: (_q, { orders }) => void orders.market('A', 250) }), {
      quotes: [quotes('A', ['10:00:00', 99.9, 100.1], ['10:00:01', 99.9, 100.1, 1000, 100])],
      displayedSize: false,
    })
    expect(timed(result)).toEqual(['10:00:01 250 @ 100.1'])
    expect(result.options['displayedSize']).toEqual({ value: false, isDefault: false })
  })

  test('option trigger: quotes fire a stop though trades are known', () => {
    expect(stopped()).toEqual([])
    expect(stopped({ trigger: 'quote' })).toEqual(['10:00:05 -100 @ 99.4'])
    expect(stopped({ trigger: 'both' })).toEqual(['10:00:05 -100 @ 99.4'])
  })

  test('displayed size is there once, and comes back with a new quote of that side', () => {
    const result = play([], onQuotes({ 1: (_q, { orders }) => void orders.market('A', 250) }), {
      quotes: [
        quotes(
          'A',
          ['10:00:00', 99.9, 100.1],
          ['10:00:01', 99.9, 100.1, 1000, 100],
          ['10:00:02', 99.8, 100.1, 1000, 100], // the bid has changed, the ask is the same
          ['10:00:03', 99.8, 100.1, 1000, 120],
          ['10:00:04', 99.8, 100.2, 1000, 120],
        ),
      ],
    })
    expect(timed(result)).toEqual(['10:00:01 100 @ 100.1', '10:00:03 120 @ 100.1', '10:00:04 30 @ 100.2'])
  })

  test('two orders never share the same size', () => {
    const result = play(
      [],
      onQuotes({
        1: (_q, { orders }) => {
          orders.market('A', 80, { tag: 'first' })
          orders.market('A', 80, { tag: 'second' })
        },
      }),
      {
        quotes: [
          quotes('A', ['10:00:00', 99.9, 100.1], ['10:00:01', 99.9, 100.1, 1, 100], ['10:00:02', 99.9, 100.2, 1, 100]),
        ],
      },
    )
    expect(result.fills.map((f) => `${f.tag} ${f.quantity} @ ${f.price}`)).toEqual([
      'first 80 @ 100.1',
      'second 20 @ 100.1',
      'second 60 @ 100.2',
    ])
  })

  test('a limit waits for the other side to cross it; marketable on arrival it takes the quote', () => {
    const result = play(
      [],
      onQuotes({
        1: (_q, { orders }) => {
          orders.limit('A', 10, 99.5)
          orders.limit('A', 20, 101)
        },
      }),
      {
        quotes: [
          quotes(
            'A',
            ['10:00:00', 99.9, 100.1],
            ['10:00:01', 99.9, 100.2],
            ['10:00:02', 99.4, 99.6],
            ['10:00:03', 99.3, 99.45],
          ),
        ],
      },
    )
    expect(timed(result)).toEqual(['10:00:01 20 @ 100.2', '10:00:03 10 @ 99.5'])
  })

  test('without trades a buy stop looks at the ask, a sell stop at the bid', () => {
    const result = play(
      [],
      onQuotes({
        1: (_q, { orders }) => {
          orders.stop('A', 10, 101)
          orders.stop('A', -10, 99)
        },
      }),
      {
        quotes: [
          quotes(
            'A',
            ['10:00:00', 99.9, 100.1],
            ['10:00:01', 99.1, 100.9],
            ['10:00:02', 99.1, 101.2],
            ['10:00:03', 98.7, 99.2],
          ),
        ],
      },
    )
    expect(timed(result)).toEqual(['10:00:02 10 @ 101.2', '10:00:03 -10 @ 98.7'])
  })

  test('a side that nobody quotes fills nothing, and leaves the mark as it was', () => {
    const equity: number[] = []
    const result = play(
      [],
      {
        ...onQuotes({ 1: (_q, { orders }) => void orders.market('A', 100) }),
        onTimer: (_t, { portfolio }) => void equity.push(portfolio.equity),
        onStart: ({ timers }) => timers.at(clock('10:00:04'), 'look'),
      },
      {
        quotes: [
          quotes(
            'A',
            ['10:00:00', 99.9, 100.1],
            ['10:00:01', 99.9, Number.NaN, 1000, 0],
            ['10:00:02', 100, 102],
            ['10:00:03', Number.NaN, 104, 0, 1000],
            ['10:00:05', 100, 102],
          ),
        ],
      },
    )
    expect(timed(result)).toEqual(['10:00:02 100 @ 102'])
    expect(equity).toEqual([100_000 - 100]) // the mid of 100 and 102
  })
})

describe('rule 17: trades', () => {
  test('a market order fills at the trade’s price plus half the known spread', () => {
    const result = play(
      [],
      onTrades({
        1: (_t, { orders }) => void orders.market('A', 10),
        2: (_t, { orders }) => void orders.market('A', -10),
      }),
      {
        quotes: [quotes('A', ['10:00:00', 99.8, 100.2])],
        trades: [trades('A', ['10:00:01', 100, 5000], ['10:00:02', 100.1, 5000], ['10:00:03', 100, 5000])],
        // The quote comes before the orders: only trades can fill them, and its spread is known.
      },
    )
    expect(timed(result)).toEqual(['10:00:02 10 @ 100.3', '10:00:03 -10 @ 99.8'])
  })

  test('without quotes the slippage model stands for the spread', () => {
    const result = play([], onTrades({ 1: (_t, { orders }) => void orders.market('A', 10) }), {
      trades: [trades('A', ['10:00:01', 100, 5000], ['10:00:02', 100, 5000])],
      slippage: basisPoints(10),
    })
    expect(timed(result)).toEqual(['10:00:02 10 @ 100.1'])
  })

  test('stops fire on trades, not on the quotes beside them', () => {
    const result = play([], onQuotes({ 1: (_q, { orders }) => void orders.stop('A', 10, 101) }), {
      quotes: [quotes('A', ['10:00:01', 99.9, 100.1], ['10:00:03', 101, 101.2], ['10:00:05', 101.1, 101.3])],
      trades: [trades('A', ['10:00:00', 100, 500], ['10:00:02', 100.5, 500], ['10:00:04', 101, 500])],
    })
    // Half the spread of 0.20 above the trade that reached the stop.
    expect(timed(result)).toEqual(['10:00:04 10 @ 101.1'])
  })

  test('also those of orders that come before the first trade since', () => {
    // A quote beyond the stop between the order and the next trade: it has seen trades, so quotes fire nothing.
    const result = play([], onTrades({ 1: (_t, { orders }) => void orders.stop('A', 10, 101) }), {
      quotes: [quotes('A', ['10:00:01', 99.9, 100.1], ['10:00:03', 101, 101.2])],
      trades: [trades('A', ['10:00:02', 100, 500], ['10:00:04', 100.5, 500], ['10:00:05', 101.5, 500])],
    })
    expect(timed(result)).toEqual(['10:00:05 10 @ 101.6'])
  })

  test('a resting limit needs a trade beyond it', () => {
    const result = play([], onTrades({ 1: (_t, { orders }) => void orders.limit('A', 10, 99.5) }), {
      trades: [
        trades(
          'A',
          ['10:00:01', 100, 500],
          ['10:00:01.5', 99.9, 500],
          ['10:00:02', 99.5, 500],
          ['10:00:03', 99.6, 500],
          ['10:00:04', 99.49, 500],
        ),
      ],
    })
    expect(timed(result)).toEqual(['10:00:04 10 @ 99.5'])
  })

  test('fills take their part of what trades', () => {
    const result = play([], onTrades({ 1: (_t, { orders }) => void orders.market('A', 100) }), {
      trades: [
        trades('A', ['10:00:01', 100, 500], ['10:00:02', 100, 500], ['10:00:03', 101, 300], ['10:00:04', 102, 900]),
      ],
      participation: 0.1,
    })
    expect(timed(result)).toEqual(['10:00:02 50 @ 100', '10:00:03 30 @ 101', '10:00:04 20 @ 102'])
  })
})

describe('the order of things', () => {
  test('at one time: quotes, trades, then the bar that they complete; several quotes of one time in the feed’s order', () => {
    const seen: string[] = []
    play(
      [bars(100, 101)],
      {
        onQuote: (q) => void seen.push(`${shown(q.time)} quote ${q.bid}/${q.ask} ${q.bidSize}x${q.askSize}`),
        onTrade: (t) => void seen.push(`${shown(t.time)} trade ${t.price} x ${t.size}`),
        onBar: (b) => void seen.push(`${shown(b.end)} bar ${b.close}`),
        onSlice: (s) => void seen.push(`${shown(s.time)} slice of ${s.bars.length}`),
        onTimer: (t) => void seen.push(`${shown(t.time)} timer`),
        onStart: ({ timers }) => timers.at(clock('10:01:00'), 'due'),
      },
      {
        quotes: [
          quotes('A', ['10:00:30', 99, 101, 3, 4], ['10:01:00', 98, 100], ['10:01:00', 97, 99], ['10:01:00', 96, 98]),
        ],
        trades: [trades('A', ['10:01:00', 100, 7], ['10:01:00', 100.5, 8])],
      },
    )
    expect(seen).toEqual([
      '10:00:30 quote 99/101 3x4',
      '10:01:00 quote 98/100 1000x1000',
      '10:01:00 trade 100 x 7',
      '10:01:00 quote 97/99 1000x1000',
      '10:01:00 trade 100.5 x 8',
      '10:01:00 quote 96/98 1000x1000',
      '10:01:00 bar 100',
      '10:01:00 slice of 1',
      '10:01:00 timer',
      '10:02:00 bar 101',
      '10:02:00 slice of 1',
    ])
  })

  test('an order meets the next quote of the same time, and one placed on a bar none of the quotes that came before it', () => {
    const data = quotes(
      'A',
      ['10:00:59', 99, 101],
      ['10:01:00', 99, 100.5],
      ['10:01:00', 99, 100.4],
      ['10:01:00', 99, 100.3],
      ['10:01:07', 99, 107],
    )
    const onSecond = play([bars(100, 101)], onQuotes({ 2: (_q, { orders }) => void orders.market('A', 10) }), {
      quotes: [data],
    })
    expect(timed(onSecond)).toEqual(['10:01:00 10 @ 100.4'])
    const onBar = play(
      [bars(100, 101)],
      { onBar: (b, { orders }) => void (b.count === 1 && orders.market('A', 10)) },
      { quotes: [data] },
    )
    expect(timed(onBar)).toEqual(['10:01:07 10 @ 107'])
  })

  test('bars are views where quotes are loaded: nothing fills on them', () => {
    const result = play(
      [bars(100, [100, 120, 80, 100], [100, 120, 80, 100], 100)],
      {
        onBar: (b, { orders }) => {
          if (b.count !== 1) return
          orders.market('A', 10)
          orders.limit('A', 10, 90)
          orders.stop('A', 10, 110)
        },
      },
      { quotes: [quotes('A', ['10:00:30', 99, 101], ['10:03:30', 99, 101])] },
    )
    expect(timed(result)).toEqual(['10:03:30 10 @ 101'])
    expect(ordersOf(result)).toEqual(['market 10 filled', 'limit 10 working', 'stop 10 working'])
  })

  test('marks are the last trade or bar close, quotes only where there is nothing else', () => {
    const q = quotes('A', ['10:00:10', 99, 101], ['10:00:20', 99, 101], ['10:01:30', 89, 91], ['10:01:50', 80, 82])
    expect(markAt({ quotes: [q] })).toBe(100)
    expect(markAt({ quotes: [q], trades: [trades('A', ['10:01:20', 95, 10], ['10:01:55', 50, 1])] })).toBe(95)
    expect(markAt({ quotes: [q] }, [])).toBe(90)
  })

  test('ticks reach a strategy from the first one on, whatever bars it asks for', () => {
    const q = quotes('A', ['10:00:10', 99, 101], ['10:02:20', 99, 101])
    const day = intraday('A', '1h', '2024-01-02', '10:00', [flat(100)])
    const seen: string[] = []
    const watch: StrategyHandlers = { onQuote: (quote) => void seen.push(shown(quote.time)) }
    play([bars(100, 100, 100)], watch, { quotes: [q] })
    play([bars(100, 100, 100), day], watch, { quotes: [q], intervals: ['1h'] })
    expect(seen).toEqual(['10:00:10', '10:02:20', '10:00:10', '10:02:20'])
  })

  test('but not while its indicators warm up; orders then are denied', () => {
    const q = quotes('A', ['10:00:10', 99, 101], ['10:01:30', 99, 101], ['10:02:30', 99, 101], ['10:03:00', 99, 101])
    const seen: string[] = []
    const result = play(
      [bars(100, 101, 102, 103)],
      ({ use }) => {
        const mean = use(sma(2))
        return {
          onStart: ({ timers }) => timers.at(clock('10:01:10'), 'early'),
          onTimer: (_t, { orders }) => void orders.market('A', 1),
          onQuote: (quote) => void seen.push(`${shown(quote.time)} ${mean.value}`),
        }
      },
      { quotes: [q] },
    )
    expect(seen).toEqual(['10:02:30 100.5', '10:03:00 101.5'])
    expect(result.denials).toEqual({ warm_up: 1 })
  })

  test('outside regular hours only limit-type orders that say so meet ticks', () => {
    const result = play(
      [],
      onQuotes({
        1: (_q, { orders }) => {
          orders.market('A', 10, { tag: 'market' })
          orders.limit('A', 10, 102, { tag: 'regular' })
          orders.limit('A', 10, 102, { tag: 'extended', outsideRth: true })
        },
      }),
      { quotes: [quotes('A', ['08:00:00', 99, 101], ['08:00:01', 99, 101.5], ['09:30:00', 100, 100.5])] },
    )
    expect(result.fills.map((f) => `${shown(f.time)} ${f.tag} @ ${f.price}`)).toEqual([
      '08:00:01 extended @ 101.5',
      '09:30:00 market @ 100.5',
      '09:30:00 regular @ 100.5',
    ])
  })
})

describe('marketFill: same-close with quotes', () => {
  test('crosses the quote of the moment: the ask for a buy, the bid for a sell, without slippage', () => {
    const result = play(
      [bars(100, 101, 102)],
      {
        onBar: (b, { orders }) => {
          if (b.count === 1) orders.market('A', 10)
          if (b.count === 2) orders.market('A', -10)
        },
      },
      {
        quotes: [
          quotes(
            'A',
            ['10:00:30', 99, 101],
            ['10:01:00', 99.9, 100.1],
            ['10:01:59', 100.8, 101.2],
            ['10:02:30', 1, 200],
          ),
        ],
        marketFill: 'same-close',
        slippage: basisPoints(20),
      },
    )
    expect(timed(result)).toEqual(['10:01:00 10 @ 100.1', '10:02:00 -10 @ 100.8'])
  })

  test('not at the close of a bar outside regular hours: the order waits for the open', () => {
    const data = intraday('A', '1m', '2024-01-02', '09:28', [flat(100), flat(101), flat(102), flat(103)])
    const result = play(
      [data],
      { onBar: (b, { orders }) => void (b.count === 1 && orders.market('A', 10)) },
      { marketFill: 'same-close' },
    )
    expect(fillsOf(result)).toEqual(['A 10 @ 102'])
  })
})

/** A quote every second, rising by a cent. */
const many = quotes(
  'A',
  ...Array.from(
    { length: 60 },
    (_, i) => [`10:00:${String(i).padStart(2, '0')}`, (9900 + i) / 100, (9902 + i) / 100] as const,
  ),
)

describe('delays and luck, drawn from the seed', () => {
  test('an order of 1.5 s delay meets the quote after its arrival', () => {
    const result = play([], onQuotes({ 1: (_q, { orders }) => void orders.market('A', 10) }), {
      quotes: [many],
      latencyMs: 1500,
    })
    expect(timed(result)).toEqual(['10:00:02 10 @ 99.04'])
    expect(result.options['latencyMs']).toEqual({ value: 1500, isDefault: false })
  })

  test('delays are drawn between their bounds, the same for the same seed', () => {
    expect(delayed(7)).toEqual(delayed(7))
    expect(delayed(7)).not.toEqual(delayed(8))
    // A buy of second s fills in the seconds s + 1 to s + 6; those of the last seconds may find no quote.
    expect(delayed(7).length).toBeGreaterThanOrEqual(54)
  })

  test('a limit that the market reaches fills with its chance, the same for the same seed', () => {
    const falls = quotes('A', ['10:00:00', 100, 100.1], ['10:00:01', 99.98, 100.05], ['10:00:02', 98, 98.9])
    const run = (limitFillProbability: number, seed: number) =>
      play(
        [],
        onQuotes({
          1: (_q, { orders }) => {
            for (let k = 0; k < 200; k++) orders.limit('A', 1, 99)
          },
        }),
        { quotes: [falls], limitFillProbability, seed },
      ).fills.length
    expect(run(1, 1)).toBe(200)
    expect(run(0, 1)).toBe(0)
    expect(run(0.5, 1)).toBe(run(0.5, 1))
    // Binomial with a deviation of 7: within five of them.
    expect(Math.abs(run(0.5, 1) - 100)).toBeLessThan(36)
    expect(new Set([1, 2, 3, 4, 5].map((seed) => run(0.5, seed))).size).toBeGreaterThan(1)
  })
})

const markAt = (options: object, data = [bars(100, 110)]) => {
  let last = Number.NaN
  play(
    data,
    {
      onStart: ({ timers }) => timers.at(clock('10:01:40'), 'look'),
      onTimer: (_t, { portfolio }) => void (last = portfolio.marketValue('A') / portfolio.quantity('A')),
      onQuote: (q, { orders }) => void (q.time === clock('10:00:10') && orders.market('A', 1)),
    },
    options,
  )
  return last
}

const delayed = (seed: number) =>
  timed(
    play(
      [],
      { onQuote: (_q, { orders }) => void orders.market('A', 1) },
      { quotes: [many], latencyMs: { min: 500, max: 5500 }, seed },
    ),
  )

const marked = (mark?: 'last' | 'mid') =>
  play([bars(10, 10, 10)], onQuotes({ 1: (_q, { orders }) => void orders.market('A', 100) }), {
    quotes: [quotes('A', ['10:00:10', 9.9, 10.1], ['10:00:20', 9.9, 10.1], ['10:02:50', 10.4, 10.6])],
    ...(mark === undefined ? {} : { mark }),
  })

test('rule 23: option mid values positions at the middle of the quote, the default at the last bar', () => {
  const paid = 100 * 10.1
  expect(marked().finalEquity).toBeCloseTo(100_000 - paid + 100 * 10, 9)
  expect(marked('mid').finalEquity).toBeCloseTo(100_000 - paid + 100 * 10.5, 9)
})
