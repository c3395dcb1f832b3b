import { type OrderEvent, type StrategyHandlers, barSeries, instrument } from '@onetape/core'
import { sma } from '@onetape/indicators'
import { describe, expect, test } from 'vitest'
import { at, daily, fillsOf, flat, intraday, ordersOf, play, spans, wall } from './market.ts'

const D = '2024-01-02' // a Tuesday

describe('rules 1 and 2: a bar is knowable at its end, a daily bar at the close of its session', () => {
  test('time is the start, end the end, and "now" in onBar is the end; early closes at 13:00', () => {
    const seen: string[] = []
    play([daily('A', [flat(10), flat(11)], { date: '2024-07-02' })], {
      onBar(bar, ctx) {
        seen.push(`${wall(bar.time)} to ${wall(bar.end)}, now ${wall(ctx.now)}`)
      },
    })
    expect(seen).toEqual(['07-02 09:30 to 07-02 16:00, now 07-02 16:00', '07-03 09:30 to 07-03 13:00, now 07-03 13:00'])
  })

  test('a corporate action is knowable before the first event of its ex-day, extended hours included', () => {
    const seen: string[] = []
    const dividend = { kind: 'dividend', symbol: 'A', time: at('2024-01-03', '00:00'), amount: 1 } as const
    const days = [
      [at(D, '15:59'), at(D, '16:00'), flat(10)],
      [at('2024-01-03', '04:00'), at('2024-01-03', '04:01'), flat(10)],
    ] as const
    play([spans('A', '1m', days, { actions: [dividend] })], {
      onBar: (_bar, ctx) => void seen.push(`bar ${wall(ctx.now)}`),
      onCorporateAction: (action, ctx) => void seen.push(`${action.kind} ${wall(ctx.now)}`),
    })
    expect(seen).toEqual(['bar 01-02 16:00', 'dividend 01-03 00:00', 'bar 01-03 04:01'])
  })
})

describe('rule 3: events are totally ordered by knowable time, kind, registration and feed', () => {
  test('at one time: order events, then bars (shorter interval, then registration), slice, timer, session close', () => {
    const seen: string[] = []
    const rows = Array.from({ length: 6 }, () => flat(10))
    const data = [
      intraday('B', '15m', D, '15:30', rows.slice(0, 2)),
      intraday('B', '5m', D, '15:30', rows),
      intraday('A', '5m', D, '15:30', rows),
    ]
    play(
      data,
      {
        onStart(ctx) {
          ctx.timers.at(at(D, '16:00'), 'close')
        },
        onBar(bar, ctx) {
          seen.push(`${wall(ctx.now).slice(6)} bar ${bar.instrument.symbol} ${bar.interval}`)
          if (bar.end === at(D, '15:45') && bar.interval === '5m' && bar.instrument.symbol === 'A') {
            ctx.orders.market('A', 1)
            ctx.orders.limit('A', 1, 5)
          }
        },
        onSlice(slice) {
          seen.push(`slice of ${slice.bars.length}`)
        },
        onTimer(timer) {
          seen.push(`timer ${timer.name}`)
        },
        onFill(fill) {
          seen.push(`fill ${fill.instrument.symbol}`)
        },
        onOrderEvent(event: OrderEvent) {
          if (event.kind !== 'submitting' && event.kind !== 'filled') seen.push(`order ${event.kind}`)
        },
      },
      { intervals: ['5m', '15m'] },
    )
    expect(seen).toEqual([
      '15:35 bar B 5m',
      '15:35 bar A 5m',
      'slice of 2',
      '15:40 bar B 5m',
      '15:40 bar A 5m',
      'slice of 2',
      '15:45 bar B 5m',
      '15:45 bar A 5m',
      'order accepted',
      'order accepted',
      '15:45 bar B 15m',
      'slice of 3',
      'fill A',
      '15:50 bar B 5m',
      '15:50 bar A 5m',
      'slice of 2',
      '15:55 bar B 5m',
      '15:55 bar A 5m',
      'slice of 2',
      '16:00 bar B 5m',
      '16:00 bar A 5m',
      '16:00 bar B 15m',
      'slice of 3',
      'timer close',
      'order expired',
    ])
  })

  test('a timer at the close comes before the session close also when no bar ends there', () => {
    const seen: string[] = []
    play(
      [intraday('A', '1m', D, '15:50', [flat(10), flat(10)]), intraday('B', '1m', '2024-01-03', '10:00', [flat(10)])],
      {
        onStart: (ctx) => ctx.timers.at(at(D, '16:00'), 'close'),
        onBar(bar, ctx) {
          if (bar.instrument.symbol === 'A' && ctx.orders.open().length === 0) ctx.orders.limit('A', 1, 5)
        },
        onTimer: (timer, ctx) => void seen.push(`${timer.name} with ${ctx.orders.open().length} open`),
        onOrderEvent: (event) => void (event.kind === 'expired' && seen.push(event.code)),
      },
    )
    expect(seen).toEqual(['close with 1 open', 'day_end'])
  })

  test('fills of one time come to all before the first bar: marks and indicators are those of the whole group', () => {
    const seen: string[] = []
    play([daily('A', [flat(10), flat(20)]), daily('B', [flat(30), flat(40)])], (setup) => {
      const mean = setup.use(sma(1))
      return {
        onBar(bar, ctx) {
          const { portfolio, orders } = ctx
          if (bar.time < at('2024-01-03', '00:00')) return void orders.market(bar.instrument, 1)
          const [a, b] = [portfolio.marketValue('A'), portfolio.marketValue('B')]
          seen.push(`${bar.instrument.symbol}: ${a} ${b} ${mean.value} ${mean.of('B').value} ${ctx.latest('B')!.close}`)
        },
      }
    })
    expect(seen).toEqual(['A: 20 40 20 40 40', 'B: 20 40 40 40 40'])
  })
})

