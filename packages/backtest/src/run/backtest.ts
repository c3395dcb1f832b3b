import {
  type BarSeries,
  InputError,
  type ParamSpecs,
  type RunId,
  type Sign,
  type Strategy,
  TimeInForceCode,
  OrderTypeCode,
  intervalMs,
  isStrategy,
  resolveParams,
  seededRandom,
} from '@onetape/core'
import type { MarketState } from '@onetape/costs'
import { type AccountModels, Engine, type EngineStrategy, type MergePlan, type SizingRules } from '@onetape/engine'
import { DelayedExecution } from '../honesty/delayed-execution.ts'
import type { BacktestOptions, StrategyEntry } from '../options.ts'
import { BacktestResult, type StrategyInfo } from '../result/backtest-result.ts'
import { SimulatedExecution } from '../venue/simulated-execution.ts'
import { adjustedSeries } from './adjusted-prices.ts'
import { checkSessions } from './check-sessions.ts'
import { type ResolvedOptions, resolveOptions } from './resolved-options.ts'
import { runWindow } from './window.ts'

/**
 * Runs a strategy over historical bars.
 * @throws {InputError} for wrong options, parameters or data
 * @throws {StrategyError} when the strategy throws
 * @example
 * const result = backtest({ strategy, data: [aapl], params: { fast: 10 } })
 * console.log(result.figures.sharpe, result.tapeHash)
 */
export function backtest<P extends ParamSpecs>(options: BacktestOptions<P>): BacktestResult {
  const resolved = resolveOptions(options)
  const data = resolved.prices === 'adjusted' ? options.data.map(adjustedSeries) : options.data
  const window = runWindow(data, options.from, options.to)
  checkSessions(data)
  checkFiner(data, options.finer ?? [])
  const strategies = entriesOf(options)
  let execution: SimulatedExecution | undefined
  const engine: Engine = new Engine({
    run: resolved.runId as RunId,
    series: data,
    ticks: [...(options.quotes ?? []), ...(options.trades ?? [])],
    from: window.from,
    to: window.to,
    strategies,
    cash: resolved.cash,
    rules: {
      leverage: resolved.leverage,
      account: resolved.account,
      shortSelling: resolved.shortSelling,
      creditSells: resolved.creditSells,
      rejectAtFill: resolved.rejectAtFill,
      collar: 0.02,
    },
    sizing: sizingOf(resolved),
    fees: resolved.fees,
    gate: resolved.gate,
    seed: resolved.seed,
    mark: resolved.mark,
    account: accountOf(resolved),
    dividends: resolved.dividends,
    onEnd: resolved.closeAtEnd ? () => closeAll(engine, execution!) : undefined,
    onProgress: options.onProgress,
  })
  if (resolved.feesPer === 'order') engine.flow.feeTermEnd = () => Infinity
  execution = new SimulatedExecution(engine, {
    venue: {
      participation: resolved.participation,
      limitFill: resolved.limitFill,
      exits: resolved.exits,
      marketFill: resolved.marketFill === 'close' ? 'close' : 'open',
      slippage: resolved.slippage,
      splitOrders: resolved.splitOrders,
      trigger: resolved.trigger,
      displayedSize: resolved.displayedSize,
      openCutoffMinutes: resolved.openCutoffMinutes,
      closeCutoffMinutes: resolved.closeCutoffMinutes === 'exchange' ? undefined : resolved.closeCutoffMinutes,
      limitFillProbability: resolved.limitFillProbability,
      latencyMs: resolved.latencyMs,
      random: seededRandom(resolved.seed + 1_000_003),
    },
    sameClose: resolved.marketFill === 'same-close',
    slippage: resolved.slippage,
    finer: options.finer ?? [],
    sessions: officialSessions(data),
    targetAtFill: (n, price) => targetAtFill(engine, resolved, n, price),
  })
  engine.connect(resolved.delayBars > 0 ? new DelayedExecution(engine, execution, resolved.delayBars) : execution)
  const run = engine.run(keptPlan(engine, data, window.from, window.to))
  const infos: StrategyInfo[] = strategies.map((s) => ({
    id: s.id,
    name: s.strategy.name,
    params: resolveParams(s.strategy.name, s.strategy.params, s.params) as StrategyInfo['params'],
    allocation: s.allocation,
  }))
  return new BacktestResult({ engine, execution, run, given: options, resolved, strategies: infos, data })
}

