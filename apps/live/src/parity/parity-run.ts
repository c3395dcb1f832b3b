import { backtest } from '@onetape/backtest'
import { calendar } from '@onetape/calendar'
import {
  type BarInterval,
  type BarSeries,
  type EpochMs,
  InvariantError,
  type Strategy,
  intervalMs,
  resolveParams,
} from '@onetape/core'
import { basisPoints } from '@onetape/costs'
import { type Gateway, startGateway } from '@onetape/ibkr-simulator'
import { systemTiming } from '@onetape/ibkr'
import { type IbkrLink, openIbkrLink } from '../link/ibkr-link.ts'
import { type BarRow, type RunHeader, type TapeLine, rowOf } from '../tape/tape-line.ts'
import { LiveGate } from '../trader/live-gate.ts'
import { LiveRun } from '../trader/live-run.ts'
import { feesOf, runEngine } from '../trader/run-engine.ts'
import { type Outcome, firstDifference, outcomeOf, outcomeOfBacktest } from './outcome.ts'
import { Traffic } from './idle-broker.ts'

export interface ParityOptions {
  readonly strategy: Strategy
  readonly params?: Readonly<Record<string, unknown>>
  /** Recorded bars of one interval below a day. */
  readonly series: readonly BarSeries[]
  /** Where trading begins: earlier bars warm up. */
  readonly from: EpochMs
  readonly to: EpochMs
  readonly cash: number
  readonly shortSelling?: boolean
  readonly leverage?: number
  /** Makes things go wrong at the gateway before the run. */
  readonly disturb?: (gateway: Gateway) => void
}

/** One strategy, three ways. */
export interface ParityRow {
  readonly strategy: string
  readonly symbols: readonly string[]
  readonly sessions: number
  readonly bars: number
  readonly orders: number
  readonly fills: number
  readonly partialFills: number
  readonly cancels: number
  readonly denials: number
  /** Backtest, live and replay agree in everything that must be the same. */
  readonly identical: boolean
  readonly firstDifference: string | null
  readonly seconds: number
}

const SLIPPAGE_BPS = 5

/**
 * Runs a strategy as a backtest, live against the gateway simulator on simulated time over real sockets, and as a
 * replay of the live run's tape, and compares them.
 */
export async function parityRun(options: ParityOptions): Promise<ParityRow> {
  const started = performance.now()
  const { strategy, series } = options
  const inWindow = series.map((s) => traded(cut(s, -Infinity, options.to)))
  const params = resolveParams(strategy.name, strategy.params, options.params ?? {})
  const tested = backtest({
    strategy,
    params,
    data: inWindow,
    from: options.from,
    to: options.to,
    cash: options.cash,
    leverage: options.leverage ?? 1,
    shortSelling: options.shortSelling ?? true,
    fees: feesOf('ibkr-fixed'),
    slippage: basisPoints(SLIPPAGE_BPS),
    dividends: 'ignore',
    benchmark: false,
    runId: 'parity',
  })
  const expected = outcomeOfBacktest(tested)
  const { outcome: live, tape, tapeHash } = await liveRun(options, inWindow, params)
  const again = replayed(tape, strategy)
  const difference =
    firstDifference(expected, live, ['backtest', 'live']) ??
    firstDifference(live, again.outcome, ['live', 'replay']) ??
    (tapeHash === again.tapeHash ? undefined : `tape hash: live ${tapeHash}, replay ${again.tapeHash}`)
  const [first] = inWindow
  return {
    strategy: strategy.name,
    symbols: series.map((s) => s.instrument.symbol),
    sessions: calendar(first!.instrument.calendar).sessions(options.from, options.to).length,
    bars: inWindow.reduce((sum, s) => sum + cut(s, options.from, options.to).length, 0),
    ...counts(live),
    identical: difference === undefined,
    firstDifference: difference ?? null,
    seconds: Math.round((performance.now() - started) / 100) / 10,
  }
}

