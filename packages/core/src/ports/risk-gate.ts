import type { Instrument } from '../market/instrument.ts'
import type { DenialCode } from '../order/order-codes.ts'
import type { EpochMs, Shares, Sign, Usd, UsdPerShare } from '../units.ts'

/** One order and the account at the moment of the check. The engine reuses the object: read it during the call. */
export interface GateAsk {
  readonly instrument: Instrument
  readonly time: EpochMs
  readonly side: Sign
  /** Integer code, see `OrderTypeCode`. */
  readonly type: number
  readonly quantity: Shares
  /** NaN when the order has none. */
  readonly limitPrice: UsdPerShare
  readonly stopPrice: UsdPerShare
  /** Last mark, NaN when there is none. */
  readonly lastPrice: UsdPerShare
  /** Smallest price step at the order's price. */
  readonly tick: UsdPerShare
  /** Part of the quantity that opens or increases the position, after working orders of the same side. */
  readonly increasing: Shares
  /** Cash or margin the order would hold back: increasing part at limit or last price + 2 %, plus estimated fee. USD. */
  readonly cost: Usd
  /** What is free: cash or excess liquidity, less reservations, plus credited proceeds and what the order itself closes. USD. */
  readonly available: Usd
  readonly equity: Usd
  /** Signed position of the account. */
  readonly position: Shares
}

/** Checks each order before it leaves. Fails closed: NaN anywhere denies. */
export interface IRiskGate {
  readonly name: string
  /** A code denies, undefined approves. */
  check(ask: GateAsk): DenialCode | undefined
}
