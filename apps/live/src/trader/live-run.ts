import {
  type BarValues,
  type BrokerEvent,
  type DenialCode,
  type EpochMs,
  type ExecutionId,
  type IBroker,
  type IClock,
  InputError,
  type OrderId,
  OrderStateCode,
  OrderTypeCode,
  type Strategy,
} from '@onetape/core'
import {
  type Engine,
  type EngineResult,
  type Incoming,
  type LiveEvent,
  LiveSession,
  type OwnOrder,
} from '@onetape/engine'
import type { BarRow, RunHeader, TapeLine } from '../tape/tape-line.ts'
import { LiveGate } from './live-gate.ts'
import { runEngine } from './run-engine.ts'
import { SwitchBroker } from './switch-broker.ts'

type Denied = (TapeLine & { kind: 'entries' })['denied']
type Submitting = TapeLine & { kind: 'submitting' }

export interface LiveRunOptions {
  readonly header: RunHeader
  readonly strategy: Strategy
  readonly history: ReadonlyMap<string, readonly BarRow[]>
  /** Takes every line in order. Not called while a tape is replayed. */
  readonly write: (line: TapeLine) => void
  /** Makes what was written survive the process, and before orders leave the power, too. Default: nothing. */
  readonly commit?: (leaving: boolean) => void
  readonly clock: IClock
  /** The booked execution that another one corrects: a fresh connection tells a correction like a fill. */
  readonly corrects?: (id: ExecutionId, booked: ReadonlySet<ExecutionId>) => ExecutionId | undefined
  readonly onNotice?: (code: string, detail: string) => void
}

/**
 * One run's engine, session and tape together: whatever reaches the engine is on the tape before it has an effect, and
 * the same lines read again lead to the same state.
 */
export class LiveRun {
  readonly engine: Engine
  readonly session: LiveSession
  readonly header: RunHeader
  /** Executions that are booked. */
  readonly executions: Set<ExecutionId> = new Set()
  /** Orders that left the process, by the tape: in a replay, those that the strategy placed again. */
  readonly submitted: Submitting[] = []
  readonly #gate = new LiveGate()
  readonly #broker = new SwitchBroker()
  readonly #options: LiveRunOptions
  /** Knowable times of slices that may still wait for bars. */
  readonly #held = new Set<EpochMs>()
  #replaying = false
  #replayTime: EpochMs = 0

