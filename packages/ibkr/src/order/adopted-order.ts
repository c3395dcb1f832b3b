import { type Order, OrderAction, OrderType } from '@stoqey/ib'
import { LIMITED, STOPPED, TRAILING } from './tws-order.ts'

/** Order types that this package sends, and so may send again. */
const OURS: ReadonlySet<OrderType> = new Set([
  OrderType.MKT,
  OrderType.LMT,
  OrderType.STP,
  OrderType.STP_LMT,
  OrderType.TRAIL,
  OrderType.TRAIL_LIMIT,
  OrderType.MIT,
  OrderType.LIT,
  OrderType.MOC,
  OrderType.LOC,
])

const KEPT = [
  'orderType',
  'action',
  'totalQuantity',
  'tif',
  'account',
  'orderRef',
  'parentId',
  'outsideRth',
  'ocaGroup',
  'ocaType',
  'goodTillDate',
  'goodAfterTime',
  'triggerMethod',
] as const satisfies readonly (keyof Order)[]

/**
 * An open order as TWS reports it, in the form in which it may be sent again with changes: TWS fills fields into its
 * reports (volatility, scale sizes, adjusted prices) that it refuses to read. Undefined for a side or type that this
 * package never sends.
 */
export function adoptedOrder(reported: Order): Order | undefined {
  if (!OURS.has(reported.orderType)) return undefined
  if (reported.action !== OrderAction.BUY && reported.action !== OrderAction.SELL) return undefined
  const order: Partial<Order> = { transmit: true }
  for (const key of KEPT) if (reported[key] !== undefined) Object.assign(order, { [key]: reported[key] })
  return Object.assign(order, levels(reported)) as Order
}

/** Of the prices only those that the type has: reports carry stray ones (a market order echoes a limit of 0). */
function levels(reported: Order): Partial<Order> {
  const { orderType, lmtPrice, auxPrice, trailStopPrice, trailingPercent, lmtPriceOffset } = reported
  const found: Partial<Order> = {}
  if (LIMITED.has(orderType) && lmtPrice !== undefined) found.lmtPrice = lmtPrice
  if (STOPPED.has(orderType) && auxPrice !== undefined) found.auxPrice = auxPrice
  if (!TRAILING.has(orderType)) return found
  if (trailStopPrice !== undefined) found.trailStopPrice = trailStopPrice
  if (trailingPercent !== undefined) found.trailingPercent = trailingPercent
  else if (auxPrice !== undefined) found.auxPrice = auxPrice
  if (orderType === OrderType.TRAIL_LIMIT && lmtPriceOffset !== undefined) found.lmtPriceOffset = lmtPriceOffset
  return found
}
