import { allocateColumns } from '../order/column-store.ts'

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

const INT32 = ['kind', 'strategy', 'instrument', 'order', 'flags'] as const
const FLOAT64 = ['time', 'barTime', 'quantity', 'price', 'fee', 'cash', 'realized'] as const

/** Everything that moved cash or a position, in order, in columns. Trades and attributions are derived from it. */
export class LedgerLog {
  count = 0
  /** How many of the rows are fills. */
  fills = 0
  kind!: Int32Array
  strategy!: Int32Array
  /** −1 where no instrument is concerned. */
  instrument!: Int32Array
  /** −1 where no order is concerned. */
  order!: Int32Array
  /** Bits from the venue, see matching's `FillFlag`. */
  flags!: Int32Array
  time!: Float64Array
  /** Start of the bar a fill came from: where in the bar it stood is not known. Else the same as `time`. */
  barTime!: Float64Array
  /** Signed shares for fills; ratio for splits; shares for dividends. */
  quantity!: Float64Array
  price!: Float64Array
  fee!: Float64Array
  /** Change of cash, fee included. USD. */
  cash!: Float64Array
  /** P&L realised, before fees. USD. */
  realized!: Float64Array
  #capacity = 0

  /** @param capacity bookings to expect */
  constructor(capacity: number) {
    this.#allocate(Math.max(64, capacity))
  }

  /** A new row; the caller fills in the rest. */
  add(kind: number, strategy: number, instrument: number, order: number, time: number): number {
    const n = this.count
    if (n === this.#capacity) this.#allocate(n * 2)
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

  #allocate(capacity: number): void {
    allocateColumns(this, { float64: FLOAT64, int32: INT32, uint8: [] }, capacity)
    this.#capacity = capacity
  }
}
