import { type Order, OrderAction, OrderType, TimeInForce } from '@stoqey/ib'
import {
  assertNever,
  formatInstant,
  InputError,
  type OrderChanges,
  type OrderRequest,
  type TimeInForce as OurTimeInForce,
  type UsdPerShare,
} from '@onetape/core'
import { utcText } from '../time/tws-time.ts'

/** What an order carries on the wire besides the request itself. */
export interface WireFields {
  readonly account: string
  /** Our order id; TWS echoes it in orders, executions and completed orders. */
  readonly orderRef: string
  /** Wire id of the parent, 0 without one. */
  readonly parentId: number
  /** False holds the order at TWS until the last one of its family is there. */
  readonly transmit: boolean
  readonly ocaGroup: string | undefined
  /** Gives the last price, for the first stop level of a trailing stop-limit that states none. NaN when unknown. */
  readonly lastPrice: () => UsdPerShare
  /** Send fractions of shares; otherwise they are refused here rather than by code 10243 of TWS. */
  readonly fractional: boolean
  readonly whatIf?: boolean | undefined
}

const TIF: Readonly<Record<OurTimeInForce, TimeInForce>> = {
  day: TimeInForce.DAY,
  gtc: TimeInForce.GTC,
  gtd: TimeInForce.GTD,
  ioc: TimeInForce.IOC,
  fok: TimeInForce.FOK,
  opg: TimeInForce.OPG,
}

/** OCA by reduction without block, as TWS itself links the legs of a bracket: a partial fill reduces the others. */
const OCA_REDUCE = 3

/**
 * A request as TWS wants it. Time in force and account are always explicit: presets of TWS would change them otherwise.
 *
 * @throws {InputError} `ibkr.order` for a price, quantity or time that is missing or cannot be sent
 * @see https://interactivebrokers.github.io/tws-api/basic_orders.html
 */
export function toTwsOrder(request: OrderRequest, wire: WireFields): Order {
  const order: Order = {
    orderType: OrderType.MKT,
    action: request.side === 'buy' ? OrderAction.BUY : OrderAction.SELL,
    totalQuantity: sendable(request.quantity, wire.fractional, request.instrument.symbol),
    tif: tif(request),
    account: wire.account,
    orderRef: wire.orderRef,
    parentId: wire.parentId,
    transmit: wire.transmit,
    outsideRth: request.outsideRth ?? false,
  }
  if (order.tif === TimeInForce.GTD) order.goodTillDate = goodTill(request)
  if (wire.ocaGroup !== undefined) {
    order.ocaGroup = wire.ocaGroup
    order.ocaType = OCA_REDUCE
  }
  if (wire.whatIf === true) order.whatIf = true
  return Object.assign(order, prices(request, wire.lastPrice))
}

/**
 * A working order with changes, whole: a modification is a new transmission of the same order with all its fields.
 *
 * @throws {InputError} `ibkr.order` for a change that the order's type has no place for
 */
export function changedOrder(working: Order, changes: OrderChanges, fractional: boolean): Order {
  const place = working.orderRef ?? 'order'
  const order: Order = { ...working, transmit: true }
  if (changes.quantity !== undefined) order.totalQuantity = sendable(changes.quantity, fractional, place)
  if (changes.limitPrice !== undefined) {
    if (!LIMITED.has(order.orderType)) throw noPlace('limit price', order, place)
    order.lmtPrice = finite(changes.limitPrice, 'limit price', place)
  }
  if (changes.stopPrice !== undefined) {
    const level = finite(changes.stopPrice, 'stop price', place)
    if (TRAILING.has(order.orderType)) order.trailStopPrice = level
    else if (STOPPED.has(order.orderType)) order.auxPrice = level
    else throw noPlace('stop price', order, place)
  }
  if (changes.trailAmount !== undefined || changes.trailPercent !== undefined) {
    if (!TRAILING.has(order.orderType)) throw noPlace('trail', order, place)
    delete order.auxPrice
    delete order.trailingPercent
    Object.assign(order, trail(changes, place))
  }
  return order
}

/** Types with a limit, with a stop or touch level, and with a level that trails. */
export const LIMITED: ReadonlySet<OrderType> = new Set([OrderType.LMT, OrderType.STP_LMT, OrderType.LIT, OrderType.LOC])
export const STOPPED: ReadonlySet<OrderType> = new Set([OrderType.STP, OrderType.STP_LMT, OrderType.MIT, OrderType.LIT])
export const TRAILING: ReadonlySet<OrderType> = new Set([OrderType.TRAIL, OrderType.TRAIL_LIMIT])

/** A price without the noise of float64 arithmetic, which TWS answers with code 110; 1e-8 is finer than any tick. */
export function cleanPrice(value: UsdPerShare): UsdPerShare {
  return Number(value.toFixed(8))
}

