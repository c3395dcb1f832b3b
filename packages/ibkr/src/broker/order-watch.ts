import type { Contract, Order, OrderState } from '@stoqey/ib'
import { calendar } from '@onetape/calendar'
import { codeEntry } from '../code/classify.ts'
import type { ChangeMeaning } from '../code/code-table.ts'
import { ourSymbol } from '../contract/contract-spec.ts'
import { adoptedOrder } from '../order/adopted-order.ts'
import { REQUEST_IDS } from '../session/request-book.ts'
import { parseTwsTime } from '../time/tws-time.ts'
import type { BrokerDesk } from './broker-desk.ts'
import { orderIdOf } from './order-reference.ts'
import type { OrderSender } from './order-sender.ts'
import { statusMeaning } from './order-status.ts'
import { freshOrder, type Pending, type WireOrder } from './wire-order.ts'

/** How long a Cancelled of an order that never worked waits for the message that says why. */
const REASON_MS = 500

/** Codes that answer a cancellation, also while a change is under way. */
const CANCEL_CODES: ReadonlySet<number> = new Set([136, 161, 202, 10147, 10148])

/**
 * Reads what TWS says about orders: reports, states and messages, in any order and any number. States only move an
 * order on; what was executed is told by executions.
 */
export class OrderWatch {
  readonly #desk: BrokerDesk
  readonly #sender: OrderSender
  readonly #foreign = new Set<number>()

