import { OrderStateCode, type EpochMs } from '@onetape/core'
import { grownF64, grownI32, grownU8 } from './growable.ts'

/** Bits of {@link OrderTable.flags}. */
export const OrderFlag = {
  outsideRth: 1,
  reduceOnly: 2,
  /** Placed by `targetPercent`, `targetQuantity` or `close`: counts for the next target. */
  target: 4,
  /** Quantity is computed at the fill from `weight`. */
  sizeAtFill: 8,
  /** Placed for something that does not exist any more: nothing is sent. */
  badLink: 16,
} as const

/** What is told about an order besides its numbers; kept only for the orders that have it. */
export interface OrderExtras {
  tag?: string | undefined
  ocaGroup?: string | undefined
  /** Code of a venue's rejection, or a detail of a denial. */
  detail?: string | undefined
}

/**
 * All orders of a run in columns; an order's number is its index. Columns instead of objects since every strategy
 * call, fill and state change passes here, and all orders are kept for the result.
 */
export class OrderTable {
  count = 0
  instrument: Int32Array = new Int32Array(256)
  strategy: Int32Array = new Int32Array(256)
  /** Counter within the strategy, part of the order's id. */
  counter: Int32Array = new Int32Array(256)
  /** −1 for none. */
  parent: Int32Array = new Int32Array(256)
  /** Index of the OCA group in the run, −1 for none. */
  oca: Int32Array = new Int32Array(256)
  /** Index into the run's code list, 0 for none. */
  code: Int32Array = new Int32Array(256)
  type: Uint8Array = new Uint8Array(256)
  tif: Uint8Array = new Uint8Array(256)
  state: Uint8Array = new Uint8Array(256)
  flags: Uint8Array = new Uint8Array(256)
  /** +1 buys, −1 sells. */
  side: Int32Array = new Int32Array(256)
  quantity: Float64Array = new Float64Array(256)
  filled: Float64Array = new Float64Array(256)
  /** Σ quantity · price of the fills. */
  filledValue: Float64Array = new Float64Array(256)
  fees: Float64Array = new Float64Array(256)
  limit: Float64Array = new Float64Array(256)
  stop: Float64Array = new Float64Array(256)
  /** Trailing distance: USD when `trailPercent` is 0. */
  trailAmount: Float64Array = new Float64Array(256)
  trailPercent: Float64Array = new Float64Array(256)
  limitOffset: Float64Array = new Float64Array(256)
  goodTill: Float64Array = new Float64Array(256)
  /** Target weight of orders that are sized at the fill. */
  weight: Float64Array = new Float64Array(256)
  placedAt: Float64Array = new Float64Array(256)
  updatedAt: Float64Array = new Float64Array(256)
  /** Held back for the order, USD of margin. */
  reserved: Float64Array = new Float64Array(256)
  /** Expected proceeds that other orders may use, USD of margin. */
  credit: Float64Array = new Float64Array(256)
  /** Leaves that count in the ledger's working quantities. */
  counted: Float64Array = new Float64Array(256)
  /** This session's fills, for fees per order and session. */
  sessionQuantity: Float64Array = new Float64Array(256)
  sessionValue: Float64Array = new Float64Array(256)
  sessionFee: Float64Array = new Float64Array(256)
  /** End of the session of the last fill. */
  sessionEnd: Float64Array = new Float64Array(256)
  /** Neighbours in the list of open orders, −1 at the ends. */
  #next: Int32Array = new Int32Array(256)
  #previous: Int32Array = new Int32Array(256)
  #first = -1
  #last = -1
  readonly #extras = new Map<number, OrderExtras>()

