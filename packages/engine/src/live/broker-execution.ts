import {
  type ApprovedOrder,
  type BrokerEvent,
  type EndCode,
  type EpochMs,
  type ExecutionId,
  type IBroker,
  ORDER_TYPES,
  type OrderChanges,
  type OrderId,
  type OrderNumber,
  OrderStateCode,
  type SubmitOutcome,
  TIMES_IN_FORCE,
} from '@onetape/core'
import { hasLimit, hasStop } from '../gate/basic-gate.ts'
import type { ApprovedNumber, ExecutionPort } from '../loop/execution-port.ts'
import type { OrderFlow } from '../order/order-flow.ts'
import { takes, OrderInput } from '../order/order-machine.ts'
import { OrderFlag } from '../order/order-table.ts'

/** What the execution needs of the session around it. */
export interface BrokerLink {
  /** Put on the tape, which is written before the order leaves. */
  submitting(order: ApprovedOrder): void
  /** A request waits for {@link BrokerExecution.send}. */
  asked(): void
  /** Puts a request's outcome into the inbox. */
  outcome(orderId: OrderId, request: 'submit' | 'modify' | 'cancel', outcome: SubmitOutcome): void
}

type Request =
  | { readonly kind: 'submit'; readonly order: ApprovedOrder }
  | { readonly kind: 'modify'; readonly id: OrderId; readonly changes: OrderChanges }
  | { readonly kind: 'cancel'; readonly id: OrderId }

interface Execution {
  readonly order: number
  /** Booked so far: the estimate, or the venue's own commission. USD. */
  fee: number
  readonly quantity: number
  readonly price: number
}

/**
 * A broker as the engine's execution port: approved orders wait until the session sends them, outcomes and events come
 * back through the inbox. Executions are the truth and known by their id: a repeat changes nothing.
 */
export class BrokerExecution implements ExecutionPort {
  readonly busy: Int32Array
  readonly nextExpiry: EpochMs = Infinity
  readonly #flow: OrderFlow
  readonly #broker: IBroker
  readonly #link: BrokerLink
  readonly #waiting: Request[] = []
  readonly #numbers = new Map<OrderId, number>()
  readonly #executions = new Map<ExecutionId, Execution>()
  /** Executions that a correction took the place of, also those that have not come yet: they count no more. */
  readonly #superseded = new Set<ExecutionId>()
  /** Commissions that came before their execution. */
  readonly #early = new Map<ExecutionId, number>()

  constructor(flow: OrderFlow, broker: IBroker, link: BrokerLink) {
    this.#flow = flow
    this.#broker = broker
    this.#link = link
    this.busy = new Int32Array(flow.instruments.length)
  }

  submit(n: ApprovedNumber): void {
    const order = this.#approved(n)
    this.#numbers.set(order.id, n)
    this.#link.submitting(order)
    this.#ask({ kind: 'submit', order })
  }

  submitMarket(n: ApprovedNumber): void {
    this.submit(n)
  }

  cancel(n: number, _code: EndCode): void {
    this.#ask({ kind: 'cancel', id: this.#flow.idOf(n) })
  }

  modify(n: number): void {
    this.#ask({ kind: 'modify', id: this.#flow.idOf(n), changes: this.#flow.changesOf(n) })
  }

