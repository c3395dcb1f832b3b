import type { EpochMs } from '@onetape/core'
import type { VenueOrder } from './venue-order.ts'

/** Orders on their way to the venue, by time of arrival (`acceptedAt`), then of sending. */
export class Arrivals {
  readonly #orders: VenueOrder[] = []

  /** Time of the next arrival, Infinity when there is none. */
  next(): EpochMs {
    return this.#orders.length === 0 ? Infinity : this.#orders[0]!.acceptedAt
  }

  add(order: VenueOrder): void {
    let at = this.#orders.length
    while (at > 0 && this.#orders[at - 1]!.acceptedAt > order.acceptedAt) at--
    this.#orders.splice(at, 0, order)
  }

  takeFirst(): VenueOrder | undefined {
    return this.#orders.shift()
  }

  /** False when the order is not on its way. */
  remove(order: VenueOrder): boolean {
    const at = this.#orders.indexOf(order)
    if (at >= 0) this.#orders.splice(at, 1)
    return at >= 0
  }

  of(instrument: number | undefined): readonly VenueOrder[] {
    return this.#orders.filter((order) => instrument === undefined || order.instrument === instrument)
  }
}
