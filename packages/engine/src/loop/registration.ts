import { type BarInterval, type BarSeries, type EpochMs, InputError, type Instrument, type InstrumentId, intervalMs } from '@onetape/core'
import type { PlannedAction } from './agenda.ts'
import { Stream } from './stream.ts'

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
    if (twice !== undefined) throw new InputError('data.twice', `Found two series of ${key} bars: ${twice} and ${s.source}.`)
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
    .map((s) => ({ s, ms: intervalMs(s.interval), instrument: of.get(s)! }))
    .toSorted((a, b) => a.ms - b.ms || a.instrument.id - b.instrument.id)
    .map(({ s, instrument }, id) => new Stream(id, instrument, s))
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

/** The stream that orders of the instrument match on. */
export function finest(streams: readonly Stream[], instrument: Instrument): Stream {
  return streams.find((s) => s.instrument === instrument)!
}

/** The shortest of several intervals. */
export function finestInterval(intervals: readonly BarInterval[]): BarInterval {
  return intervals.toSorted((a, b) => intervalMs(a) - intervalMs(b))[0]!
}

/** Corporate actions of each instrument: those of the raw series that carries most of them. */
export function plannedActions(series: readonly BarSeries[], of: ReadonlyMap<BarSeries, Instrument>): readonly PlannedAction[] {
  const best = new Map<Instrument, BarSeries>()
  for (const s of series) {
    const instrument = of.get(s)!
    if (s.prices !== 'adjusted' && s.actions.length > (best.get(instrument)?.actions.length ?? 0)) best.set(instrument, s)
  }
  return [...best].flatMap(([instrument, s]) => s.actions.map((action) => ({ instrument: instrument.id, action })))
}
