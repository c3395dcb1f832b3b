import type { EpochMs } from '@onetape/core'
import { type ComparableRun, strategyIndex } from './comparable-run.ts'

/** One thing that happened in a run. Fields that do not belong to its kind are undefined. */
export interface RunEvent {
  readonly time: EpochMs
  readonly kind: 'booking' | 'fill' | 'ended' | 'order' | 'denied'
  /** Index of the strategy in its run. */
  readonly strategy: number
  readonly symbol: string | undefined
  readonly side?: 'buy' | 'sell'
  /** Of an order. */
  readonly type?: string
  readonly tif?: string
  /** How an order ended: `cancelled`, `expired`, `rejected`; kind of a booking. */
  readonly state?: string
  /** Why it was denied or ended. */
  readonly code?: string | undefined
  readonly quantity: number
  readonly price?: number
  readonly limitPrice?: number | undefined
  readonly stopPrice?: number | undefined
  readonly fee?: number
  readonly cash?: number
}

/** Order of events of one time: what the venue and the ledger did, then what the strategy asked for. */
const RANK: Readonly<Record<RunEvent['kind'], number>> = { booking: 0, fill: 1, ended: 2, order: 3, denied: 3 }

/** Everything that a run tells of itself, in order; orders only when asked for. */
export function eventsOf(run: ComparableRun, withOrders: boolean): readonly RunEvent[] {
  const events: RunEvent[] = []
  for (const { kind: state, strategy, symbol, time, cash, quantity, price } of run.bookings)
    events.push({ time, kind: 'booking', state, strategy: strategyIndex(run, strategy), symbol, quantity, price, cash })
  for (const { strategy, symbol, side, quantity, price, fee, time } of run.fills)
    events.push({ time, kind: 'fill', strategy: strategyIndex(run, strategy), symbol, side, quantity, price, fee })
  if (withOrders)
    for (const order of run.orders ?? []) {
      const { placedAt, updatedAt, symbol, side, type, tif, state, code, quantity, limitPrice, stopPrice } = order
      const own = { strategy: strategyIndex(run, order.strategy), symbol, side, quantity }
      const asked = { ...own, type, tif, limitPrice, stopPrice }
      if (state === 'denied') events.push({ time: placedAt, kind: 'denied', code, ...asked })
      else events.push({ time: placedAt, kind: 'order', ...asked })
      if (state === 'cancelled' || state === 'expired' || state === 'rejected')
        events.push({ time: updatedAt, kind: 'ended', state, code, ...own })
    }
  return events.toSorted((a, b) => a.time - b.time || RANK[a.kind] - RANK[b.kind])
}

/** Fields in which two events differ; numbers may be apart by `tolerance`, relative. */
export function differingFields(a: RunEvent, b: RunEvent, tolerance: number): readonly (keyof RunEvent)[] {
  const fields = new Set([...Object.keys(a), ...Object.keys(b)] as (keyof RunEvent)[])
  return [...fields].filter((field) => !alike(a[field], b[field], tolerance))
}

function alike(a: unknown, b: unknown, tolerance: number): boolean {
  if (typeof a !== 'number' || typeof b !== 'number') return Object.is(a ?? undefined, b ?? undefined)
  return Object.is(a, b) || Math.abs(a - b) <= tolerance * Math.max(Math.abs(a), Math.abs(b))
}