describe('rule 5: onBar fires per bar, onSlice once per knowable time after its bars', () => {
  test('a slice holds the bars of its time, found by instrument, the shortest interval first', () => {
    const seen: string[] = []
    const data = [daily('A', [flat(10), flat(11), flat(12)]), daily('B', [flat(20), undefined, flat(22)])]
    play(data, {
      onSlice(slice, ctx) {
        const prices = slice.bars.map((bar) => `${bar.instrument.symbol} ${bar.close}`)
        seen.push(`${wall(slice.time)} ${prices.join(', ')}; B ${slice.bar('B')?.close}; ${ctx.now === slice.time}`)
      },
    })
    expect(seen).toEqual([
      '01-02 16:00 A 10, B 20; B 20; true',
      '01-03 16:00 A 11; B undefined; true',
      '01-04 16:00 A 12, B 22; B 22; true',
    ])
  })
})

describe('rule 6: in warm-up no handler but onStart is called, indicators are fed, orders are denied', () => {
  const rows = [10, 12, 14, 16, 18, 20].map((p) => flat(p))

  test('the first onBar is the first bar with all indicators ready; the count stands in the result', () => {
    const seen: string[] = []
    const result = play([daily('A', rows)], (setup) => {
      const [short, long] = [setup.use(sma(2)), setup.use(sma(4))]
      return {
        onStart: () => void seen.push('start'),
        onBar: (bar) => void seen.push(`${bar.close}: ${short.previous} ${short.value} ${long.previous} ${long.value}`),
        onSlice: (slice) => void seen.push(`slice ${slice.bars[0]!.close}`),
      }
    })
    expect(seen).toEqual([
      'start',
      '16: 13 15 NaN 13',
      'slice 16',
      '18: 15 17 13 15',
      'slice 18',
      '20: 17 19 15 17',
      'slice 20',
    ])
    expect(result.warmUp).toEqual([{ strategy: 'scene', symbol: 'A', bars: 3 }])
  })

  test('bars before the start date are used when the data has them: the first onBar is the first of the window', () => {
    const seen: string[] = []
    const result = play(
      [daily('A', rows)],
      (setup) => {
        const mean = setup.use(sma(2))
        return { onBar: (bar) => void seen.push(`${bar.close}: ${mean.previous} ${mean.value} ${mean.ready}`) }
      },
      { from: '2024-01-05' },
    )
    expect(seen).toEqual(['16: 13 15 true', '18: 15 17 true', '20: 17 19 true'])
    expect(result.equity.time).toHaveLength(3)
  })

  test('is per instrument: one that lists later is warmed up by itself, orders for it are denied with warm_up', () => {
    const seen: string[] = []
    const result = play(
      [daily('A', rows), daily('B', [undefined, undefined, undefined, ...rows.slice(3)])],
      (setup) => {
        setup.use(sma(2))
        return {
          onBar(bar, { orders }) {
            seen.push(`${bar.instrument.symbol} ${bar.close}`)
            orders.market('B', 1)
          },
        }
      },
    )
    expect(seen).toEqual(['A 12', 'A 14', 'A 16', 'A 18', 'B 18', 'A 20', 'B 20'])
    // Before the second bar of B the order is denied; the bar at which B is ready ends the warm-up for all handlers.
    expect(result.orders.map((o) => o.code)).toEqual([
      'warm_up',
      'warm_up',
      'warm_up',
      ...Array<undefined>(4).fill(undefined),
    ])
    expect(result.denials).toEqual({ warm_up: 3 })
  })

  test('an instrument with too few bars ever to be ready stays in warm-up to the end', () => {
    const result = play([daily('A', rows), daily('B', rows.slice(0, 2))], (setup) => {
      setup.use(sma(3))
      return { onBar: (_bar, { orders }) => void orders.market('B', 1) }
    })
    expect(result.denials).toEqual({ warm_up: 4 })
    expect(result.warmUp.map((w) => w.bars)).toEqual([2, 2])
  })

  test('without indicators nothing warms up: orders of onStart are taken', () => {
    const result = play([daily('A', rows)], { onStart: ({ orders }) => void orders.market('A', 1) })
    expect(fillsOf(result)).toEqual(['A 1 @ 10'])
  })
})

