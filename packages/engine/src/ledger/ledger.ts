import type { EpochMs, Instrument, Shares, Sign, Usd, UsdPerShare } from '@onetape/core'
import { Booking, LedgerLog } from './ledger-log.ts'

// Local names for imported codes: V8 folds a constant of this module, and loads an imported one at every use.
const BOOKING_FILL = Booking.fill
const BOOKING_DIVIDEND = Booking.dividend
const BOOKING_DIVIDEND_PAID = Booking.dividendPaid
const BOOKING_REINVEST = Booking.reinvest
const BOOKING_SPLIT = Booking.split
const BOOKING_SPLIT_CASH = Booking.splitCash

/**
 * Cash and positions of the account, and the part of each strategy in them. Average cost; a fill through zero closes,
 * then opens. One rounding per booking: float64 throughout, nothing is accumulated that can be re-summed.
 */
export class Ledger {
  declare readonly initialCash: Usd
  declare readonly log: LedgerLog
  // Figures that may be fractions begin as NaN: V8 then changes such a field in place.
  /** May be negative on margin. USD. */
  cash: Usd = NaN
  /** Held back for working orders. USD. */
  reserved: Usd = NaN
  /** Expected proceeds of working orders. USD. */
  credit: Usd = NaN
  /** All fees so far. USD. */
  fees: Usd = NaN
  /** Dividends booked and not yet paid. USD. */
  receivable: Usd = NaN
  /** Cash + receivable − base of futures, formed anew at each booking: what equity adds to the value of positions. USD. */
  liquid: Usd = NaN
  /** Σ quantity · average cost · multiplier of futures: what their marks are measured against. USD. */
  #futuresBase: Usd = NaN
  /** Signed shares of the account, by instrument id. */
  declare readonly quantity: Float64Array
  /** Last price, by instrument id; NaN before the first. */
  declare readonly mark: Float64Array
  /** quantity · multiplier: equity is cash + Σ exposure · mark (− the base of futures). */
  declare readonly exposure: Float64Array
  /** Leaves of working buys and sells, by instrument id. */
  declare readonly workingBuys: Float64Array
  declare readonly workingSells: Float64Array
  /** By strategy · instruments + instrument. */
  declare readonly held: Float64Array
  declare readonly averageCost: Float64Array
  declare readonly realized: Float64Array
  /** By strategy. */
  declare readonly strategyCash: Float64Array
  declare readonly strategyFees: Float64Array
  declare readonly strategyFuturesBase: Float64Array
  declare readonly strategyReceivable: Float64Array
  /** Lowest cash after any booking. USD. */
  minimumCash: Usd = Infinity
  /** A stock was sold short at some time. */
  wentShort = false
  /** Changes with every booking. While it stays, equity follows the marks alone. */
  version = 0
  /** Number of instruments that the account is short of, or that are futures held. */
  complex = 0
  readonly #instruments: readonly Instrument[]
  readonly #width: number

  /** @param capacity bookings to expect */
  constructor(
    instruments: readonly Instrument[],
    strategies: number,
    initialCash: Usd,
    allocations: readonly number[],
    capacity: number,
  ) {
    const n = instruments.length
    this.log = new LedgerLog(capacity)
    this.#instruments = instruments
    this.#width = n
    this.initialCash = initialCash
    this.cash = initialCash
    this.reserved = 0
    this.credit = 0
    this.fees = 0
    this.receivable = 0
    this.liquid = initialCash
    this.#futuresBase = 0
    this.quantity = new Float64Array(n)
    this.mark = new Float64Array(n).fill(NaN)
    this.exposure = new Float64Array(n)
    this.workingBuys = new Float64Array(n)
    this.workingSells = new Float64Array(n)
    this.held = new Float64Array(n * strategies)
    this.averageCost = new Float64Array(n * strategies)
    this.realized = new Float64Array(n * strategies)
    this.strategyCash = Float64Array.from(allocations, (a) => a * initialCash)
    this.strategyFees = new Float64Array(strategies)
    this.strategyFuturesBase = new Float64Array(strategies)
    this.strategyReceivable = new Float64Array(strategies)
  }

  reserve(amount: Usd): void {
    this.reserved += amount
  }

  addCredit(amount: Usd): void {
    this.credit += amount
  }

