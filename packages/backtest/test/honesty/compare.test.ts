import { type BarSeries, type ParamSpecs, type Strategy, barSeries, defineStrategy, int } from '@onetape/core'
import { basisPoints, noFee, noSlippage, percentFee } from '@onetape/costs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type BacktestOptions, type BacktestResult, type ComparableRun, backtest, compare } from '../../src/index.ts'
import smaCross from '../independent/sma-cross.ts'
import { HOUR, randomMarket } from '../support/random-market.ts'
import randomTrader from '../support/random-trader.ts'
import { sample } from '../support/sample.ts'

/** Buys on every tenth bar and sells five bars later; some round trips can be left out. */
const clockwork = defineStrategy({
  name: 'clockwork',
  params: { shares: int(10), skip: int(-1), first: int(0) },
  create: ({ params }) => ({
    onBar(bar, { orders }) {
      const turn = Math.floor(bar.count / 10)
      if (turn === params.skip || turn < params.first) return
      if (bar.count % 10 === 0) orders.market(bar.instrument, params.shares)
      if (bar.count % 10 === 5 && turn > 0) orders.market(bar.instrument, -params.shares)
    },
  }),
})

const hourly = [{ ...randomMarket(3)[0]!, actions: [] }]
const quiet = {
  data: hourly,
  dividends: 'ignore',
  splitOrders: 'adjust',
  fees: noFee(),
  slippage: noSlippage(),
  participation: Infinity,
  tif: 'gtc',
} as const

function run<P extends ParamSpecs>(strategy: Strategy<P>, options: Partial<BacktestOptions<P>> = {}): BacktestResult {
  return backtest({ ...quiet, strategy, ...options })
}

const base = run(clockwork)

describe('one planted difference, one cause', () => {
  const names = ['initialCash', 'price', 'quantity', 'fee', 'missing', 'extra', 'bookings', 'marks'] as const
  const cases: readonly [(typeof names)[number], BacktestResult, object][] = [
    ['price', run(clockwork, { slippage: basisPoints(20) }), { kind: 'fill', fields: ['price'] }],
    ['quantity', run(clockwork, { params: { shares: 12 } }), { kind: 'order', fields: ['quantity'] }],
    ['fee', run(clockwork, { fees: percentFee({ percent: 0.1 }) }), { kind: 'fill', fields: ['fee'] }],
    ['missing', run(clockwork, { params: { skip: 4 } }), { kind: 'order', fields: ['time'] }],
    ['initialCash', run(clockwork, { cash: 123_456 }), {}],
  ]

  test.each(cases)('%s', (cause, other, wanted: { kind?: string; fields?: readonly string[] }) => {
    const found = compare(base, other)
    expect(found.same).toBe(false)
    expect(found.difference).toBe(other.finalEquity - base.finalEquity)
    expect(found.difference).not.toBe(0)
    for (const each of names) expect(found.causes[each]).toBeCloseTo(each === cause ? found.difference : 0, 6)
    expect(found.causes.rest).toBeCloseTo(0, 6)
    expect(found.divergence?.a?.kind).toBe(wanted.kind)
    expect(found.divergence?.fields).toEqual(wanted.fields)
  })

  test('the first event is the first one planted: the order of the trade that was left out', () => {
    const { divergence, counts } = compare(base, run(clockwork, { params: { skip: 4 } }))
    const fortieth = hourly[0]!.columns.end[39]
    expect(divergence?.a).toMatchObject({ kind: 'order', side: 'buy', time: fortieth })
    expect(divergence?.b).toMatchObject({ kind: 'order', side: 'buy', time: hourly[0]!.columns.end[49] })
    expect(divergence?.fields).toEqual(['time'])
    expect(counts).toMatchObject({ missing: 2, extra: 0, price: 0, quantity: 0, fee: 0 })
  })

  test('seen from the other side the missing trade is an extra one, of the same size', () => {
    const other = run(clockwork, { params: { skip: 4 } })
    const [there, back] = [compare(base, other), compare(other, base)]
    expect(back.causes.extra).toBeCloseTo(-there.causes.missing, 9)
    expect(back.counts).toMatchObject({ missing: 0, extra: 2 })
    expect(back.orders[0]).toMatchObject({ a: undefined, b: { symbol: 'A' } })
    const trade = base.trades.find(
      ({ entryTime }) => entryTime === back.orders[0]!.b!.time || entryTime === back.orders[1]!.b!.time,
    )
    expect(back.causes.extra).toBeCloseTo(trade!.pnl, 9)
  })

  test('a denied order is the first event', () => {
    const poor = run(clockwork, { cash: 5, params: { first: 3 } })
    const rich = run(clockwork, { params: { first: 3 } })
    const { divergence } = compare(rich, poor)
    expect(divergence).toMatchObject({ after: 0, a: { kind: 'order' }, b: { kind: 'denied', code: 'buying_power' } })
  })

  test('an order that ended otherwise is the first event', () => {
    const patient = defineStrategy({
      name: 'patient',
      params: { at: int(20) },
      create: ({ params }) => ({
        onBar(bar, { orders }) {
          if (bar.count === 1) orders.limit(bar.instrument, 1, 1, { tif: 'gtc' })
          if (bar.count === params.at) orders.cancelAll()
        },
      }),
    })
    const { divergence, same } = compare(run(patient), run(patient, { params: { at: 30 } }))
    expect(same).toBe(false)
    expect(divergence).toMatchObject({ after: 1, fields: ['time'], a: { kind: 'ended', code: 'requested' } })
  })

  test('a bar of delay moves fills: the same trades at other prices', () => {
    const { counts, causes, difference } = compare(base, run(clockwork, { delayBars: 1 }))
    expect(counts).toMatchObject({ missing: 0, extra: 0, quantity: 0 })
    expect(counts.price).toBeGreaterThan(10)
    expect(causes.price).toBeCloseTo(difference, 6)
  })
})

