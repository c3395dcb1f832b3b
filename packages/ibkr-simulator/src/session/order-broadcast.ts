import type { DeskListener } from '../exchange/desk-listener.ts'
import { averagePrice, type ExecutionRecord, isOver, type OrderRecord } from '../exchange/order-record.ts'
import { completedTexts, orderTexts } from '../exchange/order-text.ts'
import type { Listing } from '../market/listing.ts'
import { message } from '../wire/messages.ts'
import { completedOrderMessage, openOrderMessage } from '../wire/order-messages.ts'
import { type NamedZone, zonedText } from '../wire/time-text.ts'
import type { ClientSession } from './client-session.ts'

export interface BroadcastOptions {
  readonly zone: NamedZone
  /** The client that sees the orders of all; undefined for none. */
  readonly masterClientId: number | undefined
  sessions(): Iterable<ClientSession>
  /** False while the Gateway has no link to the broker: nothing that happens there is told. */
  hears(): boolean
  positionChanged(account: string, listing: Listing): void
  arrived(listing: Listing): void
}

/** Tells clients of orders and executions: those of their own, all of them to the master client. */
export class OrderBroadcast implements DeskListener {
  readonly #options: BroadcastOptions

  constructor(options: BroadcastOptions) {
    this.#options = options
  }

  openOrder(order: OrderRecord): void {
    for (const session of this.#viewers(order.clientId, order.orderId)) sendOpenOrder(session, order)
  }

  orderStatus(order: OrderRecord): void {
    for (const session of this.#viewers(order.clientId, order.orderId)) sendOrderStatus(session, order)
  }

  execution(execution: ExecutionRecord): void {
    for (const session of this.#viewers(execution.clientId, execution.orderId))
      sendExecution(session, -1, execution, this.#options.zone)
  }

  commission(execution: ExecutionRecord): void {
    for (const session of this.#viewers(execution.clientId, execution.orderId)) sendCommission(session, execution)
  }

  orderError(clientId: number, orderId: number, code: number, text: string, advancedReject?: string): void {
    for (const session of this.#options.sessions())
      if (session.clientId === clientId)
        session.send(message.error(orderId, code, text, session.connection.serverVersion, advancedReject))
  }

  whatIf(order: OrderRecord, figures: Readonly<Record<string, string>>): void {
    for (const session of this.#options.sessions())
      if (session.clientId === order.clientId)
        session.send(
          openOrderMessage({ ...orderTexts(order), ...figures }, order.blocks, session.connection.serverVersion),
        )
  }

  positionChanged(account: string, listing: Listing): void {
    if (this.#options.hears()) this.#options.positionChanged(account, listing)
  }

  arrived(listing: Listing): void {
    this.#options.arrived(listing)
  }

  /** Client 0 sees orders that were entered in TWS once it asked to bind them. */
  *#viewers(clientId: number, orderId: number): Generator<ClientSession> {
    if (!this.#options.hears()) return
    for (const session of this.#options.sessions()) {
      const own = session.clientId === clientId && (orderId > 0 || session.autoOpenOrders)
      if (own || session.clientId === this.#options.masterClientId) yield session
    }
  }
}

export function sendOpenOrder(session: ClientSession, order: OrderRecord): void {
  session.send(openOrderMessage(orderTexts(order), order.blocks, session.connection.serverVersion))
}

export function sendOrderStatus(session: ClientSession, order: OrderRecord): void {
  session.send(
    message.orderStatus({
      orderId: order.orderId,
      status: order.status,
      filled: order.filled,
      remaining: isOver(order) && order.status === 'Filled' ? 0 : order.quantity - order.filled,
      averagePrice: averagePrice(order),
      permId: order.permId,
      parentId: order.parentId,
      lastPrice: order.lastPrice,
      clientId: order.clientId,
      whyHeld: order.whyHeld,
    }),
  )
}

export function sendCompletedOrder(session: ClientSession, order: OrderRecord, zone: NamedZone): void {
  session.send(completedOrderMessage(completedTexts(order, zone), order.blocks, session.connection.serverVersion))
}

export function sendExecution(
  session: ClientSession,
  reqId: number,
  execution: ExecutionRecord,
  zone: NamedZone,
): void {
  session.send(
    message.execution(
      reqId,
      execution.listing,
      { ...execution, time: zonedText(execution.time, zone) },
      session.connection.serverVersion,
    ),
  )
}

export function sendCommission(session: ClientSession, execution: ExecutionRecord): void {
  session.send(message.commission(execution.execId, execution.commission, execution.realized))
}
