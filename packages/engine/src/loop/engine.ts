import {
  type Bar,
  type BarInterval,
  type BarSeries,
  type BarValues,
  type DenialCode,
  type EpochMs,
  type IRiskGate,
  type IndicatorHandle,
  type IndicatorSpec,
  InputError,
  type Instrument,
  type InstrumentRef,
  InvariantError,
  type QuoteSeries,
  type TradeSeries,
  OrderStateCode,
  OrderTypeCode,
  type RunId,
  type Strategy,
  StrategyError,
  type Usd,
  type UseOptions,
  didYouMean,
  formatInstant,
  isSessionInterval,
  resolveParams,
  seededRandom,
} from '@onetape/core'
import { calendar } from '@onetape/calendar'
import type { FeeModel } from '@onetape/costs'
import { CorporateActions } from '../actions/corporate-actions.ts'
import { AccountKeeper, type AccountModels } from '../account/account-keeper.ts'
import { IndicatorDeck } from '../indicator/indicator-deck.ts'
import { Ledger } from '../ledger/ledger.ts'
import { type FlowRules, OrderFlow } from '../order/order-flow.ts'
import { OrderDesk, type SizingRules } from '../strategy/order-desk.ts'
import { PortfolioView } from '../strategy/portfolio-view.ts'
import { HostContext, type LogLine, NEVER, StrategyHost } from '../strategy/strategy-host.ts'
import { SliceView } from '../strategy/slice-view.ts'
import { TimerQueue } from '../strategy/timer-queue.ts'
import { RecordHash, RecordKind } from '../tape/record-hash.ts'
import { SeriesHash } from '../tape/series-hash.ts'
import { MergeHash, tapeHash } from '../tape/tape-hash.ts'
import { Agenda } from './agenda.ts'
import type { ExecutionPort } from './execution-port.ts'
import { type MergePlan, mergePlan } from './merge-plan.ts'
import { assignParts, finestInterval, firstAt, plannedActions, register, sortedStreams } from './registration.ts'
import { type Stream, StreamKind } from './stream.ts'
import { tickSeries } from './tick-series.ts'
import { QuoteView, TradeView } from './tick-views.ts'

/** A strategy of the run. */
export interface EngineStrategy {
  readonly id: string
  readonly strategy: Strategy<any>
  readonly params: Readonly<Record<string, unknown>>
  /** Fraction of the initial cash. */
  readonly allocation: number
}

export interface EngineOptions {
  readonly run: RunId
  readonly series: readonly BarSeries[]
  /** Quotes and trades: where an instrument has any, its orders match on them instead of on bars. */
  readonly ticks?: readonly (QuoteSeries | TradeSeries)[] | undefined
  /** Bars that start before it only warm up, and only as many as the indicators need. Default: all bars are in the window. */
  readonly from?: EpochMs | undefined
  /** Bars that start at or after it are left out. */
  readonly to?: EpochMs | undefined
  readonly strategies: readonly EngineStrategy[]
  readonly cash: number
  readonly rules: FlowRules
  readonly sizing: SizingRules
  readonly fees: FeeModel
  readonly gate: IRiskGate
  readonly seed: number
  /** Interest, borrowing, settlement, margin calls; default none of it. */
  readonly account?: AccountModels | undefined
  /** What positions are valued at where there are quotes: the last trade or bar, or the middle of the quote. */
  readonly mark?: 'last' | 'mid' | undefined
  /** What a dividend does. */
  readonly dividends: 'cash' | 'reinvest' | 'ignore'
  /** Called when all events are through, before `onStop`: a backtest may close positions here. */
  readonly onEnd?: (() => void) | undefined
  readonly onProgress?: ((done: number, total: number) => void) | undefined
}

/** A bar that has just become knowable, and the stream it belongs to. */
export interface IncomingBar {
  readonly stream: Stream
  readonly values: BarValues
}

/** What a run leaves behind, in columns; packages above make records of it. */
export interface EngineResult {
  readonly tapeHash: string
  /** Knowable times and the equity after each. */
  readonly times: Float64Array
  readonly equity: Float64Array
  readonly events: number
  /** By strategy and instrument: the bars that passed before its first `onBar`. */
  readonly warmUp: readonly { readonly strategy: string; readonly symbol: string; readonly bars: number }[]
  readonly log: readonly LogLine[]
  readonly notices: readonly string[]
}

// Local: V8 folds a constant of this module, and loads an imported one at every use.
const BAR = StreamKind.bar
const TRADE = StreamKind.trade
/** Events between two reports of progress. */
const CHUNK = 65_536
/** Events of one call of the loop over several streams. */
const CALL = 1024

/**
 * In place of the first delivered bar when the data ends before the warm-up does. Not {@link NEVER}: orders are denied as
 * in longer data, or how much data follows would show in what is denied.
 */
const UNREADY = NEVER - 1

/**
 * The one loop. It takes events in the total order of the rules, one knowable time after the other: the venue matches,
 * marks and indicators move, strategies are called, their orders pass the gate. It makes no ports of its own and knows
 * no clock but the events' times.
 */
