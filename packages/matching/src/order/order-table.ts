import { InvariantError } from '@onetape/core'
import { clearOrder, VenueOrder } from './venue-order.ts'

/**
 * Open orders by number, and the pool that they come from. While the venue matches, ended orders are kept back, since
 * plans still point at them.
 */
export class OrderTable {
  // An array, since the sender numbers its orders densely: a Map costs three times as much per order.
  readonly #open: (VenueOrder | undefined)[] = []
  readonly #pool: VenueOrder[] = []
  #pooled: number = 0
  readonly #ended: VenueOrder[] = []
  #endedCount: number = 0
  #depth: number = 0

  take(): VenueOrder {
    return this.#pooled > 0 ? this.#pool[--this.#pooled]! : new VenueOrder()
  }

  find(number: number): VenueOrder | undefined {
    return this.#open[number]
  }

  /** @throws {InvariantError} `venue.number` when an open order has the number */
  add(order: VenueOrder): void {
    const { number } = order
    if (!(number >= 0) || this.#open[number] !== undefined)
      throw new InvariantError('venue.number', `Expected a number that no open order has, found ${number}`)
    // Without holes: storing behind the end would turn the array into a dictionary.
    while (this.#open.length < number) this.#open.push(undefined)
    this.#open[number] = order
    order.live = true
  }

  /** From here on nothing finds the order. */
  remove(order: VenueOrder): void {
    order.live = false
    this.#open[order.number] = undefined
  }

  /** Gives a removed order back to the pool, at the end of the matching under way. */
  giveBack(order: VenueOrder): void {
    if (this.#depth > 0) this.#ended[this.#endedCount++] = order
    else this.#recycle(order)
  }

  /** To be called around everything that holds orders in lists of its own. */
  enter(): void {
    this.#depth++
  }

  leave(): void {
    this.#depth--
    if (this.#depth > 0 || this.#endedCount === 0) return
    for (let k = 0; k < this.#endedCount; k++) this.#recycle(this.#ended[k]!)
    this.#endedCount = 0 // and not `length = 0`, which gives the array's memory away
  }

  #recycle(order: VenueOrder): void {
    clearOrder(order)
    this.#pool[this.#pooled++] = order
  }
}