  constructor(options: LiveRunOptions) {
    this.#options = options
    this.header = options.header
    this.engine = runEngine(options.header, options.strategy, options.history, this.#gate)
    this.session = new LiveSession({
      engine: this.engine,
      broker: this.#broker,
      clock: { now: () => (this.#replaying ? this.#replayTime : options.clock.now()) },
      record: (record) => {
        if (record.kind === 'submitting') this.submitted.push(record)
        this.#write(record)
      },
      commit: (leaving) => {
        if (!this.#replaying) options.commit?.(leaving)
      },
      run: options.header.run,
      graceMs: options.header.rules.graceMs,
      hold: options.header.rules.hold,
      onNotice: (code, detail) => {
        if (!this.#replaying) options.onNotice?.(code, detail)
      },
    })
  }

  /** From here on orders go to this broker. */
  connect(broker: IBroker): void {
    this.#broker.target = broker
  }

  start(): void {
    this.session.start()
  }

  push(event: Incoming): void {
    const told = this.#asCorrection(event)
    this.session.within(() => this.#around(told, () => this.session.push(told)))
  }

  #asCorrection(event: Incoming): Incoming {
    if (event.kind !== 'broker' || event.event.kind !== 'filled') return event
    const fill = event.event
    if (this.executions.has(fill.executionId)) return event
    const superseded = this.#options.corrects?.(fill.executionId, this.executions)
    return superseded === undefined ? event : { ...event, event: { ...fill, kind: 'corrected', superseded } }
  }

  /** Remembers executions, and follows what the venue does to a group when one of its orders fills. */
  #around(event: LiveEvent | Incoming, take: () => void): void {
    if (event.kind === 'bar') return this.#aroundBar(event.bar.end, take)
    if (event.kind !== 'broker') return take()
    const told = event.event
    const filled = told.kind === 'filled' && !this.executions.has(told.executionId)
    this.#remember(told)
    take()
    if (filled) this.#reduceGroup(told.orderId, told.quantity)
  }

  #aroundBar(end: EpochMs, take: () => void): void {
    this.#held.add(end)
    take()
    if (this.session.idle) this.#held.clear()
  }

  /** Slices up to a time wait no longer: bars of a stream are taken in the order of their times. */
  #closeHeld(upTo: EpochMs): void {
    for (const time of [...this.#held].filter((end) => end <= upTo).toSorted((a, b) => a - b)) {
      this.#held.delete(time)
      this.session.push({ kind: 'slice-closed', time, missing: [] })
    }
  }

  /**
   * A partial fill of an order in a group takes its quantity from the others, at the venue and without a word of it.
   * @see https://interactivebrokers.github.io/tws-api/oca.html (type 3, which our orders carry)
   */
  #reduceGroup(orderId: OrderId, quantity: number): void {
    const { flow } = this.engine
    const { table } = flow
    const filled = this.#numberOf(orderId)
    const group = filled === undefined ? undefined : table.extrasOf(filled)?.ocaGroup
    if (group === undefined) return
    for (let n = table.firstOpen; n !== -1; n = table.nextOpen(n)) {
      if (n === filled || table.extrasOf(n)?.ocaGroup !== group || table.state[n] !== OrderStateCode.working) continue
      const leaves = table.leaves(n) - quantity
      if (leaves > 0) this.engine.apply(() => flow.rebased(n, leaves, table.limit[n]!, table.stop[n]!))
    }
  }

  /** A bar of a time that has passed: indicators follow, orders on it are denied. False when it is known already. */
  late(symbol: string, bar: BarValues): boolean {
    const stream = this.engine.streams.find((s) => s.instrument.symbol === symbol)
    if (stream === undefined) return false
    if (stream.length > 0 && !(bar.time > stream.columns.time[stream.length - 1]!)) return false
    return this.session.within(() => {
      this.#write({ kind: 'late', symbol, bar })
      this.#closeHeld(bar.end)
      // The slice that was just closed may have held this very bar.
      if (stream.length > 0 && !(bar.time > stream.columns.time[stream.length - 1]!)) return false
      this.engine.takeLate({ stream, values: bar })
      return true
    })
  }

  get denied(): DenialCode | null {
    return this.#gate.denied
  }

  /** Denies orders that open or increase, or allows them again (null). */
  entries(denied: Denied): void {
    if (denied === this.#gate.denied) return
    this.#change({ kind: 'entries', denied }, () => {
      this.#gate.denied = denied
    })
  }

  /** Symbols of which nothing is to be opened or increased, since their data are silent. */
  get silent(): ReadonlySet<string> {
    return this.#gate.silent
  }

  /** Denies orders that open or increase in one symbol, or allows them again. */
  data(symbol: string, silent: boolean): void {
    if (silent === this.#gate.silent.has(symbol)) return
    this.#change({ kind: 'data', symbol, silent }, () => {
      if (silent) this.#gate.silent.add(symbol)
      else this.#gate.silent.delete(symbol)
    })
  }

