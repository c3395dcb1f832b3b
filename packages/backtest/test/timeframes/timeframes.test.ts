import { join } from 'node:path'
import { calendar } from '@onetape/calendar'
import { type BarSeries, type Strategy, defineStrategy, seededRandom } from '@onetape/core'
import { crossedAbove, crossedBelow, sma } from '@onetape/indicators'
import { type BacktestResult, backtest } from '@onetape/backtest'
import { describe, expect, test } from 'vitest'
import { daily, fillsOf, flat, intraday, ordersOf, play, type Row, spans, wall } from '../semantics/market.ts'
import { sharedData } from '../support/shared-data.ts'
import { dayFile, minuteFile } from './minute-files.ts'

const xnys = calendar('XNYS')

/** Decides on minutes alone: a cross with a protective bracket now and then, several kinds of orders. */
const onMinutes: Strategy = defineStrategy({
  name: 'on-minutes',
  intervals: ['1m'],
  create: ({ use, instruments }) => {
    const fast = use(sma(5), { interval: '1m' })
    const slow = use(sma(20), { interval: '1m' })
    return {
      onBar: (bar, { orders, portfolio, log }) => {
        const { instrument } = bar
        log.info(`${instrument.symbol} ${bar.time} ${bar.close} ${fast.value} ${slow.value}`)
        if (crossedAbove(fast, slow)) {
          if (portfolio.isFlat(instrument))
            orders.bracket(instrument, 10, {
              takeProfit: bar.close * 1.01,
              stopLoss: bar.close * 0.995,
              exits: { tif: 'day' },
            })
          else orders.limit(instrument, 5, bar.close * 0.999)
        } else if (crossedBelow(fast, slow)) orders.targetPercent(instrument, -0.2 / instruments.length)
      },
      onSlice: (slice, { orders }) => {
        if (slice.bars.length > 1 && slice.time % 1_800_000 === 0) orders.close(slice.bars[0]!.instrument)
      },
      onFill: (fill, { log }) => log.info(`${fill.side} ${fill.quantity} ${fill.price}`),
    }
  },
})

/** All that a run decided and what came of it. */
const decisions = (result: BacktestResult) => ({
  log: result.log,
  orders: result.orders,
  fills: result.fills,
  final: [result.finalCash, result.finalEquity],
})

const run = (data: readonly BarSeries[]) =>
  backtest({ strategy: onMinutes, data, benchmark: false, participation: 0.5 })

/** A minute random walk over sessions, and its daily bars, which a vendor may give with other highs and lows. */
function walk(symbol: string, seed: number, days: number): { minutes: BarSeries; day: BarSeries } {
  const random = seededRandom(seed)
  const minutes: [number, number, Row][] = []
  const whole: [number, number, Row][] = []
  let price = 100
  let session = xnys.sessionFor(xnys.toUtc('2024-03-08', '00:00'))
  for (let d = 0; d < days; d++) {
    const first = minutes.length
    for (let t = session.open; t < session.close; t += 60_000) {
      if (random.next() < 0.1) continue
      const open = price
      price = Math.max(1, Math.round(price * (1 + (random.next() - 0.5) * 0.006) * 100) / 100)
      const [high, low] = [Math.max(open, price) + 0.02, Math.min(open, price) - 0.02]
      minutes.push([t, t + 60_000, [open, high, low, price, random.int(1, 5000)]])
    }
    const rows = minutes.slice(first).map(([, , row]) => row)
    whole.push([
      session.open,
      session.close,
      [rows[0]![0], Math.max(...rows.map((r) => r[1])) + 3, Math.min(...rows.map((r) => r[2])) - 3, price, 1_000_000],
    ])
    session = xnys.sessionFor(session.close)
  }
  return { minutes: spans(symbol, '1m', minutes), day: spans(symbol, '1d', whole) }
}