describe('eligibility: an order can match only what begins at or after its acceptance', () => {
  test('a market order from onBar fills at the open of the next bar', () => {
    const result = play([daily('A', [[10, 12, 9, 11], [13, 15, 12, 14], flat(20)])], {
      onBar(bar, { orders, portfolio }) {
        if (portfolio.isFlat(bar.instrument) && orders.open().length === 0) orders.market(bar.instrument, 1)
      },
    })
    expect(fillsOf(result)).toEqual(['A 1 @ 13'])
  })

  test('an order from a timer inside a daily bar does not fill on that bar', () => {
    const result = play([daily('A', [flat(10), flat(20), flat(30), flat(40)])], {
      onStart: (ctx) => ctx.timers.at(at('2024-01-03', '12:00'), 'noon'),
      onTimer: (_timer, ctx) => void ctx.orders.market('A', 1, { tif: 'gtc' }),
    })
    expect(fillsOf(result)).toEqual(['A 1 @ 30'])
    expect(wall(result.fills[0]!.barTime)).toBe('01-04 09:30')
  })

  test('a DAY order from a timer inside a daily bar has no bar to work on, and expires with its session', () => {
    const result = play([daily('A', [flat(10), flat(20), flat(30)])], {
      onStart: (ctx) => ctx.timers.at(at('2024-01-03', '12:00'), 'noon'),
      onTimer: (_timer, ctx) => void ctx.orders.market('A', 1),
    })
    expect(ordersOf(result)).toEqual(['market 1 expired day_end'])
  })

  test('a bar of another instrument that was already open never fills it, whatever the timeframe', () => {
    const minutes = Array.from({ length: 20 }, (_, k) => flat(100 + k))
    const tens = [flat(50), flat(60)]
    const result = play([intraday('A', '1m', D, '10:00', minutes), intraday('B', '10m', D, '10:00', tens)], {
      onBar(bar, { orders }) {
        // 10:05: the ten-minute bar of B, 10:00 to 10:10, is open.
        if (bar.instrument.symbol === 'A' && bar.end === at(D, '10:05')) orders.market('B', 1)
      },
    })
    expect(fillsOf(result)).toEqual(['B 1 @ 60'])
  })

  test('a bar that begins at the moment of acceptance fills it', () => {
    const result = play(
      [intraday('A', '1m', D, '10:00', [flat(10), flat(11)]), intraday('B', '1m', D, '10:00', [flat(20), flat(21)])],
      {
        onBar(bar, { orders }) {
          if (bar.instrument.symbol === 'A' && bar.end === at(D, '10:01')) orders.market('B', 1)
        },
      },
    )
    expect(fillsOf(result)).toEqual(['B 1 @ 21'])
  })

  test('orders match on the finest series loaded; bars of other timeframes are views', () => {
    const minutes = Array.from({ length: 10 }, (_, k) => flat(100 + k))
    const result = play(
      [intraday('A', '10m', D, '10:00', [[100, 500, 1, 109]]), intraday('A', '1m', D, '10:00', minutes)],
      {
        onStart: ({ orders }) => void orders.limit('A', 1, 50, { tif: 'gtc' }),
        onBar(bar, { orders }) {
          if (bar.end === at(D, '10:03')) orders.market('A', 2)
        },
      },
      { intervals: ['1m', '10m'] },
    )
    expect(fillsOf(result)).toEqual(['A 2 @ 103'])
  })
})

const week = (from: string, to: string, price: number) => [at(from, '09:30'), at(to, '16:00'), flat(price)] as const

