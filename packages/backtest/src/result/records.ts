import type { EpochMs, OrderState, OrderType, Shares, TimeInForce, Usd, UsdPerShare } from '@onetape/core'
import { ORDER_STATES, ORDER_TYPES, TIMES_IN_FORCE } from '@onetape/core'
import { BOOKINGS, Booking, type BookingKind, type Engine } from '@onetape/engine'

/** One fill of a run. */
export interface FillRecord {
  readonly orderId: string
  readonly strategy: string
  readonly symbol: string
  readonly side: 'buy' | 'sell'
  readonly quantity: Shares
  readonly price: UsdPerShare
  readonly fee: Usd
  /** P&L realised by reducing a position, before fees. USD. */
  readonly realized: Usd
  /** When it was knowable: the end of the bar. */
  readonly time: EpochMs
  /** Start of the bar it came from. */
  readonly barTime: EpochMs
  readonly tag: string | undefined
}

/** One order of a run, denied ones included. */
export interface OrderRecord {
  readonly id: string
  readonly strategy: string
  readonly symbol: string
  readonly side: 'buy' | 'sell'
  readonly type: OrderType
  readonly tif: TimeInForce
  readonly state: OrderState
  readonly quantity: Shares
  readonly filled: Shares
  readonly limitPrice: UsdPerShare | undefined
  readonly stopPrice: UsdPerShare | undefined
  /** Mean price of the fills; NaN without one. */
  readonly averagePrice: UsdPerShare
  readonly fees: Usd
  readonly placedAt: EpochMs
  readonly updatedAt: EpochMs
  /** Why it was denied or ended. */
  readonly code: string | undefined
  readonly tag: string | undefined
}

/** Cash or shares that came or went without a trade: dividends, splits, interest. */
export interface BookingRecord {
  readonly kind: BookingKind
  readonly strategy: string
  readonly symbol: string | undefined
  readonly time: EpochMs
  /** USD, signed. */
  readonly cash: Usd
  /** Shares, or the ratio of a split. */
  readonly quantity: number
  readonly price: UsdPerShare
}

export function fillRecords(engine: Engine): readonly FillRecord[] {
  const { log } = engine.ledger
  const { table } = engine.flow
  const records: FillRecord[] = []
  for (let row = 0; row < log.count; row++) {
    if (log.kind[row] !== Booking.fill) continue
    const n = log.order[row]!
    const quantity = log.quantity[row]!
    records.push({
      orderId: n === -1 ? '' : engine.flow.idOf(n),
      strategy: engine.hosts[log.strategy[row]!]!.id,
      symbol: engine.instruments[log.instrument[row]!]!.symbol,
      side: quantity > 0 ? 'buy' : 'sell',
      quantity: Math.abs(quantity),
      price: log.price[row]!,
      fee: log.fee[row]!,
      realized: log.realized[row]!,
      time: log.time[row]!,
      barTime: log.barTime[row]!,
      tag: n === -1 ? 'delisted' : table.extrasOf(n)?.tag,
    })
  }
  return records
}

export function bookingRecords(engine: Engine): readonly BookingRecord[] {
  const { log } = engine.ledger
  const records: BookingRecord[] = []
  for (let row = 0; row < log.count; row++) {
    if (log.kind[row] === Booking.fill) continue
    records.push({
      kind: BOOKINGS[log.kind[row]!]!,
      strategy: engine.hosts[log.strategy[row]!]!.id,
      symbol: engine.instruments[log.instrument[row]!]?.symbol,
      time: log.time[row]!,
      cash: log.cash[row]!,
      quantity: log.quantity[row]!,
      price: log.price[row]!,
    })
  }
  return records
}

export function orderRecords(engine: Engine, only: (n: number) => boolean = () => true): readonly OrderRecord[] {
  const { table } = engine.flow
  const records: OrderRecord[] = []
  for (let n = 0; n < table.count; n++) {
    if (!only(n)) continue
    const view = engine.flow.view(n)
    records.push({
      id: view.id,
      strategy: view.strategy,
      symbol: view.instrument.symbol,
      side: view.side,
      type: ORDER_TYPES[table.type[n]!]!,
      tif: TIMES_IN_FORCE[table.tif[n]!]!,
      state: ORDER_STATES[table.state[n]!]!,
      quantity: view.quantity,
      filled: view.filled,
      limitPrice: view.limitPrice,
      stopPrice: view.stopPrice,
      averagePrice: view.averagePrice,
      fees: view.fees,
      placedAt: view.placedAt,
      updatedAt: view.updatedAt,
      code: view.code,
      tag: view.tag,
    })
  }
  return records
}
