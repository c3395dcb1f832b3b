import { InvariantError } from '@onetape/core'
import { clearOrder, VenueOrder } from './venue-order.ts'

/** Numbers are told apart by 31 bits. */
const LAST_NUMBER = 0x7fff_ffff

function emptyCells(count: number): (VenueOrder | undefined)[] {
  return Array.from({ length: count }, () => undefined)
}

/**
 * Open orders by number, and the pool that they come from. While the venue matches, ended orders are kept back, since
 * plans still point at them.
 */
export class OrderTable {
  /**
   * By the last bits of the number, as many as keep all open orders apart: senders count their orders up, so that a few
   * cells hold the open ones of millions. A Map costs three times as much, an array by number grows without end.
   */
  #open: (VenueOrder | undefined)[] = emptyCells(64)
  #mask: number = 63
  readonly #pool: VenueOrder[] = []
  #pooled: number = 0
  readonly #ended: VenueOrder[] = []
  #endedCount: number = 0
  #depth: number = 0

  take(): VenueOrder {
    return this.#pooled > 0 ? this.#pool[--this.#pooled]! : new VenueOrder()
  }

  find(number: number): VenueOrder | undefined {
    const order = this.#open[number & this.#mask]
    return order !== undefined && order.number === number ? order : undefined
  }

  /** True for a number that an order may have which comes now. */
  isFree(number: number): boolean {
    return number >= 0 && number <= LAST_NUMBER && this.#open[number & this.#mask]?.number !== number
  }

  /** @throws {InvariantError} `venue.number` when an open order has the number */
  add(order: VenueOrder): void {
    const { number } = order
    if (!(number >= 0 && number <= LAST_NUMBER) || this.find(number) !== undefined)
      throw new InvariantError('venue.number', `Expected a number that no open order has, found ${number}`)
    while (this.#open[number & this.#mask] !== undefined) this.#spread()
    this.#open[number & this.#mask] = order
    order.live = true
  }

  /** From here on nothing finds the order. */
  remove(order: VenueOrder): void {
    order.live = false
    this.#open[order.number & this.#mask] = undefined
  }

  /** Twice as many cells; orders that were apart stay so. */
  #spread(): void {
    const orders = this.#open
    this.#open = emptyCells(orders.length * 2)
    this.#mask = this.#open.length - 1
    for (const order of orders) if (order !== undefined) this.#open[order.number & this.#mask] = order
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
