import {
  type BarInterval,
  type BarSeries,
  type EpochMs,
  InputError,
  type Instrument,
  type InstrumentId,
  intervalMs,
} from '@onetape/core'
import type { PlannedAction } from './agenda.ts'
import { Stream, StreamKind } from './stream.ts'
import type { LoopSeries } from './tick-series.ts'

const BAR = StreamKind.bar
const TRADE = StreamKind.trade

/** Instruments of a run in order of first appearance, and which one each series belongs to. */
export interface Registration {
  readonly instruments: readonly Instrument[]
  readonly of: ReadonlyMap<BarSeries, Instrument>
}

/**
 * Gives each symbol its dense id.
 * @throws {InputError} `data.none` without series, `data.twice` when two series have the same symbol and interval
 */
export function register(series: readonly BarSeries[]): Registration {
  if (series.length === 0) throw new InputError('data.none', 'Expected at least one series of bars, found none.')
  const bySymbol = new Map<string, Instrument>()
  const of = new Map<BarSeries, Instrument>()
  const seen = new Map<string, string>()
  for (const s of series) {
    const { symbol } = s.instrument
    const key = `${symbol} ${s.interval}`
    const twice = seen.get(key)
    if (twice !== undefined)
      throw new InputError('data.twice', `Found two series of ${key} bars: ${twice} and ${s.source}.`)
    seen.set(key, s.source)
    let instrument = bySymbol.get(symbol)
    if (instrument === undefined) {
      instrument = Object.freeze({ ...s.instrument, id: bySymbol.size as InstrumentId })
      bySymbol.set(symbol, instrument)
    }
    of.set(s, instrument)
  }
  return { instruments: [...bySymbol.values()], of }
}

/** One stream per series, in the order in which bars of one time are taken: shorter intervals first, then registration. */
export function sortedStreams(series: readonly BarSeries[], of: ReadonlyMap<BarSeries, Instrument>): readonly Stream[] {
  return series
    .map((s) => ({ s, ms: kindOf(s) === BAR ? intervalMs(s.interval) : 0, instrument: of.get(s)! }))
    .toSorted((a, b) => a.ms - b.ms || a.instrument.id - b.instrument.id)
    .map(({ s, instrument }, id) => new Stream(id, instrument, s, kindOf(s)))
}

/** First bar that starts at or after `time`. */
export function firstAt(times: Float64Array, time: EpochMs): number {
  let low = 0
  let high = times.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (times[middle]! < time) low = middle + 1
    else high = middle
  }
  return low
}

function kindOf(series: BarSeries): number {
  return 'kind' in series ? (series as LoopSeries).kind : BAR
}

/**
 * Gives the streams of an instrument their parts: orders match on quotes and trades where there are any, else on the
 * finest bars; marks come from trades and the finest bars, from quotes where there is nothing else or `mid` is asked for.
 * @returns the stream that stands for the instrument: trades before bars before quotes
 */
export function assignParts(streams: readonly Stream[], instrument: Instrument, mark: 'last' | 'mid' = 'last'): Stream {
  const own = streams.filter((s) => s.instrument === instrument)
  const ticks = own.filter((s) => s.kind !== BAR)
  const bars = own.find((s) => s.kind === BAR)
  if (bars !== undefined) bars.primary = true
  for (const s of ticks.length > 0 ? ticks : [bars!]) s.matching = true
  const quotes = mark === 'mid' ? own.filter((s) => s.kind === StreamKind.quote) : []
  const marking = quotes.length > 0 ? quotes : own.filter((s) => s === bars || s.kind === TRADE)
  for (const s of marking.length > 0 ? marking : own) s.marks = true
  return ticks.find((s) => s.kind === TRADE) ?? bars ?? own[0]!
}

/** The shortest of several intervals. */
export function finestInterval(intervals: readonly BarInterval[]): BarInterval {
  return intervals.toSorted((a, b) => intervalMs(a) - intervalMs(b))[0]!
}

/** Corporate actions of each instrument: those of the raw series that carries most of them. */
export function plannedActions(
  series: readonly BarSeries[],
  of: ReadonlyMap<BarSeries, Instrument>,
): readonly PlannedAction[] {
  const best = new Map<Instrument, BarSeries>()
  for (const s of series) {
    const instrument = of.get(s)!
    if (s.prices !== 'adjusted' && s.actions.length > (best.get(instrument)?.actions.length ?? 0))
      best.set(instrument, s)
  }
  return [...best].flatMap(([instrument, s]) =>
    s.actions
      // A split that the prices do not show any more must not change positions either.
      .filter((action) => action.kind !== 'split' || s.prices === 'raw')
      .map((action) => ({ instrument: instrument.id, action })),
  )
}