function prices(request: OrderRequest, lastPrice: () => UsdPerShare): Partial<Order> {
  const place = request.instrument.symbol
  const limit = (): number => finite(request.limitPrice, 'limit price', place)
  const stop = (): number => finite(request.stopPrice, 'stop price', place)
  switch (request.type) {
    case 'market':
    case 'market-on-open':
      return { orderType: OrderType.MKT }
    case 'limit':
    case 'limit-on-open':
      return { orderType: OrderType.LMT, lmtPrice: limit() }
    case 'stop':
      return { orderType: OrderType.STP, auxPrice: stop() }
    case 'stop-limit':
      return { orderType: OrderType.STP_LMT, auxPrice: stop(), lmtPrice: limit() }
    case 'trailing-stop': {
      const level = request.stopPrice === undefined ? {} : { trailStopPrice: stop() }
      return { orderType: OrderType.TRAIL, ...trail(request, place), ...level }
    }
    case 'trailing-stop-limit':
      return {
        orderType: OrderType.TRAIL_LIMIT,
        ...trail(request, place),
        trailStopPrice: request.stopPrice === undefined ? firstLevel(request, lastPrice()) : stop(),
        lmtPriceOffset: distance(request.limitOffset, 'limit offset', place),
      }
    case 'market-if-touched':
      return { orderType: OrderType.MIT, auxPrice: stop() }
    case 'limit-if-touched':
      return { orderType: OrderType.LIT, auxPrice: stop(), lmtPrice: limit() }
    case 'market-on-close':
      return { orderType: OrderType.MOC }
    case 'limit-on-close':
      return { orderType: OrderType.LOC, lmtPrice: limit() }
    default:
      return assertNever(request.type)
  }
}

function trail(of: Pick<OrderRequest, 'trailAmount' | 'trailPercent'>, place: string): Partial<Order> {
  if ((of.trailAmount === undefined) === (of.trailPercent === undefined))
    throw new InputError('ibkr.order', 'Expected trailAmount or trailPercent, found none or both.', { place })
  if (of.trailAmount !== undefined) return { auxPrice: distance(of.trailAmount, 'trail amount', place) }
  const percent = of.trailPercent!
  if (!(percent > 0 && percent < 1))
    throw new InputError('ibkr.order', `Expected trailPercent as a fraction between 0 and 1, found ${percent}.`, {
      place,
    })
  return { trailingPercent: cleanPrice(percent * 100) }
}

/** TWS demands a first level of trailing stop-limits; ours is then measured from the last price. */
function firstLevel(request: OrderRequest, lastPrice: UsdPerShare): UsdPerShare {
  const place = request.instrument.symbol
  const away = request.trailAmount ?? lastPrice * (request.trailPercent ?? NaN)
  return finite(request.side === 'sell' ? lastPrice - away : lastPrice + away, 'stop price (or a last price)', place)
}

function tif(request: OrderRequest): TimeInForce {
  const { type } = request
  if (type === 'market-on-open' || type === 'limit-on-open') return TimeInForce.OPG
  if (type === 'market-on-close' || type === 'limit-on-close') return TimeInForce.DAY // code 113 for all others
  return TIF[request.tif ?? 'day']
}

function goodTill(request: OrderRequest): string {
  if (request.goodTill !== undefined && Number.isFinite(request.goodTill)) return utcText(request.goodTill)
  const found = request.goodTill === undefined ? 'none' : formatInstant(request.goodTill)
  throw new InputError('ibkr.order', `Expected the end of a good-till-date order in goodTill, found ${found}.`, {
    place: request.instrument.symbol,
  })
}

function sendable(value: number, fractional: boolean, place: string): number {
  if (!(value > 0 && value < Infinity))
    throw new InputError('ibkr.order', `Expected a quantity > 0, found ${value}.`, { place })
  if (!fractional && !Number.isInteger(value))
    throw new InputError('ibkr.order', `Expected a whole quantity, found ${value}.`, {
      place,
      hint: 'TWS refuses fractions from most accounts (code 10243); allow them with the option "fractional".',
    })
  return value
}

function finite(value: number | undefined, name: string, place: string): UsdPerShare {
  if (value !== undefined && Number.isFinite(value)) return cleanPrice(value)
  throw new InputError('ibkr.order', `Expected a ${name}, found ${value ?? 'none'}.`, { place })
}

function distance(value: number | undefined, name: string, place: string): UsdPerShare {
  if (value !== undefined && value >= 0 && value < Infinity) return cleanPrice(value)
  throw new InputError('ibkr.order', `Expected a ${name} >= 0, found ${value ?? 'none'}.`, { place })
}

function noPlace(name: string, order: Order, place: string): InputError {
  return new InputError('ibkr.order', `Expected an order that has a ${name}, found type ${order.orderType}.`, { place })
}