export class Engine {
  declare readonly instruments: readonly Instrument[]
  declare readonly streams: readonly Stream[]
  declare readonly flow: OrderFlow
  declare readonly ledger: Ledger
  declare readonly hosts: readonly StrategyHost[]
  readonly notices: string[] = []
  readonly #options: EngineOptions
  readonly #decks: readonly IndicatorDeck[]
  readonly #deckOf: readonly IndicatorDeck[]
  /** By instrument: its matching stream. */
  readonly #matching: readonly Stream[]
  readonly #quotes: readonly (QuoteView | undefined)[]
  readonly #trades: readonly (TradeView | undefined)[]
  /** The streams that carry bars. */
  readonly #bars: readonly Stream[]
  /** Bars of each instrument. */
  readonly #streamsOf: readonly (readonly Stream[])[]
  readonly #slices: readonly SliceView[]
  readonly #hashes: readonly SeriesHash[]
  readonly #merge = new MergeHash()
  readonly #records = new RecordHash()
  readonly #timers = new TimerQueue()
  readonly #agenda: Agenda
  readonly #bySymbol: ReadonlyMap<string, Instrument>
  readonly #log: LogLine[] = []
  /** Next moment at which something other than a bar is due; −Infinity when every bar must ask. */
  #due: EpochMs = Infinity
  #execution: ExecutionPort | undefined
  #keeper: AccountKeeper | undefined
  /** Orders that close positions for want of margin. */
  #liquidation: readonly number[] = []
  #times: Float64Array = new Float64Array(0)
  #equity: Float64Array = new Float64Array(0)
  #points = 0
  /** Live: events taken, and the equity after each group. */
  #taken = 0
  readonly #curve: (readonly [EpochMs, number])[] = []
  /** Streams of the group in hand whose instruments have working orders; reused. */
  readonly #toMatch: Stream[] = []
  readonly #actions: CorporateActions
  /** Stream whose bar a handler has in hand, and whose handler it is, for messages. */
  #inHand: Stream | undefined
  #hostInHand: StrategyHost | undefined

