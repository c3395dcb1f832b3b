import { grownF64, grownI32 } from '../order/growable.ts'

/** Kinds of bookings, in the order of their integer codes. */
export const BOOKINGS = ['fill', 'split', 'split-cash', 'dividend', 'dividend-paid', 'reinvest', 'delisting', 'interest', 'borrow', 'fee-difference'] as const

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

/** Everything that moved cash or a position, in order, in columns. Trades and attributions are derived from it. */
export class LedgerLog {
  count = 0
  kind: Int32Array = new Int32Array(256)
  strategy: Int32Array = new Int32Array(256)
  /** −1 where no instrument is concerned. */
  instrument: Int32Array = new Int32Array(256)
  /** −1 where no order is concerned. */
  order: Int32Array = new Int32Array(256)
  time: Float64Array = new Float64Array(256)
  /** Start of the bar a fill came from: where in the bar it stood is not known. Else the same as `time`. */
  barTime: Float64Array = new Float64Array(256)
  /** Signed shares for fills; ratio for splits; shares for dividends. */
  quantity: Float64Array = new Float64Array(256)
  price: Float64Array = new Float64Array(256)
  fee: Float64Array = new Float64Array(256)
  /** Change of cash, fee included. USD. */
  cash: Float64Array = new Float64Array(256)
  /** P&L realised, before fees. USD. */
  realized: Float64Array = new Float64Array(256)
  /** Bits from the venue: 1 auction, 2 ambiguous bar. */
  flags: Int32Array = new Int32Array(256)

  /** A new row; the caller fills in the rest. */
  add(kind: number, strategy: number, instrument: number, order: number, time: number): number {
    const n = this.count
    if (n === this.kind.length) this.#grow(n + 1)
    this.count = n + 1
    this.kind[n] = kind
    this.strategy[n] = strategy
    this.instrument[n] = instrument
    this.order[n] = order
    this.time[n] = time
    this.barTime[n] = time
    return n
  }

  #grow(needed: number): void {
    this.kind = grownI32(this.kind, needed)
    this.strategy = grownI32(this.strategy, needed)
    this.instrument = grownI32(this.instrument, needed)
    this.order = grownI32(this.order, needed)
    this.flags = grownI32(this.flags, needed)
    this.time = grownF64(this.time, needed)
    this.barTime = grownF64(this.barTime, needed)
    this.quantity = grownF64(this.quantity, needed)
    this.price = grownF64(this.price, needed)
    this.fee = grownF64(this.fee, needed)
    this.cash = grownF64(this.cash, needed)
    this.realized = grownF64(this.realized, needed)
  }
}
