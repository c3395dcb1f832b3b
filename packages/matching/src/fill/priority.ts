import type { VenueOrder } from '../order/venue-order.ts'

/**
 * Sorts the first `count` orders of a plan in place: fills at the open, inside the bar, at the close; in each by price
 * (market orders first, then the one that the market reaches first), then by acceptance. A total order.
 */
export function sortByPriority(plan: VenueOrder[], count: number): void {
  for (let i = 1; i < count; i++) {
    const order = plan[i]!
    let at = i
    while (at > 0 && comesBefore(order, plan[at - 1]!)) {
      plan[at] = plan[at - 1]!
      at--
    }
    plan[at] = order
  }
}

function comesBefore(a: VenueOrder, b: VenueOrder): boolean {
  if (a.phase !== b.phase) return a.phase < b.phase
  if (a.rank !== b.rank) return a.rank < b.rank
  return a.seq < b.seq
}
