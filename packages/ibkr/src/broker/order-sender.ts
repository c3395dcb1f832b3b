import { type IBApi, type Order, OrderAction } from '@stoqey/ib'
import type { ApprovedOrder, OrderChanges, OrderId, SubmitOutcome } from '@onetape/core'
import type { ResolvedContract } from '../contract/contract-book.ts'
import { changedOrder, toTwsOrder } from '../order/tws-order.ts'
import { refuseLateForAuction } from './auction-guard.ts'
import { type BrokerDesk, NOT_SENT } from './broker-desk.ts'
import { scopeOf } from './order-reference.ts'
import { Refusal, refusedBy } from './refusal.ts'
import { freshOrder, type WireOrder } from './wire-order.ts'

interface Entry {
  readonly order: ApprovedOrder
  readonly settle: (outcome: SubmitOutcome) => void
  readonly fail: (error: unknown) => void
}

/** TWS takes no more open orders per contract, side and account. */
const MOST_OPEN = 20

/** Sends orders, changes and cancellations; what comes back is for others to read. */
export class OrderSender {
  readonly #desk: BrokerDesk
  #batch: Entry[] = []

  constructor(desk: BrokerDesk) {
    this.#desk = desk
  }

  submit(order: ApprovedOrder): Promise<SubmitOutcome> {
    const { promise, resolve, reject } = Promise.withResolvers<SubmitOutcome>()
    this.#batch.push({ order, settle: resolve, fail: reject })
    if (this.#batch.length === 1) queueMicrotask(() => this.#flush())
    return promise
  }

  submitAll(orders: readonly ApprovedOrder[]): readonly Promise<SubmitOutcome>[] {
    const outcomes = orders.map((order) => this.submit(order))
    this.#flush()
    return outcomes
  }

  modify(id: OrderId, changes: OrderChanges): Promise<SubmitOutcome> {
    const { session, contracts, orders } = this.#desk
    const target = orders.of(id)
    if (target === undefined) return Promise.resolve({ kind: 'unknown', detail: `No order ${id} is known here.` })
    let order: Order
    try {
      order = changedOrder(changeable(target), changes, contracts.takesFractions(target.contract))
    } catch (error) {
      return Promise.resolve(refusedBy(error))
    }
    const { promise, pending } = this.#desk.pending(() => (target.change = undefined))
    target.change = { ...pending, order }
    const send = (api: IBApi): void => {
      pending.sent()
      api.placeOrder(target.wireId, target.contract, order)
    }
    if (!session.send('order', [send], () => pending.settle(NOT_SENT))) pending.settle(NOT_SENT)
    return promise
  }

  cancel(id: OrderId): Promise<SubmitOutcome> {
    const target = this.#desk.orders.of(id)
    if (target === undefined) return Promise.resolve({ kind: 'unknown', detail: `No order ${id} is known here.` })
    if (target.stage === 'ended')
      return Promise.resolve({ kind: 'rejected', code: 'ibkr.ended', detail: `Order ${id} is over.` })
    target.cancel?.settle({ kind: 'unknown', detail: 'Cancelled once more.' })
    const { promise, pending } = this.#desk.pending(() => (target.cancel = undefined))
    target.cancel = pending
    target.cancelRequested = true
    const notSent = (): void => {
      target.cancelRequested = false
      pending.settle(NOT_SENT)
    }
    if (!this.sendCancel(target, notSent)) notSent()
    return promise
  }

  /** Cancels on the wire, whoever asked for it: before all that waits but its own order. False when there is no connection. */
  sendCancel(order: WireOrder, dropped?: () => void): boolean {
    const send = (api: IBApi): void => {
      order.cancel?.sent()
      api.cancelOrder(order.wireId, {})
    }
    return this.#desk.session.send(order.left ? 'cancel' : 'order', [send], dropped)
  }

  /** Parents with the children that were given in the same go. */
  #flush(): void {
    const families = new Map<OrderId, Entry[]>()
    for (const entry of this.#batch.splice(0)) {
      const { id, parentId } = entry.order
      const family = parentId === undefined ? undefined : families.get(parentId)
      if (family === undefined) families.set(id, [entry])
      else family.push(entry)
    }
    for (const family of families.values()) void this.#place(family)
  }