describe('the same strategy on minute bars alone and on minute and daily bars', () => {
  test('decides the same, minute by minute, on random walks', () => {
    let fills = 0
    for (let seed = 1; seed <= 25; seed++) {
      const A = walk('A', seed, 4)
      const B = walk('B', seed + 1000, 4)
      const alone = run([A.minutes, B.minutes])
      expect(decisions(run([A.minutes, B.minutes, A.day, B.day]))).toEqual(decisions(alone))
      // Registered first, or for one instrument alone, daily bars change nothing either but the order of registration.
      expect(decisions(run([A.day, A.minutes, B.minutes]))).toEqual(decisions(alone))
      fills += alone.fills.length
    }
    console.log(`25 walks of two instruments over 4 sessions: ${fills} fills`)
    expect(fills).toBeGreaterThan(1000)
  })

  const recent = sharedData('us_minute_2026', 'decisions on recorded minute and daily bars of 2026')
  test.skipIf(recent === undefined).each(['AAPL', 'NVDA', 'SPY', 'TSLA', 'RIVN', 'INTC'])(
    'on %s in March 2026',
    (symbol) => {
      const minutes = minuteFile(symbol, join(recent!, '1m', `${symbol}.csv.gz`), 'start, UTC')
      const day = dayFile(symbol, join(recent!, '1d', `${symbol}.csv.gz`))
      const alone = run([minutes])
      expect(alone.fills.length).toBeGreaterThan(50)
      expect(decisions(run([minutes, day]))).toEqual(decisions(alone))
    },
  )

  const older = sharedData('us_minute_2019', 'decisions on recorded minute and daily bars of 2019')
  test.skipIf(older === undefined)('on nine stocks together in February 2019', () => {
    const names = ['AAPL', 'AMZN', 'BAC', 'GLD', 'JPM', 'MSFT', 'PPLT', 'SPY', 'UGA']
    const minutes = names.map((s) => minuteFile(s, join(older!, '1min', `${s}.csv.gz`), 'end, New York'))
    const days = names.map((s) => dayFile(s, join(older!, 'daily', `${s}.csv.gz`)))
    const alone = run(minutes)
    const both = backtest({
      strategy: onMinutes,
      data: [...minutes, ...days],
      from: minutes[0]!.columns.time[0]!,
      benchmark: false,
      participation: 0.5,
    })
    console.log(`nine stocks over 5 sessions: ${alone.log.length} decisions, ${alone.fills.length} fills`)
    expect(alone.fills.length).toBeGreaterThan(300)
    expect(decisions(both)).toEqual(decisions(alone))
  })
})

const lastMinutes = (symbol: string) => intraday(symbol, '1m', '2024-01-02', '15:58', [flat(100), flat(101)])

const lastHalfHour = (symbol: string) => intraday(symbol, '30m', '2024-01-02', '15:30', [flat(102)])

const wholeDay = (symbol: string) => daily(symbol, [flat(103)])

/** Half-hour bars of one session. */
const half = (date: string, ...prices: readonly number[]) =>
  intraday(
    'A',
    '30m',
    date,
    '09:30',
    prices.map((p) => flat(p)),
  )

