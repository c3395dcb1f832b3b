import { ColumnStore } from '../order/column-store.ts'

/** Kinds of bookings, in the order of their integer codes. */
export const BOOKINGS = [
  'fill',
  'split',
  'split-cash',
  'dividend',
  'dividend-paid',
  'reinvest',
  'delisting',
  'interest',
  'borrow',
  'fee-difference',
] as const

export type BookingKind = (typeof BOOKINGS)[number]

export const Booking = {
  fill: 0,
  split: 1,
  splitCash: 2,
  dividend: 3,
  dividendPaid: 4,
  reinvest: 5,
  delisting: 6,
  interest: 7,
  borrow: 8,
  feeDifference: 9,
} as const

// Local: V8 folds a constant of this module that is not exported, and loads an exported one at every use.
const FILL = Booking.fill

const CELLS = { bytes: 76, columns: 12 }

/** Everything that moved cash or a position, in order, in columns. Trades and attributions are derived from it. */
export class LedgerLog {
  count = 0
  /** How many of the rows are fills. */
  fills = 0
  declare kind: Int32Array
  declare strategy: Int32Array
  /** −1 where no instrument is concerned. */
  declare instrument: Int32Array
  /** −1 where no order is concerned. */
  declare order: Int32Array
  /** Bits from the venue, see matching's `FillFlag`. */
  declare flags: Int32Array
  declare time: Float64Array
  /** Start of the bar a fill came from: where in the bar it stood is not known. Else the same as `time`. */
  declare barTime: Float64Array
  /** Signed shares for fills; ratio for splits; shares for dividends. */
  declare quantity: Float64Array
  declare price: Float64Array
  declare fee: Float64Array
  /** Change of cash, fee included. USD. */
  declare cash: Float64Array
  /** P&L realised, before fees. USD. */
  declare realized: Float64Array
  #capacity = 0

  /** @param capacity bookings to expect */
  constructor(capacity: number) {
    // Written out, and without values before it: V8 then knows each column's type wherever it is read.
    const rows = Math.max(64, capacity)
    const store = new ColumnStore(rows, CELLS)
    this.kind = store.int32()
    this.strategy = store.int32()
    this.instrument = store.int32()
    this.order = store.int32()
    this.flags = store.int32()
    this.time = store.float64()
    this.barTime = store.float64()
    this.quantity = store.float64()
    this.price = store.float64()
    this.fee = store.float64()
    this.cash = store.float64()
    this.realized = store.float64()
    this.#capacity = rows
  }

  /** A new row; the caller fills in the rest. */
  add(kind: number, strategy: number, instrument: number, order: number, time: number): number {
    const n = this.count
    if (n === this.#capacity) this.#grow(n * 2)
    this.count = n + 1
    if (kind === FILL) this.fills++
    this.kind[n] = kind
    this.strategy[n] = strategy
    this.instrument[n] = instrument
    this.order[n] = order
    this.time[n] = time
    this.barTime[n] = time
    return n
  }

  #grow(rows: number): void {
    const store = new ColumnStore(rows, CELLS)
    this.kind = store.int32(this.kind)
    this.strategy = store.int32(this.strategy)
    this.instrument = store.int32(this.instrument)
    this.order = store.int32(this.order)
    this.flags = store.int32(this.flags)
    this.time = store.float64(this.time)
    this.barTime = store.float64(this.barTime)
    this.quantity = store.float64(this.quantity)
    this.price = store.float64(this.price)
    this.fee = store.float64(this.fee)
    this.cash = store.float64(this.cash)
    this.realized = store.float64(this.realized)
    this.#capacity = rows
  }
}