  /** A new row in state `created`, at the end of the list of open orders. */
  add(strategy: number, counter: number, instrument: number, side: number, type: number, tif: number, quantity: number, at: EpochMs): number {
    const n = this.count
    if (n === this.instrument.length) this.#grow(n + 1)
    this.count = n + 1
    this.strategy[n] = strategy
    this.counter[n] = counter
    this.instrument[n] = instrument
    this.side[n] = side
    this.type[n] = type
    this.tif[n] = tif
    this.state[n] = OrderStateCode.created
    this.quantity[n] = quantity
    this.placedAt[n] = at
    this.updatedAt[n] = at
    this.parent[n] = -1
    this.oca[n] = -1
    this.#previous[n] = this.#last
    this.#next[n] = -1
    if (this.#last === -1) this.#first = n
    else this.#next[this.#last] = n
    this.#last = n
    return n
  }

  /** Takes a final order out of the list of open ones. */
  close(n: number): void {
    const previous = this.#previous[n]!
    const next = this.#next[n]!
    if (previous === -1) this.#first = next
    else this.#next[previous] = next
    if (next === -1) this.#last = previous
    else this.#previous[next] = previous
    this.#previous[n] = -1
    this.#next[n] = -1
  }

  /** Puts a final order back among the open ones, after a correction took fills away. */
  reopen(n: number): void {
    this.#previous[n] = this.#last
    this.#next[n] = -1
    if (this.#last === -1) this.#first = n
    else this.#next[this.#last] = n
    this.#last = n
  }

  /** Oldest open order, −1 when there is none. */
  get firstOpen(): number {
    return this.#first
  }

  /** The open order placed after `n`, −1 at the end. */
  nextOpen(n: number): number {
    return this.#next[n]!
  }

  /** quantity − filled, without the noise that subtracting fractional fills leaves. */
  leaves(n: number): number {
    const rest = this.quantity[n]! - this.filled[n]!
    return rest > this.quantity[n]! * 1e-12 ? rest : 0
  }

  extras(n: number): OrderExtras {
    let extras = this.#extras.get(n)
    if (extras === undefined) {
      extras = {}
      this.#extras.set(n, extras)
    }
    return extras
  }

  extrasOf(n: number): OrderExtras | undefined {
    return this.#extras.get(n)
  }

  #grow(needed: number): void {
    this.instrument = grownI32(this.instrument, needed)
    this.strategy = grownI32(this.strategy, needed)
    this.counter = grownI32(this.counter, needed)
    this.parent = grownI32(this.parent, needed)
    this.oca = grownI32(this.oca, needed)
    this.code = grownI32(this.code, needed)
    this.side = grownI32(this.side, needed)
    this.#next = grownI32(this.#next, needed)
    this.#previous = grownI32(this.#previous, needed)
    this.type = grownU8(this.type, needed)
    this.tif = grownU8(this.tif, needed)
    this.state = grownU8(this.state, needed)
    this.flags = grownU8(this.flags, needed)
    this.quantity = grownF64(this.quantity, needed)
    this.filled = grownF64(this.filled, needed)
    this.filledValue = grownF64(this.filledValue, needed)
    this.fees = grownF64(this.fees, needed)
    this.limit = grownF64(this.limit, needed)
    this.stop = grownF64(this.stop, needed)
    this.trailAmount = grownF64(this.trailAmount, needed)
    this.trailPercent = grownF64(this.trailPercent, needed)
    this.limitOffset = grownF64(this.limitOffset, needed)
    this.goodTill = grownF64(this.goodTill, needed)
    this.weight = grownF64(this.weight, needed)
    this.placedAt = grownF64(this.placedAt, needed)
    this.updatedAt = grownF64(this.updatedAt, needed)
    this.reserved = grownF64(this.reserved, needed)
    this.credit = grownF64(this.credit, needed)
    this.counted = grownF64(this.counted, needed)
    this.sessionQuantity = grownF64(this.sessionQuantity, needed)
    this.sessionValue = grownF64(this.sessionValue, needed)
    this.sessionFee = grownF64(this.sessionFee, needed)
    this.sessionEnd = grownF64(this.sessionEnd, needed)
  }
}