describe('bars of several intervals', () => {
  test('come shorter first at one time, and a higher one is seen by nobody before it ends', () => {
    const A = walk('A', 3, 3)
    const early: string[] = []
    let days = 0
    play(
      [A.minutes, A.day],
      ({ use }) => {
        const mean = use(sma(1), { interval: '1d' })
        return {
          onBar: (bar, ctx) => {
            const whole = ctx.latest('A', '1d')
            if (bar.end > ctx.now || (whole !== undefined && whole.end > ctx.now)) early.push(wall(ctx.now))
            // The daily indicator is that of the last daily bar which has ended.
            if (whole !== undefined && mean.value !== whole.close) early.push(`indicator ${wall(ctx.now)}`)
            if (bar.interval === '1d') days++
          },
          onSlice: (slice, ctx) => {
            if (slice.bars.some((b) => b.end !== ctx.now)) early.push(`slice ${wall(ctx.now)}`)
          },
        }
      },
      { intervals: ['1m', '1d'] },
    )
    expect(early).toEqual([])
    expect(days).toBe(3)
  })

  test('in order of interval, then registration; the slice has them all', () => {
    const seen: string[] = []
    play(
      [wholeDay('A'), lastHalfHour('B'), lastMinutes('A'), wholeDay('B'), lastMinutes('B'), lastHalfHour('A')],
      {
        onBar: (bar, { now }) => void seen.push(`${wall(now)} ${bar.interval} ${bar.instrument.symbol}`),
        onSlice: (slice) =>
          void seen.push(
            `${wall(slice.time)} slice ${slice.bars.map((b) => b.interval + b.instrument.symbol).join(' ')}`,
          ),
      },
      { intervals: ['1m', '30m', '1d'] },
    )
    expect(seen).toEqual([
      '01-02 15:59 1m A',
      '01-02 15:59 1m B',
      '01-02 15:59 slice 1mA 1mB',
      '01-02 16:00 1m A',
      '01-02 16:00 1m B',
      '01-02 16:00 30m A',
      '01-02 16:00 30m B',
      '01-02 16:00 1d A',
      '01-02 16:00 1d B',
      '01-02 16:00 slice 1mA 1mB 30mA 30mB 1dA 1dB',
    ])
  })

  test('on an early close the daily bar comes with the last bar of 13:00', () => {
    const seen: string[] = []
    // 2024-07-03 closes at 13:00.
    const data = [
      intraday('A', '30m', '2024-07-03', '12:00', [flat(100), flat(101)]),
      daily('A', [flat(101)], { date: '2024-07-03' }),
    ]
    play(
      data,
      { onBar: (bar, { now }) => void seen.push(`${wall(now)} ${bar.interval}`) },
      { intervals: ['30m', '1d'] },
    )
    expect(seen).toEqual(['07-03 12:30 30m', '07-03 13:00 30m', '07-03 13:00 1d'])
  })

  test('indicators follow the interval that they were registered for, and warm up on it', () => {
    const seen: string[] = []
    const days = daily(
      'A',
      [10, 20, 30, 40].map((p) => flat(p)),
    )
    const halves = spans(
      'A',
      '30m',
      [...days.columns.time].flatMap((open, d): [number, number, Row][] => [
        [open, open + 1_800_000, flat(10 * d + 11)],
        [open + 1_800_000, open + 3_600_000, flat(10 * d + 12)],
      ]),
    )
    const result = play(
      [halves, days],
      ({ use }) => {
        const short = use(sma(2))
        const long = use(sma(2), { interval: '1d' })
        return { onBar: (bar) => void seen.push(`${bar.interval} ${bar.close}: ${short.value} ${long.value}`) }
      },
      { intervals: ['30m', '1d'] },
    )
    // Two daily bars must have ended: nothing before the second one.
    expect(seen).toEqual([
      '1d 20: 21.5 15',
      '30m 31: 26.5 15',
      '30m 32: 31.5 15',
      '1d 30: 31.5 25',
      '30m 41: 36.5 25',
      '30m 42: 41.5 25',
      '1d 40: 41.5 35',
    ])
    expect(result.warmUp).toMatchObject([{ strategy: 'scene', symbol: 'A' }])
  })

  test('orders match on the shortest bars alone, whoever decides', () => {
    // The daily bar reaches 90 and 110, its half hours do not.
    const data = [
      half('2024-01-02', ...Array.from({ length: 13 }, () => 100)),
      half('2024-01-03', ...Array.from({ length: 13 }, (_, i) => 101 + i)),
    ]
    const joined = spans(
      'A',
      '30m',
      data.flatMap((s) =>
        [...s.columns.time].map((t, i): [number, number, Row] => [t, t + 1_800_000, flat(s.columns.close[i]!)]),
      ),
    )
    const result = play(
      [joined, daily('A', [flat(100), [90, 125, 80, 90]])],
      {
        onBar: (bar, { orders }) => {
          if (bar.count !== 1) return
          orders.market('A', 1)
          orders.limit('A', 1, 95, { tif: 'gtc' })
          orders.stop('A', 1, 120, { tif: 'gtc' })
        },
      },
      { intervals: ['1d'] },
    )
    expect(fillsOf(result)).toEqual(['A 1 @ 101'])
    expect(wall(result.fills[0]!.time)).toBe('01-03 10:00')
    expect(ordersOf(result)).toEqual(['market 1 filled', 'limit 1 working', 'stop 1 working'])
  })

  test('marks follow the shortest bars: a daily close that differs changes no equity', () => {
    const result = play(
      [half('2024-01-02', ...Array.from({ length: 13 }, () => 100)), daily('A', [[100, 150, 100, 150]])],
      { onBar: (bar, { orders }) => void (bar.count === 1 && orders.market('A', 10)) },
    )
    expect(result.finalEquity).toBe(100_000)
  })
})
