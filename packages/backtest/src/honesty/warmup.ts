import { type Figures, summarize } from '@onetape/analytics'
import {
  type BarColumns,
  type BarSeries,
  BAR_COLUMNS,
  type EpochMs,
  type IRiskGate,
  type IndicatorHandle,
  InputError,
  type ParamSpecs,
  type QuoteSeries,
  type StrategyContext,
  type TradeSeries,
  type Usd,
  intervalMs,
} from '@onetape/core'
import { basicGate } from '@onetape/engine'
import type { BacktestOptions } from '../options.ts'
import type { BacktestResult } from '../result/backtest-result.ts'
import { backtest } from '../run/backtest.ts'
import { runWindow } from '../run/window.ts'
import {
  type Decision,
  DecisionLog,
  type Divergence,
  NOTHING_SENT,
  STOP,
  isOwn,
  watchedEntries,
} from './decision-log.ts'

export interface WarmupSettings {
  /** Bars of history more or less, of the finest data; default −20, −5, 5, 20, 100, 500. */
  readonly shifts?: readonly number[]
  /** Part by which a figure may move, default 0.01. */
  readonly tolerance?: number
  /** Called after each run. */
  readonly onProgress?: (done: number, total: number) => void
}

/** A figure that moved by more than the tolerance. */
export interface MovedFigure {
  readonly key: keyof Figures
  readonly base: number
  readonly value: number
}

/** An indicator that has another value at the first decision, since it remembers bars beyond its declared warm-up. */
export interface DriftingIndicator {
  /** With its parameters: `ema(20)`. */
  readonly name: string
  readonly symbol: string
  readonly base: number
  readonly value: number
  /** |value − base| / the larger of both. */
  readonly drift: number
}

/** The run with more or less history before the same start. */
export interface WarmupVariant {
  readonly shift: number
  /** Bars of the finest data before the start. */
  readonly history: number
  readonly finalEquity: Usd
  readonly figures: Figures
  readonly moved: readonly MovedFigure[]
  /** First thing that the strategy did otherwise: `expected` by the base, `found` here. */
  readonly decision: Divergence | undefined
  readonly indicators: readonly DriftingIndicator[]
}

export interface WarmupResult {
  /** True when no figure moved and no decision changed. */
  readonly passed: boolean
  /** From here on orders are let through in every run. */
  readonly start: EpochMs
  /** Bars of the finest data that the indicators declare. */
  readonly declared: number
  /** Bars before the start in the run that the others are compared with. */
  readonly history: number
  readonly finalEquity: Usd
  readonly figures: Figures
  readonly variants: readonly WarmupVariant[]
  /** Shifts for which the data has too little history. */
  readonly skipped: readonly number[]
  /** Indicators that drift in any variant, the worst value of each, largest drift first. */
  readonly causes: readonly DriftingIndicator[]
}

/** Figures that are compared: those that people decide by. */
const WATCHED = [
  'totalReturn',
  'cagr',
  'volatility',
  'sharpe',
  'sortino',
  'maxDrawdown',
  'trades',
  'winRate',
  'profitFactor',
  'expectancy',
  'timeInMarket',
  'turnover',
] as const satisfies readonly (keyof Figures)[]

/** Below it two values of an indicator are the same but for rounding. */
const ROUNDING = 1e-9

/**
 * Varies the history before the start of a run and reports what moves. All runs begin to trade at the same moment with
 * the same cash; what differs is how many bars the indicators and the strategy have seen by then. The shortest has as
 * many as the indicators declare. What still moves hangs on where the data happens to begin: an indicator with a long
 * memory that declares too little, or state that the strategy keeps by itself.
 *
 * Without `from` the start is put as far into the data as the largest shift needs, at most to its middle. Orders before
 * the start are denied (`warm_up`).
 *
 * @throws {InputError} `warmup.data` when there are too few bars, and for wrong options or settings
 */
