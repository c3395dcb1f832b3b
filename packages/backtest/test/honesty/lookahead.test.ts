import { calendar } from '@onetape/calendar'
import { type BarSeries, type QuoteSeries, type Strategy, barSeries, defineStrategy, instrument } from '@onetape/core'
import { ema } from '@onetape/indicators'
import { describe, expect, test } from 'vitest'
import { type LookaheadFinding, lookahead } from '../../src/index.ts'
import bollingerReversal from '../published/strategies/bollinger-reversal.ts'
import closeAverageCross from '../published/strategies/close-average-cross.ts'
import reversingCrossWithLimits from '../published/strategies/reversing-cross-with-limits.ts'
import smaCross from '../independent/sma-cross.ts'
import { HOUR, randomMarket } from '../support/random-market.ts'
import randomTrader from '../support/random-trader.ts'
import { sample } from '../support/sample.ts'
import { barInHandCheat, higherTimeframeCheat, nextBarCheat, otherInstrumentCheat } from './cheats.ts'

const of = (data: readonly BarSeries[], ...wanted: readonly string[]): BarSeries[] =>
  wanted.map((name) => data.find((s) => `${s.instrument.symbol} ${s.interval}` === name)!)

function copied(given: readonly BarSeries[]): readonly BarSeries[] {
  return given.map((s) => barSeries({ ...s, columns: { ...s.columns, close: s.columns.close.slice() } }))
}

interface Case {
  readonly kind: LookaheadFinding['kind']
  readonly make: (data: readonly BarSeries[]) => Strategy<any>
  readonly data: (seed: number) => readonly BarSeries[]
  readonly source: { readonly symbol: string; readonly interval: string }
}

const cases: readonly Case[] = [
  {
    kind: 'future-bar',
    make: nextBarCheat,
    data: (seed) => of(randomMarket(seed), 'A 1h'),
    source: { symbol: 'A', interval: '1h' },
  },
  {
    kind: 'bar-in-hand',
    make: barInHandCheat,
    data: (seed) => of(randomMarket(seed), 'A 1h'),
    source: { symbol: 'A', interval: '1h' },
  },
  {
    kind: 'other-instrument',
    make: otherInstrumentCheat,
    data: (seed) => of(randomMarket(seed), 'A 1h', 'B 4h'),
    source: { symbol: 'B', interval: '4h' },
  },
  {
    kind: 'higher-timeframe',
    make: higherTimeframeCheat,
    data: (seed) => of(randomMarket(seed), 'A 1h', 'A 4h'),
    source: { symbol: 'A', interval: '4h' },
  },
]

describe.each(cases)('a planted $kind', ({ kind, make, data: dataOf, source }) => {
  test.each([1, 2, 3])('is found and named, market %d: a strategy that holds the arrays', (seed) => {
    const data = dataOf(seed)
    const before = data.map((series) => ({ ...series.columns, close: series.columns.close.slice() }))
    const { passed, finding } = lookahead({ strategy: make(data), data, tif: 'gtc' })
    expect(passed).toBe(false)
    expectFound(finding!)
    for (const [k, series] of data.entries()) expect(series.columns.close).toEqual(before[k]!.close)
  })

  test('is found in a strategy that is made from a copy of the data', () => {
    const data = dataOf(4)
    const { finding } = lookahead((given) => ({ strategy: make(copied(given)), data: given, tif: 'gtc' }), { data })
    expectFound(finding!)
  })

  function expectFound(found: LookaheadFinding): void {
    expect(found.kind).toBe(kind)
    expect(found.symbol).toBe('A')
    expect(found.source).toMatchObject(source)
    expect(found.source!.columns).toContain('close')
    expect(found.source!.knowable).toBeGreaterThan(found.time)
    expect(found.source!.start >= found.time).toBe(kind === 'future-bar')
    expect(found.decision?.text).not.toBe(found.instead?.text)
  }
})

