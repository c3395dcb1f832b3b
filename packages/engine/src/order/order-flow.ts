import {
  type DenialCode,
  DENIAL_CODES,
  type EndCode,
  type EpochMs,
  type ExecutionId,
  type Fill,
  type GateAsk,
  type IRiskGate,
  type Instrument,
  InvariantError,
  MS_PER_DAY,
  ORDER_STATES,
  ORDER_TYPES,
  type OrderChanges,
  type OrderEvent,
  type OrderNumber,
  OrderStateCode,
  OrderTypeCode,
  type OrderView,
  type RunId,
  type Shares,
  type Sign,
  TIMES_IN_FORCE,
  TimeInForceCode,
  type UsdPerShare,
  civilFromDays,
  orderId,
  usEquityTick,
} from '@onetape/core'
import type { FeeModel } from '@onetape/costs'
import type { AccountKeeper } from '../account/account-keeper.ts'
import { hasLimit, hasStop } from '../gate/basic-gate.ts'
import { Booking } from '../ledger/ledger-log.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { ApprovedNumber, ExecutionPort } from '../loop/execution-port.ts'
import { Moment } from '../loop/moment.ts'
import type { StrategyHost } from '../strategy/strategy-host.ts'
import { type RecordHash, RecordKind } from '../tape/record-hash.ts'
import { Ask } from './ask.ts'
import { OrderInput, nextState, takes } from './order-machine.ts'
import { OrderFlag, OrderTable } from './order-table.ts'

// Local names for imported codes: V8 folds a constant of this module, and loads an imported one at every use.
const CREATED = OrderStateCode.created
const PARKED = OrderStateCode.parked
const SUBMITTING = OrderStateCode.submitting
const CANCELLED = OrderStateCode.cancelled
const CANCELLING = OrderStateCode.cancelling
const EXPIRED = OrderStateCode.expired
const REJECTED = OrderStateCode.rejected
const FILLED = OrderStateCode.filled
const TYPE_MARKET = OrderTypeCode.market
const TYPE_MARKET_ON_OPEN = OrderTypeCode.marketOnOpen
const TYPE_MARKET_ON_CLOSE = OrderTypeCode.marketOnClose
const TIF_GTC = TimeInForceCode.gtc
const ON_APPROVE = OrderInput.approve
const ON_PARK = OrderInput.park
const ON_DENY = OrderInput.deny
const ON_CANCEL_REQUEST = OrderInput.cancelRequest
const ON_REPLACE_REQUEST = OrderInput.replaceRequest
const ON_ACCEPT = OrderInput.accept
const ON_TRIGGER = OrderInput.trigger
const ON_LOSE = OrderInput.lose
const ON_REOPEN = OrderInput.reopen
const ON_CANCEL_REJECT = OrderInput.cancelReject
const BOOKING_FEE_DIFFERENCE = Booking.feeDifference
const ON_FILL_PARTIAL = OrderInput.fillPartial
const ON_FILL_REST = OrderInput.fillRest
const ON_EXPIRE = OrderInput.expire
const ON_REJECT = OrderInput.reject
const ON_CANCEL = OrderInput.cancel
const ON_REPLACE = OrderInput.replace
const ON_REPLACE_REJECT = OrderInput.replaceReject
const FLAG_BAD_LINK = OrderFlag.badLink
const FLAG_OUTSIDE_RTH = OrderFlag.outsideRth
const FLAG_REDUCE_ONLY = OrderFlag.reduceOnly
const FLAG_SIZE_AT_FILL = OrderFlag.sizeAtFill
const FLAG_SIZED = OrderFlag.sized
const FLAG_TARGET = OrderFlag.target
const RECORD_FILL = RecordKind.fill
const RECORD_TRANSITION = RecordKind.transition

/** Rules of the account and of the check before an order leaves. */
export interface FlowRules {
  /** Gross exposure per unit of equity. */
  readonly leverage: number
  readonly account: 'margin' | 'cash'
  readonly shortSelling: boolean
  readonly creditSells: boolean
  /** Funds are judged at the fill alone, and a fill that is not affordable is refused whole. */
  readonly rejectAtFill: boolean
  /** Part of the price held back above the last one for orders without a limit; 0.02. */
  readonly collar: number
}

/** Bits of an intent beside the order's number; both together cancel an order for the sake of a newer target. */
const CANCEL = 0x4000_0000
const MODIFY = 0x2000_0000
const NUMBER = 0x1fff_ffff
/** Flags that a plain market order may carry. */
const PLAIN_FLAGS = OrderFlag.target | OrderFlag.sized
/** No order: makes the loop look up from its bars, see {@link OrderFlow.wake}. */
const NOTHING = -1

/**
 * The road of an order: intent → gate → venue → events → ledger. Strategies only append intents; the flow takes them
 * once the strategy's handler has returned, so nothing ever happens on the strategy's stack.
 */
export class OrderFlow {
  declare readonly table: OrderTable
  declare readonly ledger: Ledger
  declare readonly instruments: readonly Instrument[]
  declare readonly fees: FeeModel
  declare readonly gate: IRiskGate
  declare readonly rules: FlowRules
  declare readonly records: RecordHash
  declare readonly run: RunId
  readonly clock: Moment = new Moment()
  /** Events taken in so far. */
  sequence = 0
  /** Intents that wait to be taken. */
  pending = 0
  /** Signed leaves of working target orders, by strategy · instruments + instrument. */
  declare readonly targetWorking: Float64Array
  /** How many orders were denied, by code. */
  readonly denials: Map<DenialCode, number> = new Map()
  /** Codes that orders ended with; `table.code` is an index here. */
  readonly codes: string[] = ['']
  hosts: readonly StrategyHost[] = []
  /** Listens to every event of every order. */
  onEvent: ((event: OrderEvent) => void) | undefined
  /** End of the trading session that a time belongs to. */
  sessionEnd: (instrument: number, time: EpochMs) => EpochMs = () => Infinity
  /** End of the term whose fills of one order are charged together, for the bar they came from: that of its session. */
  feeTermEnd: (instrument: number, time: EpochMs) => EpochMs = (instrument, time) => this.sessionEnd(instrument, time)
  /** Why orders for the instrument are denied right now, if they are. */
  blocked: (host: StrategyHost, instrument: number) => DenialCode | undefined = () => undefined
  /** Settlement, day trades and margin of the account, when any of it is on. */
  keeper: AccountKeeper | undefined
  /** Start of the bar that is being matched; stands in the ledger's log. */
  matchingSince: EpochMs = NaN
  #intents = new Int32Array(64)
  #draining = false
  #execution: ExecutionPort | undefined
  readonly #codeIndex = new Map<string, number>([['', 0]])
  readonly #parked: number[] = []
  readonly #changes = new Map<number, OrderChanges>()
  readonly #ocaGroups = new Map<string, number>()
  /** Shares traded this month, for fee tiers. */
  #monthVolume = 0
  #month = -1
  #day = -1
  readonly #ask: Ask
  readonly #width: number

