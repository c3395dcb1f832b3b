import { backtest } from '@onetape/backtest'
import {
  type BarRecord,
  type BarSeries,
  type CorporateAction,
  type Strategy,
  barSeries,
  defineStrategy,
  instrument,
  seededRandom,
} from '@onetape/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import momentumRotation from '@onetape/strategies/built-in/momentum-rotation'
import pairsTrading from '@onetape/strategies/built-in/pairs-trading'
import rsiMeanReversion from '@onetape/strategies/built-in/rsi-mean-reversion'
import smaCross from '@onetape/strategies/built-in/sma-cross'

const HOUR = 3_600_000
const LENGTH = 160

/** The strategies of the examples, quick enough to trade within the hours of a test, and how many instruments each takes. */
const strategies: readonly (readonly [Strategy<any>, Readonly<Record<string, number>>, number])[] = [
  [smaCross, { fast: 2, slow: 5 }, 2],
  [rsiMeanReversion, { period: 4, enter: 45, exit: 55, stop: 2 }, 2],
  [momentumRotation, { lookback: 6, top: 2, rebalanceMinutes: 600, invested: 1 }, 6],
  [pairsTrading, { window: 12, enter: 1, leg: 0.6 }, 2],
]

/** Hourly bars with gaps, a split and a dividend. */
function market(seed: number, count: number): readonly BarSeries[] {
  return Array.from({ length: count }, (_unused, k) => {
    const random = seededRandom(seed * 100 + k)
    const symbol = `S${k}`
    const actions: CorporateAction[] = [
      { kind: 'split', symbol, time: random.int(10, LENGTH) * HOUR + 1, ratio: 2 },
      { kind: 'dividend', symbol, time: random.int(10, LENGTH) * HOUR + 1, amount: 0.5 },
    ]
    let price = 100
    const rows = Array.from({ length: LENGTH }, (_, i) => {
      const open = price * (1 + (random.next() - 0.5) * 0.02)
      price = open * (1 + (random.next() - 0.5) * 0.04)
      const [high, low] = [Math.max(open, price) * 1.002, Math.min(open, price) * 0.998]
      return { time: i * HOUR, end: (i + 1) * HOUR, open, high, low, close: price, volume: random.int(0, 40_000) }
    })
    return seriesOf(symbol, rows, actions)
  })
}

type Row = Omit<BarRecord, 'instrument' | 'interval' | 'late'>

function seriesOf(symbol: string, rows: readonly Row[], actions: readonly CorporateAction[]): BarSeries {
  const column = (name: keyof Row): Float64Array => Float64Array.from(rows, (row) => row[name])
  const [time, end, volume] = [column('time'), column('end'), column('volume')]
  const prices = { open: column('open'), high: column('high'), low: column('low'), close: column('close') }
  const spec = instrument(symbol, { calendar: '24/7', tick: 0.01 })
  return barSeries({ instrument: spec, interval: '1h', columns: { time, end, volume, ...prices }, actions })
}

function rowsOf({ columns, length }: BarSeries): readonly Row[] {
  return Array.from({ length }, (_, i) => ({
    time: columns.time[i]!,
    end: columns.end[i]!,
    open: columns.open[i]!,
    high: columns.high[i]!,
    low: columns.low[i]!,
    close: columns.close[i]!,
    volume: columns.volume[i]!,
  }))
}

/** What is knowable at `time` as it was; every bar and action after it from another market, or none. */
function withOtherFuture(data: readonly BarSeries[], other: readonly BarSeries[], time: number): readonly BarSeries[] {
  return data.map((series, k) => {
    const later = other[k]
    const rows = [
      ...rowsOf(series).filter(({ end }) => end <= time),
      ...(later === undefined ? [] : rowsOf(later)).filter(({ end }) => end > time),
    ]
    const actions = [
      ...series.actions.filter((action) => action.time <= time),
      ...(later?.actions ?? []).filter((action) => action.time > time),
    ]
    return seriesOf(series.instrument.symbol, rows, actions)
  })
}

/** Every decision and what became of it up to `time`: orders, changes, denials, fills, ends, equity. */
function past(strategy: Strategy<any>, params: object, data: readonly BarSeries[], time: number) {
  const events: string[] = []
  const watched = defineStrategy({
    ...strategy,
    create: (setup) => ({
      ...strategy.create(setup),
      onOrderEvent({ kind, order, time: at }) {
        const { id, side, type, quantity, filled, averagePrice, stopPrice, code, placedAt } = order
        if (at > time) return
        events.push([at, kind, id, side, type, quantity, filled, averagePrice, stopPrice, code, placedAt].join(' '))
      },
    }),
  })
  const result = backtest({ strategy: watched, params: { ...params }, data, benchmark: false })
  const fills = result.fills.filter((fill) => fill.time <= time)
  const orders = result.orders.filter(({ placedAt }) => placedAt <= time).map(({ id, placedAt }) => `${id} ${placedAt}`)
  const equity = Array.from(result.equity.time, (at, i) => (at <= time ? result.equity.equity[i]! : undefined))
  return { events, fills, orders, equity: equity.filter((each) => each !== undefined) }
}

test('no decision of an example up to a time depends on what comes after it', () => {
  const fills = new Map<string, number>()
  let denials = 0
  fc.assert(
    fc.property(
      fc.constantFrom(...strategies),
      fc.integer({ min: 0, max: 5000 }),
      fc.option(fc.integer({ min: 5001, max: 9999 })),
      fc.integer({ min: 1, max: LENGTH }),
      ([strategy, params, count], seed, otherSeed, hour) => {
        const time = hour * HOUR
        const data = market(seed, count)
        const changed = withOtherFuture(data, otherSeed === null ? [] : market(otherSeed, count), time)
        const asItWas = past(strategy, params, data, time)
        expect(past(strategy, params, changed, time)).toEqual(asItWas)
        fills.set(strategy.name, (fills.get(strategy.name) ?? 0) + asItWas.fills.length)
        denials += asItWas.events.filter((event) => event.includes(' denied ')).length
      },
    ),
    { numRuns: 300 },
  )
  console.log(`unchanged up to the change: ${denials} denials, fills of ${JSON.stringify([...fills])}`)
  for (const [strategy] of strategies) expect(fills.get(strategy.name)).toBeGreaterThan(200)
  expect(denials).toBeGreaterThan(20)
})

/** Holds the first instrument when its close after the one in hand is higher. */
function cheat(data: readonly BarSeries[]): Strategy {
  const { close } = data[0]!.columns
  return defineStrategy({
    name: 'cheat',
    create: () => ({
      onBar(bar, { orders }) {
        if (bar.instrument.id === 0) orders.targetPercent(bar.instrument, close[bar.count]! > bar.close ? 0.9 : 0)
      },
    }),
  })
}

test('a strategy that knows the next close is told', () => {
  const data = market(1, 2)
  const found = [50, 51, 52, 53, 54, 55, 56, 57, 58, 59].filter((hour) => {
    const time = hour * HOUR
    const changed = withOtherFuture(data, market(2, 2), time)
    return JSON.stringify(past(cheat(changed), {}, changed, time)) !== JSON.stringify(past(cheat(data), {}, data, time))
  })
  expect(found.length).toBeGreaterThan(0)
})
