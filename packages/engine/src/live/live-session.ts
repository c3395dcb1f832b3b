import {
  type ApprovedOrder,
  type BarInterval,
  type BarValues,
  type EpochMs,
  type IBroker,
  type IClock,
  InputError,
  InvariantError,
  type OrderId,
  type SubmitOutcome,
  formatInstant,
  intervalMs,
} from '@onetape/core'
import type { Engine, EngineResult, IncomingBar } from '../loop/engine.ts'
import type { Stream } from '../loop/stream.ts'
import { BrokerExecution } from './broker-execution.ts'
import type { LiveEvent, TapeRecord } from './live-event.ts'

export interface LiveSessionOptions {
  readonly engine: Engine
  readonly broker: IBroker
  /** Injected time of day: stamps what is received, never decides. */
  readonly clock: IClock
  /** Takes every record in order; without `commit` it must be durable when the call returns. */
  readonly record: (record: TapeRecord) => void
  /**
   * Called once for everything that one event led to, before any of its requests leaves: the records so far must survive
   * the process when it returns, and with `leaving` (new orders or changes are about to be sent) the power, too.
   */
  readonly commit?: ((leaving: boolean) => void) | undefined
  readonly run: string
  /** How long a slice waits for bars that are missing, in milliseconds of the clock. Default 2,000. */
  readonly graceMs?: number
  /** `none` gives bars at once: with several instruments parity with a backtest does not hold then. Default `slice`. */
  readonly hold?: 'slice' | 'none'
  /** Told of what the session notices: bars that came too late, events of unknown orders. */
  readonly onNotice?: (code: string, detail: string) => void
  /** A replay takes the closing of slices from the tape instead of deciding it. Default false. */
  readonly replay?: boolean
}

/** Event without its stamp, as adapters give it. */
export type Incoming = LiveEvent extends infer E
  ? E extends { received: EpochMs }
    ? Omit<E, 'received'>
    : never
  : never

interface Slice {
  readonly time: EpochMs
  readonly bars: Map<Stream, BarValues>
  /** Streams of which it needs a bar and has none. */
  readonly missing: Set<Stream>
  /** When its first bar arrived. */
  readonly since: EpochMs
}

/**
 * The inbox of a live run: one queue, one order. Bars are held until the slice of their knowable time closes, then
 * released in the order that a backtest has. Requests to the broker wait until everything that led to them is on the
 * tape, and leave together.
 */
export class LiveSession {
  readonly engine: Engine
  readonly execution: BrokerExecution
  readonly #options: Required<Pick<LiveSessionOptions, 'graceMs' | 'hold' | 'replay'>> & LiveSessionOptions
  readonly #queue: LiveEvent[] = []
  readonly #slices: Slice[] = []
  readonly #streams = new Map<string, Stream>()
  /** Streams that every slice of their interval waits for. */
  readonly #expected: ReadonlySet<Stream>
  /** Longer streams: slices at their ends wait for them. */
  readonly #longer: readonly Stream[]
  #sequence = 0
  #taking = false
  /** Depth of {@link within}. */
  #within = 0
  #sending = false
  #finished = false
  #closed: EpochMs = -Infinity
  #started = false