  constructor(options: {
    ledger: Ledger
    instruments: readonly Instrument[]
    strategies: number
    fees: FeeModel
    gate: IRiskGate
    rules: FlowRules
    records: RecordHash
    run: RunId
    /** Orders to expect. */
    capacity: number
  }) {
    this.table = new OrderTable(options.capacity)
    this.ledger = options.ledger
    this.instruments = options.instruments
    this.fees = options.fees
    this.gate = options.gate
    this.rules = options.rules
    this.records = options.records
    this.run = options.run
    this.#width = options.instruments.length
    this.targetWorking = new Float64Array(options.strategies * this.#width)
    this.#ask = new Ask(options.instruments[0]!, options.ledger)
  }

  connect(execution: ExecutionPort): void {
    this.#execution = execution
  }

  get now(): EpochMs {
    return this.clock.now
  }

  // ── Intents ────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** A new order, to be taken when the handler has returned. */
  place(
    strategy: number,
    counter: number,
    instrument: number,
    side: Sign,
    type: number,
    tif: number,
    quantity: Shares,
  ): number {
    const n = this.table.add(strategy, counter, instrument, side, type, tif, quantity, this.clock.now)
    if (n > NUMBER) throw new InvariantError('order.number', `Expected at most ${NUMBER} orders in a run`)
    this.#intend(n)
    return n
  }

  /**
   * An order of the engine's own that no gate may stop: closing at the end of the data, liquidation. It is `submitting`.
   */
  placeApproved(strategy: number, instrument: number, side: Sign, type: number, quantity: Shares): ApprovedNumber {
    const host = this.hosts[strategy]!
    const n = this.table.add(
      strategy,
      host.context.orders.takeNumber(),
      instrument,
      side,
      type,
      TIF_GTC,
      quantity,
      this.clock.now,
    )
    this.#transition(n, ON_APPROVE)
    return n as ApprovedNumber
  }

  /** @param replaced a newer target of the strategy takes its place */
  /** What is due next has changed inside a handler: the loop, which keeps it in a local variable, must read it again. */
  wake(): void {
    this.#intend(NOTHING)
  }

  requestCancel(n: number, replaced: boolean = false): void {
    this.#intend(replaced ? n | CANCEL | MODIFY : n | CANCEL)
  }

  requestModify(n: number, changes: OrderChanges): void {
    this.#changes.set(n, { ...this.#changes.get(n), ...changes })
    this.#intend(n | MODIFY)
  }

  /** What a modify that is under way asks for. */
  changesOf(n: number): OrderChanges {
    return this.#changes.get(n) ?? {}
  }

  /** Index of a named OCA group. */
  ocaGroup(name: string): number {
    const known = this.#ocaGroups.get(name)
    if (known !== undefined) return known
    this.#ocaGroups.set(name, this.#ocaGroups.size)
    return this.#ocaGroups.size - 1
  }

  #intend(intent: number): void {
    if (this.pending === this.#intents.length) {
      const larger = new Int32Array(this.#intents.length * 2)
      larger.set(this.#intents)
      this.#intents = larger
    }
    this.#intents[this.pending++] = intent
  }

  /** Takes all waiting intents in order, those that their events bring about included. */
  drain(): void {
    if (this.#draining) return
    this.#draining = true
    try {
      for (let k = 0; k < this.pending; k++) {
        const intent = this.#intents[k]!
        if (intent === NOTHING) continue
        const n = intent & NUMBER
        if ((intent & CANCEL) !== 0) this.#cancel(n, (intent & MODIFY) !== 0 ? 'target_replaced' : 'requested')
        else if ((intent & MODIFY) !== 0) this.#modify(n)
        else this.#send(n)
      }
    } finally {
      this.pending = 0
      this.#draining = false
    }
  }

  // ── Gate ───────────────────────────────────────────────────────────────────────────────────────────────────────────

  #send(n: number): void {
    const { table, ledger } = this
    if (table.state[n] !== CREATED) return
    const instrument = table.instrument[n]!
    const host = this.hosts[table.strategy[n]!]!
    if (
      table.type[n] === TYPE_MARKET &&
      (table.flags[n]! & ~PLAIN_FLAGS) === 0 &&
      table.parent[n] === -1 &&
      table.oca[n] === -1 &&
      this.#sendPlain(n, instrument, host)
    )
      return
    const blocked = this.blocked(host, instrument) ?? this.#impossible(n)
    if (blocked !== undefined) return this.#deny(n, blocked)
    const price = ledger.mark[instrument]!
    if (price !== price && mayPark(table.type[n]!)) {
      this.#transition(n, ON_PARK)
      this.#parked.push(n)
      if (host.wantsOrderEvents || this.onEvent !== undefined) this.#emit(n, { kind: 'parked' })
      return
    }
    const approved = this.#approve(n, price)
    if (approved !== undefined) this.#submit(approved)
  }

  /**
   * The road of a plain market order in one piece: nearly all orders of most strategies take it, and what it costs is
   * mostly how much code it runs through. It does what {@link #approve} and {@link #hold} do for such an order.
   * @returns false when the order needs a closer look
   */
  #sendPlain(n: number, id: number, host: StrategyHost): boolean {
    const { table, ledger, rules, keeper } = this
    const price = ledger.mark[id]!
    const quantity = table.quantity[n]!
    const spec = this.instruments[id]!
    if (!(price > 0 && quantity > 0) || spec.kind === 'future' || rules.rejectAtFill) return false
    if (keeper !== undefined && !keeper.passive) return false
    const side = table.side[n]! as Sign
    if (side < 0 && !(rules.shortSelling && rules.account === 'margin')) return false
    if (host.warm[id] !== 1 && this.blocked(host, id) !== undefined) return false
    const position = ledger.quantity[id]!
    const working = side > 0 ? ledger.workingBuys : ledger.workingSells
    const reducible = -position * side - working[id]!
    const reducing = reducible > 0 ? (reducible < quantity ? reducible : quantity) : 0
    const increasing = quantity - reducing
    const time = this.clock.now
    const { leverage } = rules
    let cost = 0
    if (increasing > 0) {
      const asked = side > 0 && (table.flags[n]! & FLAG_SIZED) === 0 ? price * (1 + rules.collar) : price
      const value = increasing * asked * spec.multiplier
      cost = value / leverage + this.fees.orderFee(increasing, value, side, time, this.#monthVolume)
    }
    const ask = this.#ask
    ask.instrument = spec
    ask.time = time
    ask.side = side
    ask.type = TYPE_MARKET
    ask.quantity = quantity
    ask.limitPrice = NaN
    ask.stopPrice = NaN
    ask.lastPrice = price
    ask.tick = spec.tick > 0 ? spec.tick : usEquityTick(price, time)
    ask.position = position
    ask.increasing = increasing
    ask.cost = cost
    ask.available = ledger.free(leverage) - ledger.reserved + (rules.creditSells ? ledger.credit : 0)
    // An order through zero closes before it opens: what it frees itself is there when it needs it.
    if (reducing > 0 && increasing > 0) ask.available += this.#creditOf(id, reducing, price)
    const code = this.gate.check(ask)
    if (code !== undefined) {
      this.#deny(n, code)
      return true
    }
    if (cost !== 0) {
      table.reserved[n] = cost
      ledger.reserve(cost)
    }
    table.counted[n] = quantity
    working[id]! += quantity
    if (reducing > 0) {
      const credit = (reducing * price * spec.multiplier) / leverage
      table.credit[n] = credit
      ledger.addCredit(credit)
    }
    table.state[n] = SUBMITTING
    table.updatedAt[n] = time
    this.records.add(RECORD_TRANSITION, this.sequence, time, n, id, quantity * side, 0, ON_APPROVE)
    if (host.wantsOrderEvents || this.onEvent !== undefined) this.#emit(n, { kind: 'submitting' })
    this.#execution!.submitMarket(n as ApprovedNumber, id, side, quantity, table.tif[n]!, time)
    return true
  }

  /** Orders that waited for their first price and whose instrument has an event now. `price` by instrument: the open. */
  releaseParked(hasEvent: (instrument: number) => boolean, price: (instrument: number) => UsdPerShare): void {
    for (let k = 0; k < this.#parked.length;) {
      const n = this.#parked[k]!
      if (this.table.state[n] !== PARKED) this.#parked.splice(k, 1)
      else if (!hasEvent(this.table.instrument[n]!)) k++
      else {
        this.#parked.splice(k, 1)
        const approved = this.#approve(n, price(this.table.instrument[n]!))
        if (approved !== undefined) this.#submit(approved)
      }
    }
  }

  get hasParked(): boolean {
    return this.#parked.length > 0
  }

  #impossible(n: number): DenialCode | undefined {
    const { table, ledger, rules } = this
    const flags = table.flags[n]!
    if ((flags & FLAG_TARGET) !== 0 && Number.isNaN(table.quantity[n])) return 'no_target'
    if ((flags & FLAG_BAD_LINK) !== 0) return 'bad_link'
    if ((flags & FLAG_OUTSIDE_RTH) !== 0 && !hasLimit(table.type[n]!)) return 'outside_rth_type'
    const position = ledger.quantity[table.instrument[n]!]!
    const side = table.side[n]!
    if ((flags & FLAG_REDUCE_ONLY) !== 0 && table.parent[n] === -1 && !(position * side < 0)) return 'reduce_only'
    if (
      side < 0 &&
      !(rules.shortSelling && rules.account === 'margin') &&
      (flags & FLAG_SIZE_AT_FILL) === 0 &&
      table.parent[n] === -1
    ) {
      const sells = table.oca[n] === -1 ? ledger.workingSells[table.instrument[n]!]! : 0
      if (!(table.quantity[n]! + sells <= position * (1 + 1e-12))) return 'short_not_allowed'
    }
    return undefined
  }

  /** Runs the gate; without a denial the order is `submitting` and its reservation stands. */
  #approve(n: number, lastPrice: UsdPerShare): ApprovedNumber | undefined {
    const { table } = this
    if ((table.flags[n]! & FLAG_SIZE_AT_FILL) === 0) {
      const denied = this.#check(n, table.quantity[n]!, lastPrice)
      if (denied !== undefined) {
        this.#deny(n, denied)
        return undefined
      }
      this.#hold(n)
    } else if (!(lastPrice > 0)) {
      this.#deny(n, 'no_price')
      return undefined
    }
    this.#transition(n, ON_APPROVE)
    return n as ApprovedNumber
  }

