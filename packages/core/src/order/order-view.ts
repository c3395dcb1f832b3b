import type { Instrument } from '../market/instrument.ts'
import type { EpochMs, Shares, Usd, UsdPerShare } from '../units.ts'
import type { OrderId, OrderNumber } from './order-id.ts'
import type { OrderState } from './order-state.ts'
import type { OrderType, TimeInForce } from './order-type.ts'

/** An order as it stands now: made when read, not updated afterwards. */
export interface OrderView {
  readonly number: OrderNumber
  readonly id: OrderId
  readonly strategy: string
  readonly instrument: Instrument
  readonly side: 'buy' | 'sell'
  readonly type: OrderType
  readonly tif: TimeInForce
  readonly state: OrderState
  readonly quantity: Shares
  readonly filled: Shares
  /** quantity − filled */
  readonly leaves: Shares
  readonly limitPrice: UsdPerShare | undefined
  readonly stopPrice: UsdPerShare | undefined
  /** Mean price of its fills, NaN before the first. */
  readonly averagePrice: UsdPerShare
  readonly fees: Usd
  readonly placedAt: EpochMs
  /** Time of its last event. */
  readonly updatedAt: EpochMs
  /** Denial or end code, when it has one. */
  readonly code: string | undefined
  readonly tag: string | undefined
  readonly parent: OrderNumber | undefined
  readonly ocaGroup: string | undefined
}