test('a run compared with itself shows nothing, with its result.json either', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 5000 }), fc.boolean(), (seed, reinvest) => {
      const options = { strategy: randomTrader, data: randomMarket(seed), benchmark: false } as const
      const a = backtest({ ...options, dividends: reinvest ? 'reinvest' : 'cash' })
      const again = compare(a, a)
      expect(again).toMatchObject({ same: true, sameTape: true, comparedOrders: true, difference: 0, orders: [] })
      expect(again.divergence).toBeUndefined()
      const text = compare(a, JSON.parse(JSON.stringify(a)) as ComparableRun)
      expect(text).toMatchObject({ same: true, sameTape: true, comparedOrders: false, difference: 0, orders: [] })
      expect(Object.values(text.causes).every((cause) => Math.abs(cause) < 1e-6)).toBe(true)
    }),
    { numRuns: 30 },
  )
})

const variants: readonly Partial<BacktestOptions>[] = [
  {},
  { seed: 2 },
  { dividends: 'ignore' },
  { dividends: 'reinvest' },
  { fees: noFee(), slippage: basisPoints(50) },
  { splitOrders: 'adjust', participation: 0.001 },
  { delayBars: 1, tif: 'gtc' },
  { leverage: 2, to: 120 * HOUR },
]

/** The same bars as those of a contract worth 10 units of its price. */
function asFuture(series: BarSeries): BarSeries {
  return barSeries({
    ...series,
    instrument: { ...series.instrument, kind: 'future', multiplier: 10, initialMargin: 100, maintenanceMargin: 80 },
    actions: [],
  })
}

test('the causes add up to the difference, whatever differs: dividends, splits, shorts, sizes, ends', () => {
  let differing = 0
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 5000 }),
      fc.constantFrom(...variants),
      fc.constantFrom(...variants),
      (seed, one, other) => {
        const data = seed % 2 === 0 ? randomMarket(seed) : randomMarket(seed).map(asFuture)
        const options = { strategy: randomTrader, data, benchmark: false } as const
        const [a, b] = [backtest({ ...options, ...one }), backtest({ ...options, ...other })]
        const { causes, difference, divergence } = compare(a, b)
        expect(Object.values(causes).reduce((sum, cause) => sum + cause, 0)).toBeCloseTo(difference, 6)
        expect(Math.abs(causes.rest)).toBeLessThan(1e-6 * a.finalEquity)
        expect(one === other && divergence !== undefined).toBe(false)
        expect(divergence === undefined && difference !== 0).toBe(false)
        if (difference !== 0) differing++
      },
    ),
    { numRuns: 150 },
  )
  expect(differing).toBeGreaterThan(100)
})

test('names of run and strategy do not matter', () => {
  const a = backtest({ strategy: [{ strategy: smaCross, id: 'one' }], data: [sample()] })
  const b = backtest({ strategy: [{ strategy: smaCross, id: 'other' }], data: [sample()], runId: 'second' })
  expect(compare(a, b)).toMatchObject({ same: true, sameTape: false })
})
