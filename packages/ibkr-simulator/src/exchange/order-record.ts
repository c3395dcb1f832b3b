import type { EpochMs, Shares, Usd, UsdPerShare } from '@onetape/core'
import type { Listing } from '../market/listing.ts'

export type OrderStatus =
  | 'PendingSubmit'
  | 'PreSubmitted'
  | 'Submitted'
  | 'PendingCancel'
  | 'ApiCancelled'
  | 'Cancelled'
  | 'Filled'
  | 'Inactive'

/** Why an order is not at the venue yet, or '' when it is there or over. */
type Hold = '' | 'transmit' | 'parent' | 'condition' | 'locate' | 'link'

/** An order as the gateway knows it, for as long as it is remembered. */
export interface OrderRecord {
  /** Number at the venue. Changes when a modification replaces the order there. */
  key: number
  orderId: number
  readonly clientId: number
  readonly permId: number
  readonly account: string
  readonly listing: Listing
  /** The fields as last sent by the client. */
  text: Readonly<Record<string, string>>
  blocks: Readonly<Record<string, readonly string[]>>
  readonly side: 1 | -1
  quantity: Shares
  filled: Shares
  /** Filled before the order stood at the venue under its present number. */
  base: Shares
  /** A stop or touch price was reached. */
  triggered: boolean
  /** Stop level of a trailing order when it was last saved; NaN when unknown. */
  level: UsdPerShare
  /** Σ price · shares of the fills. */
  value: Usd
  lastPrice: UsdPerShare
  commission: Usd
  status: OrderStatus
  whyHeld: string
  hold: Hold
  ocaGroup: string
  parentId: number
  parentPermId: number
  /** The session that the fee below belongs to: a minimum is charged once per order and session. */
  feeDate: string
  feeShares: Shares
  feeValue: Usd
  fee: Usd
  readonly placedAt: EpochMs
  completedAt: EpochMs
  completedStatus: string
}

/** An execution of the day. */
export interface ExecutionRecord {
  readonly execId: string
  readonly permId: number
  readonly orderId: number
  readonly clientId: number
  readonly account: string
  readonly listing: Listing
  readonly side: 1 | -1
  readonly shares: Shares
  readonly price: UsdPerShare
  readonly time: EpochMs
  readonly cumulative: Shares
  readonly averagePrice: UsdPerShare
  readonly orderRef: string
  readonly exchange: string
  readonly liquidity: number
  commission: Usd
  realized: Usd
  /** Happened while the gateway had no link to the broker: known only after it came back. */
  unseen: boolean
}

const FINAL: ReadonlySet<OrderStatus> = new Set(['ApiCancelled', 'Cancelled', 'Filled'])

/** True when nothing more is to come. `Inactive` is not final while its order is held. */
export function isOver(order: OrderRecord): boolean {
  return FINAL.has(order.status) || (order.status === 'Inactive' && order.hold === '')
}

export function averagePrice(order: OrderRecord): UsdPerShare {
  return order.filled > 0 ? order.value / order.filled : 0
}
