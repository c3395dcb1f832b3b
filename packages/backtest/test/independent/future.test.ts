import { type BarSeries, type Strategy, barSeries, defineStrategy } from '@onetape/core'
import { sma } from '@onetape/indicators'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type BacktestOptions, backtest } from '../../src/index.ts'
import bollingerReversal from '../published/strategies/bollinger-reversal.ts'
import closeAverageCross from '../published/strategies/close-average-cross.ts'
import reversingCrossWithLimits from '../published/strategies/reversing-cross-with-limits.ts'
import vwapMomentum from '../published/strategies/vwap-momentum.ts'
import { HOUR, LENGTH, everyColumn, pick, randomMarket } from '../support/random-market.ts'
import randomTrader from '../support/random-trader.ts'
import { type SeenEvent, watched } from '../support/watched.ts'
import smaCross from './sma-cross.ts'

/** Sees two timeframes of every instrument, and buys what it can of the one with the best last four hours. */
const twoTimeframes = defineStrategy({
  name: 'two-timeframes',
  intervals: ['1h', '4h'],
  create({ use, instruments }) {
    const slow = use(sma(5), { interval: '4h' })
    return {
      onSlice(slice, { orders, latest, log }) {
        const rises = instruments.map((each) => {
          const bar = latest(each, '4h')
          return bar === undefined ? -Infinity : bar.close / bar.open
        })
        log.info([...slice.bars.map((bar) => bar.close), ...instruments.map((each) => slow.of(each).value)].join(' '))
        const best = instruments[rises.indexOf(Math.max(...rises))]!
        if (slice.bars.length > 1) for (const each of instruments) orders.targetPercent(each, each === best ? 0.9 : 0)
      },
    }
  },
})

const strategies: readonly Strategy<any>[] = [
  smaCross,
  closeAverageCross,
  reversingCrossWithLimits,
  bollingerReversal,
  vwapMomentum,
  randomTrader,
  twoTimeframes,
]

const variants: readonly Partial<BacktestOptions>[] = [
  {},
  { limitFill: 'touch', participation: 0.001, exits: 'path' },
  { sizeAt: 'fill', marketFill: 'close', tif: 'gtc' },
  { account: 'cash', rejectAtFill: true, dividends: 'reinvest' },
  { marketFill: 'same-close', leverage: 2, splitOrders: 'adjust', exits: 'optimistic' },
]

/** What is knowable at `time` as it was, everything after it from another world, which may also be empty. */
function withOtherFuture(data: readonly BarSeries[], other: readonly BarSeries[], time: number): BarSeries[] {
  return data.map((series, k) => {
    const later = other[k]
    const kept = pick(series.columns, (i) => series.columns.end[i]! <= time)
    const future = later === undefined ? undefined : pick(later.columns, (i) => later.columns.end[i]! > time)
    const columns = everyColumn((name) => Float64Array.of(...kept[name], ...(future?.[name] ?? [])))
    const actions = [
      ...series.actions.filter((action) => action.time <= time),
      ...(later?.actions ?? []).filter((action) => action.time > time),
    ]
    return barSeries({ instrument: series.instrument, interval: series.interval, columns, actions })
  })
}

/** All that a run decided and was told up to `time`. */
function past(strategy: Strategy<any>, data: readonly BarSeries[], options: Partial<BacktestOptions>, time: number) {
  const seen: SeenEvent[] = []
  const result = backtest({ strategy: watched(strategy, seen), data, benchmark: false, ...options })
  const until = <T extends { readonly time: number }>(all: readonly T[]): T[] => all.filter((each) => each.time <= time)
  const marks = Array.from(result.equity.time).filter((each) => each <= time).length
  return {
    events: until(seen).map(({ text }) => text),
    fills: until(result.fills),
    placed: result.orders
      .filter(({ placedAt }) => placedAt <= time)
      .map(({ id, symbol, side, type, placedAt }) => [id, symbol, side, type, placedAt].join(' ')),
    bookings: until(result.bookings),
    log: until(result.log).map(({ message }) => message),
    equity: Array.from(result.equity.equity.subarray(0, marks)),
    denied: until(seen).filter(({ text }) => text.includes(' denied ')).length,
  }
}

test('nothing up to a time depends on what comes after it: orders, fills, denials, equity, what the strategy sees', () => {
  const found = { runs: 0, events: 0, fills: 0, denied: 0, bookings: 0, strategies: new Set<string>() }
  fc.assert(
    fc.property(
      fc.constantFrom(...strategies),
      fc.constantFrom(...variants),
      fc.integer({ min: 0, max: 5000 }),
      fc.integer({ min: 1, max: 4 * LENGTH }),
      fc.option(fc.integer({ min: 5001, max: 9999 })),
      (strategy, options, seed, quarter, otherSeed) => {
        const time = HOUR + quarter * (HOUR / 4)
        const both = strategy === twoTimeframes || seed % 2 === 0
        const data = randomMarket(seed).filter((s) => both || s.interval === '1h')
        const other =
          otherSeed === null ? [] : randomMarket(otherSeed).filter((s) => data.some((d) => d.interval === s.interval))
        const asItWas = past(strategy, data, options, time)
        expect(past(strategy, withOtherFuture(data, other, time), options, time)).toEqual(asItWas)
        found.runs++
        found.events += asItWas.events.length
        found.fills += asItWas.fills.length
        found.denied += asItWas.denied
        found.bookings += asItWas.bookings.length
        if (asItWas.fills.length > 0) found.strategies.add(strategy.name)
      },
    ),
    { numRuns: 400 },
  )
  console.log(`unchanged in ${found.runs} runs: ${found.events} events, ${found.fills} fills, ${found.denied} denials`)
  expect(found.strategies.size).toBe(strategies.length)
  expect(found.fills).toBeGreaterThan(2000)
  expect(found.denied).toBeGreaterThan(100)
  expect(found.bookings).toBeGreaterThan(20)
})

/** Knows the close after the one in hand. */
function cheat(data: readonly BarSeries[]): Strategy {
  return defineStrategy({
    name: 'cheat',
    create: () => ({
      onBar(bar, { orders }) {
        if (data[0]!.columns.close[bar.count]! > bar.close) orders.targetPercent(bar.instrument, 1)
        else orders.close(bar.instrument)
      },
    }),
  })
}

test('the comparison tells a strategy that looks one bar ahead', () => {
  const data = randomMarket(1).slice(0, 1)
  const time = 60 * HOUR
  const changed = withOtherFuture(data, randomMarket(2).slice(0, 1), time)
  const differs = Array.from({ length: 20 }, (_, k) => time - k * HOUR).map((until) => {
    const asItWas = past(cheat(data), data, {}, until)
    return JSON.stringify(past(cheat(changed), changed, {}, until)) !== JSON.stringify(asItWas)
  })
  expect(differs.indexOf(false)).toBe(1) // only the decision on the last bar knew the first one that changed
})