test('the bar that is named is the one that is read, also when others lie between', () => {
  const data = of(randomMarket(5), 'A 1h')
  const { end, close } = data[0]!.columns
  const strategy = defineStrategy({
    name: 'far-sighted',
    create: () => ({
      onBar(bar, { orders }) {
        const future = close[end.indexOf(bar.end) + 5]
        if (future !== undefined) orders.targetPercent(bar.instrument, future > bar.close ? 0.5 : 0)
      },
    }),
  })
  const { finding } = lookahead({ strategy, data, tif: 'gtc' })
  expect(finding).toMatchObject({ kind: 'future-bar', source: { columns: ['close'] } })
  expect(end.indexOf(finding!.source!.knowable) - end.indexOf(finding!.time)).toBe(5)
})

test.each([1, 40])('a cheat that looks once, %d bars ahead, among many honest decisions is found', (ahead) => {
  const data = [sample()]
  const { close, end } = data[0]!.columns
  const strategy = defineStrategy({
    name: 'once',
    create: () => ({
      onBar(bar, { orders }) {
        const future = bar.count === 700 ? close[end.indexOf(bar.end) + ahead]! : bar.close
        orders.targetPercent(bar.instrument, future > bar.open ? 0.5 : 0.1)
      },
    }),
  })
  const { finding, points } = lookahead({ strategy, data, tif: 'gtc' })
  expect(points).toBe(0)
  expect(finding).toMatchObject({ kind: 'future-bar', source: { columns: ['close'] } })
  expect(end.indexOf(finding!.time)).toBe(699)
  expect(end.indexOf(finding!.source!.knowable)).toBe(699 + ahead)
  expect(sample().columns.close).toEqual(close)
})

test('a cheat that only writes to its log is found', () => {
  const data = of(randomMarket(6), 'A 1h')
  const { high, end } = data[0]!.columns
  const strategy = defineStrategy({
    name: 'talker',
    create: () => ({ onBar: (bar, { log }) => log.info(`tomorrow's high: ${high[end.indexOf(bar.end) + 1]}`) }),
  })
  const { finding, cautions } = lookahead({ strategy, data })
  expect(finding).toMatchObject({ kind: 'future-bar', decision: { kind: 'log' }, source: { columns: ['high'] } })
  expect(cautions).toHaveLength(1)
})

const knowsTheEnd = (given: readonly BarSeries[]): Strategy<any> =>
  defineStrategy({
    name: 'knows-the-end',
    create: () => ({
      onBar(bar, { orders }) {
        orders.targetQuantity(bar.instrument, given[0]!.length - bar.count < 100 ? 0 : 10)
      },
    }),
  })

test('who knows where the data ends is found', () => {
  const data = of(randomMarket(7), 'A 1h')
  const { finding } = lookahead((given) => ({ strategy: knowsTheEnd(given), data: given, tif: 'gtc' }), { data })
  expect(finding).toMatchObject({ kind: 'end-of-data', source: undefined })
})

const dividendHunter = (given: readonly BarSeries[]): Strategy<any> =>
  defineStrategy({
    name: 'dividend-hunter',
    create: () => ({
      onBar(bar, { orders }) {
        const next = given[0]!.actions.find((each) => each.kind === 'dividend' && each.time > bar.end)
        orders.targetQuantity(bar.instrument, next?.kind === 'dividend' && next.amount < 0.75 ? 10 : 0)
      },
    }),
  })

test('who knows dividends to come is found', () => {
  const data = of(randomMarket(8), 'A 1h')
  const { finding } = lookahead((given) => ({ strategy: dividendHunter(given), data: given, tif: 'gtc' }), { data })
  expect(finding?.kind).toBe('corporate-action')
})

test('a strategy with a memory beyond the run cannot be judged', () => {
  let calls = 0
  const strategy = defineStrategy({
    name: 'forgets-nothing',
    create: () => ({ onBar: (bar, { orders }) => void (calls++ % 7 === 0 && orders.market(bar.instrument, 1)) }),
  })
  const { finding } = lookahead({ strategy, data: of(randomMarket(9), 'A 1h') })
  expect(finding).toMatchObject({ kind: 'not-repeatable', change: undefined })
})