export function warmup<P extends ParamSpecs>(options: BacktestOptions<P>, settings: WarmupSettings = {}): WarmupResult {
  const { shifts = [-20, -5, 5, 20, 100, 500], tolerance = 0.01 } = settings
  for (const shift of shifts)
    if (!Number.isInteger(shift))
      throw new InputError('option.value', `Expected whole numbers of bars, found ${shift}.`, { place: 'shifts' })
  if (!(tolerance >= 0))
    throw new InputError('option.value', `Expected 0 or more, found ${tolerance}.`, { place: 'tolerance' })
  const { series, index, declared, history } = plan(options, shifts)
  const { time } = series.columns
  const start = time[index]!
  const begins = (bars: number): EpochMs => (bars === index ? -Infinity : time[index - bars]!)
  const possible = [...new Set(shifts)].filter((shift) => shift !== 0 && history + shift <= index)

  const base = trial(options, start, begins(history))
  const counts = (decision: Decision): boolean =>
    isOwn(decision) && decision.time > start && !decision.text.endsWith(NOTHING_SENT)
  const expected = base.log.decisions.filter(counts).map(unnumbered)
  let done = 1
  settings.onProgress?.(done, possible.length + 1)
  const variants = possible.map((shift): WarmupVariant => {
    const other = trial(options, start, begins(history + shift))
    const comparing = new DecisionLog(expected)
    for (const decision of other.log.decisions) if (counts(decision)) comparing.add(unnumbered(decision))
    done++
    settings.onProgress?.(done, possible.length + 1)
    return {
      shift,
      history: history + shift,
      finalEquity: other.result.finalEquity,
      figures: other.figures,
      moved: WATCHED.flatMap((key) => {
        const [before, value] = [base.figures[key], other.figures[key]]
        return relative(before, value) > tolerance ? [{ key, base: before, value }] : []
      }),
      decision: comparing.finish(),
      indicators: drifting(base.readings, other.readings),
    }
  })
  return {
    passed: variants.every(({ moved, decision }) => moved.length === 0 && decision === undefined),
    start,
    declared,
    history,
    finalEquity: base.result.finalEquity,
    figures: base.figures,
    variants,
    skipped: shifts.filter((shift) => history + shift > index),
    causes: worstOf(variants.flatMap(({ indicators }) => indicators)),
  }
}

// ── Start and history ──────────────────────────────────────────────────────────────────────────────────────────────────

/** The series that history is counted in, the index of the bar that the run starts with, and the base's history. */
function plan(
  options: BacktestOptions<any>,
  shifts: readonly number[],
): { readonly series: BarSeries; readonly index: number; readonly declared: number; readonly history: number } {
  const { data, from, to } = options
  const first = data[0]
  if (first === undefined) throw new InputError('data.none', 'Expected at least one series of bars, found none.')
  const series = data
    .filter((each) => each.instrument.symbol === first.instrument.symbol)
    .toSorted((a, b) => intervalMs(a.interval) - intervalMs(b.interval))[0]!
  const declared = declaredBars(options, series)
  const history = declared + Math.max(0, -Math.min(0, ...shifts))
  const most = history + Math.max(0, ...shifts)
  const { time } = series.columns
  const asked = runWindow(data, from, to)
  const opening = asked.from === undefined ? -1 : time.findIndex((each) => each >= asked.from!)
  const index = Math.max(history, opening === -1 ? Math.min(most, Math.floor(series.length / 2)) : opening)
  const end = asked.to === undefined ? series.length : time.findLastIndex((each) => each < asked.to!) + 1
  if (index >= end)
    throw new InputError('warmup.data', `Expected more than ${index} bars before the end of the run, found ${end}.`, {
      place: series.source,
      hint: 'Give more data, or smaller shifts.',
    })
  return { series, index, declared, history }
}

/** Bars of the finest series in which every declared warm-up has passed. */
function declaredBars(options: BacktestOptions<any>, finest: BarSeries): number {
  let bars = 0
  const onIndicator = (_: string, handle: IndicatorHandle, interval: string | undefined): void => {
    const own = options.data.find(
      ({ instrument, interval: length }) => instrument.symbol === finest.instrument.symbol && length === interval,
    )
    // Longer bars: how many short ones each takes, and one more, since the cut need not fall between two of them.
    const each = own === undefined ? 1 : Math.max(1, Math.round(finest.length / overlap(own, finest)))
    bars = Math.max(bars, each === 1 ? handle.warmUp : (handle.warmUp + 1) * each)
  }
  try {
    // Ends before the first event.
    backtest({
      ...options,
      benchmark: false,
      strategy: watchedEntries(options, new DecisionLog([], -Infinity), { onIndicator }),
    })
  } catch (error) {
    if (!(error instanceof Error && error.cause === STOP)) throw error
  }
  return bars
}

/** Bars of `series` that lie in the time of `other`. */
function overlap(series: BarSeries, other: BarSeries): number {
  const [first, last] = [other.columns.time[0] ?? Infinity, other.columns.end.at(-1) ?? -Infinity]
  const { time, end } = series.columns
  return time.filter((start, i) => end[i]! > first && start < last).length
}

// ── One run ────────────────────────────────────────────────────────────────────────────────────────────────────────────

interface Trial {
  readonly log: DecisionLog
  readonly result: BacktestResult
  readonly figures: Figures
  readonly readings: readonly Reading[]
}

interface Reading {
  readonly name: string
  readonly symbol: string
  readonly value: number
}

