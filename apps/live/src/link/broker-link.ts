import type { BrokerEvent, EpochMs, ExecutionId, IBroker, IDataFeed, Known, Subscribable } from '@onetape/core'
import type { VenueExecution, VenueOrderState } from '@onetape/engine'

/** An order that has ended, with what became of it. */
type CompletedOrder = VenueOrderState & { readonly outcome: 'filled' | 'cancelled' | 'rejected' }

/** What the trader needs of a broker beyond the port: the queries of a reconciliation. */
export interface BrokerLink {
  readonly broker: IBroker
  readonly feed: IDataFeed
  /** What the broker tells, stamped with the time of {@link now}. */
  readonly events: Subscribable<BrokerEvent>
  /** The gateway's time. */
  now(): EpochMs
  /** The gateway's clock minus that of this machine, milliseconds; 0 for a simulator in a time of its own. */
  driftMs(): number
  readonly account: string
  /** The execution among those booked that another one corrects, if it does. */
  corrects(id: ExecutionId, booked: ReadonlySet<ExecutionId>): ExecutionId | undefined
  getExecutions(): Promise<Known<readonly VenueExecution[]>>
  getCompletedOrders(): Promise<Known<readonly CompletedOrder[]>>
  /** Emits after a connection came back: everything is to be asked again. */
  readonly restored: Subscribable<{ readonly dataLost: boolean }>
  readonly online: Subscribable<boolean>
  readonly notices: Subscribable<LinkNotice>
  close(): Promise<void>
}

interface LinkNotice {
  readonly severity: 'info' | 'warning' | 'critical'
  readonly code: string
  readonly message: string
}