  #check(n: number, quantity: Shares, lastPrice: UsdPerShare): DenialCode | undefined {
    const ask = this.#state(n, quantity, lastPrice)
    const code = this.gate.check(ask)
    const { keeper } = this
    if (keeper === undefined) return code
    const { unsettled } = keeper
    if (code === 'buying_power' && unsettled > 0 && ask.cost <= ask.available + unsettled) return 'settled_cash'
    return code ?? keeper.check(ask, this.#askIncreasing(ask))
  }

  /** States order and account for the gate. */
  #state(n: number, quantity: Shares, lastPrice: UsdPerShare): GateAsk {
    const { table, ledger, rules } = this
    const ask = this.#ask
    const id = table.instrument[n]!
    const instrument = this.instruments[id]!
    const side = table.side[n]! as Sign
    const type = table.type[n]!
    ask.instrument = instrument
    ask.time = this.clock.now
    ask.side = side
    ask.type = type
    ask.quantity = quantity
    ask.limitPrice = hasLimit(type) ? table.limit[n]! : NaN
    ask.stopPrice = hasStop(type) ? table.stop[n]! : NaN
    ask.lastPrice = lastPrice
    ask.tick =
      instrument.tick > 0
        ? instrument.tick
        : usEquityTick(type === TYPE_MARKET ? lastPrice : hasLimit(type) ? ask.limitPrice : ask.stopPrice, ask.time)
    ask.position = ledger.quantity[id]!
    const increasing = this.#increasing(n, quantity)
    ask.increasing = rules.rejectAtFill ? 0 : increasing
    ask.cost = increasing > 0 ? this.#cost(n, increasing, lastPrice) : 0
    ask.available = ledger.free(rules.leverage) - ledger.reserved + (rules.creditSells ? ledger.credit : 0)
    // As for a plain order: one through zero closes before it opens.
    if (increasing > 0 && increasing < quantity) ask.available += this.#creditOf(id, quantity - increasing, lastPrice)
    if (this.keeper !== undefined) ask.available -= this.keeper.unsettled
    return ask
  }

  /** Part of the order that opens or increases a position, after the working orders of the same side. */
  #increasing(n: number, quantity: Shares): Shares {
    const { table, ledger } = this
    if (table.parent[n] !== -1 || (table.flags[n]! & FLAG_REDUCE_ONLY) !== 0) return 0
    const id = table.instrument[n]!
    const side = table.side[n]!
    const position = ledger.quantity[id]!
    const reducible = Math.max(
      0,
      -position * side - (table.oca[n] === -1 ? (side > 0 ? ledger.workingBuys[id]! : ledger.workingSells[id]!) : 0),
    )
    return Math.max(0, quantity - reducible)
  }

  /**
   * What the increasing part holds back: margin at the limit, or at the last price + 2 %, and the estimated fee. An order
   * sized by weight has its buffer taken off already; with 2 % more no portfolio could be fully invested.
   */
  #cost(n: number, increasing: Shares, lastPrice: UsdPerShare): number {
    const { table, rules } = this
    const instrument = this.instruments[table.instrument[n]!]!
    const type = table.type[n]!
    let price = lastPrice
    if (hasLimit(type)) price = table.side[n]! > 0 ? table.limit[n]! : Math.max(lastPrice, table.limit[n]!)
    else if (table.side[n]! > 0 && (table.flags[n]! & FLAG_SIZED) === 0)
      price = (hasStop(type) ? Math.max(lastPrice, table.stop[n]!) : lastPrice) * (1 + rules.collar)
    const value = increasing * price * instrument.multiplier
    const margin = instrument.kind === 'future' ? increasing * instrument.initialMargin : value / rules.leverage
    return margin + this.#fee(increasing, value, table.side[n]! as Sign)
  }

  #fee(quantity: Shares, value: number, side: Sign): number {
    return this.fees.orderFee(quantity, value, side, this.clock.now, this.#monthVolume)
  }

  /** Reservation of an increasing order, or the credit of one that reduces. */
  #hold(n: number): void {
    const { table, ledger } = this
    const ask = this.#ask
    table.reserved[n] = ask.cost
    ledger.reserve(ask.cost)
    const id = table.instrument[n]!
    if (table.parent[n] === -1 && table.oca[n] === -1) {
      table.counted[n] = ask.quantity
      if (table.side[n]! > 0) ledger.workingBuys[id]! += ask.quantity
      else ledger.workingSells[id]! += ask.quantity
    }
    const reducing = ask.quantity - this.#askIncreasing(ask)
    if (reducing > 0 && table.type[n] === TYPE_MARKET) {
      const credit = this.#creditOf(id, reducing, ask.lastPrice)
      table.credit[n] = credit
      ledger.addCredit(credit)
    }
  }

  #askIncreasing(ask: GateAsk): Shares {
    // With funds judged at the fill the ask shows 0; the position alone says what the order reduces.
    return this.rules.rejectAtFill ? Math.max(0, ask.quantity - Math.max(0, -ask.position * ask.side)) : ask.increasing
  }

  #creditOf(id: number, reducing: Shares, price: UsdPerShare): number {
    const instrument = this.instruments[id]!
    if (instrument.kind === 'future') return reducing * instrument.initialMargin
    return (reducing * price * instrument.multiplier) / this.rules.leverage
  }

  /** Brings reservation, credit and working quantity of an order in line with `leaves`; 0 releases all. */
  #release(n: number, leaves: Shares, before: Shares): void {
    const { table, ledger } = this
    const keep = leaves > 0 && before > 0 ? leaves / before : 0
    const reserved = table.reserved[n]!
    if (reserved !== 0) {
      table.reserved[n] = reserved * keep
      ledger.reserve(table.reserved[n] - reserved)
    }
    const credit = table.credit[n]!
    if (credit !== 0) {
      table.credit[n] = credit * keep
      ledger.addCredit(table.credit[n] - credit)
    }
    const counted = table.counted[n]!
    if (counted !== 0) {
      const now = Math.min(counted, leaves)
      table.counted[n] = now
      const id = table.instrument[n]!
      if (table.side[n]! > 0) ledger.workingBuys[id]! += now - counted
      else ledger.workingSells[id]! += now - counted
    }
    if ((table.flags[n]! & FLAG_TARGET) !== 0 && leaves !== before) {
      const slot = table.strategy[n]! * this.#width + table.instrument[n]!
      this.targetWorking[slot]! += table.side[n]! * (leaves - before)
    }
  }

  #deny(n: number, code: DenialCode): void {
    const { table } = this
    this.denials.set(code, (this.denials.get(code) ?? 0) + 1)
    table.code[n] = this.#code(code)
    this.#release(n, 0, table.leaves(n))
    this.#transition(n, ON_DENY)
    const host = this.hosts[table.strategy[n]!]!
    if (host.wantsOrderEvents || this.onEvent !== undefined)
      this.#emit(n, { kind: 'denied', code, detail: this.#denialDetail(code) })
  }

  #denialDetail(code: DenialCode): string {
    if (code !== 'buying_power' && code !== 'settled_cash') return DENIAL_CODES[code]
    return `Needs ${this.#ask.cost.toFixed(2)} USD, ${this.#ask.available.toFixed(2)} USD are free.`
  }

  #submit(n: ApprovedNumber): void {
    const host = this.hosts[this.table.strategy[n]!]!
    if (host.wantsOrderEvents || this.onEvent !== undefined) this.#emit(n, { kind: 'submitting' })
    this.#execution!.submit(n, this.clock.now)
  }

  // ── Cancel and modify ──────────────────────────────────────────────────────────────────────────────────────────────

  /** Ends what can be ended at once, asks the venue for the rest. */
  #cancel(n: number, code: EndCode): void {
    const { table } = this
    const state = table.state[n]!
    if (state === CREATED || state === PARKED) {
      if (state === CREATED) this.#transition(n, ON_PARK)
      return this.ended(n, CANCELLED, code, this.clock.now)
    }
    if (!takes(state, ON_CANCEL_REQUEST) || state === CANCELLING) return
    this.#transition(n, ON_CANCEL_REQUEST)
    const host = this.hosts[table.strategy[n]!]!
    if (host.wantsOrderEvents || this.onEvent !== undefined) this.#emit(n, { kind: 'cancel-requested' })
    this.#execution!.cancel(n, code, this.clock.now)
  }

  #modify(n: number): void {
    const { table } = this
    if (!takes(table.state[n]!, ON_REPLACE_REQUEST)) return
    const denied = this.#judge(n, this.changesOf(n))
    if (denied !== undefined) {
      this.#changes.delete(n)
      this.denials.set(denied, (this.denials.get(denied) ?? 0) + 1)
      const host = this.hosts[table.strategy[n]!]!
      if (host.wantsOrderEvents || this.onEvent !== undefined)
        this.#emit(n, { kind: 'replace-rejected', code: denied, detail: this.#denialDetail(denied) })
      return
    }
    this.#transition(n, ON_REPLACE_REQUEST)
    const host = this.hosts[table.strategy[n]!]!
    if (host.wantsOrderEvents || this.onEvent !== undefined) this.#emit(n, { kind: 'replace-requested' })
    this.#execution!.modify(n, this.clock.now)
  }

  /** The gate's answer to the order as it would stand after a change, its own reservation given back. */
  #judge(n: number, changes: OrderChanges): DenialCode | undefined {
    const { table } = this
    const quantity = changes.quantity ?? table.quantity[n]!
    if (!(quantity > table.filled[n]!)) return 'invalid_quantity'
    const priced = changes.limitPrice !== undefined || changes.stopPrice !== undefined
    if (!priced && quantity <= table.quantity[n]!) return undefined
    const before = { limit: table.limit[n]!, stop: table.stop[n]! }
    const held = this.#takeBack(n)
    table.limit[n] = changes.limitPrice ?? before.limit
    table.stop[n] = changes.stopPrice ?? before.stop
    const denied = this.#check(n, quantity - table.filled[n]!, this.ledger.mark[table.instrument[n]!]!)
    table.limit[n] = before.limit
    table.stop[n] = before.stop
    this.#count(n, held.reserved, held.credit, held.counted)
    return denied
  }

  /** Reservation, credit and counted quantity of an order as they were, now all 0. */
  #takeBack(n: number): { reserved: number; credit: number; counted: Shares } {
    const { table } = this
    const held = { reserved: table.reserved[n]!, credit: table.credit[n]!, counted: table.counted[n]! }
    this.#count(n, -held.reserved, -held.credit, -held.counted)
    return held
  }

  /** Adds to what an order holds back, what it lends, and what counts as working. */
  #count(n: number, reserved: number, credit: number, counted: Shares): void {
    const { table, ledger } = this
    table.reserved[n]! += reserved
    table.credit[n]! += credit
    table.counted[n]! += counted
    ledger.reserve(reserved)
    ledger.addCredit(credit)
    if (table.side[n]! > 0) ledger.workingBuys[table.instrument[n]!]! += counted
    else ledger.workingSells[table.instrument[n]!]! += counted
  }

  // ── What the venue tells ───────────────────────────────────────────────────────────────────────────────────────────

  accepted(n: number): void {
    this.#transition(n, ON_ACCEPT)
    const host = this.hosts[this.table.strategy[n]!]!
    if (host.wantsOrderEvents || this.onEvent !== undefined) this.#emit(n, { kind: 'accepted' })
  }

  /** No proof from the venue either way: the order may be live, and stays open. */
  lost(n: number, detail: string): void {
    this.#transition(n, ON_LOSE)
    const host = this.hosts[this.table.strategy[n]!]!
    if (host.wantsOrderEvents || this.onEvent !== undefined) this.#emit(n, { kind: 'unknown', detail })
  }

  /** The venue refused to cancel: the order works on. */
  cancelRejected(n: number, detail: string): void {
    this.#transition(n, ON_CANCEL_REJECT)
    const host = this.hosts[this.table.strategy[n]!]!
    if (host.wantsOrderEvents || this.onEvent !== undefined) this.#emit(n, { kind: 'cancel-rejected', detail })
  }

  /**
   * The venue's own commission of an execution: only the difference to the estimate that was booked is booked now.
   * @param difference USD, negative = cheaper than estimated
   */
  commission(n: number, difference: number): void {
    const { table } = this
    if (!Number.isFinite(difference) || difference === 0) return
    table.fees[n]! += difference
    this.ledger.adjust(
      BOOKING_FEE_DIFFERENCE,
      table.strategy[n]!,
      table.instrument[n]!,
      -difference,
      0,
      0,
      this.clock.now,
    )
    const host = this.hosts[table.strategy[n]!]!
    if (host.wantsOrderEvents || this.onEvent !== undefined) this.#emit(n, { kind: 'commission', difference })
  }

  triggered(n: number): void {
    this.#transition(n, ON_TRIGGER)
    const host = this.hosts[this.table.strategy[n]!]!
    if (host.wantsOrderEvents || this.onEvent !== undefined) this.#emit(n, { kind: 'triggered' })
  }

  /** The quantity of an order that was sized at its fill. */
  sized(n: number, quantity: Shares, side: Sign): void {
    const { table } = this
    table.quantity[n] = quantity
    table.side[n] = side
    table.flags[n]! &= ~FLAG_SIZE_AT_FILL
    if ((table.flags[n]! & FLAG_TARGET) !== 0)
      this.targetWorking[table.strategy[n]! * this.#width + table.instrument[n]!]! += side * quantity
  }

  /**
   * How much of `quantity` the account can pay for at `price`, in whole lots; all of it for the part that reduces.
   * A margin account may go into debit up to Reg-T's initial margin of 50 %, a cash account pays from its cash.
   */
  affordable(n: number, quantity: Shares, price: UsdPerShare): Shares {
    const { table, ledger, rules } = this
    const id = table.instrument[n]!
    const instrument = this.instruments[id]!
    const side = table.side[n]! as Sign
    const reducing = Math.min(quantity, Math.max(0, -ledger.quantity[id]! * side))
    const increasing = quantity - reducing
    if (!(increasing > 0)) return quantity
    const strict = rules.rejectAtFill || rules.account === 'cash'
    const leverage = strict ? rules.leverage : Math.max(rules.leverage, 2)
    const unit = instrument.kind === 'future' ? instrument.initialMargin : (price * instrument.multiplier) / leverage
    const value = quantity * price * instrument.multiplier
    const fee = this.#fee(quantity, value, side)
    const unsettled = this.keeper?.unsettled ?? 0
    // Covered by cash while nothing is owed: what positions would lend needs no summing.
    if (
      leverage >= 1 &&
      ledger.complex === 0 &&
      value > 0 &&
      instrument.kind !== 'future' &&
      value + fee + unsettled <= ledger.cash
    )
      return quantity
    let free = ledger.free(leverage)
    if (reducing > 0) {
      // The whole position is closed first, at this price and not at its mark.
      const mark = ledger.mark[id]!
      free += this.#creditOf(id, reducing, mark) - side * reducing * (price - mark) * instrument.multiplier
    }
    const room = free - fee - unsettled
    if (increasing * unit <= room + 1e-9 * Math.abs(free)) return quantity
    if (rules.rejectAtFill) return 0
    const lots = Math.floor(room / unit / instrument.lot + 1e-9)
    return reducing + Math.max(0, lots * instrument.lot)
  }

  filled(n: number, quantity: Shares, price: UsdPerShare, time: EpochMs, flags: number): void {
    // Open, nothing filled, no change under way: the fill that ends most orders.
    if (
      this.table.filled[n] === 0 &&
      this.table.quantity[n] === quantity &&
      this.table.state[n]! < FILLED &&
      this.#changes.size === 0
    )
      return this.#filledWhole(n, quantity, price, time, flags)
    const { table, ledger } = this
    const id = table.instrument[n]!
    const before = table.leaves(n)
    table.filled[n]! += quantity
    table.filledValue[n]! += quantity * price
    const leaves = table.leaves(n)
    const side = table.side[n]! as Sign
    const fee = this.#sessionFee(n, id, quantity, price, side, time)
    table.fees[n]! += fee
    // A fill that comes after the order's end finds all of it released.
    if (table.state[n]! < FILLED) this.#release(n, leaves, before)
    this.#transition(n, leaves > 0 ? ON_FILL_PARTIAL : ON_FILL_REST)
    this.keeper?.filled(
      table.strategy[n]!,
      id,
      side * quantity,
      quantity * price * this.instruments[id]!.multiplier - fee,
      time,
    )
    const realized = ledger.fill(n, table.strategy[n]!, id, side, quantity, price, fee, time, this.matchingSince, flags)
    this.records.add(RECORD_FILL, this.sequence, time, n, id, side * quantity, price, fee)
    const host = this.hosts[table.strategy[n]!]!
    if (host.wantsFills || host.wantsOrderEvents || this.onEvent !== undefined) {
      const fill = this.#fill(n, quantity, price, fee, time, leaves, realized)
      this.#emit(n, { kind: 'filled', fill })
      host.fill(fill)
    }
  }

  /** {@link filled} for the first fill of an order that is its last: no session, no leaves. */
  #filledWhole(n: number, quantity: Shares, price: UsdPerShare, time: EpochMs, flags: number): void {
    const { table, ledger } = this
    const id = table.instrument[n]!
    const strategy = table.strategy[n]!
    const side = table.side[n]! as Sign
    const signed = side * quantity
    const value = quantity * price * this.instruments[id]!.multiplier
    const day = Math.floor(time / MS_PER_DAY)
    if (day !== this.#day) this.#newDay(day)
    const fee = this.fees.orderFee(quantity, Math.abs(value), side, time, this.#monthVolume)
    this.#monthVolume += quantity
    table.filled[n] = quantity
    table.filledValue[n] = quantity * price
    table.fees[n]! += fee
    this.#releaseAll(n, id, side, quantity)
    const before = table.state[n]!
    const now = this.clock.now
    table.state[n] = nextState(before, ON_FILL_REST)
    table.updatedAt[n] = now
    this.records.add(
      RECORD_TRANSITION,
      this.sequence,
      now,
      n,
      id,
      signed,
      priceOf(table, n),
      ON_FILL_REST + 64 * table.code[n]!,
    )
    if (before < FILLED) {
      table.close(n)
      if (table.firstOpen === -1) this.#settle()
    }
    this.keeper?.filled(strategy, id, signed, value - fee, time)
    const realized = ledger.fill(n, strategy, id, side, quantity, price, fee, time, this.matchingSince, flags)
    this.records.add(RECORD_FILL, this.sequence, time, n, id, signed, price, fee)
    const host = this.hosts[strategy]!
    if (host.wantsFills || host.wantsOrderEvents || this.onEvent !== undefined) {
      const fill = this.#fill(n, quantity, price, fee, time, 0, realized)
      this.#emit(n, { kind: 'filled', fill })
      host.fill(fill)
    }
  }

  /** {@link #release} of everything. */
  #releaseAll(n: number, id: number, side: Sign, quantity: Shares): void {
    const { table, ledger } = this
    const reserved = table.reserved[n]!
    if (reserved !== 0) {
      table.reserved[n] = 0
      ledger.reserve(-reserved)
    }
    const credit = table.credit[n]!
    if (credit !== 0) {
      table.credit[n] = 0
      ledger.addCredit(-credit)
    }
    const counted = table.counted[n]!
    if (counted !== 0) {
      table.counted[n] = 0
      if (side > 0) ledger.workingBuys[id]! -= counted
      else ledger.workingSells[id]! -= counted
    }
    if ((table.flags[n]! & FLAG_TARGET) !== 0)
      this.targetWorking[table.strategy[n]! * this.#width + id]! -= side * quantity
  }

  /** Fee of this fill: that of all fills of the order in this session, less what was booked before. */
  #sessionFee(n: number, id: number, quantity: Shares, price: UsdPerShare, side: Sign, time: EpochMs): number {
    const { table } = this
    const day = Math.floor(time / MS_PER_DAY)
    if (day !== this.#day) this.#newDay(day)
    const value = quantity * price * this.instruments[id]!.multiplier
    if (table.filled[n] === quantity && table.leaves(n) === 0) {
      // The only fill of the order: no session to look up.
      const fee = this.fees.orderFee(quantity, Math.abs(value), side, time, this.#monthVolume)
      this.#monthVolume += quantity
      return fee
    }
    const extras = table.extras(n)
    const end = this.feeTermEnd(id, this.matchingSince)
    const session =
      extras.session?.end === end ? extras.session : (extras.session = { end, quantity: 0, value: 0, fee: 0 })
    const monthBefore = this.#monthVolume - session.quantity
    session.quantity += quantity
    session.value += Math.abs(value)
    const total = this.fees.orderFee(session.quantity, session.value, side, time, Math.max(0, monthBefore))
    const fee = total - session.fee
    session.fee = total
    this.#monthVolume += quantity
    return fee
  }

  #newDay(day: number): void {
    this.#day = day
    const { year, month } = civilFromDays(day)
    if (year * 12 + month === this.#month) return
    this.#month = year * 12 + month
    this.#monthVolume = 0
  }

  /**
   * The venue changed an execution, or took it back (`quantity` 0): the old one is booked the other way round at its own
   * price and fee, the new one anew. The order is open again when something of it is unfilled now.
   */
  correct(
    n: number,
    oldQuantity: Shares,
    oldPrice: UsdPerShare,
    oldFee: number,
    quantity: Shares,
    price: UsdPerShare,
    time: EpochMs,
  ): void {
    const { table, ledger } = this
    const id = table.instrument[n]!
    const strategy = table.strategy[n]!
    const side = table.side[n]! as Sign
    const before = table.leaves(n)
    table.filled[n]! += quantity - oldQuantity
    table.filledValue[n]! += quantity * price - oldQuantity * oldPrice
    const leaves = table.leaves(n)
    const value = quantity * price * this.instruments[id]!.multiplier
    const fee = quantity > 0 ? this.fees.orderFee(quantity, Math.abs(value), side, time, this.#monthVolume) : 0
    table.fees[n]! += fee - oldFee
    ledger.fill(n, strategy, id, side > 0 ? -1 : 1, oldQuantity, oldPrice, -oldFee, time, time, 0)
    if (quantity > 0) ledger.fill(n, strategy, id, side, quantity, price, fee, time, time, 0)
    this.records.add(RECORD_FILL, this.sequence, time, n, id, side * (quantity - oldQuantity), price, fee - oldFee)
    if (table.state[n] === FILLED && leaves > 0) {
      table.reopen(n)
      this.#transition(n, ON_REOPEN)
      this.#countAgain(n, leaves)
    } else if (table.state[n]! < FILLED) {
      if (leaves > before) this.#countAgain(n, leaves - before)
      else this.#release(n, leaves, before)
      if (leaves === 0) this.#transition(n, ON_FILL_REST)
    }
    const host = this.hosts[strategy]!
    if (host.wantsOrderEvents || this.onEvent !== undefined) {
      const fill = this.#fill(n, quantity, price, fee, time, table.leaves(n), 0)
      this.#emit(n, { kind: 'corrected', fill, superseded: '' as ExecutionId })
    }
  }

  /** Executions show that the order is larger than what was known of it. */
  enlarge(n: number, quantity: Shares): void {
    const more = quantity - this.table.quantity[n]!
    this.table.quantity[n] = quantity
    if (this.table.state[n]! < FILLED) this.#countAgain(n, more)
  }

  /** Shares that a correction made open again work and count once more; what they held back is not asked for again. */
  #countAgain(n: number, more: Shares): void {
    const { table, ledger } = this
    const id = table.instrument[n]!
    if (table.parent[n] === -1 && table.oca[n] === -1) {
      table.counted[n]! += more
      if (table.side[n]! > 0) ledger.workingBuys[id]! += more
      else ledger.workingSells[id]! += more
    }
    if ((table.flags[n]! & FLAG_TARGET) !== 0)
      this.targetWorking[table.strategy[n]! * this.#width + id]! += table.side[n]! * more
  }

  /** The order ended without (the rest of) its fills. */
  ended(n: number, state: number, code: string, time: EpochMs): void {
    const { table } = this
    table.code[n] = this.#code(code)
    this.#release(n, 0, table.leaves(n))
    const input = state === EXPIRED ? ON_EXPIRE : state === REJECTED ? ON_REJECT : ON_CANCEL
    this.#changes.delete(n)
    this.#transition(n, input)
    table.updatedAt[n] = time
    const host = this.hosts[table.strategy[n]!]!
    if (!host.wantsOrderEvents && this.onEvent === undefined) return
    if (state === REJECTED) this.#emit(n, { kind: 'rejected', code, detail: detailOf(code) })
    else if (state === EXPIRED) this.#emit(n, { kind: 'expired', code: code as EndCode })
    else this.#emit(n, { kind: 'cancelled', code: code as EndCode })
  }

  replaced(n: number): void {
    const { table } = this
    const changes = this.changesOf(n)
    this.#changes.delete(n)
    const before = table.leaves(n)
    if (changes.quantity !== undefined) table.quantity[n] = changes.quantity
    if (changes.limitPrice !== undefined) table.limit[n] = changes.limitPrice
    if (changes.stopPrice !== undefined) table.stop[n] = changes.stopPrice
    if (changes.trailAmount !== undefined)
      Object.assign(table.extras(n), { trailAmount: changes.trailAmount, trailPercent: undefined })
    if (changes.trailPercent !== undefined)
      Object.assign(table.extras(n), { trailPercent: changes.trailPercent, trailAmount: undefined })
    const leaves = table.leaves(n)
    const slot = table.strategy[n]! * this.#width + table.instrument[n]!
    if ((table.flags[n]! & FLAG_TARGET) !== 0) this.targetWorking[slot]! += table.side[n]! * (leaves - before)
    // What it holds back follows its new price and quantity; the answer was given when the change was asked for.
    this.#takeBack(n)
    this.#state(n, leaves, this.ledger.mark[table.instrument[n]!]!)
    this.#hold(n)
    this.#transition(n, ON_REPLACE)
    // Fills that came before this news may have been all that the lower quantity leaves.
    if (leaves === 0) this.#transition(n, ON_FILL_REST)
    const host = this.hosts[table.strategy[n]!]!
    if (host.wantsOrderEvents || this.onEvent !== undefined) this.#emit(n, { kind: 'replaced' })
  }

  replaceRejected(n: number, code: string): void {
    this.#changes.delete(n)
    this.#transition(n, ON_REPLACE_REJECT)
    const host = this.hosts[this.table.strategy[n]!]!
    if (host.wantsOrderEvents || this.onEvent !== undefined)
      this.#emit(n, { kind: 'replace-rejected', code, detail: detailOf(code) })
  }

  /**
   * The venue changed the order of its own accord: a split, a group's partial fill, a parent that ended early.
   * @param leaves what is still open
   */
  rebased(n: number, leaves: Shares, limit: UsdPerShare, stop: UsdPerShare): void {
    const { table } = this
    const before = table.leaves(n)
    table.quantity[n] = table.filled[n]! + leaves
    if (hasLimit(table.type[n]!)) table.limit[n] = limit
    if (hasStop(table.type[n]!)) table.stop[n] = stop
    if (leaves < before) this.#release(n, leaves, before)
    this.#transition(n, ON_REPLACE)
    const host = this.hosts[table.strategy[n]!]!
    if (host.wantsOrderEvents || this.onEvent !== undefined) this.#emit(n, { kind: 'replaced' })
  }

  // ── State, records, events ─────────────────────────────────────────────────────────────────────────────────────────

  #transition(n: number, input: number): void {
    const { table } = this
    const before = table.state[n]!
    const after = nextState(before, input)
    table.state[n] = after
    table.updatedAt[n] = this.clock.now
    this.records.add(
      RECORD_TRANSITION,
      this.sequence,
      this.clock.now,
      n,
      table.instrument[n]!,
      table.quantity[n]! * table.side[n]!,
      priceOf(table, n),
      input + 64 * table.code[n]!,
    )
    if (after >= FILLED && before < FILLED) {
      if (this.#changes.size > 0) this.#changes.delete(n)
      table.close(n)
      if (table.firstOpen === -1) this.#settle()
    }
  }

  /** No order is open: what sums of reservations left behind in the last digits is dropped. */
  #settle(): void {
    const { ledger } = this
    ledger.reserve(-ledger.reserved)
    ledger.addCredit(-ledger.credit)
  }

  #code(code: string): number {
    const known = this.#codeIndex.get(code)
    if (known !== undefined) return known
    this.codes.push(code)
    this.#codeIndex.set(code, this.codes.length - 1)
    return this.codes.length - 1
  }

  #fill(
    n: number,
    quantity: Shares,
    price: UsdPerShare,
    fee: number,
    time: EpochMs,
    leaves: Shares,
    realized: number,
  ): Fill {
    const { table } = this
    const host = this.hosts[table.strategy[n]!]!
    return {
      executionId: `${this.idOf(n)}.${this.ledger.log.count}` as ExecutionId,
      orderNumber: n as OrderNumber,
      strategy: host.id,
      instrument: this.instruments[table.instrument[n]!]!,
      side: table.side[n]! > 0 ? 'buy' : 'sell',
      quantity,
      price,
      fee,
      time,
      leaves,
      realized,
      tag: table.extrasOf(n)?.tag,
    }
  }

  #emit(n: number, what: DistributiveOmit<OrderEvent, 'order' | 'time'>): void {
    const event = { ...what, order: this.view(n), time: this.clock.now } as OrderEvent
    this.hosts[this.table.strategy[n]!]!.orderEvent(event)
    this.onEvent?.(event)
  }

  idOf(n: number): ReturnType<typeof orderId> {
    return orderId(this.run, this.hosts[this.table.strategy[n]!]!.id, this.table.counter[n]!)
  }

  view(n: number): OrderView {
    const { table } = this
    if (!(Number.isInteger(n) && n >= 0 && n < table.count))
      throw new InvariantError(
        'order.number',
        `Expected the number of an order of this run (0 to ${table.count - 1}), found ${n}`,
      )
    const type = table.type[n]!
    const extras = table.extrasOf(n)
    const parent = table.parent[n]!
    return {
      number: n as OrderNumber,
      id: this.idOf(n),
      strategy: this.hosts[table.strategy[n]!]!.id,
      instrument: this.instruments[table.instrument[n]!]!,
      side: table.side[n]! > 0 ? 'buy' : 'sell',
      type: ORDER_TYPES[type]!,
      tif: TIMES_IN_FORCE[table.tif[n]!]!,
      state: ORDER_STATES[table.state[n]!]!,
      quantity: table.quantity[n]!,
      filled: table.filled[n]!,
      leaves: table.leaves(n),
      limitPrice: hasLimit(type) ? table.limit[n] : undefined,
      stopPrice: hasStop(type) || table.stop[n] !== 0 ? table.stop[n] : undefined,
      averagePrice: table.filledValue[n]! / table.filled[n]!,
      fees: table.fees[n]!,
      placedAt: table.placedAt[n]!,
      updatedAt: table.updatedAt[n]!,
      code: table.code[n] === 0 ? undefined : this.codes[table.code[n]!],
      tag: extras?.tag,
      parent: parent === -1 ? undefined : (parent as OrderNumber),
      ocaGroup: extras?.ocaGroup,
    }
  }

  /** Cancels every open order that `select` picks, with a code: for margin calls, delistings, the end of a run. */
  cancelWhere(select: (n: number) => boolean, code: EndCode): void {
    for (let n = this.table.firstOpen; n !== -1;) {
      const next = this.table.nextOpen(n)
      if (select(n)) this.#cancel(n, code)
      n = next
    }
  }
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never

function priceOf(table: OrderTable, n: number): number {
  const type = table.type[n]!
  return type === TYPE_MARKET ? 0 : hasLimit(type) ? table.limit[n]! : table.stop[n]!
}

/** Unpriced orders with a fixed quantity may wait for the instrument's first price. */
function mayPark(type: number): boolean {
  return type === TYPE_MARKET || type === TYPE_MARKET_ON_OPEN || type === TYPE_MARKET_ON_CLOSE
}

function detailOf(code: string): string {
  return DENIAL_CODES[code as DenialCode] ?? code
}
