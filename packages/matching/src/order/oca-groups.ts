import type { VenueOrder } from './venue-order.ts'

/** Orders that cancel each other, as one linked list for each group: the newest first. */
export class OcaGroups {
  readonly #heads = new Map<number, VenueOrder>()

  /** First member; the others follow by `ocaNext`. */
  head(group: number): VenueOrder | null {
    return this.#heads.get(group) ?? null
  }

  join(order: VenueOrder): void {
    order.ocaNext = this.head(order.ocaGroup)
    this.#heads.set(order.ocaGroup, order)
  }

  /** Does nothing for an order that never joined. */
  leave(order: VenueOrder): void {
    const head = this.head(order.ocaGroup)
    if (head === order) {
      if (order.ocaNext === null) this.#heads.delete(order.ocaGroup)
      else this.#heads.set(order.ocaGroup, order.ocaNext)
      return
    }
    for (let at = head; at !== null; at = at.ocaNext)
      if (at.ocaNext === order) {
        at.ocaNext = order.ocaNext
        return
      }
  }
}
