import type { BarSeries } from '@onetape/core'
import type { BookingRecord, FillRecord } from '@onetape/backtest'

/** Shares and average cost of one strategy in one instrument, kept from the records alone. */
interface Held {
  quantity: number
  cost: number
}

/** Throws unless the two agree to `within`. */
function agree(what: string, found: number, expected: number, within: number): void {
  if (!(Math.abs(found - expected) <= within)) throw new Error(`Expected ${what} ${expected}, found ${found}`)
}

/** A second set of books: made from fills and bookings, marked with the bars themselves. */
export class Books {
  cash: number
  receivable = 0
  /** Realised by trades and by fractions paid out, before fees. */
  realized = 0
  dividends = 0
  fees = 0
  shorts = 0
  splits = 0
  readonly #held = new Map<string, Map<string, Held>>()
  readonly #data: ReadonlyMap<string, BarSeries>
  readonly #mark = new Map<string, number>()
  readonly #bar = new Map<string, number>()

  constructor(cash: number, data: readonly BarSeries[]) {
    this.cash = cash
    this.#data = new Map(data.map((s) => [s.instrument.symbol, s]))
  }

  #of(strategy: string, symbol: string): Held {
    const bySymbol = this.#held.get(strategy) ?? new Map<string, Held>()
    this.#held.set(strategy, bySymbol)
    const held = bySymbol.get(symbol) ?? { quantity: 0, cost: 0 }
    bySymbol.set(symbol, held)
    return held
  }

  #multiplier(symbol: string): number {
    return this.#data.get(symbol)!.instrument.multiplier
  }

  fill(f: FillRecord): void {
    const held = this.#of(f.strategy, f.symbol)
    const signed = f.side === 'buy' ? f.quantity : -f.quantity
    const multiplier = this.#multiplier(f.symbol)
    // A future is booked here as if its value were paid: its position at the mark gives it back.
    this.cash -= signed * f.price * multiplier + f.fee
    this.fees += f.fee
    const closing = held.quantity * signed < 0 ? Math.min(Math.abs(signed), Math.abs(held.quantity)) : 0
    const gain = closing * Math.sign(held.quantity) * (f.price - held.cost) * multiplier
    this.realized += gain
    agree(`P&L of ${f.orderId}`, f.realized, gain, 1e-6)
    const after = held.quantity + signed
    if (closing === 0) held.cost = (held.cost * held.quantity + f.price * signed) / after
    else if (Math.sign(after) !== Math.sign(held.quantity)) held.cost = f.price
    held.quantity = Math.abs(after) < 1e-9 ? 0 : after
    if (held.quantity < 0) this.shorts++
  }

  book(b: BookingRecord): void {
    const held = this.#of(b.strategy, b.symbol!)
    const multiplier = this.#multiplier(b.symbol!)
    switch (b.kind) {
      case 'split':
        held.quantity *= b.quantity
        held.cost /= b.quantity
        this.splits++
        return
      case 'split-cash':
        agree('cash for a fraction', b.cash, b.quantity * b.price * multiplier, 1e-9)
        agree('a fraction of a lot', b.quantity, 0, this.#data.get(b.symbol!)!.instrument.lot)
        this.cash += b.cash
        this.realized += b.quantity * (b.price - held.cost) * multiplier
        held.quantity -= b.quantity
        if (Math.abs(held.quantity) < 1e-9) held.quantity = 0
        return
      case 'dividend':
        agree('shares with a dividend', b.quantity, held.quantity, 1e-8)
        this.receivable += held.quantity * b.price * multiplier
        this.dividends += held.quantity * b.price * multiplier
        return
      case 'dividend-paid':
        this.cash += b.cash
        this.receivable -= b.cash
        return
      case 'reinvest':
        agree('cash reinvested', -b.cash, b.quantity * b.price * multiplier, 1e-9)
        this.cash += b.cash
        held.cost = (held.cost * held.quantity + b.price * b.quantity) / (held.quantity + b.quantity)
        held.quantity += b.quantity
        return
      case 'fill':
      case 'delisting':
      case 'interest':
      case 'borrow':
      case 'fee-difference':
        throw new Error(`Expected a kind of booking that this market has, found ${b.kind}`)
    }
  }

  /** Last close that is knowable at `time`, on the basis of the last split up to it. */
  mark(symbol: string, time: number): number {
    const { columns, actions, length } = this.#data.get(symbol)!
    let i = this.#bar.get(symbol) ?? -1
    while (i + 1 < length && columns.end[i + 1]! <= time) i++
    this.#bar.set(symbol, i)
    if (i < 0) return Number.NaN
    let price = columns.close[i]!
    for (const a of actions) if (a.kind === 'split' && a.time > columns.time[i]! && a.time <= time) price /= a.ratio
    this.#mark.set(symbol, price)
    return price
  }

  /** Positions at the marks, and what they have gained since they were opened. */
  positions(time: number): { value: number; unrealized: number } {
    let value = 0
    let unrealized = 0
    for (const bySymbol of this.#held.values())
      for (const [symbol, { quantity, cost }] of bySymbol) {
        if (quantity === 0) continue
        const mark = this.mark(symbol, time)
        value += quantity * mark * this.#multiplier(symbol)
        unrealized += quantity * (mark - cost) * this.#multiplier(symbol)
      }
    return { value, unrealized }
  }

  open(): string[] {
    return [...this.#held].flatMap(([strategy, bySymbol]) =>
      [...bySymbol]
        .filter(([, h]) => h.quantity !== 0)
        .map(([symbol, h]) => `${strategy} ${symbol} ${h.quantity.toFixed(6)}`),
    )
  }
}
