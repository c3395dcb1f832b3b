import {
  type Bar,
  type BarColumns,
  type BarSeries,
  BAR_COLUMNS,
  type IndicatorSpec,
  type RunId,
  barSeries,
  defineStrategy,
  seededRandom,
} from '@onetape/core'
import { noFee, noSlippage } from '@onetape/costs'
import { Engine, type EngineStrategy, OrderFlag, basicGate } from '@onetape/engine'
import { atr, crossedAbove, crossedBelow, ema, macd, rsi, sma } from '@onetape/indicators'
import { driveBarByBar } from '@onetape/testkit'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type BacktestOptions, type BacktestResult, backtest } from '@onetape/backtest'
import { SimulatedExecution } from '../../src/venue/simulated-execution.ts'
import { randomOptions, randomSeries, randomStrategy } from './random-scene.ts'

const sizes = fc.record({ seed: fc.nat(1_000_000), sessions: fc.integer({ min: 2, max: 10 }) })

/** All that a run says of what happened, without the hash. */
function outcome(result: BacktestResult): unknown {
  const { fills, orders, bookings, trades, openPositions, denials, warmUp, log, counts, finalCash, totalFees } = result
  const points = [Array.from(result.equity.time), Array.from(result.equity.equity)]
  return { fills, orders, bookings, trades, openPositions, denials, warmUp, log, counts, finalCash, totalFees, points }
}

/** What the ledger and the flow keep as sums is what the open orders hold back, count and want. */
function expectSumsOfOpenOrders({ flow, ledger }: Engine): void {
  const { table } = flow
  const sums = { reserved: 0, credit: 0, buys: 0, sells: 0, targets: 0 }
  for (let n = table.firstOpen; n !== -1; n = table.nextOpen(n)) {
    sums.reserved += table.reserved[n]!
    sums.credit += table.credit[n]!
    if (table.side[n]! > 0) sums.buys += table.counted[n]!
    else sums.sells += table.counted[n]!
    if ((table.flags[n]! & OrderFlag.target) !== 0) sums.targets += table.side[n]! * table.leaves(n)
  }
  const kept = [ledger.reserved, ledger.credit, ledger.workingBuys[0]!, ledger.workingSells[0]!, flow.targetWorking[0]!]
  for (const [k, sum] of Object.values(sums).entries()) expect(kept[k]).toBeCloseTo(sum, 6)
}

/** The engine and the simulated venue over one series, by one of the two loops. */
function runEngine(series: BarSeries, seed: number, many: boolean): unknown {
  const strategies: EngineStrategy[] = [{ id: 'one', strategy: indicated, params: {}, allocation: 1 }]
  const engine = new Engine({
    run: 'run' as RunId,
    series: [series],
    strategies,
    cash: 100_000,
    rules: {
      leverage: 1,
      account: 'margin',
      shortSelling: true,
      creditSells: true,
      rejectAtFill: false,
      collar: 0.02,
    },
    sizing: { buffer: 0, minChange: 0, sizeAt: 'decision', tif: 0, costRate: () => 0 },
    fees: noFee(),
    gate: basicGate(),
    seed,
    dividends: seed % 2 === 0 ? 'cash' : 'reinvest',
  })
  const slippage = noSlippage()
  engine.connect(
    new SimulatedExecution(engine, {
      venue: {},
      sameClose: false,
      slippage,
      finer: [],
      sessions: [],
      targetAtFill: () => 0,
    }),
  )
  const result = engine.run(many ? engine.plan() : undefined)
  expectSumsOfOpenOrders(engine)
  const { log } = engine.ledger
  const rows = Array.from({ length: log.count }, (_, k) =>
    [log.kind, log.time, log.quantity, log.price].map((c) => c[k]),
  )
  return { ...result, times: Array.from(result.times), equity: Array.from(result.equity), rows }
}

/** The random trader, which also writes down what its indicators say. */
const indicated = defineStrategy({
  name: 'indicated',
  create(setup) {
    const [mean, slow, range] = [setup.use(sma(3)), setup.use(ema(7)), setup.use(atr(5))]
    const handlers = randomStrategy.create(setup as never)
    return {
      ...handlers,
      onBar(bar, ctx) {
        ctx.log.info([bar.instrument.symbol, bar.time, mean.value, mean.previous, slow.value, range.value].join(' '))
        handlers.onBar!(bar, ctx)
      },
    }
  },
})