  constructor(options: EngineOptions) {
    this.#options = options
    const series = [...options.series, ...(options.ticks ?? []).map(tickSeries)]
    const registered = register(series)
    this.instruments = registered.instruments
    this.#bySymbol = new Map(this.instruments.map((i) => [i.symbol, i]))
    this.streams = sortedStreams(series, registered.of)
    this.#matching = this.instruments.map((i) => assignParts(this.streams, i, options.mark))
    this.#quotes = this.streams.map((s) => (s.kind === StreamKind.quote ? new QuoteView(s) : undefined))
    this.#trades = this.streams.map((s) => (s.kind === TRADE ? new TradeView(s) : undefined))
    this.#bars = this.streams.filter((s) => s.kind === BAR)
    this.#hashes = this.streams.map((s) => new SeriesHash(s.kind === BAR && isSessionInterval(s.interval)))
    // One order per 16 bars is busy; what is not used costs no memory.
    const capacity = Math.min(65_536, this.streams.reduce((n, s) => n + s.length, 0) >> 4)
    this.ledger = new Ledger(
      this.instruments,
      options.strategies.length,
      options.cash,
      options.strategies.map((s) => s.allocation),
      capacity,
    )
    this.flow = new OrderFlow({
      ledger: this.ledger,
      instruments: this.instruments,
      strategies: options.strategies.length,
      fees: options.fees,
      gate: options.gate,
      rules: options.rules,
      records: this.#records,
      run: options.run,
      capacity,
    })
    this.#agenda = new Agenda(plannedActions(options.series, registered.of))
    this.hosts = options.strategies.map(
      (s, index) => new StrategyHost(index, s.id, s.strategy, this.#context(s, index)),
    )
    this.flow.hosts = this.hosts
    if (options.account !== undefined) {
      this.#keeper = new AccountKeeper(
        options.account,
        this.ledger,
        this.instruments,
        calendar(this.instruments[0]!.calendar),
      )
      this.#keeper.onFill = () => {
        this.#due = -Infinity
      }
      this.flow.keeper = this.#keeper
    }
    const calendars = this.instruments.map((i) => calendar(i.calendar))
    this.flow.sessionEnd = (instrument, time) => calendars[instrument]!.sessionFor(time).close
    this.flow.blocked = (host, instrument) => this.#blocked(host, instrument)
    const intervals = [...new Set(this.#bars.map((s) => s.interval))]
    this.#decks = intervals.map(
      (interval) =>
        new IndicatorDeck(
          interval,
          this.#bars.filter((s) => s.interval === interval),
          this.instruments.length,
        ),
    )
    this.#deckOf = this.streams.map((s) => this.#decks.find((d) => d.interval === s.interval)!)
    this.#streamsOf = this.instruments.map((i) => this.#bars.filter((s) => s.instrument === i))
    this.#actions = new CorporateActions({
      agenda: this.#agenda,
      flow: this.flow,
      ledger: this.ledger,
      instruments: this.instruments,
      hosts: this.hosts,
      matching: this.#matching,
      streamsOf: this.#streamsOf,
      deckOf: this.#deckOf,
      records: this.#records,
      notices: this.notices,
      dividends: options.dividends,
      keeper: this.#keeper,
      execution: () => this.#execution!,
    })
    this.#slices = this.hosts.map((host) => new SliceView(host.sliceBars, this.#resolve))
    this.#createStrategies(intervals)
    for (const stream of this.streams) this.#cut(stream)
  }

  #cut(stream: Stream): void {
    const { from, to } = this.#options
    const warmUp = Math.max(...this.hosts.map((host) => host.warmUp.get(stream.interval) ?? 0))
    const { time } = stream.columns
    stream.window(
      from === undefined ? 0 : firstAt(time, from),
      to === undefined ? stream.length : firstAt(time, to),
      warmUp,
    )
    if (stream.kind === BAR) this.#deckOf[stream.id]!.rebind(stream)
  }

  /** Where approved orders go; once, before {@link run}. */
  connect(execution: ExecutionPort): void {
    this.#execution = execution
    this.flow.connect(execution)
  }

  /** The stream that an instrument's orders match on. */
  matchingStream(instrument: number): Stream {
    return this.#matching[instrument]!
  }

  /**
   * Runs all events to the end.
   * @throws {StrategyError} when a strategy's handler throws
   */
  run(plan?: MergePlan): EngineResult {
    if (this.#execution === undefined)
      throw new InvariantError('engine.execution', 'Expected an execution port before run()')
    const total = this.streams.reduce((n, s) => n + s.length - s.preFed, 0)
    try {
      this.#start()
      const [only, second] = this.streams
      const [host, otherHost] = this.hosts
      if (
        plan === undefined &&
        only?.kind === BAR &&
        second === undefined &&
        host !== undefined &&
        otherHost === undefined
      )
        this.#runOne(only, host)
      else this.#runMany(plan ?? this.plan())
      this.#lateDelistings()
      if (this.#options.onEnd !== undefined && this.#points > 0) {
        this.#options.onEnd()
        this.#equity[this.#points - 1] = this.ledger.equity()
      }
      this.#stop()
    } catch (error) {
      throw this.#explained(error)
    }
    return this.#result(total)
  }

  /** The order of all events of this run; may be kept and given to another run over the same data. */
  plan(): MergePlan {
    return mergePlan(
      this.streams.map((s) => ({ end: s.columns.end, from: s.preFed, to: s.length, ticks: s.kind !== BAR })),
    )
  }

  // ── Live: events one by one ────────────────────────────────────────────────────────────────────────────────────────

  /**
   * Begins a run whose events come one by one; the series given so far are history and only warm up.
   * @param time the engine's clock at the start
   */
  begin(time: EpochMs): void {
    if (this.#execution === undefined)
      throw new InvariantError('engine.execution', 'Expected an execution port before begin()')
    this.#guarded(() => this.#start(time))
  }

  /** The bars of one knowable time, in any order. Each goes on from the last bar of its stream. */
  takeBars(time: EpochMs, bars: readonly IncomingBar[]): void {
    const sorted = bars.toSorted((a, b) => a.stream.id - b.stream.id)
    for (const { stream, values } of sorted) this.#append(stream, values)
    const plan: MergePlan = {
      order: Uint32Array.from(sorted, (b) => b.stream.id),
      groups: new Uint32Array([0, sorted.length]),
      times: new Float64Array([time]),
    }
    this.#guarded(() => {
      this.#equity = new Float64Array(1)
      const taken = this.#taken
      this.#groups(plan, 0, 1)
      this.#taken = taken + sorted.length
      this.flow.sequence = this.#taken
      this.#curve.push([time, this.#equity[0]!])
    })
  }

  /** A bar that came after its slice, or was filled in after an outage: indicators and marks follow, orders are denied. */
  takeLate({ stream, values }: IncomingBar): void {
    this.#append(stream, values)
    this.#guarded(() => {
      stream.i++
      stream.late = true
      if (stream.marks) this.ledger.mark[stream.instrument.id] = values.close
      this.#beginBlock(stream, stream.i)
      this.#deckOf[stream.id]!.next(stream)
      this.#merge.add(stream.id)
      for (const host of this.hosts) {
        if (stream.i < host.deliverFrom[stream.id]! || !host.wantsBars) continue
        this.#inHand = stream
        this.#hostInHand = host
        this.#point(stream)
        host.onBar(stream, host.context)
        if (this.flow.pending !== 0) this.#drain()
      }
      stream.late = false
    })
  }

  /** Moves the clock: timers and other things due up to `time` happen. */
  advance(time: EpochMs): void {
    this.#guarded(() => {
      if (time >= this.#due) this.#catchUp(time)
      this.#advanceClock(time)
      if (time >= this.#due) this.#after(time)
    })
  }

  /** Runs what a broker's event does to the order flow, and then what strategies asked for in answer. */
  apply(change: () => void): void {
    this.#guarded(() => {
      change()
      if (this.flow.pending !== 0) this.#drain()
    })
  }

  /** Ends the run: `onStop`, and the result of all events taken. */
  finish(): EngineResult {
    this.#guarded(() => this.#stop())
    for (const stream of this.streams) this.#hashes[stream.id]!.advance(stream.columns, stream.i + 1)
    this.#times = Float64Array.from(this.#curve, ([time]) => time)
    this.#equity = Float64Array.from(this.#curve, ([, equity]) => equity)
    this.#points = this.#curve.length
    return this.#result(this.#taken)
  }

  #append(stream: Stream, values: BarValues): void {
    const last = stream.length === 0 ? -Infinity : stream.columns.time[stream.length - 1]!
    if (!(values.time > last))
      throw new InvariantError(
        'bar.order',
        `Expected a ${stream.interval} bar of ${stream.instrument.symbol} after ${formatInstant(last)}, found ${formatInstant(values.time)}`,
      )
    const { columns } = stream
    stream.append(values)
    if (stream.columns !== columns && stream.kind === BAR) this.#deckOf[stream.id]!.rebind(stream)
    for (const host of this.hosts)
      if (host.deliverFrom[stream.id] === UNREADY)
        for (const s of this.#streamsOf[stream.instrument.id]!) host.deliverFrom[s.id] = this.#deliverFrom(host, s)
  }

  #guarded(call: () => void): void {
    try {
      call()
    } catch (error) {
      throw this.#explained(error)
    }
  }

  // ── One stream, one strategy ───────────────────────────────────────────────────────────────────────────────────────

  #runOne(stream: Stream, host: StrategyHost): void {
    const n = stream.length
    this.#equity = new Float64Array(n - stream.preFed)
    this.#times = stream.columns.end.subarray(stream.preFed)
    this.#inHand = stream
    // One call a block: a long loop is compiled by on-stack replacement alone, and slower.
    const { mask } = this.#decks[0]!
    let reported = stream.preFed
    for (let from = stream.preFed; from < n;) {
      const to = Math.min(n, (from | mask) + 1)
      this.#barsOf(stream, host, from, to)
      from = to
      if (to - reported >= CHUNK || to === n) {
        reported = to
        this.#options.onProgress?.(to - stream.preFed, n - stream.preFed)
      }
    }
    // What comes after the last bar, as closing at the end of the data, belongs to it.
    if (n > stream.preFed) this.flow.sequence = n - 1 - stream.preFed
    this.#points = n - stream.preFed
    this.#merge.addRun(stream.id, n - stream.preFed)
    this.#hashes[0]!.advance(stream.columns, n)
  }

  /**
   * The bars `from` to `to` of one block. What only the branches can change (what is due, working orders, what equity is
   * made of) stands in local variables and is read again there alone; `touched` says that one was taken.
   */
  #barsOf(stream: Stream, host: StrategyHost, from: number, to: number): void {
    const { flow, ledger } = this
    const { end, close } = stream.columns
    const { mark, exposure } = ledger
    const { clock } = flow
    const execution = this.#execution!
    const { busy } = execution
    const deck = this.#decks[0]!
    const { at } = deck
    const plain = deck.hasPlain
    const slices = host.wantsSlices
    const { context, onBar } = host
    const first = stream.preFed
    const deliverFrom = host.deliverFrom[0]!
    const cell = stream.base + 1 - (from & ~deck.mask)
    let next = this.#due
    let working = busy[0]!
    let booked = from
    let { version, liquid } = ledger
    let held = exposure[0]!
    let touched = false
    for (let i = from; i < to; i++) {
      const t = end[i]!
      if (t >= next) {
        flow.sequence = i - first
        this.#before(t, stream, i)
        next = this.#due
        working = busy[0]!
        touched = true
      }
      clock.now = t
      stream.i = i
      if (working !== 0) {
        flow.sequence = i - first
        at.matching = t
        execution.onBar(stream, t)
        if (flow.pending !== 0) this.#drain()
        at.matching = NaN
        next = this.#due
        working = busy[0]!
        touched = true
      }
      mark[0] = close[i]!
      if (i === from) {
        // After all that comes before the bar: until here handlers read what the last block left.
        this.#block(stream, i)
        at.origin = 1 - cell
      }
      at.k = cell + i
      if (plain) deck.next(stream)
      if (i >= deliverFrom) {
        onBar(stream, context)
        if (flow.pending !== 0) {
          flow.sequence = i - first
          this.#drain()
          next = this.#due
          working = busy[0]!
          touched = true
        }
        if (slices) {
          flow.sequence = i - first
          this.#slice(host, stream)
          next = this.#due
          working = busy[0]!
          touched = true
        }
      }
      if (t >= next) {
        flow.sequence = i - first
        this.#after(t)
        next = this.#due
        working = busy[0]!
        touched = true
      }
      if (touched) {
        touched = false
        if (ledger.version !== version) {
          this.#fillEquity(close, first, booked, i, liquid, held)
          booked = i
          version = ledger.version
          liquid = ledger.liquid
          held = exposure[0]!
        }
      }
    }
    this.#fillEquity(close, first, booked, to, liquid, held)
  }

  /** Equity after the bars `from` to `to` (excluded), between which nothing was booked. */
  #fillEquity(close: Float64Array, first: number, from: number, to: number, liquid: Usd, exposure: number): void {
    const equity = this.#equity
    if (exposure === 0) for (let i = from; i < to; i++) equity[i - first] = liquid
    else for (let i = from; i < to; i++) equity[i - first] = liquid + exposure * close[i]!
  }

  #slice(host: StrategyHost, stream: Stream): void {
    host.sliceBars.length = 0
    host.sliceBars.push(stream)
    this.#callSlice(host)
  }

  // ── Many streams or strategies ─────────────────────────────────────────────────────────────────────────────────────

  #runMany(plan: MergePlan): void {
    const { times } = plan
    this.#equity = new Float64Array(times.length)
    this.#times = times
    const { groups, order } = plan
    // One call for few groups, for the sake of compilation as in `#runOne`.
    const step = Math.max(1, Math.floor((CALL * times.length) / Math.max(1, order.length)))
    let reported = 0
    for (let g = 0; g < times.length;) {
      const to = Math.min(times.length, g + step)
      this.#groups(plan, g, to)
      g = to
      const done = groups[to]!
      if (done - reported >= CHUNK || to === times.length) {
        reported = done
        this.#options.onProgress?.(done, order.length)
      }
    }
    this.#points = times.length
    for (const stream of this.streams) this.#hashes[stream.id]!.advance(stream.columns, stream.i + 1)
  }

  #groups(plan: MergePlan, from: number, to: number): void {
    const { flow, streams, hosts, ledger } = this
    const { order, groups, times } = plan
    const { mark } = ledger
    const { clock } = flow
    const execution = this.#execution!
    const { busy } = execution
    const single = hosts.length === 1 ? hosts[0]! : undefined
    const decks = this.#decks
    const oneDeck = decks.length === 1 ? decks[0]! : undefined
    const toMatch = this.#toMatch
    const plain = decks.some((deck) => deck.hasPlain)
    const merge = this.#merge
    for (let g = from; g < to; g++) {
      const t = times[g]!
      const first = groups[g]!
      const last = groups[g + 1]!
      flow.sequence = first
      if (t >= this.#due) this.#beforeGroup(t, plan, first, last)
      clock.now = t

      let matches = 0
      for (let e = first; e < last; e++) {
        const stream = streams[order[e]!]!
        stream.i++
        if (stream.matching && busy[stream.instrumentId] !== 0) toMatch[matches++] = stream
      }
      if (matches !== 0) this.#match(matches, t)

      let code = 0
      for (let e = first; e < last; e++) {
        const stream = streams[order[e]!]!
        const { i } = stream
        if (stream.marks) this.#setMark(stream, i, mark)
        code = ((code << 5) - code + stream.id + 1) | 0
        if (stream.kind !== BAR) {
          if ((i & 255) === 0) this.#hashes[stream.id]!.advance(stream.columns, i)
          continue
        }
        if (i === stream.nextBlock) this.#beginBlock(stream, i)
        if (plain) this.#deckOf[stream.id]!.next(stream)
      }

      merge.addGroup(code, last - first)

      if (single !== undefined) this.#deliver(single, oneDeck, order, first, last)
      else for (const host of hosts) this.#deliver(host, oneDeck, order, first, last)

      // Several ticks of one instrument at one time are groups of their own; what is due then comes after the last.
      if (t >= this.#due && times[g + 1] !== t) this.#after(t)
      this.#equity[g] = ledger.equity()
    }
  }

  #beginBlock(stream: Stream, i: number): void {
    this.#block(stream, i)
    stream.nextBlock = stream.growing ? i + 1 : (i | this.#deckOf[stream.id]!.mask) + 1
  }

  /** Matches the first `count` streams of {@link #toMatch} as one group. */
  #match(count: number, t: EpochMs): void {
    const execution = this.#execution!
    const decks = this.#decks
    for (let d = 0; d < decks.length; d++) decks[d]!.at.matching = t
    execution.beginGroup(t)
    for (let k = 0; k < count; k++) execution.addBar(this.#toMatch[k]!)
    execution.matchGroup()
    if (this.flow.pending !== 0) this.#drain()
    for (let d = 0; d < decks.length; d++) decks[d]!.at.matching = NaN
  }

  #deliver(
    host: StrategyHost,
    oneDeck: IndicatorDeck | undefined,
    order: Uint32Array,
    first: number,
    last: number,
  ): void {
    const { flow, streams } = this
    const { deliverFrom, context, sliceBars, onBar } = host
    const slices = host.wantsSlices
    const bars = host.wantsBars
    const at = oneDeck?.at
    const mask = oneDeck === undefined ? 0 : oneDeck.mask
    this.#hostInHand = host
    if (slices) sliceBars.length = 0
    if (host.wantsBars || slices || host.wantsTicks)
      for (let e = first; e < last; e++) {
        const stream = streams[order[e]!]!
        const { i } = stream
        if (i < deliverFrom[stream.id]!) {
          if (stream.kind !== BAR && host.wantsTicks) this.#deliverTick(host, stream)
          continue
        }
        if (slices) sliceBars.push(stream)
        if (!bars) continue
        this.#inHand = stream
        if (at !== undefined) {
          const k = stream.base + 1 + (i & mask)
          at.k = k
          at.origin = i + 1 - k
        } else this.#point(stream)
        onBar(stream, context)
        if (flow.pending !== 0) this.#drain()
      }
    if (slices && sliceBars.length > 0) this.#callSlice(host)
  }

  #deliverTick(host: StrategyHost, stream: Stream): void {
    if (this.#warmsUp(host, stream.instrument.id)) return
    this.#point(stream)
    if (stream.kind === TRADE)
      host.context.during('onTrade', stream.instrument, () => host.onTrade(this.#trades[stream.id]!, host.context))
    else host.context.during('onQuote', stream.instrument, () => host.onQuote(this.#quotes[stream.id]!, host.context))
    if (this.flow.pending !== 0) this.#drain()
  }

  #setMark(stream: Stream, i: number, mark: Float64Array): void {
    const close = stream.closes[i]!
    // One side of a quote may be missing; the mark before stands then.
    if (close === close) mark[stream.instrumentId] = close
  }

  /** Points every interval's handles to the instrument of the bar in hand. */
  #point(stream: Stream): void {
    for (const deck of this.#decks) {
      const own = deck.streamOf(stream.instrument.id)
      if (own === undefined || own.i < 0) {
        deck.blank()
      } else {
        deck.at.k = own.base + 1 + (own.i & deck.mask)
        deck.at.origin = own.i + 1 - deck.at.k
      }
    }
  }

  #callSlice(host: StrategyHost): void {
    // Outside of onBar no instrument is in hand, unless there is only one.
    if (this.instruments.length > 1) for (const deck of this.#decks) deck.blank()
    const slice = this.#slices[host.index]!
    slice.time = this.flow.now
    host.context.during('onSlice', undefined, () => host.onSlice(slice, host.context))
    if (this.flow.pending !== 0) this.#drain()
  }

  // ── Between the bars ───────────────────────────────────────────────────────────────────────────────────────────────

  #before(t: EpochMs, stream: Stream, i: number): void {
    this.#catchUp(t)
    if (!this.flow.hasParked) return
    this.flow.clock.now = Math.max(this.flow.now, stream.columns.time[i]!)
    this.flow.releaseParked(
      () => true,
      () => stream.columns.open[i]!,
    )
    this.#setDue()
  }

  #beforeGroup(t: EpochMs, plan: MergePlan, first: number, last: number): void {
    this.#catchUp(t)
    if (!this.flow.hasParked) return
    const open = new Map<number, number>()
    let start = t
    for (let e = first; e < last; e++) {
      const stream = this.streams[plan.order[e]!]!
      if (!stream.matching) continue
      const { columns } = stream
      open.set(stream.instrument.id, (stream.kind === BAR ? columns.open : columns.close)[stream.i + 1]!)
      start = Math.min(start, stream.columns.time[stream.i + 1]!)
    }
    this.flow.clock.now = Math.max(this.flow.now, start)
    this.flow.releaseParked(
      (id) => open.has(id),
      (id) => open.get(id)!,
    )
    this.#setDue()
  }

  /** Everything due before `t`, and the corporate actions and payments due at it, in order of time. */
  #catchUp(t: EpochMs): void {
    for (;;) {
      const action = this.#agenda.actionTime
      const payment = this.#agenda.paymentTime
      const expiry = this.#execution!.nextExpiry
      const account = this.#keeper?.next ?? Infinity
      const next = Math.min(action, payment, this.#timers.next, expiry, account)
      if (next > t || (next === t && action > t && payment > t)) break
      this.#advanceClock(next)
      if (action === next) {
        this.#actions.act()
        if (this.flow.pending !== 0) this.#drain()
      } else if (payment === next) this.#actions.pay()
      else if (this.#timers.next === next) this.#fire()
      else if (expiry === next) this.#expire(next)
      else this.#keepBooks(this.#keeper!, next)
    }
    this.#setDue()
  }

  #expire(t: EpochMs): void {
    this.#execution!.expire(t, true)
    if (!(this.#execution!.nextExpiry > t))
      throw new InvariantError('venue.expiry', `Expected no expiry up to ${formatInstant(t)} after expiring`)
    if (this.flow.pending !== 0) this.#drain()
  }

  /** Timers and expiries due at `t`, once all else of that time is done. */
  #after(t: EpochMs): void {
    if (this.#timers.hasWaiting) this.#timers.admit(t)
    while (this.#timers.next <= t) this.#fire()
    if (this.#execution!.nextExpiry <= t) this.#expire(t)
    if (this.#actions.reinvests) this.#actions.reinvest(t)
    if (this.#keeper !== undefined) this.#keepAccount(this.#keeper, t)
    this.#setDue()
  }

  #setDue(): void {
    this.#due =
      this.#actions.reinvests || this.flow.hasParked || this.#timers.hasWaiting
        ? -Infinity
        : Math.min(
            this.#agenda.actionTime,
            this.#agenda.paymentTime,
            this.#timers.next,
            this.#execution!.nextExpiry,
            this.#keeper?.due ?? Infinity,
          )
  }

  #keepAccount(keeper: AccountKeeper, t: EpochMs): void {
    if (keeper.next <= t) this.#keepBooks(keeper, t)
    if (!keeper.mustLiquidate || this.#liquidation.some((n) => this.flow.table.state[n]! < OrderStateCode.filled))
      return
    const { flow, ledger } = this
    const losing = keeper.toLiquidate()
    // An account that owes more than it had is left with its debt.
    if (losing.length === 0) return
    this.notices.push(
      `Margin call at ${formatInstant(t)}: equity ${ledger.equity().toFixed(2)} USD is below the maintenance margin of ${keeper.maintenance().toFixed(2)} USD.`,
    )
    flow.cancelWhere(() => true, 'margin_call')
    const closing: number[] = []
    for (const instrument of losing)
      for (const host of this.hosts) {
        const held = ledger.held[host.index * this.instruments.length + instrument.id]!
        if (held === 0) continue
        const n = flow.placeApproved(host.index, instrument.id, held > 0 ? -1 : 1, OrderTypeCode.market, Math.abs(held))
        flow.table.extras(n).tag = 'margin_call'
        closing.push(n)
        this.#execution!.submit(n, flow.now)
      }
    this.#liquidation = closing
    if (flow.pending !== 0) this.#drain()
  }

  /** Interest and fees that fall due are decisions of the run, too: they stand in its hash. */
  #keepBooks(keeper: AccountKeeper, t: EpochMs): void {
    const { log } = this.ledger
    let row = log.count
    keeper.act(t)
    for (; row < log.count; row++)
      this.#records.add(
        RecordKind.booking,
        this.flow.sequence,
        log.time[row]!,
        -1,
        log.instrument[row]!,
        log.cash[row]!,
        log.price[row]!,
        log.kind[row]!,
      )
  }

  /** Takes the waiting intents. Orders can bring what is due only nearer; being asked too early does no harm. */
  #drain(): void {
    this.flow.drain()
    const { nextExpiry } = this.#execution!
    if (this.flow.hasParked) this.#due = -Infinity
    else if (nextExpiry < this.#due) this.#due = nextExpiry
  }

  #advanceClock(t: EpochMs): void {
    const { clock } = this.flow
    if (!(clock.now > t)) clock.now = t
  }

  #fire(): void {
    const { host: index, name, due } = this.#timers.take()
    const host = this.hosts[index]!
    this.#records.add(RecordKind.timer, this.flow.sequence, due, index, 0, 0, 0, 0)
    if (this.instruments.length > 1) for (const deck of this.#decks) deck.blank()
    this.#timers.firing = true
    host.context.during('onTimer', undefined, () => host.onTimer({ name, time: due }, host.context))
    this.#timers.firing = false
    if (this.flow.pending !== 0) this.#drain()
    this.#setDue()
  }

  /**
   * Hashes the bars of the block that begins at `i`, and fills its indicators. The hash comes first and ahead of the bars
   * (a run that ends has consumed them all): it brings them into the cache, where fills find them, in one sweep. Bars of
   * a stream that grows are hashed when they are through.
   */
  #block(stream: Stream, i: number): void {
    const deck = this.#deckOf[stream.id]!
    this.#hashes[stream.id]!.advance(stream.columns, stream.growing ? i : Math.min(stream.length, (i | deck.mask) + 1))
    if (!deck.empty) deck.fill(stream, i)
  }

  // ── Start, end, messages ───────────────────────────────────────────────────────────────────────────────────────────

  /** @param at the clock at the start, when no event is known yet */
  #start(at = Infinity): void {
    let first = at
    for (const stream of this.streams) stream.nextBlock = stream.preFed
    for (const stream of this.streams) {
      if (stream.preFed > 0) {
        stream.i = stream.preFed - 1
        if (stream.kind === BAR) this.#deckOf[stream.id]!.feed(stream, 0, stream.preFed)
        this.#hashes[stream.id]!.advance(stream.columns, stream.preFed)
        if (stream.marks) this.ledger.mark[stream.instrument.id] = stream.close
      }
      if (stream.length > stream.preFed) first = Math.min(first, stream.columns.time[stream.preFed]!)
    }
    for (const host of this.hosts) {
      host.deliverFrom = Int32Array.from(this.streams, (s) => this.#deliverFrom(host, s))
      host.warm = new Uint8Array(this.instruments.length)
    }
    this.flow.clock.now = first === Infinity ? NaN : first
    this.#skipPastActions(first)
    this.#timers.begin(first)
    this.#keeper?.begin(first)
    for (const host of this.hosts) {
      host.context.during('onStart', undefined, () => host.onStart(host.context))
      this.#drain()
    }
    this.#setDue()
  }

  /** Actions before the first event of the run concern no position; indicators were fed from bars that span them. */
  #skipPastActions(first: EpochMs): void {
    while (this.#agenda.actionTime < first) {
      const { instrument, action } = this.#agenda.takeAction()
      if (action.kind !== 'split') continue
      for (const s of this.#streamsOf[instrument]!) {
        if (s.prices !== 'raw' || s.preFed === 0) continue
        let before = 0
        while (before < s.preFed && s.columns.time[before]! < action.time) before++
        if (before > 0) this.#deckOf[s.id]!.rebase(s, before, s.preFed, 1 / action.ratio, action.ratio)
      }
    }
  }

  /** A delisting after an instrument's last bar ends its position all the same. */
  #lateDelistings(): void {
    const end = this.#options.to ?? Infinity
    while (this.#agenda.actionTime < end) {
      const { instrument, action } = this.#agenda.takeAction()
      if (action.kind !== 'delisting') continue
      this.#advanceClock(action.time)
      this.#actions.delist(instrument, action)
      if (this.#points > 0) this.#equity[this.#points - 1] = this.ledger.equity()
    }
  }

  #stop(): void {
    for (const host of this.hosts) host.context.during('onStop', undefined, () => host.onStop(host.context))
    this.flow.pending = 0
  }

  /** First bar of a stream at which every indicator that counts for its instrument is ready. */
  #deliverFrom(host: StrategyHost, stream: Stream): number {
    const wanted = host.strategy.intervals
    if (stream.kind !== BAR || (wanted === undefined ? !stream.primary : !wanted.includes(stream.interval)))
      return NEVER
    let ready = -Infinity
    for (const own of this.#streamsOf[stream.instrument.id]!) {
      const warmUp = host.warmUp.get(own.interval) ?? 0
      if (warmUp === 0) continue
      if (own.length < warmUp) return UNREADY
      ready = Math.max(ready, own.columns.end[warmUp - 1]!)
    }
    const { end } = stream.columns
    let low = stream.preFed
    let high = stream.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (end[middle]! < ready) low = middle + 1
      else high = middle
    }
    return low
  }

  #blocked(host: StrategyHost, instrument: number): DenialCode | undefined {
    const stream = this.#matching[instrument]!
    if (stream.late && host.strategy.acceptsLate !== true) return 'late_data'
    return this.#warmsUp(host, instrument) ? 'warm_up' : undefined
  }

  #warmsUp(host: StrategyHost, instrument: number): boolean {
    if (host.warm[instrument] === 1) return false
    for (const s of this.#streamsOf[instrument]!) {
      const from = host.deliverFrom[s.id]!
      if (from !== NEVER && from > Math.max(s.i, s.preFed)) return true
    }
    host.warm[instrument] = 1
    return false
  }

  #explained(error: unknown): unknown {
    if (error instanceof InvariantError || error instanceof StrategyError) return error
    for (const host of this.hosts) {
      const { handler, concerned } = host.context
      if (handler !== undefined)
        return new StrategyError(
          { strategy: host.id, event: handler, time: this.flow.now, instrument: concerned?.symbol },
          error,
        )
    }
    const host = this.#hostInHand ?? this.hosts[0]!
    return new StrategyError(
      { strategy: host.id, event: 'onBar', time: this.flow.now, instrument: this.#inHand?.instrument.symbol },
      error,
    )
  }

  #result(events: number): EngineResult {
    return {
      tapeHash: tapeHash(this.#hashes, this.#merge, this.#records, [
        ...this.instruments.map((i) => i.symbol),
        ...this.hosts.map((h) => h.id),
        ...this.flow.codes,
      ]),
      times: this.#times.subarray(0, this.#points),
      equity: this.#equity.subarray(0, this.#points),
      events,
      warmUp: this.hosts.flatMap((host) =>
        this.instruments.map((i) => {
          const from = Math.min(...this.streams.filter((s) => s.instrument === i).map((s) => host.deliverFrom[s.id]!))
          const stream = this.#matching[i.id]!
          return { strategy: host.id, symbol: i.symbol, bars: Math.min(from, stream.length) }
        }),
      ),
      log: this.#log,
      notices: this.notices,
    }
  }

  // ── Strategies ─────────────────────────────────────────────────────────────────────────────────────────────────────

  readonly #resolve = (ref: InstrumentRef): Instrument => {
    if (typeof ref !== 'string') {
      if (this.instruments[ref.id] === ref) return ref
      return this.#symbol(ref.symbol)
    }
    return this.#symbol(ref)
  }

  #symbol(symbol: string): Instrument {
    const known = this.#bySymbol.get(symbol)
    if (known === undefined)
      throw new InputError('instrument.unknown', `There is no instrument "${symbol}" in this run.`, {
        hint: didYouMean(
          symbol,
          this.instruments.map((i) => i.symbol),
        ),
      })
    return known
  }

  #context(entry: EngineStrategy, index: number): HostContext {
    const { flow } = this
    return new HostContext({
      orders: new OrderDesk(flow, index, this.#options.sizing, this.#resolve),
      portfolio: new PortfolioView(flow, index, entry.allocation * this.#options.cash, this.#resolve),
      timers: this.#timersOf(index),
      random: seededRandom(this.#options.seed + index),
      log: {
        info: (message) => void this.#log.push({ time: flow.now, strategy: entry.id, level: 'info', message }),
        warn: (message) => void this.#log.push({ time: flow.now, strategy: entry.id, level: 'warn', message }),
      },
      instruments: this.instruments,
      clock: flow.clock,
      instrument: (symbol) => this.#symbol(symbol),
      latest: (ref, interval) => this.#latest(this.#resolve(ref), interval),
    })
  }

  #timersOf(index: number): HostContext['timers'] {
    const { flow } = this
    const timers = this.#timers.of(index, flow.clock)
    return {
      at: (time, name) => {
        timers.at(time, name)
        this.#setDue()
        flow.wake()
      },
      every: (ms, name) => {
        timers.every(ms, name)
        this.#setDue()
        flow.wake()
      },
      cancel: (name) => {
        timers.cancel(name)
        this.#setDue()
        flow.wake()
      },
    }
  }

  #latest(instrument: Instrument, interval: BarInterval | undefined): Bar | undefined {
    const stream = this.#streamsOf[instrument.id]!.find((s) =>
      interval === undefined ? s.primary : s.interval === interval,
    )
    return stream === undefined || stream.i < 0 ? undefined : stream
  }

  #createStrategies(intervals: readonly BarInterval[]): void {
    for (const [index, entry] of this.#options.strategies.entries()) {
      const host = this.hosts[index]!
      let open = true
      const use = <O extends string>(spec: IndicatorSpec<O>, options: UseOptions = {}): IndicatorHandle<O> => {
        if (!open)
          throw new InputError(
            'indicator.late',
            `Indicators are registered inside "create" only; ${spec.name} came later.`,
            {
              place: `strategy "${entry.id}"`,
            },
          )
        const interval = options.interval ?? finestInterval(intervals)
        const deck = this.#decks.find((d) => d.interval === interval)
        if (deck === undefined)
          throw new InputError('indicator.interval', `There are no ${interval} bars in this run.`, {
            place: `${spec.name} of strategy "${entry.id}"`,
            hint: `Loaded: ${intervals.join(', ')}.`,
          })
        host.warmUp.set(interval, Math.max(spec.warmUp, host.warmUp.get(interval) ?? 0))
        return deck.register(spec, this.#resolve)
      }
      const { name, params: specs } = entry.strategy
      const params = resolveParams(name, specs, entry.params)
      try {
        host.install(
          entry.strategy.create({
            params,
            use,
            instruments: this.instruments,
            instrument: (symbol) => this.#symbol(symbol),
            random: host.context.random,
            log: host.context.log,
          }),
        )
      } catch (error) {
        if (error instanceof InputError || error instanceof InvariantError) throw error
        throw new StrategyError({ strategy: entry.id, event: 'create', time: NaN }, error)
      }
      open = false
    }
  }
}
