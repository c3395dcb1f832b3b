import { OrderStateCode, type EpochMs } from '@onetape/core'
import { ColumnStore } from './column-store.ts'

// Local names for imported codes: V8 folds a constant of this module, and loads an imported one at every use.
const CREATED = OrderStateCode.created

/** Bits of {@link OrderTable.flags}. */
export const OrderFlag = {
  outsideRth: 1,
  reduceOnly: 2,
  /** Placed by `targetPercent`, `targetQuantity` or `close`: counts for the next target. */
  target: 4,
  /** Quantity is computed at the fill from the extras' `weight`. */
  sizeAtFill: 8,
  /** Placed for something that does not exist any more: nothing is sent. */
  badLink: 16,
  /** Sized by weight from the last price, with buffer and costs taken off: holds back nothing above that price. */
  sized: 32,
} as const

/** What few orders have: kept in a map, so that the others pay nothing for it. */
export interface OrderExtras {
  tag?: string | undefined
  ocaGroup?: string | undefined
  /** Trailing distance in USD per share, or as a fraction of the price. */
  trailAmount?: number | undefined
  trailPercent?: number | undefined
  limitOffset?: number | undefined
  goodTill?: EpochMs | undefined
  /** What a split cancelled: how it worked then, and its trailing level and limit on the old basis. */
  atSplit?: { readonly works: number; readonly level: number; readonly limit: number } | undefined
  /** Target weight of an order that is sized at its fill. */
  weight?: number | undefined
  /** This session's fills of an order that fills in parts, for fees per order and session. */
  session?: { end: EpochMs; quantity: number; value: number; fee: number } | undefined
}

const CELLS = { bytes: 128, columns: 24 }

/**
 * All orders of a run in columns; an order's number is its index. Columns instead of objects since every strategy
 * call, fill and state change passes here, and all orders are kept for the result.
 */
export class OrderTable {
  count = 0
  declare instrument: Int32Array
  declare strategy: Int32Array
  /** Counter within the strategy, part of the order's id. */
  declare counter: Int32Array
  /** −1 for none. */
  declare parent: Int32Array
  /** Index of the OCA group in the run, −1 for none. */
  declare oca: Int32Array
  /** Index into the run's code list, 0 for none. */
  declare code: Int32Array
  /** +1 buys, −1 sells. */
  declare side: Int32Array
  /** Neighbours in the list of open orders, −1 at the ends. */
  declare next: Int32Array
  declare previous: Int32Array
  declare type: Uint8Array
  declare tif: Uint8Array
  declare state: Uint8Array
  declare flags: Uint8Array
  declare quantity: Float64Array
  declare filled: Float64Array
  /** Σ quantity · price of the fills. */
  declare filledValue: Float64Array
  declare fees: Float64Array
  declare limit: Float64Array
  declare stop: Float64Array
  declare placedAt: Float64Array
  declare updatedAt: Float64Array
  /** Held back for the order, USD of margin. */
  declare reserved: Float64Array
  /** Expected proceeds that other orders may use, USD of margin. */
  declare credit: Float64Array
  /** Leaves that count in the ledger's working quantities. */
  declare counted: Float64Array
  #first = -1
  #last = -1
  #capacity = 0
  readonly #extras = new Map<number, OrderExtras>()

  /** @param capacity orders to expect; memory that is not used costs nothing, growing costs a copy */
  constructor(capacity: number) {
    // Written out, and without values before it: V8 then knows each column's type wherever it is read.
    const rows = Math.max(64, capacity)
    const store = new ColumnStore(rows, CELLS)
    this.instrument = store.int32()
    this.strategy = store.int32()
    this.counter = store.int32()
    this.parent = store.int32()
    this.oca = store.int32()
    this.code = store.int32()
    this.side = store.int32()
    this.next = store.int32()
    this.previous = store.int32()
    this.type = store.uint8()
    this.tif = store.uint8()
    this.state = store.uint8()
    this.flags = store.uint8()
    this.quantity = store.float64()
    this.filled = store.float64()
    this.filledValue = store.float64()
    this.fees = store.float64()
    this.limit = store.float64()
    this.stop = store.float64()
    this.placedAt = store.float64()
    this.updatedAt = store.float64()
    this.reserved = store.float64()
    this.credit = store.float64()
    this.counted = store.float64()
    this.#capacity = rows
  }

  /** A new row in state `created`, at the end of the list of open orders. */
  add(
    strategy: number,
    counter: number,
    instrument: number,
    side: number,
    type: number,
    tif: number,
    quantity: number,
    at: EpochMs,
  ): number {
    const n = this.count
    if (n === this.#capacity) this.#grow(n * 2)
    this.count = n + 1
    this.strategy[n] = strategy
    this.counter[n] = counter
    this.instrument[n] = instrument
    this.side[n] = side
    this.type[n] = type
    this.tif[n] = tif
    this.state[n] = CREATED
    this.quantity[n] = quantity
    this.placedAt[n] = at
    this.updatedAt[n] = at
    this.parent[n] = -1
    this.oca[n] = -1
    this.previous[n] = this.#last
    this.next[n] = -1
    if (this.#last === -1) this.#first = n
    else this.next[this.#last] = n
    this.#last = n
    return n
  }

  /** Takes a final order out of the list of open ones. */
  close(n: number): void {
    const previous = this.previous[n]!
    const next = this.next[n]!
    if (previous === -1) this.#first = next
    else this.next[previous] = next
    if (next === -1) this.#last = previous
    else this.previous[next] = previous
  }

  /** Puts a final order back among the open ones, after a correction took fills away. */
  reopen(n: number): void {
    this.previous[n] = this.#last
    this.next[n] = -1
    if (this.#last === -1) this.#first = n
    else this.next[this.#last] = n
    this.#last = n
  }

  /** Oldest open order, −1 when there is none. */
  get firstOpen(): number {
    return this.#first
  }

  /** The open order placed after `n`, −1 at the end. */
  nextOpen(n: number): number {
    return this.next[n]!
  }

  /** quantity − filled, without the noise that subtracting fractional fills leaves. */
  leaves(n: number): number {
    const rest = this.quantity[n]! - this.filled[n]!
    return rest > this.quantity[n]! * 1e-12 ? rest : 0
  }

  /** The order's extras, made when it has none. */
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

  #grow(rows: number): void {
    const store = new ColumnStore(rows, CELLS)
    this.instrument = store.int32(this.instrument)
    this.strategy = store.int32(this.strategy)
    this.counter = store.int32(this.counter)
    this.parent = store.int32(this.parent)
    this.oca = store.int32(this.oca)
    this.code = store.int32(this.code)
    this.side = store.int32(this.side)
    this.next = store.int32(this.next)
    this.previous = store.int32(this.previous)
    this.type = store.uint8(this.type)
    this.tif = store.uint8(this.tif)
    this.state = store.uint8(this.state)
    this.flags = store.uint8(this.flags)
    this.quantity = store.float64(this.quantity)
    this.filled = store.float64(this.filled)
    this.filledValue = store.float64(this.filledValue)
    this.fees = store.float64(this.fees)
    this.limit = store.float64(this.limit)
    this.stop = store.float64(this.stop)
    this.placedAt = store.float64(this.placedAt)
    this.updatedAt = store.float64(this.updatedAt)
    this.reserved = store.float64(this.reserved)
    this.credit = store.float64(this.credit)
    this.counted = store.float64(this.counted)
    this.#capacity = rows
  }
}