// ── Order of events, kept per data set ─────────────────────────────────────────────────────────────────────────────────

const plans = new WeakMap<BarSeries, { readonly data: readonly BarSeries[]; readonly plan: MergePlan }>()

/** The merge of many streams costs as much as the run; a second run over the same whole data takes the first one's. */
function keptPlan(
  engine: Engine,
  data: readonly BarSeries[],
  from: number | undefined,
  to: number | undefined,
): MergePlan | undefined {
  const first = data[0]
  if (first === undefined || engine.streams.length < 2) return undefined
  if (engine.streams.length !== data.length) return engine.plan()
  if (from !== undefined || to !== undefined) return engine.plan()
  const known = plans.get(first)
  if (known !== undefined && known.data.length === data.length && known.data.every((s, i) => s === data[i]))
    return known.plan
  const plan = engine.plan()
  plans.set(first, { data: [...data], plan })
  return plan
}

/** Bars that are to say what happened inside others must be shorter, and of an instrument of the run. */
function checkFiner(data: readonly BarSeries[], finer: readonly BarSeries[]): void {
  for (const s of finer) {
    const own = data.filter((d) => d.instrument.symbol === s.instrument.symbol)
    if (own.length === 0)
      throw new InputError(
        'data.finer',
        `There are no bars of ${s.instrument.symbol} in "data" that these could refine.`,
        {
          place: s.source,
        },
      )
    const shortest = own.map((d) => d.interval).toSorted((a, b) => intervalMs(a) - intervalMs(b))[0]!
    if (!(intervalMs(s.interval) < intervalMs(shortest)))
      throw new InputError('data.finer', `Expected bars shorter than ${shortest}, found ${s.interval}.`, {
        place: s.source,
      })
  }
}

/** Daily bars whose open and close are the auctions', on the price basis of the shortest bars of their instrument. */
function officialSessions(data: readonly BarSeries[]): readonly BarSeries[] {
  return data.filter((s) => {
    if (s.interval !== '1d' || !s.officialOpenClose) return false
    const own = data.filter((d) => d.instrument.symbol === s.instrument.symbol)
    const finest = own.reduce((a, b) => (intervalMs(b.interval) < intervalMs(a.interval) ? b : a))
    return finest.prices === s.prices
  })
}

/** Nothing is kept for a run that cannot need it. */
function accountOf(resolved: ResolvedOptions): AccountModels {
  const { margin, marginInterest, creditInterest, shortInterest, borrow, settlement, dayTrading } = resolved
  return { margin, marginInterest, creditInterest, shortInterest, borrow, settlement, dayTrading }
}

// ── Strategies ─────────────────────────────────────────────────────────────────────────────────────────────────────────

function entriesOf(options: BacktestOptions<any>): readonly EngineStrategy[] {
  const single = !Array.isArray(options.strategy)
  const entries: readonly StrategyEntry[] = single
    ? [{ strategy: options.strategy as Strategy<any>, params: options.params ?? {} }]
    : (options.strategy as readonly StrategyEntry[])
  if (entries.length === 0) throw new InputError('strategy.none', 'Expected at least one strategy, found none.')
  const seen = new Set<string>()
  const allocated = entries.reduce((sum, e) => sum + (e.allocation ?? 1 / entries.length), 0)
  if (!(allocated <= 1 + 1e-9))
    throw new InputError('strategy.allocation', `Expected allocations that add up to 1 at most, found ${allocated}.`)
  return entries.map((entry) => {
    if (!isStrategy(entry.strategy))
      throw new InputError(
        'strategy.invalid',
        `Expected a strategy made by defineStrategy(), found ${describe(entry.strategy)}.`,
      )
    const id = entry.id ?? entry.strategy.name
    if (seen.has(id))
      throw new InputError('strategy.twice', `Two strategies have the id "${id}".`, {
        hint: 'Give each entry an "id" of its own.',
      })
    seen.add(id)
    const allocation = entry.allocation ?? 1 / entries.length
    if (!(allocation > 0))
      throw new InputError('strategy.allocation', `Expected an allocation above 0, found ${allocation}.`, {
        place: `strategy "${id}"`,
      })
    return {
      id,
      strategy: entry.strategy,
      params: { ...(single ? undefined : options.params), ...entry.params },
      allocation,
    }
  })
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  return typeof value === 'object'
    ? `an object with ${Object.keys(value).slice(0, 5).join(', ') || 'nothing in it'}`
    : `a ${typeof value}`
}