  constructor(desk: BrokerDesk, sender: OrderSender) {
    this.#desk = desk
    this.#sender = sender
    const { hub, clientId } = desk.session
    hub.on('openOrder', (...args) => this.#report(...args))
    hub.on('orderStatus', (id, status, _filled, _rest, _average, permId, _parent, _last, client, whyHeld) => {
      const order = client === undefined || client === clientId ? desk.orders.ofWire(id) : undefined
      if (order === undefined) return
      if (this.#concerns(order, permId ?? 0, status)) this.#status(order, status, whyHeld ?? '')
    })
    hub.on('orderMessage', (id, code, text) => this.#message(id, code, text))
  }

  /** The venue has the order, whatever showed it. */
  accepted(order: WireOrder): void {
    const brokerRef = String(order.permId)
    order.submit?.settle({ kind: 'accepted', brokerRef })
    if (order.stage !== 'sent') return
    order.stage = 'live'
    order.traceless = false
    this.#desk.events.next({ kind: 'accepted', orderId: order.orderId, time: this.#desk.session.now(), brokerRef })
  }

  /** Filled: nothing follows but corrections. */
  finished(order: WireOrder): void {
    if (order.stage === 'ended') return
    this.accepted(order)
    this.#desk.orders.end(order)
    this.#settleRest(order, 'ibkr.104', 'The order is filled.')
  }

  /** Over without (the rest of) its fills. */
  ended(order: WireOrder, outcome: 'cancelled' | 'rejected', code = 'ibkr.ended', detail = 'The order is over.'): void {
    if (order.stage === 'ended') return
    const ranOut = outcome === 'cancelled' && !order.cancelRequested && this.#ranOut(order)
    const at = { orderId: order.orderId, time: this.#desk.session.now() }
    if (outcome === 'rejected') order.submit?.settle({ kind: 'rejected', code, detail })
    else this.accepted(order)
    this.#desk.orders.end(order)
    if (outcome === 'rejected') this.#desk.events.next({ ...at, kind: 'rejected', code, detail })
    else {
      order.cancel?.settle({ kind: 'accepted', brokerRef: String(order.permId) })
      this.#desk.events.next({ ...at, kind: ranOut ? 'expired' : 'cancelled' })
    }
    this.#settleRest(order, code, detail)
  }

  /** Nobody will answer any more. */
  linkLost(): void {
    const outcome = { kind: 'unknown', detail: 'The connection was lost before TWS had answered.' } as const
    for (const order of this.#desk.orders.open) {
      order.submit?.settle(outcome)
      order.change?.settle(outcome)
      order.cancel?.settle(outcome)
    }
  }

  #settleRest(order: WireOrder, code: string, detail: string): void {
    const over = { kind: 'rejected', code, detail } as const
    order.change?.settle(over)
    order.cancel?.settle(over)
  }

  #report(wireId: number, contract: Contract, reported: Order, state: OrderState): void {
    const { session, orders, events } = this.#desk
    if (reported.whatIf === true) return
    if (reported.clientId !== undefined && reported.clientId !== session.clientId)
      return this.#foreignOrder(contract, reported)
    if (wireId < REQUEST_IDS) session.orderIds.raise(wireId + 1)
    const order = orders.ofWire(wireId) ?? this.#found(wireId, contract, reported, state)
    if (order === undefined) return this.#foreignOrder(contract, reported)
    if (!this.#concerns(order, reported.permId ?? 0, state.status)) return
    const { change } = order
    this.#status(order, state.status, '')
    if (change === undefined || order.stage !== 'live' || !echoes(reported, change.order)) return
    order.order = change.order
    change.settle({ kind: 'accepted', brokerRef: String(order.permId) })
    events.next({ kind: 'replaced', orderId: order.orderId, time: session.now() })
  }

  /**
   * False for a state of a twin: a change that was under way when the link was lost can leave two orders behind one id.
   * One of them is then cancelled, TWS says which; the other is the order from then on.
   */
  #concerns(order: WireOrder, permId: number, status: string): boolean {
    if (permId === 0) return true
    if (order.permId === 0) order.permId = permId
    const meaning = statusMeaning(status)
    const over = meaning === 'cancelled' || meaning === 'filled'
    if (permId === order.permId) {
      const [twin] = order.twins
      if (!over || twin === undefined) return true
      order.twins.delete(twin)
      order.permId = twin
    } else if (over) order.twins.delete(permId)
    else if (!order.twins.has(permId)) {
      order.twins.add(permId)
      order.doubled = true
      order.change?.settle({ kind: 'unknown', detail: 'The change made a second order.' })
      this.#doubled(order, permId, 'one of them is cancelled')
      this.#sender.sendCancel(order)
    }
    return false
  }

  #doubled(order: WireOrder, permId: number, what: string): void {
    const text = `Order ${order.orderId} works twice, as ${order.permId} and ${permId}: ${what}.`
    this.#desk.session.notify('critical', 'ibkr.doubled', text, order.orderId)
  }

  /** An order of ours that was placed before this process, or that came to live twice. */
  #found(wireId: number, contract: Contract, reported: Order, state: OrderState): WireOrder | undefined {
    const orderId = orderIdOf(reported.orderRef)
    const { account, orders, session } = this.#desk
    const meaning = statusMeaning(state.status)
    if (orderId === undefined || (account !== undefined && reported.account !== account)) return undefined
    if (meaning === 'cancelled' || meaning === 'filled') return undefined
    const order = freshOrder(orderId, wireId, contract, adoptedOrder(reported))
    const before = orders.of(orderId)
    if (before !== undefined && before.stage !== 'ended') {
      this.#doubled(before, reported.permId ?? 0, 'the second is cancelled')
      this.#sender.sendCancel(order)
      return undefined
    }
    if (order.order === undefined) {
      const text = `Order ${orderId} is of a kind that is never sent here: ${reported.action} ${reported.orderType}.`
      session.notify('warning', 'ibkr.foreign_order', text, orderId)
    }
    orders.add(order)
    return order
  }

  #foreignOrder(contract: Contract, { permId = 0, clientId, action, totalQuantity, orderType }: Order): void {
    if (this.#foreign.has(permId)) return
    this.#foreign.add(permId)
    const what = `${action} ${totalQuantity} ${ourSymbol(contract)} ${orderType}`
    this.#desk.session.notify('info', 'ibkr.foreign_order', `An order of client ${clientId} in the account: ${what}.`)
  }