  /** @throws {InputError} `live.ticks` for a strategy that wants quotes or trades, which it would wait for in vain */
  constructor(options: LiveSessionOptions) {
    refuseTicks(options.engine)
    this.#options = { graceMs: 2000, hold: 'slice', replay: false, ...options }
    this.engine = options.engine
    for (const stream of options.engine.streams)
      this.#streams.set(`${stream.instrument.symbol} ${stream.interval}`, stream)
    const shortest = Math.min(...options.engine.streams.map((s) => s.ms))
    this.#expected = new Set(options.engine.streams.filter((s) => s.ms === shortest))
    this.#longer = options.engine.streams.filter((s) => s.ms !== shortest)
    this.execution = new BrokerExecution(options.engine.flow, options.broker, {
      submitting: (order) => this.#submitting(order),
      asked: () => {
        if (this.#within === 0) this.#send()
      },
      outcome: (orderId, request, outcome) => this.#outcome(orderId, request, outcome),
    })
    options.engine.connect(this.execution)
  }

  /** Writes the header and begins; `onStart` is called. */
  start(): void {
    if (this.#started) throw new InvariantError('live.started', 'Expected one start() of a session')
    this.#started = true
    const { run, hold, graceMs, clock } = this.#options
    const startedAt = clock.now()
    this.within(() => {
      this.#options.record({ kind: 'session', run, startedAt, hold, graceMs })
      this.engine.begin(startedAt)
    })
  }

  /** Makes one of several changes to the engine: what they ask of the broker leaves together, at their end. */
  within<T>(changes: () => T): T {
    this.#within++
    let result: T
    try {
      result = changes()
    } catch (error) {
      // The tape shows what led to it; nothing more leaves.
      this.#within--
      this.execution.drop()
      this.#options.commit?.(false)
      throw error
    }
    this.#within--
    if (this.#within === 0) this.#send()
    return result
  }

  #send(): void {
    if (this.#sending) return
    this.#sending = true
    try {
      do {
        this.#commit(this.execution.waiting === 'orders')
        this.execution.send()
      } while (this.execution.waiting !== 'nothing')
    } finally {
      this.#sending = false
    }
  }

  /** What is not on the tape must not leave. */
  #commit(leaving: boolean): void {
    try {
      this.#options.commit?.(leaving)
    } catch (error) {
      this.execution.drop()
      throw error
    }
  }

  /** Takes an event; one that arrives while another is taken waits for its turn. */
  push(event: Incoming): void {
    this.take({ ...event, received: this.#options.clock.now() })
  }

  /** Takes an event with its stamp, as a tape holds it. After {@link finish} nothing is taken: it is asked for at the next start. */
  take(event: LiveEvent): void {
    if (this.#finished) return
    this.#queue.push(event)
    if (this.#taking) return
    this.#taking = true
    try {
      for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
        const first = next
        this.within(() => this.#handle(first))
      }
    } finally {
      this.#taking = false
    }
  }

  /** True when nothing waits: neither events nor held bars. */
  get idle(): boolean {
    return this.#queue.length === 0 && this.#slices.length === 0
  }

  /** Ends the run; held bars are dropped, since nobody may act on a slice that never closed. */
  finish(): EngineResult {
    const result = this.within(() => this.engine.finish())
    this.#finished = true
    return result
  }

  #handle(event: LiveEvent): void {
    this.#options.record({ kind: 'event', sequence: this.#sequence++, event })
    switch (event.kind) {
      case 'bar':
        this.#bar(event.symbol, event.interval, event.bar, event.received)
        break
      case 'slice-closed':
        this.#release(event.time)
        break
      case 'clock':
        this.#clock(event.time)
        break
      case 'broker':
        this.engine.apply(() => {
          this.engine.flow.clock.now = Math.max(this.engine.flow.now, event.event.time)
          if (!this.execution.takeEvent(event.event))
            this.#notice('foreign_order', `${event.event.kind} of ${event.event.orderId}`)
        })
        break
      case 'outcome':
        this.engine.apply(() => this.execution.takeOutcome(event.orderId, event.request, event.outcome))
        break
    }
  }

  #bar(symbol: string, interval: BarInterval, bar: BarValues, received: EpochMs): void {
    const stream = this.#streams.get(`${symbol} ${interval}`)
    if (stream === undefined) return this.#notice('foreign_bar', `${symbol} ${interval}`)
    const last = stream.length === 0 ? -Infinity : stream.columns.time[stream.length - 1]!
    if (!(bar.time > last)) return this.#notice('old_bar', `${symbol} ${interval} ${formatInstant(bar.time)}`)
    if (bar.end <= this.#closed) {
      this.#notice('late_bar', `${symbol} ${interval} ${formatInstant(bar.time)}`)
      return this.engine.takeLate({ stream, values: bar })
    }
    if (this.#options.hold === 'none') return this.engine.takeBars(bar.end, [{ stream, values: bar }])
    this.#hold(stream, bar, received)
    if (!this.#options.replay) this.#closeComplete()
  }

  #hold(stream: Stream, bar: BarValues, received: EpochMs): void {
    let at = this.#slices.length
    while (at > 0 && this.#slices[at - 1]!.time > bar.end) at--
    let slice = this.#slices[at - 1]
    if (slice?.time !== bar.end) {
      const missing = new Set([...this.#expected, ...this.#longer.filter((s) => endsAt(s, bar.end))])
      slice = { time: bar.end, bars: new Map(), missing, since: received }
      this.#slices.splice(at, 0, slice)
    }
    slice.bars.set(stream, bar)
    slice.missing.delete(stream)
  }

  /** Slices that have all their bars close at once, in order of time; an open one before them keeps them waiting. */
  #closeComplete(): void {
    for (let slice = this.#slices[0]; slice?.missing.size === 0; slice = this.#slices[0]) this.#close(slice)
  }

  #close(slice: Slice): void {
    const names = Array.from(slice.missing, (s) => `${s.instrument.symbol} ${s.interval}`)
    const event: LiveEvent = {
      kind: 'slice-closed',
      time: slice.time,
      missing: names,
      received: this.#options.clock.now(),
    }
    this.#options.record({ kind: 'event', sequence: this.#sequence++, event })
    if (names.length > 0) this.#notice('slice_incomplete', `${formatInstant(slice.time)} without ${names.join(', ')}`)
    this.#release(slice.time)
  }

  #release(time: EpochMs): void {
    const at = this.#slices.findIndex((s) => s.time === time)
    if (at === -1) return
    const [slice] = this.#slices.splice(at, 1)
    this.#closed = Math.max(this.#closed, time)
    const bars: IncomingBar[] = [...slice!.bars].map(([stream, values]) => ({ stream, values }))
    this.engine.takeBars(time, bars)
  }

  #clock(time: EpochMs): void {
    if (!this.#options.replay)
      for (
        let slice = this.#slices[0];
        slice !== undefined && time - slice.since >= this.#options.graceMs;
        slice = this.#slices[0]
      )
        this.#close(slice)
    // Timers of a held slice's time come after it.
    const held = this.#slices[0]
    this.engine.advance(held === undefined ? time : Math.min(time, held.time - 1))
  }

  #submitting(order: ApprovedOrder): void {
    this.#options.record({
      kind: 'submitting',
      sequence: this.#sequence,
      orderId: order.id,
      symbol: order.instrument.symbol,
      side: order.side,
      type: order.type,
      quantity: order.quantity,
      limitPrice: order.limitPrice ?? null,
      stopPrice: order.stopPrice ?? null,
    })
  }

  #outcome(orderId: OrderId, request: 'submit' | 'modify' | 'cancel', outcome: SubmitOutcome): void {
    // A replay takes the outcomes that are on the tape.
    if (!this.#options.replay) this.push({ kind: 'outcome', orderId, request, outcome })
  }

  #notice(code: string, detail: string): void {
    this.#options.onNotice?.(code, detail)
  }
}

function refuseTicks({ hosts }: Engine): void {
  const host = hosts.find(({ wantsTicks }) => wantsTicks)
  if (host === undefined) return
  throw new InputError(
    'live.ticks',
    `Expected a strategy that lives on bars, found onQuote or onTrade in ${host.id}.`,
    {
      hint: 'Quotes and trades do not reach live strategies yet: decide in onBar, on five-second bars if need be.',
    },
  )
}

/** True when a longer bar of the stream is known to end at the time: sub-day intervals end on multiples of their length. */
function endsAt(stream: Stream, time: EpochMs): boolean {
  const ms = intervalMs(stream.interval)
  return ms < 86_400_000 && time % ms === 0
}

/** A broker that is never asked: in a replay the answers stand on the tape. */
export function silentBroker(): IBroker {
  const silence = new Promise<never>(() => {})
  const unknown = { kind: 'unknown', detail: 'replay' } as const
  return {
    executeOrder: () => silence,
    modifyOrder: () => silence,
    cancelOrder: () => silence,
    checkBuyingPower: () => Promise.resolve(unknown),
    calculateCommission: () => NaN,
    calculateSlippage: () => NaN,
    getPositions: () => Promise.resolve(unknown),
    getCashBalance: () => Promise.resolve(unknown),
    getAccount: () => Promise.resolve(unknown),
    getOpenOrders: () => Promise.resolve(unknown),
    events: { subscribe: () => ({ unsubscribe() {} }) },
  }
}