  async #place(family: readonly Entry[]): Promise<void> {
    try {
      const contracts: ResolvedContract[] = []
      for (const { order } of family) {
        const { symbol, exchange } = order.instrument
        contracts.push(this.#desk.contracts.known(symbol) ?? (await this.#desk.contracts.resolve(symbol, exchange)))
      }
      this.#send(family, contracts)
    } catch (error) {
      try {
        const outcome = refusedBy(error)
        for (const { settle } of family) settle(outcome)
      } catch (bug) {
        for (const { fail } of family) fail(bug)
      }
    }
  }

  /** Consecutive ids, one after the other in one piece; TWS acts on none before the last has arrived. */
  #send(family: readonly Entry[], contracts: readonly ResolvedContract[]): void {
    const { session, orders, options } = this.#desk
    const account = this.#desk.tradingAccount()
    this.#refuseTooMany(family, contracts)
    for (const { order } of family) refuseLateForAuction(order, session.now())
    const parents = family.map(({ order }) => this.#parentOf(order, family[0]!.order))
    const first = session.orderIds.take(family.length)
    const wires = family.map(({ order }, i) =>
      toTwsOrder(order, {
        account,
        orderRef: order.id,
        parentId: parents[i] === 'head' ? first : (parents[i]?.wireId ?? 0),
        transmit: i === family.length - 1,
        ocaGroup: order.ocaGroup === undefined ? undefined : `${scopeOf(order.id)}/${order.ocaGroup}`,
        lastPrice: () => options.lastPrice?.(order.instrument.symbol) ?? NaN,
        fractional: this.#desk.contracts.takesFractions(contracts[i]!.contract),
      }),
    )
    const legs = family.map(({ order, settle }, i) => {
      const leg = freshOrder(order.id, first + i, contracts[i]!.contract, wires[i])
      const { promise, pending } = this.#desk.pending(() => (leg.submit = undefined))
      leg.submit = pending
      leg.left = false
      void promise.then(settle)
      orders.add(leg)
      return leg
    })
    const notSent = (): void => {
      for (const leg of legs) {
        leg.submit?.settle(NOT_SENT)
        orders.forget(leg)
      }
    }
    const sends = legs.map((leg, i) => (api: IBApi): void => {
      leg.left = true
      leg.submit?.sent()
      api.placeOrder(leg.wireId, leg.contract, wires[i]!)
    })
    if (!session.send('order', sends, notSent)) notSent()
  }

  /** `head` for a parent that is sent along; undefined without one, or when it has filled and holds nobody back. */
  #parentOf(order: ApprovedOrder, head: ApprovedOrder): WireOrder | 'head' | undefined {
    if (order.parentId === undefined) return undefined
    if (order.parentId === head.id) return 'head'
    const parent = this.#desk.orders.of(order.parentId)
    if (parent === undefined)
      throw new Refusal('ibkr.10006', `Expected the parent ${order.parentId} of ${order.id} to be known, found none.`)
    return parent.stage === 'ended' ? undefined : parent
  }

  #refuseTooMany(family: readonly Entry[], contracts: readonly ResolvedContract[]): void {
    for (const [i, { order }] of family.entries()) {
      const { contract } = contracts[i]!
      const open = this.#desk.orders.countOpen(
        contract.conId,
        order.side === 'buy' ? OrderAction.BUY : OrderAction.SELL,
      )
      const own = family.filter((entry, k) => entry.order.side === order.side && contracts[k]!.contract === contract)
      if (open + own.length <= MOST_OPEN) continue
      const text = `Expected at most ${MOST_OPEN} open orders per contract and side, found ${open} to ${order.side} ${contract.symbol}.`
      throw new Refusal('ibkr.too_many_orders', text)
    }
  }
}

/** @throws {Refusal} for an order that cannot be sent again now */
function changeable(target: WireOrder): Order {
  const { orderId, order } = target
  if (target.stage === 'ended') throw new Refusal('ibkr.ended', `Order ${orderId} is over.`)
  if (order === undefined)
    throw new Refusal('ibkr.foreign_order', `Order ${orderId} has a side or type that is never sent here.`)
  if (target.change !== undefined) throw new Refusal('ibkr.2102', `An earlier change of order ${orderId} is under way.`)
  return order
}
