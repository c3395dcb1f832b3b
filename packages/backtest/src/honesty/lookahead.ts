import { type BarSeries, type EpochMs, InputError, type ParamSpecs, isInputError, seededRandom } from '@onetape/core'
import type { BacktestOptions } from '../options.ts'
import { backtest } from '../run/backtest.ts'
import { type Decision, DecisionLog, type Divergence, STOP, isOwn, watchedEntries } from './decision-log.ts'
import {
  type FutureShape,
  type Market,
  MarketTape,
  type Mask,
  type RowFilter,
  type Rows,
  firstAfter,
} from './market-tape.ts'

/** Options of a run, or how to make them from the data: the way to reach strategies that are made with it. */
export type OptionsOrMaker<P extends ParamSpecs = ParamSpecs> =
  | BacktestOptions<P>
  | ((data: readonly BarSeries[]) => BacktestOptions<P>)

export interface LookaheadSettings {
  /**
   * Moments after which the future is changed: half of them right after a decision. Default 30, and up to 250 when the
   * run has few bars.
   */
  readonly points?: number
  /** Seed of the moments and of the changes, default 1. */
  readonly seed?: number
  /** What a maker of options is called with; it alone needs it. */
  readonly data?: readonly BarSeries[]
  /** Called after each moment. */
  readonly onProgress?: (done: number, total: number) => void
}

/**
 * Where knowledge of the future came from:
 * - `future-bar`: a bar, quote or trade that begins at or after the decision
 * - `bar-in-hand`: a bar of the same instrument that had not ended
 * - `other-instrument`: a bar of another instrument that had not ended
 * - `higher-timeframe`: a longer bar that had not ended
 * - `corporate-action`: a split or dividend to come; `end-of-data`: where the data ends
 * - `not-repeatable`: none of these: two runs over the same data differ, so nothing can be said
 */
export type LookaheadKind =
  | 'future-bar'
  | 'bar-in-hand'
  | 'other-instrument'
  | 'higher-timeframe'
  | 'corporate-action'
  | 'end-of-data'
  | 'not-repeatable'

/** The first decision that a change of its future changed. */
export interface LookaheadFinding {
  readonly kind: LookaheadKind
  /** Time of the decision. */
  readonly time: EpochMs
  readonly strategy: string
  /** Instrument that the decision concerns. */
  readonly symbol: string | undefined
  /** What was done with the data as it is; undefined for nothing. */
  readonly decision: Decision | undefined
  /** What was done instead when the future was another. */
  readonly instead: Decision | undefined
  /** The row that the decision hangs on, and which of its figures; undefined when no single row does it. */
  readonly source:
    | {
        readonly symbol: string
        /** `1m`, …, or `quotes`, `trades`. */
        readonly interval: string
        readonly start: EpochMs
        /** When it becomes knowable: after the decision. */
        readonly knowable: EpochMs
        /** Columns that alone change the decision. */
        readonly columns: readonly string[]
      }
    | undefined
  /** Everything after `after` that `scope` picks was changed in this way. */
  readonly change: { readonly shape: FutureShape; readonly scope: ChangeScope; readonly after: EpochMs } | undefined
}

/** Which of the later rows were changed. */
export type ChangeScope = 'everything' | 'one instrument' | 'longer intervals' | 'open bars'

export interface LookaheadResult {
  /** True when no decision changed. */
  readonly passed: boolean
  readonly finding: LookaheadFinding | undefined
  /** Moments tried. */
  readonly points: number
  readonly runs: number
  /** Decisions of the run over the data as it is. */
  readonly decisions: number
  /** What weakens a pass. */
  readonly cautions: readonly string[]
}

/** Unless points are asked for: moments tried times moments of the run, which is what a check takes. */
const WORK = 120_000

interface Probe {
  readonly shape: FutureShape
  readonly scope: ChangeScope
  readonly filter?: RowFilter
}

