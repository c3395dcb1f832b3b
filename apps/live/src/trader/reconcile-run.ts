import type { Known } from '@onetape/core'
import { type Discrepancy, reconcile } from '@onetape/engine'
import type { BrokerLink } from '../link/broker-link.ts'
import type { LiveRun } from './live-run.ts'

/** What a reconciliation did and what is left. */
export interface Reconciliation {
  readonly discrepancies: readonly Discrepancy[]
  /** Queries without an answer: nothing was changed on their strength. */
  readonly unknown: readonly string[]
  /** Positions agree, and no order is doubled. */
  readonly agreed: boolean
}

/**
 * Asks the broker for positions, open orders, completed orders and executions, compares them with our books, and books
 * what they lack. Orders placed after the questions were asked are left alone.
 */
export async function reconcileRun(run: LiveRun, link: BrokerLink): Promise<Reconciliation> {
  const before = new Set(run.books.orders.map((order) => order.orderId))
  const [positions, open, completed, executions] = await Promise.all([
    link.broker.getPositions(),
    link.broker.getOpenOrders(),
    link.getCompletedOrders(),
    link.getExecutions(),
  ])
  const ask = (): ReturnType<typeof reconcile> => {
    const { orders, positions: ours } = run.books
    return reconcile({
      orders: orders.filter((order) => before.has(order.orderId)),
      executions: run.executions,
      positions: ours,
      venue: { open, completed, executions, positions: bySymbol(positions, ours) },
    })
  }
  const first = ask()
  for (const found of first.discrepancies) apply(run, link, found)
  // Positions are compared once more with the fills that were missing booked.
  const second = ask()
  const left = second.discrepancies.filter((d) => d.kind === 'position' || d.kind === 'doubled')
  return {
    discrepancies: [
      ...first.discrepancies.filter((d) => d.kind !== 'position'),
      ...left.filter((d) => d.kind === 'position'),
    ],
    unknown: first.unknown,
    agreed: left.length === 0 && first.unknown.length === 0,
  }
}

/** One discrepancy as a sentence. */
export function describeDiscrepancy(d: Discrepancy): string {
  switch (d.kind) {
    case 'missed-fill':
      return `a fill of ${d.event.orderId} was missed and is booked now`
    case 'ended':
      return `${d.orderId} was ${d.outcome} at the broker`
    case 'no-trace':
      return `${d.orderId} left no trace at the broker; it ends as never sent`
    case 'doubled':
      return `${d.orderId} works twice at the broker (${d.brokerRefs.join(', ')}): cancel one of them in TWS`
    case 'foreign':
      return `order ${d.brokerRef} of the account is not ours and is left alone`
    case 'position':
      return `we hold ${d.ours} ${d.symbol}, the broker says ${d.theirs}`
  }
}

function apply(run: LiveRun, link: BrokerLink, found: Discrepancy): void {
  const time = link.now()
  if (found.kind === 'missed-fill') run.push({ kind: 'broker', event: found.event })
  else if (found.kind === 'no-trace') run.neverSent(found.orderId, time)
  else if (found.kind === 'ended') {
    const { orderId } = found
    if (found.outcome === 'cancelled') run.push({ kind: 'broker', event: { kind: 'cancelled', orderId, time } })
    else {
      const detail = 'found among the completed orders'
      run.push({ kind: 'broker', event: { kind: 'rejected', orderId, time, code: 'venue', detail } })
    }
  }
}

function bySymbol(
  positions: Awaited<ReturnType<BrokerLink['broker']['getPositions']>>,
  ours: ReadonlyMap<string, number>,
): Known<ReadonlyMap<string, number>> {
  if (positions.kind === 'unknown') return positions
  // Symbols that the run does not trade are none of its business.
  const value = new Map([...ours.keys()].map((symbol) => [symbol, 0]))
  for (const { instrument, quantity } of positions.value)
    if (value.has(instrument.symbol)) value.set(instrument.symbol, quantity)
  return { kind: 'known', value }
}