describe('time in force on long bars', () => {
  test('a DAY order of Friday fills on the weekly bar that begins on Monday', () => {
    const bars = [
      week('2024-01-08', '2024-01-12', 10),
      week('2024-01-16', '2024-01-19', 20),
      week('2024-01-22', '2024-01-26', 30),
    ]
    const result = play([spans('A', '1w', bars)], {
      onBar(bar, { orders }) {
        if (bar.close === 10) orders.market('A', 1)
      },
    })
    expect(fillsOf(result)).toEqual(['A 1 @ 20'])
  })

  test('a GTD order whose end lies inside a daily bar meets that bar, which began before it', () => {
    const result = play([daily('A', [flat(10), flat(20), flat(30)])], {
      onBar(bar, { orders }) {
        if (bar.close === 10) orders.market('A', 1, { tif: 'gtd', goodTill: at('2024-01-03', '12:00') })
        if (bar.close === 20) orders.limit('A', 1, 5, { tif: 'gtd', goodTill: at('2024-01-04', '12:00') })
      },
    })
    expect(ordersOf(result)).toEqual(['market 1 filled', 'limit 1 expired gtd_reached'])
  })
})

const NEXT = '2024-01-03'
const minute = (date: string, clock: string, row: ReturnType<typeof flat>) =>
  [at(date, clock), at(date, clock) + 60_000, row] as const
const minutes = () =>
  spans('A', '1m', [
    minute(D, '15:50', flat(100)),
    minute(NEXT, '09:30', flat(100)),
    minute(NEXT, '15:55', flat(101)),
    minute(NEXT, '15:59', flat(102)),
  ])
const days = () => daily('A', [flat(100), [99.5, 110, 90, 103.5]], { date: D })
const onOpenAndClose = (data: Parameters<typeof play>[0]) =>
  play(
    data,
    {
      onBar(bar, { orders }) {
        if (bar.time !== at(D, '15:50')) return
        orders.marketOnOpen('A', 10)
        orders.marketOnClose('A', 5, { tif: 'gtc' })
      },
    },
    { intervals: ['1m'] },
  )
const late = (options = {}) =>
  ordersOf(
    play(
      [minutes()],
      { onBar: (bar, { orders }) => void (bar.end === at(NEXT, '15:56') && orders.marketOnClose('A', 10)) },
      options,
    ),
  )

describe('rule 12: the auctions of a session', () => {
  test('pay the official prices of a daily bar beside the minutes, and say so', () => {
    const { counts, fills } = onOpenAndClose([minutes(), days()])
    expect(fills.map((f) => [wall(f.time), f.price])).toEqual([
      ['01-03 09:31', 99.5],
      ['01-03 16:00', 103.5],
    ])
    expect([counts.officialAuctionFills, counts.unofficialAuctionFills]).toEqual([2, 0])
  })

  test('else the first open and the last close', () => {
    for (const data of [[minutes()], [minutes(), { ...days(), officialOpenClose: false }]]) {
      const { counts, fills } = onOpenAndClose(data)
      expect(fills.map((f) => [wall(f.time), f.price])).toEqual([
        ['01-03 09:31', 100],
        ['01-03 16:00', 102],
      ])
      expect([counts.officialAuctionFills, counts.unofficialAuctionFills]).toEqual([0, 2])
    }
  })

  test('close their books before them, by options when the exchange is another', () => {
    expect(late()).toEqual(['market-on-close 10 rejected auction_cutoff'])
    expect(late({ closeCutoffMinutes: 4 })).toEqual(['market-on-close 10 filled'])
    expect(() => late({ closeCutoffMinutes: -1 })).toThrow('closeCutoffMinutes: Expected a number')
    expect(play([minutes()], {}).options['closeCutoffMinutes']).toEqual({ value: 'exchange', isDefault: true })
  })
})

const midnights = (calendar: '24/7' | 'XNYS') =>
  barSeries({
    instrument: instrument('A', { calendar }),
    interval: '1d',
    columns: {
      time: Float64Array.of(Date.UTC(2024, 0, 2), Date.UTC(2024, 0, 3), Date.UTC(2024, 0, 4)),
      open: Float64Array.of(10, 10, 10),
      high: Float64Array.of(10, 10, 10),
      low: Float64Array.of(10, 10, 10),
      close: Float64Array.of(10, 10, 10),
      volume: Float64Array.of(1e6, 1e6, 1e6),
    },
  })
const buying: StrategyHandlers = {
  onBar: (bar, { orders }) => {
    if (bar.count === 1) orders.market('A', 1)
  },
}

describe('days that begin when the exchange is closed', () => {
  test('are refused on the calendar of an exchange, where they would fill nothing, and taken on 24/7', () => {
    expect(() => play([midnights('XNYS')], buying)).toThrow(
      'Expected bars (1d) that start in a session of XNYS, as at 2024-01-02T14:30:00Z, found 2024-01-02T00:00:00Z',
    )
    expect(fillsOf(play([midnights('24/7')], buying))).toEqual(['A 1 @ 10'])
  })
})