  /** Cash + Σ quantity · mark, summed anew. A position without a mark makes it NaN. USD. */
  equity(): Usd {
    const { exposure, mark } = this
    let sum = this.liquid
    for (let i = 0; i < exposure.length; i++) {
      const e = exposure[i]!
      if (e !== 0) sum += e * mark[i]!
    }
    return sum
  }

  /** The strategy's cash and positions at the last marks. USD. */
  strategyEquity(strategy: number): Usd {
    const base = strategy * this.#width
    let sum = this.strategyCash[strategy]! + this.strategyReceivable[strategy]! - this.strategyFuturesBase[strategy]!
    for (let i = 0; i < this.#width; i++) {
      const q = this.held[base + i]!
      if (q !== 0) sum += q * this.#instruments[i]!.multiplier * this.mark[i]!
    }
    return sum
  }

  /**
   * What positions hold back: value / leverage for stocks, initial margin for futures. USD.
   * @param leverage gross exposure allowed per unit of equity
   */
  marginHeld(leverage: number): Usd {
    let sum = 0
    for (let i = 0; i < this.#width; i++) {
      const q = this.quantity[i]!
      if (q === 0) continue
      const instrument = this.#instruments[i]!
      sum +=
        instrument.kind === 'future'
          ? Math.abs(q) * instrument.initialMargin
          : (Math.abs(q) * instrument.multiplier * this.mark[i]!) / leverage
    }
    return sum
  }

  /** What is free for new positions before reservations. With longs only and no leverage this is the cash. USD. */
  free(leverage: number): Usd {
    if (this.complex === 0 && leverage === 1) return this.cash
    return this.equity() - this.marginHeld(leverage)
  }

  /** Books one fill; gives the P&L it realised, before fees. */
  fill(
    order: number,
    strategy: number,
    instrument: number,
    side: Sign,
    quantity: Shares,
    price: UsdPerShare,
    fee: Usd,
    time: EpochMs,
    barTime: EpochMs,
    flags: number,
  ): Usd {
    const { multiplier, kind } = this.#instruments[instrument]!
    const signed = side * quantity
    const slot = strategy * this.#width + instrument
    const before = this.held[slot]!
    const after = settled(before + signed, before)
    const average = this.averageCost[slot]!
    let realized = 0
    let futuresBase = 0
    if (before === 0 || before > 0 === signed > 0) {
      this.averageCost[slot] = before === 0 ? price : (average * before + price * signed) / after
    } else {
      const closed = Math.min(Math.abs(signed), Math.abs(before))
      realized = closed * (before > 0 ? price - average : average - price) * multiplier
      if (after === 0) this.averageCost[slot] = 0
      else if (after > 0 !== before > 0) this.averageCost[slot] = price
    }
    this.held[slot] = after
    this.realized[slot]! += realized

    let cash: number
    if (kind === 'future') {
      cash = realized - fee
      futuresBase = after * this.averageCost[slot]! * multiplier - before * average * multiplier
      this.#futuresBase += futuresBase
      this.strategyFuturesBase[strategy]! += futuresBase
    } else cash = -signed * price * multiplier - fee
    this.cash += cash
    this.fees += fee
    this.strategyCash[strategy]! += cash
    this.strategyFees[strategy]! += fee
    this.#liquid()
    this.#setQuantity(instrument, this.quantity[instrument]! + signed)
    // The first bar marks when it is through; until then the fill is the only price, and equity must not be NaN.
    if (Number.isNaN(this.mark[instrument])) this.mark[instrument] = price

    const log = this.log
    const row = log.add(BOOKING_FILL, strategy, instrument, order, time)
    log.barTime[row] = barTime
    log.quantity[row] = signed
    log.price[row] = price
    log.fee[row] = fee
    log.cash[row] = cash
    log.realized[row] = realized
    log.flags[row] = flags
    return realized
  }

  /** Cash that comes or goes without a trade. `kind` is a code of {@link Booking}. */
  adjust(
    kind: number,
    strategy: number,
    instrument: number,
    cash: Usd,
    quantity: number,
    price: number,
    time: EpochMs,
  ): void {
    this.cash += cash
    this.strategyCash[strategy]! += cash
    this.#liquid()
    const row = this.log.add(kind, strategy, instrument, -1, time)
    this.log.cash[row] = cash
    this.log.quantity[row] = quantity
    this.log.price[row] = price
  }