/**
 * Looks for decisions that hang on the future. First the arrays of the data hold another future whenever a handler runs,
 * at every moment of the run, so that a single look ahead is enough. Then everything that becomes knowable after some
 * moments is changed, and all that was done up to them is compared. The first decision that differs is reported with the
 * row it hangs on.
 *
 * The changes are made in the arrays of the data themselves, for the time of each run, so that a strategy which holds
 * them is found out, too. Copies made beforehand are out of reach: a strategy that is made from the data must be given
 * as a function, `lookahead((data) => ({ strategy: cheat(data), data }), { data })`. What a strategy reads from files or
 * the network by itself stays as it is, and cannot be found.
 *
 * @throws {InputError} for wrong options, and whatever the first run throws
 */
export function lookahead<P extends ParamSpecs>(
  options: OptionsOrMaker<P>,
  settings: LookaheadSettings = {},
): LookaheadResult {
  return new Lookahead(options, settings).run()
}

class Lookahead {
  readonly #options: OptionsOrMaker<any>
  readonly #settings: LookaheadSettings
  readonly #tape: MarketTape
  #base: readonly Decision[] = []
  #runs = 0

  constructor(options: OptionsOrMaker<any>, settings: LookaheadSettings) {
    const { points = 1, data } = settings
    if (!(Number.isInteger(points) && points > 0))
      throw new InputError('option.value', `Expected a whole number above 0, found ${points}.`, { place: 'points' })
    if (typeof options === 'function' && data === undefined)
      throw new InputError('option.value', 'A function that makes options needs the data to call it with.', {
        place: 'data',
        hint: 'Give it as lookahead(make, { data }).',
      })
    this.#options = options
    this.#settings = settings
    const { quotes, trades, ...rest } = typeof options === 'function' ? options(data!) : options
    this.#tape = new MarketTape(
      {
        data: rest.data,
        ...(quotes === undefined ? {} : { quotes }),
        ...(trades === undefined ? {} : { trades }),
      },
      settings.seed ?? 1,
    )
  }

  run(): LookaheadResult {
    const log = new DecisionLog()
    this.#play(log, undefined)
    this.#base = log.decisions
    const repeated = this.#compare(Infinity, undefined)
    if (repeated !== undefined) return this.#result(findingOf('not-repeatable', repeated), 0)
    for (const shape of ['rise', 'fall', 'noise'] as const) {
      const seen = this.#masked(shape, log.moments.length)
      if (seen === undefined) continue
      const time = Math.min(seen.expected?.time ?? Infinity, seen.found?.time ?? Infinity)
      return this.#result(this.#explained(seen, time, { shape, scope: 'everything' }), 0)
    }
    const moments = this.#chosen(log.moments)
    let done = 0
    for (const after of moments) {
      for (const probe of this.#probes(after, done)) {
        const until = probe.shape === 'end' ? Math.min(after, this.#tape.endsAt(after)) : after
        const divergence = this.#changed(after, probe, until)
        if (divergence !== undefined) return this.#result(this.#explained(divergence, after, probe), done + 1)
      }
      done++
      this.#settings.onProgress?.(done, moments.length)
    }
    return this.#result(undefined, done)
  }

  #result(finding: LookaheadFinding | undefined, points: number): LookaheadResult {
    const cautions = this.#base.some(({ kind }) => kind === 'order')
      ? []
      : ['The strategy placed no order: there was nothing that the future could have changed.']
    return { passed: finding === undefined, finding, points, runs: this.#runs, decisions: this.#base.length, cautions }
  }

  // ── Moments and changes ────────────────────────────────────────────────────────────────────────────────────────────

  /** Half of the moments are those of decisions, since a cheat shows where it decides; spread over the run, in order. */
  #chosen(moments: readonly EpochMs[]): readonly EpochMs[] {
    const { seed = 1 } = this.#settings
    const points = this.#settings.points ?? Math.min(250, Math.max(30, Math.floor(WORK / moments.length)))
    const random = seededRandom(seed)
    const decided = [...new Set(this.#base.filter(isOwn).map(({ time }) => time))].filter(Number.isFinite)
    const picked = new Set(spread(decided, Math.ceil(points / 2), () => random.next()))
    const others = moments.filter((moment) => !picked.has(moment))
    for (const moment of spread(others, points - picked.size, () => random.next())) picked.add(moment)
    return [...picked].toSorted((a, b) => a - b)
  }

  #probes(after: EpochMs, turn: number): readonly Probe[] {
    const { rows, hasActions } = this.#tape
    const probes: Probe[] = (['rise', 'fall', 'noise'] as const).map((shape) => ({ shape, scope: 'everything' }))
    const symbols = [...new Set(rows.map(({ symbol }) => symbol))]
    if (symbols.length > 1) {
      const one = symbols[turn % symbols.length]
      probes.push({ shape: 'rise', scope: 'one instrument', filter: (k) => rows[k]!.symbol === one })
    }
    const longer = rows.map((own) => rows.some((other) => other.symbol === own.symbol && isFiner(other, own)))
    if (longer.includes(true)) probes.push({ shape: 'fall', scope: 'longer intervals', filter: (k) => longer[k]! })
    probes.push({ shape: 'noise', scope: 'open bars', filter: (k, i) => rows[k]!.start[i]! < after })
    if (hasActions) probes.push({ shape: 'actions', scope: 'everything' })
    // Last, since it changes all that the others change, and names no source.
    probes.push({ shape: 'end', scope: 'everything' })
    return probes.filter(({ scope, filter }) => {
      return (
        scope !== 'open bars' ||
        rows.some((own, k) => {
          const next = firstAfter(own.knowable, after)
          return next < own.knowable.length && filter!(k, next)
        })
      )
    })
  }

  #changed(
    after: EpochMs,
    { shape, filter }: Probe,
    until: EpochMs,
    column?: string,
    widened?: boolean,
  ): Divergence | undefined {
    return this.#tape.with({ shape, after, filter, column, widened }, (market) => this.#compare(until, market))
  }

  /** A run in which no handler finds the future as it is. */
  #masked(shape: 'rise' | 'fall' | 'noise', handlers: number): Divergence | undefined {
    return this.#tape.masked(shape, handlers, (market, mask) => this.#compare(Infinity, market, mask))
  }

  #compare(until: EpochMs, market: Market | undefined, mask?: Mask): Divergence | undefined {
    const log = new DecisionLog(this.#base, until)
    try {
      this.#play(log, market, mask)
    } catch (error) {
      const cause = error instanceof Error ? error.cause : undefined
      // Before the first bar of the window the data can end, and there is nothing to compare.
      if (isInputError(error) && error.code === 'data.range_empty' && market !== undefined) return undefined
      // A strategy that throws in another future is a difference as any other; it stands in the log.
      if (cause !== STOP && !(error instanceof Error && error.name === 'StrategyError')) throw error
    }
    return log.finish()
  }

  #play(log: DecisionLog, market: Market | undefined, mask?: Mask): void {
    this.#runs++
    const { onProgress: _, ...options } =
      typeof this.#options === 'function'
        ? { ...this.#options(market?.data ?? this.#settings.data!), ...ticksOf(market) }
        : { ...this.#options, ...market }
    // What is done because the data ends is no decision.
    backtest({ ...options, strategy: watchedEntries(options, log, { mask }), closeAtEnd: false })
  }

  // ── Finding out where it came from ─────────────────────────────────────────────────────────────────────────────────

  #explained(divergence: Divergence, after: EpochMs, probe: Probe): LookaheadFinding {
    const { shape, scope } = probe
    const change = { shape, scope, after }
    if (shape === 'actions') return findingOf('corporate-action', divergence, change)
    if (shape === 'end') return findingOf('end-of-data', divergence, change)
    const narrowed = this.#narrowed(after, probe)
    const seen = narrowed?.divergence ?? divergence
    if (narrowed === undefined) return findingOf('future-bar', seen, change)
    const { series, row } = narrowed
    const own = this.#tape.rows[series]!
    const [start, knowable] = [own.start[row]!, own.knowable[row]!]
    const columns = [
      'open',
      'high',
      'low',
      'close',
      'volume',
      'bid',
      'ask',
      'bidSize',
      'askSize',
      'price',
      'size',
    ].filter((column) => narrowed.alone && this.#alone(after, probe, series, row, column) !== undefined)
    const finding = findingOf(this.#kindOf(own, start, seen), seen, change)
    return { ...finding, source: { symbol: own.symbol, interval: own.interval, start, knowable, columns } }
  }

  #kindOf(own: Rows, start: EpochMs, { expected, found }: Divergence): LookaheadKind {
    const { time, symbol } = (expected ?? found)!
    if (start >= time) return 'future-bar'
    if (this.#tape.rows.some((other) => other.symbol === own.symbol && isFiner(other, own))) return 'higher-timeframe'
    return symbol !== undefined && symbol !== own.symbol ? 'other-instrument' : 'bar-in-hand'
  }

  /** The first row, in order of knowing, without which the change has no effect. */
  #narrowed(
    after: EpochMs,
    probe: Probe,
  ): { series: number; row: number; alone: boolean; divergence: Divergence } | undefined {
    const { rows } = this.#tape
    const picks = (k: number, i: number): boolean => probe.filter?.(k, i) ?? true
    const times = this.#timesAfter(after, picks)
    const upTo = (last: number, lastSeries: number): Divergence | undefined => {
      const time = times[last]!
      const early = (k: number, known: EpochMs): boolean => known < time || (known === time && k <= lastSeries)
      return this.#changed(after, { ...probe, filter: (k, i) => picks(k, i) && early(k, rows[k]!.knowable[i]!) }, after)
    }
    let low = 0
    let high = times.length - 1
    while (low < high) {
      const middle = (low + high) >> 1
      if (upTo(middle, Infinity) === undefined) low = middle + 1
      else high = middle
    }
    for (let series = 0; series < rows.length; series++) {
      const row = firstAfter(rows[series]!.knowable, times[low]!) - 1
      if (row < 0 || rows[series]!.knowable[row] !== times[low]) continue
      const together = upTo(low, series)
      if (together === undefined) continue
      const single = this.#alone(after, probe, series, row)
      return { series, row, alone: single !== undefined, divergence: single ?? together }
    }
    return undefined
  }

  /** Knowable times of the rows after a time, without repeats, in order. */
  #timesAfter(after: EpochMs, picks: RowFilter): readonly EpochMs[] {
    const times = new Set<EpochMs>()
    for (const [k, { knowable }] of this.#tape.rows.entries())
      for (let i = firstAfter(knowable, after); i < knowable.length; i++) if (picks(k, i)) times.add(knowable[i]!)
    return [...times].toSorted((a, b) => a - b)
  }

  /** One row changed and nothing else. */
  #alone(after: EpochMs, probe: Probe, series: number, row: number, column?: string): Divergence | undefined {
    if (column !== undefined && !this.#tape.has(series, column)) return undefined
    const only: Probe = { ...probe, filter: (k, i) => k === series && i === row }
    try {
      return this.#changed(after, only, after, column)
    } catch (error) {
      // Whoever copies the data may check it, and a close of its own may lie outside of the bar.
      if (column === undefined || !isInputError(error)) throw error
      return this.#changed(after, only, after, column, true)
    }
  }
}

function findingOf(kind: LookaheadKind, divergence: Divergence, change?: LookaheadFinding['change']): LookaheadFinding {
  const { expected: decision, found: instead } = divergence
  const first = decision === undefined || (instead !== undefined && instead.time < decision.time) ? instead! : decision
  const { time, strategy, symbol } = first
  return { kind, time, strategy, symbol, decision, instead, source: undefined, change }
}

function ticksOf(market: Market | undefined): Omit<Market, 'data'> {
  const { data: _, ...ticks } = market ?? { data: [] }
  return ticks
}

/** True when bars of `a` are shorter than those of `b`; ticks are shorter than bars. */
function isFiner(a: Rows, b: Rows): boolean {
  return length(a) < length(b)
}

function length({ start, knowable, interval }: Rows): number {
  if (interval === 'quotes' || interval === 'trades') return 0
  return knowable.length === 0 ? Infinity : knowable[0]! - start[0]!
}

/** At most `count` of the values, one by chance from each of as many equal parts. */
function spread<T>(values: readonly T[], count: number, chance: () => number): readonly T[] {
  if (values.length <= count) return values
  const part = values.length / count
  return Array.from({ length: count }, (_, k) => values[Math.floor((k + chance()) * part)]!)
}