/** A run over the data from `begin` on that may trade after `start`. */
function trial(options: BacktestOptions<any>, start: EpochMs, begin: EpochMs): Trial {
  const log = new DecisionLog()
  const handles: { readonly name: string; readonly handle: IndicatorHandle }[] = []
  let readings: readonly Reading[] | undefined
  const { from: _, onProgress: __, quotes, trades, gate, ...kept } = options
  const result = backtest({
    ...kept,
    data: options.data.map((series) => cutBars(series, begin)),
    ...(quotes === undefined ? {} : { quotes: quotes.map((series) => cutTicks(series, begin)) }),
    ...(trades === undefined ? {} : { trades: trades.map((series) => cutTicks(series, begin)) }),
    strategy: watchedEntries(options, log, {
      onIndicator: (name, handle) => void handles.push({ name, handle }),
      before(ctx) {
        if (readings === undefined && ctx.now > start) readings = readAll(handles, ctx)
      },
    }),
    gate: closedUntil(start, gate ?? basicGate()),
    // What is sized at its fill passes no gate.
    sizeAt: 'decision',
    benchmark: false,
  })
  return { log, result, figures: figuresSince(result, options, start), readings: readings ?? [] }
}

function closedUntil(start: EpochMs, gate: IRiskGate): IRiskGate {
  return { name: `${gate.name}, closed at first`, check: (ask) => (ask.time > start ? gate.check(ask) : 'warm_up') }
}

function readAll(
  handles: readonly { readonly name: string; readonly handle: IndicatorHandle }[],
  { instruments }: StrategyContext,
): readonly Reading[] {
  return handles.flatMap(({ name, handle }) =>
    instruments.map((each) => ({ name, symbol: each.symbol, value: handle.of(each).value })),
  )
}

/** Figures from the start on: the sessions before it, in which nothing could be traded, differ in number. */
function figuresSince(result: BacktestResult, { riskFree, convention }: BacktestOptions<any>, start: EpochMs): Figures {
  const { time, nav } = result.nav
  const from = Math.max(
    0,
    time.findLastIndex((each) => each <= start),
  )
  return summarize({
    navTime: time.subarray(from),
    nav: nav.subarray(from),
    trades: result.trades,
    openTrades: result.openPositions,
    periodsPerYear: result.periodsPerYear,
    riskFree,
    convention,
  })
}

function cutBars(series: BarSeries, begin: EpochMs): BarSeries {
  const from = indexFrom(series.columns.time, begin)
  if (from === 0) return series
  const columns = Object.fromEntries(
    BAR_COLUMNS.map((name) => [name, series.columns[name].subarray(from)]),
  ) as unknown as BarColumns
  return { ...series, length: series.length - from, columns, adjClose: series.adjClose?.subarray(from) }
}

function cutTicks<S extends QuoteSeries | TradeSeries>(series: S, begin: EpochMs): S {
  const from = indexFrom(series.columns.time, begin)
  if (from === 0) return series
  const columns = Object.entries(series.columns).map(([name, column]) => [name, column.subarray(from)])
  return { ...series, length: series.length - from, columns: Object.fromEntries(columns) as S['columns'] }
}

function indexFrom(times: Float64Array, begin: EpochMs): number {
  const found = times.findIndex((time) => time >= begin)
  return found === -1 ? times.length : found
}

// ── What moved ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Denied orders take numbers, so that numbers differ where nothing else does. */
function unnumbered(decision: Decision): Decision {
  const text = decision.text.replace(/\border \d+/g, 'order').replace(/^(cancel|modify) \d+/, '$1')
  return { ...decision, text }
}

function relative(a: number, b: number): number {
  if (Object.is(a, b) || a === b) return 0
  const apart = Math.abs(a - b) / Math.max(Math.abs(a), Math.abs(b))
  return Number.isNaN(apart) ? Infinity : apart
}

function drifting(base: readonly Reading[], other: readonly Reading[]): readonly DriftingIndicator[] {
  const found = base.flatMap(({ name, symbol, value }, k): DriftingIndicator[] => {
    const now = other[k]?.value ?? NaN
    const drift = relative(value, now)
    return drift > ROUNDING ? [{ name, symbol, base: value, value: now, drift }] : []
  })
  return found.toSorted((a, b) => b.drift - a.drift)
}

function worstOf(all: readonly DriftingIndicator[]): readonly DriftingIndicator[] {
  const worst = new Map<string, DriftingIndicator>()
  for (const each of all) if (each.drift > (worst.get(each.name)?.drift ?? 0)) worst.set(each.name, each)
  return [...worst.values()].toSorted((a, b) => b.drift - a.drift)
}