// ── Sizing ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

const calm: MarketState = {
  volume: Infinity,
  taken: 0,
  spread: NaN,
  high: NaN,
  low: NaN,
  averageVolume: NaN,
  volatility: NaN,
}

function sizingOf(resolved: ResolvedOptions): SizingRules {
  return {
    buffer: resolved.buffer,
    minChange: resolved.minChange,
    sizeAt: resolved.sizeAt,
    tif: TimeInForceCode[resolved.tif],
    costRate: (instrument, quantity, price, time) => {
      const value = quantity * price * instrument.multiplier
      if (!(value > 0)) return 0
      const fee = resolved.fees.orderFee(quantity, value, 1, time, 0) / value
      const slipped = resolved.slippage.needsHistory ? price : resolved.slippage.price(1, price, quantity, calm)
      const slippage = slipped >= price ? slipped / price - 1 : 0
      return Math.max(0, fee) + slippage
    },
  }
}

/**
 * Signed change that brings a target order's position to its weight at the fill's price. The fee of the part that closes
 * an opposite position is paid first: closing and opening by one order gives the same shares as by two.
 */
function targetAtFill(engine: Engine, resolved: ResolvedOptions, n: number, price: number): number {
  const { flow, ledger } = engine
  const { table } = flow
  const id = table.instrument[n]!
  const strategy = table.strategy[n]!
  const instrument = engine.instruments[id]!
  const held = ledger.held[strategy * engine.instruments.length + id]!
  const mark = ledger.mark[id]!
  const weight = table.extrasOf(n)?.weight ?? NaN
  const side: Sign = weight < 0 ? -1 : 1
  const unit = price * instrument.multiplier
  const feeOf = (quantity: number): number => resolved.fees.orderFee(quantity, quantity * unit, side, flow.now, 0)
  // The position is worth the fill's price at the fill.
  let equity = ledger.strategyEquity(strategy) + (held === 0 ? 0 : held * instrument.multiplier * (price - mark))
  const part = Math.abs(weight) * (1 - resolved.buffer)
  if (!(equity > 0 && price > 0 && part >= 0)) return 0
  const closed = held * side < 0 ? Math.abs(held) : 0
  if (closed > 0) equity -= feeOf(closed + (part * equity) / unit) - feeOf((part * equity) / unit)
  const budget = part * equity
  if (!(budget > 0)) return -held
  const rate = Math.max(0, feeOf(budget / unit)) / budget
  const lots = Math.floor(budget / (unit * (1 + rate)) / instrument.lot + 1e-9)
  return side * lots * instrument.lot - held
}

// ── End of the data ────────────────────────────────────────────────────────────────────────────────────────────────────

function closeAll(engine: Engine, execution: SimulatedExecution): void {
  const { flow, ledger } = engine
  flow.cancelWhere(() => true, 'end_of_data')
  const width = engine.instruments.length
  for (const host of engine.hosts)
    for (const instrument of engine.instruments) {
      const held = ledger.held[host.index * width + instrument.id]!
      if (held === 0) continue
      const n = flow.placeApproved(host.index, instrument.id, held > 0 ? -1 : 1, OrderTypeCode.market, Math.abs(held))
      execution.fillAt(n, ledger.mark[instrument.id]!, flow.now)
    }
}
