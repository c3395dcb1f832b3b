import type { Listing } from '../market/listing.ts'
import type { ExecutionRecord, OrderRecord } from './order-record.ts'

/** Whom the order desk tells what happens; who may see it is decided there. */
export interface DeskListener {
  openOrder(order: OrderRecord): void
  orderStatus(order: OrderRecord): void
  execution(execution: ExecutionRecord): void
  commission(execution: ExecutionRecord): void
  /** An error about an order goes to the client that asked. */
  orderError(clientId: number, orderId: number, code: number, text: string, advancedReject?: string): void
  /** The answer to a what-if order: an openOrder with these margin figures and nothing else. */
  whatIf(order: OrderRecord, figures: Readonly<Record<string, string>>): void
  positionChanged(account: string, listing: Listing): void
  /** An order reached the exchange: it may meet the standing quote. */
  arrived(listing: Listing): void
}