test('a strategy that throws in another future has looked at it', () => {
  const data = of(randomMarket(10), 'A 1h')
  const { close, end } = data[0]!.columns
  const highest = Math.max(...close)
  const strategy = defineStrategy({
    name: 'fragile',
    create: () => ({
      onBar(bar, { orders }) {
        if (close[end.indexOf(bar.end) + 1]! > highest) throw new Error('never seen')
        if (bar.count % 10 === 0) orders.market(bar.instrument, 1)
      },
    }),
  })
  const { finding } = lookahead({ strategy, data })
  expect(finding).toMatchObject({ kind: 'future-bar', instead: { kind: 'error', text: 'never seen' } })
})

test('a cheat among several strategies is named', () => {
  const data = of(randomMarket(11), 'A 1h')
  const { finding } = lookahead({
    strategy: [{ strategy: smaCross }, { strategy: nextBarCheat(data), id: 'the-cheat' }],
    data,
    tif: 'gtc',
  })
  expect(finding).toMatchObject({ kind: 'future-bar', strategy: 'the-cheat' })
})

/** Three quotes in each bar. */
function quotesOf(series: BarSeries): QuoteSeries {
  const time = Float64Array.from(
    { length: 3 * series.length },
    (_, i) => series.columns.time[Math.floor(i / 3)]! + (i % 3) * 1e6,
  )
  const price = time.map((_, i) => series.columns.close[Math.floor(i / 3)]! + (i % 3) / 100)
  const size = new Float64Array(time.length).fill(500)
  return {
    instrument: series.instrument,
    length: time.length,
    columns: { time, bid: price, ask: price.map((p) => p + 0.02), bidSize: size, askSize: size.slice() },
    source: 'test',
  }
}

test('a quote to come is found, and who only knows those of the past passes', () => {
  const data = [{ ...randomMarket(13)[0]!, actions: [] }]
  const quotes = [quotesOf(data[0]!)]
  const { time, bid } = quotes[0]!.columns
  const trader = (ahead: number): Strategy<any> =>
    defineStrategy({
      name: 'by-quotes',
      create: () => ({
        onBar(bar, { orders }) {
          const next = time.findIndex((t) => t > bar.end)
          orders.targetPercent(bar.instrument, bid[next + ahead]! > bar.close ? 0.3 : 0)
        },
      }),
    })
  expect(lookahead({ strategy: trader(-1), data, quotes, tif: 'gtc' })).toMatchObject({ passed: true, cautions: [] })
  expect(lookahead({ strategy: trader(1), data, quotes, tif: 'gtc' }).finding).toMatchObject({
    kind: 'future-bar',
    source: { interval: 'quotes', columns: ['bid'] },
  })
})

const twoTimeframes = defineStrategy({
  name: 'two-timeframes',
  intervals: ['1h', '4h'],
  create({ use }) {
    const slow = use(ema(5), { interval: '4h' })
    return {
      onStart: ({ timers }) => timers.every(2.5 * HOUR, 'now and then'),
      onBar(bar, { orders, log }) {
        log.info(`${bar.interval} ${bar.close} ${slow.value}`)
        if (bar.interval === '1h') orders.targetPercent(bar.instrument, bar.close > slow.value ? 0.3 : 0)
      },
      onTimer: (_, { orders, portfolio }) => void (portfolio.isFlat('A') || orders.close('A')),
      onStop: ({ log }) => log.info('the end'),
    }
  },
})

const honest: readonly Strategy<any>[] = [
  smaCross,
  closeAverageCross,
  reversingCrossWithLimits,
  bollingerReversal,
  randomTrader,
  twoTimeframes,
]