  /** A dividend on its ex-day: owed (or owing, for shorts) until it is paid. */
  dividend(strategy: number, instrument: number, amount: UsdPerShare, time: EpochMs): Usd {
    const shares = this.held[strategy * this.#width + instrument]!
    if (shares === 0) return 0
    const total = shares * amount * this.#instruments[instrument]!.multiplier
    this.receivable += total
    this.strategyReceivable[strategy]! += total
    this.#liquid()
    const row = this.log.add(BOOKING_DIVIDEND, strategy, instrument, -1, time)
    this.log.quantity[row] = shares
    this.log.price[row] = amount
    return total
  }

  /** The payment of what {@link dividend} booked. */
  dividendPaid(strategy: number, instrument: number, total: Usd, time: EpochMs): void {
    this.receivable -= total
    this.strategyReceivable[strategy]! -= total
    if (Math.abs(this.receivable) < 1e-9) this.receivable = 0
    if (Math.abs(this.strategyReceivable[strategy]!) < 1e-9) this.strategyReceivable[strategy] = 0
    this.adjust(BOOKING_DIVIDEND_PAID, strategy, instrument, total, 0, 0, time)
  }

  /** Shares bought with a dividend, at `price`, without a fee. The cash is spent. */
  reinvest(strategy: number, instrument: number, cash: Usd, price: UsdPerShare, time: EpochMs): void {
    const slot = strategy * this.#width + instrument
    const before = this.held[slot]!
    const shares = cash / (price * this.#instruments[instrument]!.multiplier)
    const after = before + shares
    this.averageCost[slot] = (this.averageCost[slot]! * before + price * shares) / after
    this.held[slot] = after
    this.#setQuantity(instrument, this.quantity[instrument]! + shares)
    this.adjust(BOOKING_REINVEST, strategy, instrument, -cash, shares, price, time)
  }

  /**
   * A split: quantities times `ratio`, average cost by it, the mark by it. Fractions below the lot are paid in cash at
   * `price`, the adjusted close of the day before.
   * @param fractions true where positions have fractions anyway: they are kept
   */
  split(instrument: number, ratio: number, price: UsdPerShare, time: EpochMs, fractions = false): void {
    const { lot, multiplier, kind } = this.#instruments[instrument]!
    const strategies = this.strategyCash.length
    let total = 0
    for (let s = 0; s < strategies; s++) {
      const slot = s * this.#width + instrument
      const before = this.held[slot]!
      if (before === 0) continue
      const exact = before * ratio
      const lots = Math.abs(exact) / lot
      const nearest = Math.round(lots)
      const exactly = fractions || Math.abs(lots - nearest) < 1e-6
      const after = fractions ? exact : Math.sign(exact) * (exactly ? nearest : Math.trunc(lots)) * lot
      const fraction = exact - after
      const average = this.averageCost[slot]! / ratio
      this.held[slot] = after
      this.averageCost[slot] = after === 0 ? 0 : average
      total += after
      const row = this.log.add(BOOKING_SPLIT, s, instrument, -1, time)
      this.log.quantity[row] = ratio
      if (!exactly && kind !== 'future') {
        const cash = fraction * price * multiplier
        const realized = fraction * (price - average) * multiplier
        this.realized[slot]! += realized
        this.adjust(BOOKING_SPLIT_CASH, s, instrument, cash, fraction, price, time)
        this.log.realized[this.log.count - 1] = realized
      }
    }
    this.#setQuantity(instrument, total)
    this.mark[instrument]! /= ratio
  }

  #liquid(): void {
    this.version = (this.version + 1) | 0
    this.liquid = this.cash + this.receivable - this.#futuresBase
    if (this.cash < this.minimumCash) this.minimumCash = this.cash
  }

  #setQuantity(instrument: number, value: number): void {
    const spec = this.#instruments[instrument]!
    const before = this.quantity[instrument]!
    const after = settled(value, before)
    const future = spec.kind === 'future'
    if (after < 0 && !future) this.wentShort = true
    this.complex += (after < 0 || (future && after !== 0) ? 1 : 0) - (before < 0 || (future && before !== 0) ? 1 : 0)
    this.quantity[instrument] = after
    this.version = (this.version + 1) | 0
    this.exposure[instrument] = after * spec.multiplier
  }
}

/** Takes out the noise that adding and subtracting fractional quantities leaves. */
function settled(after: number, before: number): number {
  return Math.abs(after) < 1e-9 * Math.max(1, Math.abs(before)) ? 0 : after
}