  #status(order: WireOrder, status: string, whyHeld: string): void {
    const { session, events } = this.#desk
    if (whyHeld.includes('locate')) order.held = true
    if (whyHeld.includes('trigger')) order.armed = true
    if (order.stage === 'ended') return
    switch (statusMeaning(status)) {
      case 'live':
        this.accepted(order)
        if (status === 'Submitted' && order.armed && !order.triggered && !whyHeld.includes('trigger')) {
          order.triggered = true
          events.next({ kind: 'triggered', orderId: order.orderId, time: session.now() })
        }
        break
      case 'filled':
        this.accepted(order)
        break
      case 'cancelling':
        this.accepted(order)
        order.cancel?.settle({ kind: 'accepted', brokerRef: String(order.permId) })
        break
      case 'cancelled':
        if (order.stage === 'live' || order.cancelRequested) this.ended(order, 'cancelled')
        else session.timing.after(REASON_MS, () => this.ended(order, 'cancelled'))
        break
      case 'inactive':
        if (order.held) this.accepted(order)
        else if (order.order?.tif === 'FOK' || order.order?.tif === 'IOC') this.ended(order, 'cancelled')
        // Otherwise it is nobody's guess: a message may follow, or the order becomes active later.
        break
      case 'unknown':
        session.notify('warning', 'ibkr.status', `A state that is not known here: ${status}.`, order.orderId)
        break
      case 'pending':
    }
  }

  /** True when its own time in force ended the order. TWS calls all of these Cancelled. */
  #ranOut({ order, contract }: WireOrder): boolean {
    const now = this.#desk.session.now()
    const tif = order?.tif ?? 'DAY'
    if (tif === 'IOC' || tif === 'FOK' || tif === 'OPG') return true
    if (tif === 'GTD') return parseTwsTime(order?.goodTillDate ?? '', this.#desk.zone) <= now + 1_000
    if (tif !== 'DAY') return false
    const symbol = this.#desk.contracts.symbolOf(contract.conId)
    const instrument = symbol === undefined ? undefined : this.#desk.contracts.known(symbol)?.instrument
    const trading = calendar(instrument?.calendar ?? 'XNYS')
    return order?.outsideRth === true ? !trading.isExtended(now) : !trading.isOpen(now)
  }

  #message(wireId: number, code: number, text: string): void {
    const { session, orders, resync } = this.#desk
    const order = orders.ofWire(wireId)
    const entry = codeEntry(code)
    session.notifyCode(code, text, order === undefined ? `Order ${wireId} on the wire` : 'Order', order?.orderId)
    if (order === undefined || entry === undefined) return
    const request = order.cancel !== undefined && CANCEL_CODES.has(code) ? order.cancel : (order.change ?? order.cancel)
    if (request !== undefined) {
      const meaning = request === order.cancel ? entry.cancel : entry.modify
      return this.#answer(order, request, meaning, code, text.trim())
    }
    switch (entry.order) {
      case 'rejected':
        this.ended(order, order.executed > 0 ? 'cancelled' : 'rejected', `ibkr.${code}`, text.trim())
        break
      case 'held':
        order.held = true
        this.accepted(order)
        break
      case 'ended':
        // Of two orders behind one id the states tell which has ended.
        if (!order.doubled) this.ended(order, 'cancelled')
        break
      case 'unknown':
        order.submit?.settle({ kind: 'unknown', detail: `Code ${code} of TWS: ${text.trim()}` })
        resync()
        break
      case 'alive':
    }
  }

  #answer(order: WireOrder, request: Pending, meaning: ChangeMeaning, code: number, detail: string): void {
    switch (meaning) {
      case 'refused':
        request.settle({ kind: 'rejected', code: `ibkr.${code}`, detail })
        break
      case 'unknown':
        request.settle({ kind: 'unknown', detail: `Code ${code} of TWS: ${detail}` })
        this.#desk.resync()
        break
      case 'ended':
        if (request === order.cancel && code === 202) {
          if (!order.doubled) this.ended(order, 'cancelled')
        } else {
          request.settle({ kind: 'rejected', code: `ibkr.${code}`, detail })
          this.#desk.resync()
        }
        break
      case 'alive':
    }
  }
}

/** True when a report shows the figures of a change. */
function echoes(reported: Order, sent: Order): boolean {
  const keys = ['totalQuantity', 'lmtPrice', 'auxPrice', 'trailStopPrice', 'trailingPercent'] as const
  return keys.every((key) => sent[key] === undefined || reported[key] === sent[key])
}
