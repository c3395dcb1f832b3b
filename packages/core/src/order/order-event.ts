import type { EpochMs, Shares, Usd, UsdPerShare } from '../units.ts'
import type { Instrument } from '../market/instrument.ts'
import type { DenialCode, EndCode } from './order-codes.ts'
import type { ExecutionId, OrderNumber } from './order-id.ts'
import type { OrderView } from './order-view.ts'

/** What happened to one order: a fact in the past tense, never changed once made. */
export type OrderEvent = {
  readonly order: OrderView
  readonly time: EpochMs
} & (
  | { readonly kind: 'denied'; readonly code: DenialCode; readonly detail: string }
  | { readonly kind: 'parked' }
  | { readonly kind: 'submitting' }
  | { readonly kind: 'accepted' }
  /** With proof from the venue. */
  | { readonly kind: 'rejected'; readonly code: string; readonly detail: string }
  /** No proof either way: the order may be live. */
  | { readonly kind: 'unknown'; readonly detail: string }
  /** A stop or touch level was reached; the order now works as a market or limit order. */
  | { readonly kind: 'triggered' }
  | { readonly kind: 'filled'; readonly fill: Fill }
  | { readonly kind: 'cancel-requested' }
  | { readonly kind: 'cancel-rejected'; readonly detail: string }
  | { readonly kind: 'cancelled'; readonly code: EndCode }
  | { readonly kind: 'replace-requested' }
  | { readonly kind: 'replace-rejected'; readonly code: string; readonly detail: string }
  | { readonly kind: 'replaced' }
  | { readonly kind: 'expired'; readonly code: EndCode }
  /** The venue changed or took back an execution; `fill` is what stands now (quantity 0 for a bust). */
  | { readonly kind: 'corrected'; readonly fill: Fill; readonly superseded: ExecutionId }
  /** The venue's figure differs from the estimate booked with the fill. `difference` in USD, negative = cheaper. */
  | { readonly kind: 'commission'; readonly difference: Usd }
)

/** One execution. */
export interface Fill {
  readonly executionId: ExecutionId
  readonly orderNumber: OrderNumber
  readonly strategy: string
  readonly instrument: Instrument
  readonly side: 'buy' | 'sell'
  /** Positive. */
  readonly quantity: Shares
  readonly price: UsdPerShare
  readonly fee: Usd
  /** When it is knowable: for a bar its end. */
  readonly time: EpochMs
  /** Still open after this fill. */
  readonly leaves: Shares
  /** P&L this fill realised by reducing a position, before fees. USD. */
  readonly realized: Usd
  readonly tag: string | undefined
}
