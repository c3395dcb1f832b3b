import type { Order } from '@stoqey/ib'
import type { Shares, WorkingOrder } from '@onetape/core'
import type { TwsSession } from '../session/tws-session.ts'
import { orderIdOf } from './order-reference.ts'
import { statusMeaning } from './order-status.ts'

/** An order that is over, as TWS remembers it for the day. */
export interface IbkrCompletedOrder extends WorkingOrder {
  readonly outcome: 'filled' | 'cancelled' | 'rejected'
  /** In TWS' words. */
  readonly detail: string
}

/**
 * Every working order of an account, of other clients and of people too; those without our reference have no id.
 *
 * @throws {IbkrError} `ibkr.link`, `ibkr.timeout`
 */
export function askOpenOrders(session: TwsSession, account: string): Promise<readonly WorkingOrder[]> {
  const orders = new Map<number, { readonly order: Order; readonly key: string }>()
  const filled = new Map<string, Shares>()
  const answer = (): readonly WorkingOrder[] =>
    [...orders.values()].map(({ order, key }) => workingOrder(order, filled.get(key) ?? 0))
  return session.askPlain('open orders', {
    what: 'open orders',
    send: (api) => void api.reqAllOpenOrders(),
    listen(hub, done) {
      const stops = [
        hub.on('orderStatus', (id, _status, sofar, _rest, _average, _permId, _parent, _last, client) => {
          filled.set(`${client} ${id}`, sofar ?? 0)
        }),
        hub.on('openOrder', (id, _contract, order, state) => {
          const { permId = 0, clientId } = order
          const meaning = statusMeaning(state.status)
          if (order.account !== account || order.whatIf === true) return
          if (meaning === 'filled' || meaning === 'cancelled') orders.delete(permId)
          else orders.set(permId, { order, key: `${clientId} ${id}` })
        }),
        hub.on('openOrderEnd', () => done(answer())),
      ]
      return () => stops.forEach((stop) => stop())
    },
  })
}

/**
 * Orders of an account that ended today.
 *
 * @throws {IbkrError} `ibkr.link`, `ibkr.timeout`
 */
export function askCompletedOrders(session: TwsSession, account: string): Promise<readonly IbkrCompletedOrder[]> {
  const orders: IbkrCompletedOrder[] = []
  return session.askPlain('completed orders', {
    what: 'completed orders',
    send: (api) => void api.reqCompletedOrders(false),
    listen(hub, done) {
      const stops = [
        hub.on('completedOrder', (_contract, order, state) => {
          if (order.account !== account) return
          const known = workingOrder(order, order.filledQuantity ?? 0)
          const detail = (state.completedStatus || state.status).trim()
          orders.push({ ...known, outcome: outcomeOf(state.status, known), detail })
        }),
        hub.on('completedOrdersEnd', () => done(orders)),
      ]
      return () => stops.forEach((stop) => stop())
    },
  })
}

function workingOrder(order: Order, filled: Shares): WorkingOrder {
  const { permId = 0, totalQuantity = NaN } = order
  return { orderId: orderIdOf(order.orderRef), brokerRef: String(permId), quantity: totalQuantity, filled }
}

function outcomeOf(status: string, { filled, quantity }: WorkingOrder): IbkrCompletedOrder['outcome'] {
  const meaning = statusMeaning(status)
  if (meaning === 'filled' || (filled > 0 && filled >= quantity)) return 'filled'
  return meaning === 'inactive' ? 'rejected' : 'cancelled'
}