  #ask(request: Request): void {
    this.#waiting.push(request)
    this.#link.asked()
  }

  /** What waits to be sent: `orders` when new orders or changes are among it. */
  get waiting(): 'nothing' | 'cancels' | 'orders' {
    if (this.#waiting.length === 0) return 'nothing'
    return this.#waiting.every(({ kind }) => kind === 'cancel') ? 'cancels' : 'orders'
  }

  /** Sends what waits, in the order in which it was asked for. */
  send(): void {
    const requests = this.#waiting.splice(0)
    for (let i = 0; i < requests.length;) {
      const orders: ApprovedOrder[] = []
      for (let next = requests[i]; next?.kind === 'submit'; next = requests[i]) {
        orders.push(next.order)
        i++
      }
      if (orders.length > 0) this.#execute(orders)
      else this.#change(requests[i++]!)
    }
  }

  /** Drops what waits: after a failure nobody knows whether it is still meant. */
  drop(): void {
    this.#waiting.length = 0
  }

  #execute(orders: readonly ApprovedOrder[]): void {
    const broker = this.#broker
    const calls = broker.executeOrders?.(orders) ?? orders.map((order) => broker.executeOrder(order))
    for (const [i, call] of calls.entries()) this.#follow(orders[i]!.id, 'submit', call)
  }

  #change(request: Request): void {
    if (request.kind === 'cancel') this.#follow(request.id, 'cancel', this.#broker.cancelOrder(request.id))
    else if (request.kind === 'modify')
      this.#follow(request.id, 'modify', this.#broker.modifyOrder(request.id, request.changes))
  }

  #follow(id: OrderId, request: Request['kind'], call: Promise<SubmitOutcome>): void {
    call.then(
      (outcome) => this.#link.outcome(id, request, outcome),
      (error: unknown) => this.#link.outcome(id, request, { kind: 'unknown', detail: String(error) }),
    )
  }

  /** Takes the outcome of a request from the inbox. */
  takeOutcome(id: OrderId, request: 'submit' | 'modify' | 'cancel', outcome: SubmitOutcome): void {
    const n = this.#numbers.get(id)
    if (n === undefined) return
    const flow = this.#flow
    const state = flow.table.state[n]!
    if (request === 'submit') {
      if (outcome.kind === 'accepted' && takes(state, OrderInput.accept)) flow.accepted(n)
      else if (outcome.kind === 'rejected' && takes(state, OrderInput.reject))
        flow.ended(n, OrderStateCode.rejected, outcome.code, flow.now)
      else if (outcome.kind === 'unknown' && state === OrderStateCode.submitting)
        // In every other state something has been heard of the order, or is being asked of it.
        flow.lost(n, outcome.detail)
    } else if (request === 'cancel') {
      if (outcome.kind === 'rejected' && takes(state, OrderInput.cancelReject)) flow.cancelRejected(n, outcome.detail)
    } else if (outcome.kind === 'accepted') this.#replaced(n)
    else if (outcome.kind === 'rejected' && takes(state, OrderInput.replaceReject))
      flow.replaceRejected(n, outcome.code)
  }

  /** Takes what the broker told of its own accord. False when the order is not one of ours. */
  takeEvent(event: BrokerEvent): boolean {
    const n = this.#numbers.get(event.orderId)
    if (n === undefined) return false
    const flow = this.#flow
    const state = flow.table.state[n]!
    switch (event.kind) {
      case 'accepted':
        if (takes(state, OrderInput.accept) && state !== OrderStateCode.working) flow.accepted(n)
        break
      case 'rejected':
        if (takes(state, OrderInput.reject)) flow.ended(n, OrderStateCode.rejected, event.code, event.time)
        break
      case 'filled':
        this.#filled(n, event.executionId, event.quantity, event.price, event.time)
        break
      case 'corrected':
        this.#corrected(n, event)
        break
      case 'commission':
        this.#commission(event.executionId, event.commission)
        break
      case 'triggered':
        if (state < OrderStateCode.filled && takes(state, OrderInput.trigger)) flow.triggered(n)
        break
      case 'cancelled':
        if (state < OrderStateCode.filled) flow.ended(n, OrderStateCode.cancelled, 'requested', event.time)
        break
      case 'expired':
        if (state < OrderStateCode.filled) flow.ended(n, OrderStateCode.expired, 'day_end', event.time)
        break
      case 'replaced':
        this.#replaced(n)
        break
    }
    return true
  }

  /** The change that was asked for is made. Told twice, the second time finds none. */
  #replaced(n: number): void {
    const flow = this.#flow
    const state = flow.table.state[n]!
    if (state < OrderStateCode.filled && takes(state, OrderInput.replace) && Object.keys(flow.changesOf(n)).length > 0)
      flow.replaced(n)
  }

  #filled(n: number, id: ExecutionId, quantity: number, price: number, time: EpochMs): void {
    if (this.#executions.has(id) || this.#superseded.has(id)) return
    if (quantity === 0) return // taken back before it was heard of
    const flow = this.#flow
    const { table } = flow
    this.#atLeast(n, table.filled[n]! + quantity)
    const before = table.fees[n]!
    flow.matchingSince = time
    flow.filled(n, quantity, price, time, 0)
    this.#book(id, { order: n, fee: table.fees[n]! - before, quantity, price })
  }

  /** Executions beyond the quantity that we know of prove the change that was asked for; they are the truth in any case. */
  #atLeast(n: number, filled: number): void {
    const { quantity } = this.#flow.table
    if (filled > quantity[n]! * (1 + 1e-12)) this.#replaced(n)
    if (filled > quantity[n]! * (1 + 1e-12)) this.#flow.enlarge(n, filled)
  }

  #book(id: ExecutionId, execution: Execution): void {
    this.#executions.set(id, execution)
    const early = this.#early.get(id)
    if (early === undefined) return
    this.#early.delete(id)
    this.#commission(id, early)
  }

  #corrected(n: number, event: BrokerEvent & { kind: 'corrected' }): void {
    const { superseded, executionId, price, time } = event
    if (this.#superseded.has(superseded)) return
    this.#superseded.add(superseded)
    this.#early.delete(superseded)
    const old = this.#executions.get(superseded)
    this.#executions.delete(superseded)
    // A later correction of this one may have come first.
    const quantity = this.#superseded.has(executionId) ? 0 : event.quantity
    if (old === undefined) {
      if (quantity > 0) this.#filled(n, executionId, quantity, price, time)
      return
    }
    const { filled, fees } = this.#flow.table
    this.#atLeast(n, filled[n]! + quantity - old.quantity)
    const before = fees[n]!
    this.#flow.correct(n, old.quantity, old.price, old.fee, quantity, price, time)
    if (quantity > 0) this.#book(executionId, { order: n, fee: old.fee + fees[n]! - before, quantity, price })
  }

  #commission(id: ExecutionId, commission: number): void {
    const execution = this.#executions.get(id)
    if (execution === undefined) {
      if (!this.#superseded.has(id)) this.#early.set(id, commission)
      return
    }
    this.#flow.commission(execution.order, commission - execution.fee)
    execution.fee = commission
  }

  #approved(n: ApprovedNumber): ApprovedOrder {
    const { table, instruments, hosts } = this.#flow
    const type = table.type[n]!
    const extras = table.extrasOf(n)
    const flags = table.flags[n]!
    const parent = table.parent[n]!
    const order = {
      id: this.#flow.idOf(n),
      strategy: hosts[table.strategy[n]!]!.id,
      instrument: instruments[table.instrument[n]!]!,
      side: table.side[n]! > 0 ? ('buy' as const) : ('sell' as const),
      type: ORDER_TYPES[type]!,
      tif: TIMES_IN_FORCE[table.tif[n]!]!,
      quantity: table.quantity[n]!,
      outsideRth: (flags & OrderFlag.outsideRth) !== 0,
      reduceOnly: (flags & OrderFlag.reduceOnly) !== 0,
      ...(hasLimit(type) ? { limitPrice: table.limit[n]! } : {}),
      ...(hasStop(type) || table.stop[n]! !== 0 ? { stopPrice: table.stop[n]! } : {}),
      ...(extras?.trailAmount === undefined ? {} : { trailAmount: extras.trailAmount }),
      ...(extras?.trailPercent === undefined ? {} : { trailPercent: extras.trailPercent }),
      ...(extras?.limitOffset === undefined ? {} : { limitOffset: extras.limitOffset }),
      ...(extras?.goodTill === undefined ? {} : { goodTill: extras.goodTill }),
      ...(extras?.tag === undefined ? {} : { tag: extras.tag }),
      ...(extras?.ocaGroup === undefined ? {} : { ocaGroup: extras.ocaGroup }),
      ...(parent === -1 ? {} : { parent: parent as OrderNumber, parentId: this.#flow.idOf(parent) }),
    }
    return order as unknown as ApprovedOrder
  }

  // A broker matches by itself and expires by itself.
  onBar(): void {}
  beginGroup(): void {}
  addBar(): void {}
  matchGroup(): void {}
  expire(): void {}
  split(): void {}
  delist(): void {}
}
