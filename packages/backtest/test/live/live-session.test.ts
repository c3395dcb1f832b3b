import { setImmediate } from 'node:timers/promises'
import { type BarSeries, type RunId, type Strategy, barSeries, defineStrategy, instrument, int } from '@onetape/core'
import { basisPoints, percentFee } from '@onetape/costs'
import { Engine, type EngineOptions, LiveSession, type TapeRecord, basicGate, silentBroker } from '@onetape/engine'
import { crossedAbove, crossedBelow, sma } from '@onetape/indicators'
import { expect, test } from 'vitest'
import { type BacktestResult, backtest } from '../../src/index.ts'
import { VenueBroker } from './venue-broker.ts'

const START = Date.UTC(2024, 0, 3)
const strategy = defineStrategy({
  name: 'live-cross',
  params: { fast: int(5), slow: int(20) },
  create({ params, use }) {
    const fast = use(sma(params.fast))
    const slow = use(sma(params.slow))
    return {
      onSlice(slice, { orders }) {
        for (const bar of slice.bars) {
          const [f, s] = [fast.of(bar.instrument), slow.of(bar.instrument)]
          if (crossedAbove(f, s)) orders.targetPercent(bar.instrument, 0.4, { tif: 'gtc' })
          else if (crossedBelow(f, s)) orders.close(bar.instrument, { tif: 'gtc' })
        }
      },
    }
  },
})

function walk(symbol: string, seed: number, bars = 600): BarSeries {
  let state = seed
  const random = (): number => (state = (state * 16_807) % 2_147_483_647) / 2_147_483_647
  const columns = {
    time: new Float64Array(bars),
    open: new Float64Array(bars),
    high: new Float64Array(bars),
    low: new Float64Array(bars),
    close: new Float64Array(bars),
    volume: new Float64Array(bars),
  }
  let price = 100
  for (let i = 0; i < bars; i++) {
    columns.time[i] = START + i * 60_000
    columns.open[i] = Math.round(price * 100) / 100
    price *= 1 + (random() - 0.5) / 200
    columns.close[i] = Math.round(price * 100) / 100
    columns.high[i] = Math.max(columns.open[i]!, columns.close[i]!) + 0.05
    columns.low[i] = Math.min(columns.open[i]!, columns.close[i]!) - 0.05
    // Thin bars make partial fills.
    columns.volume[i] = 500 + Math.floor(random() * 3000)
  }
  return barSeries({ instrument: instrument(symbol, { calendar: '24/7', tick: 0.01 }), interval: '1m', columns })
}

const data = [walk('AAA', 42), walk('BBB', 4711)]
const fees = percentFee({ percent: 0.1, minimum: 1 })

/** The first bars are history, as a feed would give it before a live start. */
const HISTORY = 20
const history = data.map((s) => head(s, HISTORY))

function head(series: BarSeries, n: number): BarSeries {
  const { columns } = series
  const cut = (c: Float64Array): Float64Array => c.slice(0, n)
  return barSeries({
    ...series,
    columns: {
      time: cut(columns.time),
      end: cut(columns.end),
      open: cut(columns.open),
      high: cut(columns.high),
      low: cut(columns.low),
      close: cut(columns.close),
      volume: cut(columns.volume),
    },
  })
}

function engineOf(live: Strategy<any>): Engine {
  const options: EngineOptions = {
    run: 'backtest' as RunId,
    series: history,
    from: START + HISTORY * 60_000,
    strategies: [{ id: live.name, strategy: live, params: {}, allocation: 1 }],
    cash: 100_000,
    rules: { leverage: 1, account: 'margin', shortSelling: true, creditSells: true, rejectAtFill: false, collar: 0.02 },
    sizing: {
      buffer: 0.0025,
      minChange: 0.005,
      sizeAt: 'decision',
      tif: 0,
      costRate: (_, quantity, price, time) =>
        fees.orderFee(quantity, quantity * price, 1, time, 0) / (quantity * price) + 0.0005,
    },
    fees,
    gate: basicGate(),
    seed: 1,
    dividends: 'cash',
  }
  return new Engine(options)
}