test.each(honest)('$name passes on random markets, under every kind of option', (strategy) => {
  const variants = [
    {},
    { limitFill: 'touch', participation: 0.001, exits: 'path', delayBars: 1 },
    { sizeAt: 'fill', marketFill: 'close', tif: 'gtc' },
    { account: 'cash', rejectAtFill: true, dividends: 'reinvest', closeAtEnd: true },
    { marketFill: 'same-close', leverage: 2, splitOrders: 'adjust', exits: 'optimistic', latencyMs: 1000 },
  ] as const
  variants.forEach((variant, seed) => {
    const both = strategy === twoTimeframes || seed % 2 === 0
    const data = randomMarket(20 + seed).filter((series) => both || series.interval === '1h')
    const result = lookahead({ strategy, data, ...variant }, { points: 15, seed })
    expect(result.finding).toBeUndefined()
    expect(result).toMatchObject({ passed: true, points: 15, cautions: [] })
    expect(result.decisions).toBeGreaterThan(0)
  })
})

test('a run on the sample with a window and adjusted prices passes', () => {
  const options = { strategy: smaCross, data: [sample()], from: '2015-01-02', prices: 'adjusted' } as const
  const { passed, points } = lookahead(options)
  expect(passed).toBe(true)
  // Some 850 sessions: more than the 30 moments of a long run.
  expect(points).toBe(141)
})

/** A slow wave, by hours. */
const price = (i: number): number => 100 + Math.round(800 * Math.sin(i / 5)) / 100

test('who takes part in auctions, paid by a daily bar beside finer ones, knows no future', () => {
  const hours = Array.from({ length: 40 }, (_, day) => {
    const open = calendar('XNYS').toUtc('2024-01-02', '09:30') + day * 86_400_000
    return [0, 1, 2, 3, 4, 5].map((hour) => open + hour * HOUR)
  }).flatMap((times) => (calendar('XNYS').sessionOf(times[0]!) === undefined ? [] : times))
  const finer = barSeries({
    instrument: instrument('A'),
    interval: '1h',
    columns: {
      time: Float64Array.from(hours),
      open: Float64Array.from(hours, (_, i) => price(i)),
      high: Float64Array.from(hours, (_, i) => Math.max(price(i), price(i + 1))),
      low: Float64Array.from(hours, (_, i) => Math.min(price(i), price(i + 1))),
      close: Float64Array.from(hours, (_, i) => price(i + 1)),
      volume: Float64Array.from(hours, () => 1e6),
    },
  })
  const opens = hours.filter((_, i) => i % 6 === 0)
  const column = (at: (i: number) => number): Float64Array => Float64Array.from(opens, (_, day) => at(6 * day))
  const days = barSeries({
    instrument: instrument('A'),
    interval: '1d',
    columns: {
      time: Float64Array.from(opens),
      end: Float64Array.from(opens, (open) => open + 6.5 * HOUR),
      open: column((i) => price(i) + 0.05),
      high: column(() => 110),
      low: column(() => 90),
      close: column((i) => price(i + 6) - 0.05),
      volume: column(() => 1e7),
    },
  })
  const strategy = defineStrategy({
    name: 'auctions',
    intervals: ['1h'],
    create: () => ({
      onBar(bar, { orders, portfolio }) {
        const hour = (bar.count - 1) % 6
        if (hour === 3) orders.marketOnClose(bar.instrument, bar.close > 100 ? 10 : -10)
        if (hour === 5) orders.marketOnOpen(bar.instrument, portfolio.quantity(bar.instrument) > 0 ? -5 : 5)
      },
    }),
  })
  const result = lookahead({ strategy, data: [finer, days] })
  expect(result.finding).toBeUndefined()
  expect(result.decisions).toBeGreaterThan(100)
})

test('moments and progress are as asked for, and the same seed gives the same answer', () => {
  const data = of(randomMarket(12), 'A 1h')
  const seen: number[] = []
  const once = lookahead({ strategy: smaCross, data }, { points: 4, onProgress: (done) => void seen.push(done) })
  expect(seen).toEqual([1, 2, 3, 4])
  expect(lookahead({ strategy: smaCross, data }, { points: 4 })).toEqual(once)
})

test('wrong settings are refused', () => {
  const data = of(randomMarket(12), 'A 1h')
  expect(() => lookahead({ strategy: smaCross, data }, { points: 0 })).toThrow(
    'points: Expected a whole number above 0',
  )
  expect(() => lookahead(() => ({ strategy: smaCross, data }))).toThrow('needs the data to call it with')
})
