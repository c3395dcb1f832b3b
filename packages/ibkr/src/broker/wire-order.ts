import type { Contract, Order } from '@stoqey/ib'
import type { OrderId, SubmitOutcome } from '@onetape/core'

/** A request of ours whose outcome is not known yet. */
export interface Pending {
  /** Gives the outcome to whoever waits; later calls change nothing. */
  settle(outcome: SubmitOutcome): void
  /** It is on the wire: an answer is due from now on. */
  sent(): void
}

/** A change that was sent, with the order as it will be. */
interface PendingChange extends Pending {
  readonly order: Order
}

/** What is known of one order on the wire: no more than it takes to change, cancel and recognise it. */
export interface WireOrder {
  readonly orderId: OrderId
  readonly wireId: number
  readonly contract: Contract
  /** As it was sent last and accepted; undefined for one found at TWS that must not be sent again. */
  order: Order | undefined
  readonly side: string
  /** 0 until TWS has said it. */
  permId: number
  /** Other orders that live behind the same id, after a change that a lost link cut in two. */
  readonly twins: Set<number>
  doubled: boolean
  /** Σ of executions that stand. */
  executed: number
  stage: 'sent' | 'live' | 'ended'
  /** False while it waits for its turn on the wire. */
  left: boolean
  /** Held for shares to borrow or a confirmation: not active, not dead. */
  held: boolean
  /** A status showed that it waits for its trigger. */
  armed: boolean
  triggered: boolean
  cancelRequested: boolean
  /** No list of TWS shows it: it most likely never arrived. */
  traceless: boolean
  submit: Pending | undefined
  change: PendingChange | undefined
  cancel: Pending | undefined
}

/** An order that was just sent or found. */
export function freshOrder(orderId: OrderId, wireId: number, contract: Contract, order: Order | undefined): WireOrder {
  return {
    orderId,
    wireId,
    contract,
    order,
    side: order?.action ?? '',
    permId: 0,
    twins: new Set(),
    doubled: false,
    executed: 0,
    stage: 'sent',
    left: true,
    held: false,
    armed: false,
    triggered: false,
    cancelRequested: false,
    traceless: false,
    submit: undefined,
    change: undefined,
    cancel: undefined,
  }
}

/** Ended orders that are remembered: late executions and messages name them. */
const REMEMBERED = 5_000

/** Orders of this client by id on the wire and by our id. */
export class WireOrders {
  readonly #byWire = new Map<number, WireOrder>()
  readonly #byId = new Map<OrderId, WireOrder>()
  readonly #open = new Set<WireOrder>()
  readonly #ended: WireOrder[] = []

  add(order: WireOrder): void {
    const before = this.#byWire.get(order.wireId)
    if (before !== undefined) this.#open.delete(before)
    this.#open.add(order)
    this.#byWire.set(order.wireId, order)
    this.#byId.set(order.orderId, order)
  }

  ofWire(wireId: number): WireOrder | undefined {
    return this.#byWire.get(wireId)
  }

  of(orderId: OrderId): WireOrder | undefined {
    return this.#byId.get(orderId)
  }

  end(order: WireOrder): void {
    if (order.stage === 'ended') return
    order.stage = 'ended'
    this.#open.delete(order)
    this.#ended.push(order)
    if (this.#ended.length <= REMEMBERED) return
    const oldest = this.#ended.shift()!
    if (this.#byWire.get(oldest.wireId) === oldest) this.#byWire.delete(oldest.wireId)
    if (this.#byId.get(oldest.orderId) === oldest) this.#byId.delete(oldest.orderId)
  }

  /** Takes back an order that was never sent. */
  forget(order: WireOrder): void {
    this.#open.delete(order)
    this.#byWire.delete(order.wireId)
    this.#byId.delete(order.orderId)
  }

  get open(): readonly WireOrder[] {
    return [...this.#open]
  }

  /** Open orders of one side in one contract, of which TWS takes 20. */
  countOpen(conId: number | undefined, side: string): number {
    let count = 0
    for (const { traceless, side: of, contract } of this.#open)
      if (!traceless && of === side && contract.conId === conId) count++
    return count
  }
}
