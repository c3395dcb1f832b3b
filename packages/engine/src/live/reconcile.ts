import type { BrokerEvent, ExecutionId, Known, OrderId } from '@onetape/core'

/** An order of ours as our books have it. */
export interface OwnOrder {
  readonly orderId: OrderId
  readonly quantity: number
  readonly filled: number
  readonly open: boolean
}

/** What the broker says about one order. `orderId` is undefined for orders that were not placed under our reference. */
export interface VenueOrderState {
  readonly orderId: OrderId | undefined
  readonly brokerRef: string
  readonly quantity: number
  readonly filled: number
}

export interface VenueExecution {
  readonly executionId: ExecutionId
  readonly orderId: OrderId | undefined
  readonly quantity: number
  readonly price: number
  readonly time: number
}

/** Both sides of a reconciliation. Positions are signed shares by symbol. */
export interface ReconcileInput {
  readonly orders: readonly OwnOrder[]
  readonly executions: ReadonlySet<ExecutionId>
  readonly positions: ReadonlyMap<string, number>
  readonly venue: {
    readonly open: Known<readonly VenueOrderState[]>
    /** Orders that ended, with what became of them. */
    readonly completed: Known<readonly (VenueOrderState & { readonly outcome: 'filled' | 'cancelled' | 'rejected' })[]>
    readonly executions: Known<readonly VenueExecution[]>
    readonly positions: Known<ReadonlyMap<string, number>>
  }
}

export type Discrepancy =
  /** A fill that our books lack; `event` books it. */
  | { readonly kind: 'missed-fill'; readonly event: BrokerEvent }
  /** Ended at the venue while ours is open. */
  | { readonly kind: 'ended'; readonly orderId: OrderId; readonly outcome: 'cancelled' | 'rejected' }
  /** Open with us, and no trace of it in open orders, completed orders and executions. */
  | { readonly kind: 'no-trace'; readonly orderId: OrderId }
  /** Two orders work under one reference of ours: one must be cancelled. */
  | { readonly kind: 'doubled'; readonly orderId: OrderId; readonly brokerRefs: readonly string[] }
  /** Somebody else's order in the account. */
  | { readonly kind: 'foreign'; readonly brokerRef: string }
  /** Positions differ after all missed fills are booked. */
  | { readonly kind: 'position'; readonly symbol: string; readonly ours: number; readonly theirs: number }

/**
 * Compares our books with what the broker says, as data. A query that failed is unknown, and unknown is not empty:
 * whatever rests on it is left open.
 * @returns what differs, and the queries that have to be asked again
 */
export function reconcile(input: ReconcileInput): {
  readonly discrepancies: readonly Discrepancy[]
  readonly unknown: readonly ('open' | 'completed' | 'executions' | 'positions')[]
} {
  const { venue } = input
  const discrepancies: Discrepancy[] = []
  const unknown = (['open', 'completed', 'executions', 'positions'] as const).filter((q) => venue[q].kind === 'unknown')
  const missed = venue.executions.kind === 'known' ? missedFills(input, venue.executions.value) : []
  discrepancies.push(...missed)
  const seen = new Set<OrderId>()
  if (venue.executions.kind === 'known')
    for (const e of venue.executions.value) if (e.orderId !== undefined) seen.add(e.orderId)
  if (venue.open.kind === 'known') discrepancies.push(...openOrders(venue.open.value, seen))
  const own = new Map(input.orders.map((o) => [o.orderId, o]))
  if (venue.completed.kind === 'known')
    for (const done of venue.completed.value) {
      if (done.orderId === undefined) continue
      seen.add(done.orderId)
      if (own.get(done.orderId)?.open === true && done.outcome !== 'filled')
        discrepancies.push({ kind: 'ended', orderId: done.orderId, outcome: done.outcome })
    }
  if (
    unknown.length === 0 ||
    !(unknown.includes('open') || unknown.includes('completed') || unknown.includes('executions'))
  )
    for (const o of input.orders)
      if (o.open && !seen.has(o.orderId)) discrepancies.push({ kind: 'no-trace', orderId: o.orderId })
  if (venue.positions.kind === 'known' && venue.executions.kind === 'known')
    discrepancies.push(...positions(input.positions, venue.positions.value))
  return { discrepancies, unknown }
}

function missedFills(input: ReconcileInput, executions: readonly VenueExecution[]): readonly Discrepancy[] {
  const ours = new Set(input.orders.map((o) => o.orderId))
  return executions
    .filter((e) => e.orderId !== undefined && ours.has(e.orderId) && !input.executions.has(e.executionId))
    .toSorted((a, b) => a.time - b.time)
    .map((e) => ({
      kind: 'missed-fill',
      event: {
        kind: 'filled',
        orderId: e.orderId!,
        executionId: e.executionId,
        quantity: e.quantity,
        price: e.price,
        time: e.time,
      },
    }))
}

function openOrders(open: readonly VenueOrderState[], seen: Set<OrderId>): readonly Discrepancy[] {
  const found: Discrepancy[] = []
  const refs = new Map<OrderId, string[]>()
  for (const order of open) {
    if (order.orderId === undefined) found.push({ kind: 'foreign', brokerRef: order.brokerRef })
    else {
      seen.add(order.orderId)
      refs.set(order.orderId, [...(refs.get(order.orderId) ?? []), order.brokerRef])
    }
  }
  for (const [orderId, brokerRefs] of refs)
    if (brokerRefs.length > 1) found.push({ kind: 'doubled', orderId, brokerRefs })
  return found
}

function positions(ours: ReadonlyMap<string, number>, theirs: ReadonlyMap<string, number>): readonly Discrepancy[] {
  const symbols = [...new Set([...ours.keys(), ...theirs.keys()])].toSorted()
  return symbols
    .map((symbol) => ({
      kind: 'position' as const,
      symbol,
      ours: ours.get(symbol) ?? 0,
      theirs: theirs.get(symbol) ?? 0,
    }))
    .filter((p) => Math.abs(p.ours - p.theirs) > 1e-9)
}
