import { isOver, type OrderRecord } from '../exchange/order-record.ts'
import { message } from '../wire/messages.ts'
import { isSet } from '../wire/place-order.ts'
import type { Request } from '../wire/request.ts'
import { parseTime } from '../wire/time-text.ts'
import type { ClientSession } from './client-session.ts'
import type { GatewayContext } from './context.ts'
import { sendCommission, sendCompletedOrder, sendExecution, sendOpenOrder, sendOrderStatus } from './order-broadcast.ts'

/** Answers requests about orders and executions. */
export class OrderRequests {
  readonly #context: GatewayContext
  readonly #readOnly: boolean
  readonly #precautions: boolean

  constructor(context: GatewayContext, readOnly: boolean, precautions: boolean) {
    this.#context = context
    this.#readOnly = readOnly
    this.#precautions = precautions
  }

  place(session: ClientSession, request: Extract<Request, { kind: 'placeOrder' }>): void {
    if (this.#refusedReadOnly(session)) return
    // A window asks somebody to confirm the order. Nobody does.
    if (this.#precautions && !isSet(request.text['whatIf'])) return
    const listing = this.#context.desk.listingOf(request)
    if (listing !== undefined) this.#context.follow(listing)
    this.#context.desk.place(session.clientId, request)
  }

  cancel(session: ClientSession, orderId: number): void {
    if (!this.#refusedReadOnly(session)) this.#context.desk.cancel(session.clientId, orderId)
  }

  cancelAll(session: ClientSession): void {
    if (!this.#refusedReadOnly(session)) this.#context.desk.cancelAll()
  }

  /** The id is −1, so no request of the client fails by it: live Gateways were seen to do so. */
  #refusedReadOnly(session: ClientSession): boolean {
    if (this.#readOnly)
      this.#context.error(
        session,
        -1,
        321,
        "Error validating request.-'bF' : cause - The API interface is currently in Read-Only mode.",
      )
    return this.#readOnly
  }

  /** What a client with working orders hears before anything else when it comes back. */
  greet(session: ClientSession): void {
    const own = this.#own(session)
    if (own.length > 0) this.#list(session, own)
  }

  /** Orders that were entered in TWS become client 0's. */
  #bind(session: ClientSession): void {
    for (const order of this.#context.desk.bindManual())
      session.send(message.orderBound(order.permId, order.clientId, order.orderId))
  }

  openOrders(session: ClientSession): void {
    if (session.clientId === 0) this.#bind(session)
    this.#list(session, this.#own(session))
  }

  allOpenOrders(session: ClientSession): void {
    this.#list(session, this.#context.desk.openOrders())
  }

  autoOpenOrders(session: ClientSession, bind: boolean): void {
    if (session.clientId !== 0)
      return this.#context.error(session, -1, 327, 'Only the default client (i.e 0) can auto bind orders.')
    session.autoOpenOrders = bind
    if (bind) this.#bind(session)
    this.#list(session, this.#own(session))
  }

  completedOrders(session: ClientSession): void {
    for (const order of this.#context.desk.completedOrders()) sendCompletedOrder(session, order, this.#context.zone)
    session.send(message.completedOrdersEnd())
  }

  executions(session: ClientSession, request: Extract<Request, { kind: 'executions' }>): void {
    const since = request.since === '' ? -Infinity : (parseTime(request.since, this.#context.zone.zone)?.time ?? NaN)
    if (Number.isNaN(since))
      return this.#context.error(
        session,
        request.reqId,
        321,
        `Error validating request.-'bF' : cause - Expected a time as yyyymmdd hh:mm:ss, found "${request.since}"`,
      )
    const side = request.side.startsWith('B') ? 1 : request.side.startsWith('S') ? -1 : 0
    for (const execution of this.#context.desk.executions) {
      const { listing } = execution
      if (execution.unseen) continue
      // No client id in the filter means those of all clients.
      if (request.clientId !== 0 && execution.clientId !== request.clientId) continue
      if (request.account !== '' && execution.account !== request.account) continue
      if (request.symbol !== '' && listing.symbol !== request.symbol) continue
      if (request.secType !== '' && request.secType !== 'STK') continue
      if (request.exchange !== '' && request.exchange !== 'SMART' && execution.exchange !== request.exchange) continue
      if (side !== 0 && execution.side !== side) continue
      if (Math.floor(execution.time / 1000) * 1000 < since) continue
      sendExecution(session, request.reqId, execution, this.#context.zone)
      sendCommission(session, execution)
    }
    session.send(message.executionsEnd(request.reqId))
  }

  #own(session: ClientSession): OrderRecord[] {
    return this.#context.desk.openOrders().filter((order) => order.clientId === session.clientId && !isOver(order))
  }

  #list(session: ClientSession, orders: readonly OrderRecord[]): void {
    for (const order of orders) {
      sendOpenOrder(session, order)
      sendOrderStatus(session, order)
    }
    session.send(message.openOrderEnd())
  }
}