function counts(outcome: Outcome): Pick<ParityRow, 'orders' | 'fills' | 'partialFills' | 'cancels' | 'denials'> {
  const filled = new Map<number, number>()
  let partialFills = 0
  for (const [order, quantity] of outcome.fills) {
    const total = (filled.get(order!) ?? 0) + Math.abs(quantity!)
    filled.set(order!, total)
    if (total < Number(outcome.orders[order!]![3])) partialFills++
  }
  return {
    orders: outcome.orders.filter((order) => order[7] !== 'denied').length,
    fills: outcome.fills.length,
    partialFills,
    cancels: outcome.orders.filter((order) => order[7] === 'cancelled').length,
    denials: Object.values(outcome.denials).reduce((sum, n) => sum + n, 0),
  }
}

async function liveRun(
  options: ParityOptions,
  series: readonly BarSeries[],
  params: Readonly<Record<string, unknown>>,
): Promise<{ outcome: Outcome; tape: readonly TapeLine[]; tapeHash: string }> {
  const gateway = await startGateway({
    series,
    speed: 0,
    start: options.from,
    accounts: [{ id: 'DU1234567', cash: options.cash }],
    fees: feesOf('ibkr-fixed'),
    venue: { slippage: basisPoints(SLIPPAGE_BPS) },
    repeats: false,
  })
  // Simulated time stands still while we ask: what the session waits for by itself goes on with the wall's.
  const began = performance.now()
  const link = await openIbkrLink({
    config: { mode: 'paper' },
    host: '127.0.0.1',
    port: gateway.port,
    clientId: 7,
    now: () => gateway.now(),
    timing: { ...systemTiming, now: () => gateway.now() + performance.now() - began },
    checkMs: 0,
  })
  try {
    const interval = series[0]!.interval
    const header = await headerOf(options, params, interval, link, gateway)
    const history = await historyFor(header, options.strategy, link, gateway)
    const tape: TapeLine[] = [header]
    for (const [symbol, bars] of history) tape.push({ kind: 'history', symbol, bars })
    const run = new LiveRun({
      header,
      strategy: options.strategy,
      history,
      write: (line) => void tape.push(JSON.parse(JSON.stringify(line)) as TapeLine),
      clock: { now: () => gateway.now() },
    })
    const traffic = new Traffic()
    run.connect(traffic.of(link.broker))
    link.events.subscribe({ next: (event) => run.push({ kind: 'broker', event }) })
    link.feed.events.subscribe({
      next: (event) => {
        if (event.kind !== 'bar') return
        const { time, end, open, high, low, close, volume } = event.bar
        run.push({
          kind: 'bar',
          symbol: event.symbol,
          interval: event.interval,
          bar: { time, end, open, high, low, close, volume },
        })
      },
    })
    for (const s of series) await link.feed.subscribe(s.instrument.symbol, interval)
    options.disturb?.(gateway)
    run.start()
    await idle(run, link, traffic)
    for (const time of steps(series, options)) {
      await gateway.advanceTo(time)
      await idle(run, link, traffic)
    }
    const { tapeHash } = run.finish()
    return { outcome: outcomeOf(run.engine), tape, tapeHash }
  } finally {
    await link.close()
    await gateway.close()
  }
}

/** The ends of all bars, and of the sessions: nothing is decided between them. */
function steps(series: readonly BarSeries[], options: ParityOptions): readonly EpochMs[] {
  const times = new Set<EpochMs>()
  for (const s of series) {
    for (const end of s.columns.end) if (end > options.from) times.add(end)
    for (const session of calendar(s.instrument.calendar).sessions(options.from, options.to)) times.add(session.close)
  }
  return [...times].toSorted((a, b) => a - b)
}

/**
 * Waits until the client has nothing to do: the gateway has read all that was sent, we have read all that it had sent
 * until then, every request has its outcome, and the inbox is empty.
 */
async function idle(run: LiveRun, link: IbkrLink, traffic: Traffic): Promise<void> {
  for (let turn = 0; turn < 10_000; turn++) {
    const before = traffic.sent
    await link.session.settled()
    if (traffic.pending > 0 || traffic.sent !== before) continue
    if (run.session.idle) return
    // Every bar of this time is in: a slice that still waits for one waits for a minute without trades.
    run.push({ kind: 'clock', time: link.now() })
  }
  throw new InvariantError('parity.idle', `Expected the client to come to rest, found ${traffic.pending} requests open`)
}