  /** Ends an order of which the broker shows no trace: it is not sent again. */
  neverSent(orderId: OrderId, time: EpochMs): void {
    const n = this.#numberOf(orderId)
    if (n === undefined) return
    const { engine } = this
    this.#change({ kind: 'never-sent', orderId, time }, () =>
      engine.apply(() => engine.flow.ended(n, OrderStateCode.expired, 'never_sent', time)),
    )
  }

  /** Asks for the cancellation of every working order. */
  cancelAll(): void {
    const { engine } = this
    this.#change({ kind: 'cancel-all' }, () => engine.apply(() => engine.flow.cancelWhere(() => true, 'requested')))
  }

  get holds(): boolean {
    return this.engine.ledger.held.some((quantity) => quantity !== 0)
  }

  /** Closes what the run holds, at the market. */
  flatten(): void {
    const { engine } = this
    const close = (): void => {
      for (const instrument of engine.instruments) {
        const held = engine.ledger.held[instrument.id]!
        if (held === 0) continue
        const side = held > 0 ? -1 : 1
        const n = engine.flow.placeApproved(0, instrument.id, side, OrderTypeCode.market, Math.abs(held))
        this.session.execution.submit(n)
      }
    }
    this.#change({ kind: 'flatten' }, () => engine.apply(close))
  }

  finish(): EngineResult {
    return this.session.finish()
  }

  get openOrders(): number {
    const { table } = this.engine.flow
    let count = 0
    for (let n = table.firstOpen; n !== -1; n = table.nextOpen(n)) count++
    return count
  }

  /** Our books, as a reconciliation compares them. */
  get books(): { readonly orders: readonly OwnOrder[]; readonly positions: ReadonlyMap<string, number> } {
    const { flow, instruments, ledger } = this.engine
    const orders: OwnOrder[] = []
    for (let n = 0; n < flow.table.count; n++) {
      const state = flow.table.state[n]!
      if (state === OrderStateCode.denied || state <= OrderStateCode.parked) continue
      orders.push({
        orderId: flow.idOf(n),
        quantity: flow.table.quantity[n]!,
        filled: flow.table.filled[n]!,
        open: state < OrderStateCode.filled,
      })
    }
    const positions = new Map(
      instruments.map((i) => [i.symbol, ledger.quantity[i.id]! + (this.header.baseline[i.symbol] ?? 0)]),
    )
    return { orders, positions }
  }

  /**
   * Takes the lines of a tape instead of a market: the strategy decides again, nothing is sent or written.
   * @throws {InputError} `tape.diverged` when it decides otherwise than it did
   */
  replay(lines: readonly TapeLine[]): void {
    this.#replaying = true
    const sent: Submitting[] = []
    try {
      for (const line of lines) {
        if (line.kind === 'submitting') sent.push(line)
        this.#replayLine(line)
      }
    } finally {
      this.#replaying = false
    }
    for (const [k, was] of sent.entries()) {
      const now = this.submitted[k]
      if (now !== undefined && same(was, now)) continue
      throw new InputError(
        'tape.diverged',
        `Expected the strategy to place ${shown(was)} again, found ${now === undefined ? 'no order' : shown(now)}.`,
        { place: was.orderId, hint: 'Its code or the program changed since: begin a new run with another folder.' },
      )
    }
  }

  #replayLine(line: TapeLine): void {
    switch (line.kind) {
      case 'session':
        this.#replayTime = line.startedAt
        this.session.start()
        break
      case 'event':
        this.#replayTime = line.event.received
        // Slices close by themselves as they did: complete ones with their last bar, others with the clock.
        if (line.event.kind === 'slice-closed') break
        this.#around(line.event, () => this.session.take(line.event))
        break
      case 'late':
        this.late(line.symbol, line.bar)
        break
      case 'entries':
        this.entries(line.denied)
        break
      case 'data':
        this.data(line.symbol, line.silent)
        break
      case 'never-sent':
        this.neverSent(line.orderId, line.time)
        break
      case 'cancel-all':
        this.cancelAll()
        break
      case 'flatten':
        this.flatten()
        break
      case 'run':
      case 'history':
      case 'submitting':
      case 'resumed':
      case 'stopped':
    }
  }

  /** Changes the engine from outside of its inbox: the line is on the tape before anything leaves. */
  #change(line: TapeLine, change: () => void): void {
    this.session.within(() => {
      this.#write(line)
      change()
    })
  }

  #write(line: TapeLine): void {
    if (!this.#replaying) this.#options.write(line)
  }

  #remember(event: BrokerEvent): void {
    if (event.kind === 'filled') this.executions.add(event.executionId)
    else if (event.kind === 'corrected') {
      this.executions.add(event.superseded)
      this.executions.add(event.executionId)
    }
  }

  #numberOf(orderId: OrderId): number | undefined {
    const { flow } = this.engine
    for (let n = flow.table.firstOpen; n !== -1; n = flow.table.nextOpen(n)) if (flow.idOf(n) === orderId) return n
    return undefined
  }
}

/** History of a tape, by symbol. */
export function historyOf(lines: readonly TapeLine[]): Map<string, readonly BarRow[]> {
  const history = new Map<string, readonly BarRow[]>()
  for (const line of lines) if (line.kind === 'history') history.set(line.symbol, line.bars)
  return history
}

function same(a: Submitting, b: Submitting): boolean {
  return (['orderId', 'symbol', 'side', 'type', 'quantity', 'limitPrice', 'stopPrice'] as const).every(
    (key) => a[key] === b[key],
  )
}

function shown(order: Submitting): string {
  return `${order.side} ${order.quantity} ${order.symbol} ${order.type} (${order.orderId})`
}