async function runLive(
  disturb: { delayBars?: boolean } = {},
): Promise<{ engine: Engine; tape: TapeRecord[]; tapeHash: string }> {
  const engine = engineOf(strategy)
  const tape: TapeRecord[] = []
  let now = START + HISTORY * 60_000
  const broker: VenueBroker = new VenueBroker(engine.instruments, basisPoints(5), (event) =>
    session.push({ kind: 'broker', event }),
  )
  const session = new LiveSession({
    engine,
    broker,
    clock: { now: () => now },
    record: (r) => void tape.push(r),
    run: 'backtest',
  })
  broker.venue.lastPrice = engine.ledger.mark
  session.start()
  for (let i = HISTORY; i < data[0]!.length; i++) {
    now = data[0]!.columns.end[i]!
    broker.now = now
    // oxlint-disable-next-line no-await-in-loop
    for (const [id, series] of data.entries()) broker.onBar(id, series.columns, i)
    const symbols = disturb.delayBars === true && i % 2 === 1 ? data.toReversed() : data
    for (const series of symbols) {
      const c = series.columns
      session.push({
        kind: 'bar',
        symbol: series.instrument.symbol,
        interval: '1m',
        bar: {
          time: c.time[i]!,
          end: c.end[i]!,
          open: c.open[i]!,
          high: c.high[i]!,
          low: c.low[i]!,
          close: c.close[i]!,
          volume: c.volume[i]!,
        },
      })
    }
    await setImmediate()
    session.push({ kind: 'clock', time: now })
  }
  const { tapeHash } = session.finish()
  return { engine, tape, tapeHash }
}

function outcome(engine: Engine): unknown {
  const { log } = engine.ledger
  const { table } = engine.flow
  return {
    orders: Array.from({ length: table.count }, (_, n) => [
      table.instrument[n],
      table.side[n],
      table.quantity[n],
      table.placedAt[n],
      table.filled[n],
    ]),
    fills: Array.from({ length: log.count }, (_, k) => [
      log.order[k],
      log.quantity[k],
      log.price[k],
      log.fee[k],
      log.time[k],
    ]),
    cash: engine.ledger.cash,
    positions: Array.from(engine.ledger.quantity),
  }
}

function backtested(): { result: BacktestResult; outcome: unknown } {
  const result = backtest({
    strategy,
    data,
    from: START + HISTORY * 60_000,
    slippage: basisPoints(5),
    fees,
    benchmark: false,
  })
  return {
    result,
    outcome: {
      orders: result.orders.map((o) => [
        result.symbols.indexOf(o.symbol),
        o.side === 'buy' ? 1 : -1,
        o.quantity,
        o.placedAt,
        o.filled,
      ]),
      fills: result.fills.map((f) => [
        result.orders.findIndex((o) => o.id === f.orderId),
        f.side === 'buy' ? f.quantity : -f.quantity,
        f.price,
        f.fee,
        f.time,
      ]),
      cash: result.finalCash,
      positions: result.symbols.map((s) => result.openPositions.find((p) => p.symbol === s)?.quantity ?? 0),
    },
  }
}

test('the live session takes the same decisions and books the same fills as the backtest', async () => {
  const expected = backtested()
  expect(expected.result.counts.fills).toBeGreaterThan(20)
  expect(expected.result.orders.some((o) => o.filled > 0)).toBe(true)
  const { engine } = await runLive()
  expect(outcome(engine)).toEqual(expected.outcome)
})

test('bars that arrive in another order within the grace change nothing', async () => {
  expect(outcome((await runLive({ delayBars: true })).engine)).toEqual(outcome((await runLive()).engine))
})

test('a replay of the tape takes the very same decisions', async () => {
  const { engine, tape, tapeHash } = await runLive()
  const again = engineOf(strategy)
  const repeated: TapeRecord[] = []
  const header = tape[0]!
  const session = new LiveSession({
    engine: again,
    broker: silentBroker(),
    clock: { now: () => (header.kind === 'session' ? header.startedAt : 0) },
    record: (r) => void repeated.push(r),
    run: 'backtest',
    replay: true,
  })
  session.start()
  for (const record of JSON.parse(JSON.stringify(tape)) as TapeRecord[])
    if (record.kind === 'event') session.take(record.event)
  const replayed = session.finish()
  expect(outcome(again)).toEqual(outcome(engine))
  expect(replayed.tapeHash).toBe(tapeHash)
  expect(repeated.filter((r) => r.kind === 'submitting')).toEqual(tape.filter((r) => r.kind === 'submitting'))
})