async function headerOf(
  options: ParityOptions,
  params: Readonly<Record<string, unknown>>,
  interval: BarInterval,
  link: IbkrLink,
  gateway: Gateway,
): Promise<RunHeader> {
  const instruments = []
  for (const s of options.series) instruments.push(await link.feed.getTickerInfo(s.instrument.symbol))
  return {
    kind: 'run',
    version: 1,
    run: 'parity',
    strategy: options.strategy.name,
    params,
    instruments,
    interval,
    account: link.account,
    cash: options.cash,
    baseline: {},
    rules: {
      seed: 1,
      leverage: options.leverage ?? 1,
      shortSelling: options.shortSelling ?? true,
      fees: 'ibkr-fixed',
      slippageBps: SLIPPAGE_BPS,
      hold: 'slice',
      graceMs: 0,
    },
    startedAt: gateway.now(),
  }
}

/** Warm-up comes over the wire, too. */
async function historyFor(
  header: RunHeader,
  strategy: Strategy,
  link: IbkrLink,
  gateway: Gateway,
): Promise<Map<string, readonly BarRow[]>> {
  const probe = runEngine(header, strategy, new Map(), new LiveGate())
  const need = Math.max(0, ...probe.hosts.map((host) => host.warmUp.get(header.interval) ?? 0))
  const history = new Map<string, readonly BarRow[]>()
  if (need === 0) return history
  for (const { symbol } of header.instruments) {
    const to = gateway.now()
    // A week back holds a session at least, whatever holidays lie between.
    const from = to - 7 * 86_400_000 - need * intervalMs(header.interval)
    const { columns, length } = await link.feed.getHistoricalData({ symbol, interval: header.interval, from, to })
    const rows = Array.from({ length }, (_, i) =>
      rowOf({
        time: columns.time[i]!,
        end: columns.end[i]!,
        open: columns.open[i]!,
        high: columns.high[i]!,
        low: columns.low[i]!,
        close: columns.close[i]!,
        volume: columns.volume[i]!,
      }),
    )
    history.set(symbol, rows.slice(-need))
  }
  return history
}

/** The tape read again, by a strategy and an engine that never saw a gateway. */
function replayed(tape: readonly TapeLine[], strategy: Strategy): { outcome: Outcome; tapeHash: string } {
  const header = tape[0] as RunHeader
  const history = new Map(tape.flatMap((line) => (line.kind === 'history' ? [[line.symbol, line.bars] as const] : [])))
  const run = new LiveRun({ header, strategy, history, write: () => undefined, clock: { now: () => 0 } })
  run.replay(tape)
  const { tapeHash } = run.finish()
  return { outcome: outcomeOf(run.engine), tapeHash }
}

/** Without the bars in which nothing was traded: TWS has none for them. */
function traded(series: BarSeries): BarSeries {
  const rows = [...series.columns.volume.keys()].filter((i) => series.columns.volume[i]! > 0)
  if (rows.length === series.length) return series
  const part = (column: Float64Array): Float64Array => Float64Array.from(rows, (i) => column[i]!)
  return withColumns(series, rows.length, part)
}

/** Bars that start in `[from, to)`. */
function cut(series: BarSeries, from: EpochMs, to: EpochMs): BarSeries {
  const { columns } = series
  let first = 0
  while (first < series.length && columns.time[first]! < from) first++
  let last = series.length
  while (last > first && columns.time[last - 1]! >= to) last--
  if (first === 0 && last === series.length) return series
  const part = (column: Float64Array): Float64Array => column.slice(first, last)
  return withColumns(series, last - first, part)
}

function withColumns(series: BarSeries, length: number, part: (column: Float64Array) => Float64Array): BarSeries {
  const { time, end, open, high, low, close, volume } = series.columns
  const columns = {
    time: part(time),
    end: part(end),
    open: part(open),
    high: part(high),
    low: part(low),
    close: part(close),
    volume: part(volume),
  }
  return { ...series, length, columns }
}