test('the loop for one stream and the loop for many give the same tape hash, fills, equity and reservations', () => {
  let rows = 0
  fc.assert(
    fc.property(sizes, ({ seed, sessions }) => {
      const [series] = randomSeries({ seed, sessions, instruments: 1 })
      const one = runEngine(series!, seed, false)
      expect(runEngine(series!, seed, true)).toEqual(one)
      rows += (one as { rows: unknown[] }).rows.length
    }),
    { numRuns: 100 },
  )
  expect(rows).toBeGreaterThan(500)
})

test('a run repeated in one process is the same to the last bit, also after other runs', () => {
  fc.assert(
    fc.property(sizes, fc.integer({ min: 1, max: 4 }), ({ seed, sessions }, instruments) => {
      const data = randomSeries({ seed, sessions, instruments })
      const options: BacktestOptions = { strategy: indicated, data, benchmark: false, ...randomOptions(seed) }
      const first = backtest(options)
      backtest({ ...options, seed: seed + 1, data: randomSeries({ seed: seed + 1, sessions: 3, instruments }) })
      const second = backtest({ ...options, data: randomSeries({ seed, sessions, instruments }) })
      expect(second.tapeHash).toBe(first.tapeHash)
      expect(outcome(second)).toEqual(outcome(first))
    }),
    { numRuns: 60 },
  )
})

test('any other seed, price or option that changes a decision changes the tape hash', () => {
  const data = randomSeries({ seed: 5, sessions: 6, instruments: 2 })
  const base: BacktestOptions = { strategy: indicated, data, benchmark: false }
  const close = data[0]!.columns.close.slice()
  close[40]! += (data[0]!.columns.high[40]! - close[40]!) / 2 + 1e-12
  const nudged = { ...data[0]!, columns: { ...data[0]!.columns, close } }
  const hashes = [
    base,
    { ...base, seed: 2 },
    { ...base, fees: noFee() },
    { ...base, data: [nudged, data[1]!] },
    { ...base, data: [data[1]!, data[0]!] },
    { ...base, participation: 0.01 },
    { ...base, runId: 'other' },
  ].map((options) => backtest(options).tapeHash)
  // A run's name stands in no record: ids are made from it, decisions are not.
  expect(hashes.pop()).toBe(hashes[0])
  expect(new Set(hashes).size).toBe(hashes.length)
})

/** Trades each instrument by its own bars alone, in sizes that the account always affords. */
const separate = defineStrategy({
  name: 'separate',
  create(setup) {
    const mean = setup.use(sma(4))
    const held = new Map<string, number>()
    return {
      onBar(bar, { orders, portfolio }) {
        const { symbol } = bar.instrument
        const count = (held.get(symbol) ?? 0) + 1
        held.set(symbol, count)
        if (count % 7 === 0) orders.limit(symbol, 3, bar.close * 0.99, { tif: 'gtc' })
        else if (count % 11 === 0) orders.stop(symbol, -2, bar.close * 0.98)
        else if (bar.close > mean.value && portfolio.quantity(symbol) < 20) orders.market(symbol, 2)
        else if (count % 5 === 0) orders.close(symbol)
      },
    }
  },
})

/** Without the number of the order, which counts over all instruments. */
function fillsIn(run: BacktestResult, symbol: string): unknown[] {
  return run.fills
    .filter((f) => f.symbol === symbol)
    .map((f) => [f.side, f.quantity, f.price, f.fee, f.realized, f.time, f.barTime])
}

test('instruments registered in another order have the same fills each', () => {
  fc.assert(
    fc.property(sizes, fc.integer({ min: 2, max: 4 }), fc.nat(1000), ({ seed, sessions }, instruments, shuffle) => {
      const data = randomSeries({ seed, sessions, instruments }).filter((s) => s.instrument.kind === 'stock')
      const random = seededRandom(shuffle)
      const order = data.map((s) => ({ s, at: random.next() })).toSorted((a, b) => a.at - b.at)
      const options = { strategy: separate, cash: 10_000_000, benchmark: false } as const
      const result = backtest({ ...options, data })
      const other = backtest({ ...options, data: order.map(({ s }) => s) })
      for (const { instrument } of data)
        expect(fillsIn(other, instrument.symbol)).toEqual(fillsIn(result, instrument.symbol))
      expect(other.finalEquity).toBeCloseTo(result.finalEquity, 6)
    }),
    { numRuns: 60 },
  )
})

