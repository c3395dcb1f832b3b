import type { AccountSnapshot, PositionSnapshot } from '../account/snapshots.ts'
import type { Brand } from '../brand.ts'
import type { ExecutionId, OrderId } from '../order/order-id.ts'
import type { OrderChanges, OrderRequest } from '../order/order-request.ts'
import type { EpochMs, Shares, Usd, UsdPerShare } from '../units.ts'
import type { Subscribable } from './subscribable.ts'

/** An order that passed the gate. Only the engine makes one, so an unchecked order does not compile at a broker. */
export type ApprovedOrder = Brand<
  OrderRequest & {
    readonly id: OrderId
    readonly strategy: string
    /** Id of `parent`, for the wire. */
    readonly parentId?: OrderId
  },
  'ApprovedOrder'
>

/** What became of a request to the venue. `rejected` only with proof; without proof it is `unknown`. */
export type SubmitOutcome =
  | { readonly kind: 'accepted'; readonly brokerRef: string }
  | { readonly kind: 'rejected'; readonly code: string; readonly detail: string }
  | { readonly kind: 'unknown'; readonly detail: string }

/** An answer, or the fact that there is none: unknown is not empty. */
export type Known<T> =
  | { readonly kind: 'known'; readonly value: T }
  | { readonly kind: 'unknown'; readonly detail: string }

/** What a venue tells of its own accord. */
export type BrokerEvent = { readonly orderId: OrderId; readonly time: EpochMs } & (
  | { readonly kind: 'accepted'; readonly brokerRef: string }
  | { readonly kind: 'rejected'; readonly code: string; readonly detail: string }
  | {
      readonly kind: 'filled'
      readonly executionId: ExecutionId
      readonly quantity: Shares
      readonly price: UsdPerShare
    }
  | {
      readonly kind: 'corrected'
      readonly executionId: ExecutionId
      readonly superseded: ExecutionId
      readonly quantity: Shares
      readonly price: UsdPerShare
    }
  | { readonly kind: 'commission'; readonly executionId: ExecutionId; readonly commission: Usd }
  | { readonly kind: 'triggered' }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'replaced' }
  | { readonly kind: 'expired' }
)

export interface WorkingOrder {
  readonly orderId: OrderId | undefined
  readonly brokerRef: string
  readonly quantity: Shares
  readonly filled: Shares
}

/** Executes approved orders. No `boolean` for an outcome: see {@link SubmitOutcome}. */
export interface IBroker {
  executeOrder(order: ApprovedOrder): Promise<SubmitOutcome>
  /**
   * The same for orders that belong to one decision, outcomes in their order; a parent and its children are among them.
   * Where a broker leaves it out, they are executed one after the other.
   */
  executeOrders?(orders: readonly ApprovedOrder[]): readonly Promise<SubmitOutcome>[]
  modifyOrder(id: OrderId, changes: OrderChanges): Promise<SubmitOutcome>
  cancelOrder(id: OrderId): Promise<SubmitOutcome>
  /** What the order would need of the account: the broker's own figure where it has one. USD. */
  checkBuyingPower(order: OrderRequest): Promise<Known<{ readonly required: Usd; readonly available: Usd }>>
  /** Estimated commission and fees. USD. */
  calculateCommission(order: OrderRequest, price: UsdPerShare): Usd
  /** Estimated slippage, positive against the order. USD per share. */
  calculateSlippage(order: OrderRequest, price: UsdPerShare): UsdPerShare
  getPositions(): Promise<Known<readonly PositionSnapshot[]>>
  getCashBalance(): Promise<Known<Usd>>
  getAccount(): Promise<Known<AccountSnapshot>>
  getOpenOrders(): Promise<Known<readonly WorkingOrder[]>>
  readonly events: Subscribable<BrokerEvent>
}