const part = (c: BarColumns, from: number, to: number): BarColumns =>
  Object.fromEntries(BAR_COLUMNS.map((name) => [name, c[name].slice(from, to)])) as unknown as BarColumns

/** Trades crossings of averages from a time on. */
const cross = (begin: number) =>
  defineStrategy({
    name: 'cross',
    create(setup) {
      const [fast, slow] = [setup.use(sma(2)), setup.use(sma(5))]
      return {
        onBar(bar, { orders }) {
          if (bar.time < begin) return
          if (crossedAbove(fast, slow)) orders.targetQuantity(bar.instrument, 5)
          if (crossedBelow(fast, slow)) orders.targetQuantity(bar.instrument, -5)
        },
      }
    },
  })

test('a window trades as a strategy that waits for its first bar does: earlier bars only warm up', () => {
  let fills = 0
  fc.assert(
    fc.property(sizes, fc.integer({ min: 1, max: 3 }), fc.nat(100), ({ seed, sessions }, instruments, at) => {
      const data = randomSeries({ seed, sessions, instruments })
      // Actions before the window fall into warm-up bars: what they do to indicators must be the same.
      const bars = data[0]!.columns.time
      const from = bars[at % bars.length]!
      const rules = { cash: 1_000_000, benchmark: false, dividends: 'ignore' } as const
      const whole = backtest({ strategy: cross(from), data, ...rules })
      const window = backtest({ strategy: cross(from), data, from, ...rules })
      expect(window.fills).toEqual(whole.fills)
      expect(window.finalEquity).toBe(whole.finalEquity)
      expect(window.equity.time[0]).toBeGreaterThan(from)
      expect(window.warmUp.every((w) => w.bars <= 5)).toBe(true)
      fills += window.fills.length
    }),
    { numRuns: 150 },
  )
  expect(fills).toBeGreaterThan(1000)
})

test('indicators in a window with splits are those of its bars alone, on the basis of each day', () => {
  const specs: readonly IndicatorSpec<string>[] = [sma(4), ema(6), rsi(5), atr(3), macd(3, 6, 4)]
  let splits = 0
  fc.assert(
    fc.property(sizes, fc.integer({ min: 1, max: 3 }), fc.nat(120), ({ seed, sessions }, instruments, at) => {
      const data = randomSeries({ seed, sessions, instruments })
      const first = data[0]!.columns.time[at % data[0]!.length]!
      const seen = new Map<string, number[][]>(data.map((s) => [s.instrument.symbol, []]))
      const strategy = defineStrategy({
        name: 'reader',
        create(setup) {
          const handles = specs.map((spec) => setup.use(spec))
          return {
            onBar: (bar: Bar) => void seen.get(bar.instrument.symbol)!.push([bar.time, ...handles.map((h) => h.value)]),
          }
        },
      })
      backtest({ strategy, data, from: first, benchmark: false })
      const warmUp = Math.max(...specs.map((s) => s.warmUp))
      for (const series of data) {
        const { columns, length, actions } = series
        const begin = columns.time.findIndex((t) => t >= first)
        if (begin < 0) continue
        const base = Math.max(0, begin - warmUp)
        for (const [time, ...values] of seen.get(series.instrument.symbol)!) {
          const i = columns.time.indexOf(time!)
          expect(i).toBeLessThan(length)
          // Every split up to this bar puts the prices before it on its basis.
          const basis = part(columns, base, i + 1)
          for (const action of actions) {
            if (action.kind !== 'split' || action.time > time! || action.time <= columns.time[base]!) continue
            splits++
            for (const name of ['open', 'high', 'low', 'close'] as const)
              for (let k = 0; k < basis.time.length && basis.time[k]! < action.time; k++)
                basis[name][k]! *= 1 / action.ratio
          }
          const expected = specs.map((spec) => driveBarByBar(spec, spec.create(), basis)[0]!.at(-1)!)
          expect(values).toEqual(expected)
        }
      }
    }),
    { numRuns: 40 },
  )
  expect(splits).toBeGreaterThan(300)
})

test('two series of one symbol and interval are refused', () => {
  const [series] = randomSeries({ seed: 1, sessions: 2, instruments: 1 })
  expect(() => backtest({ strategy: separate, data: [series!, barSeries(series!)] })).toThrow(
    'Found two series of I0 30m bars',
  )
})
