import type { Session, TradingCalendar } from '@onetape/calendar'
import { type DenialCode, type EpochMs, type GateAsk, type Instrument, type Shares, type Usd } from '@onetape/core'
import {
  type BorrowModel,
  DayTradeCounter,
  type DayTradingRule,
  type InterestModel,
  type MarginModel,
  interestDays,
  settlementDate,
  shortCollateral,
} from '@onetape/costs'
import { Booking } from '../ledger/ledger-log.ts'
import type { Ledger } from '../ledger/ledger.ts'

/** What an account is charged and held to beyond fees. Every part may be left out and then costs nothing. */
export interface AccountModels {
  /** Maintenance margin below which positions are liquidated, and the initial margin that a fill may use. */
  readonly margin?: MarginModel | undefined
  /** On a debit of cash. */
  readonly marginInterest?: InterestModel | undefined
  /** On a credit of cash, short proceeds left out. */
  readonly creditInterest?: InterestModel | undefined
  /** On the cash that secures shares sold short and settled. */
  readonly shortInterest?: InterestModel | undefined
  readonly borrow?: BorrowModel | undefined
  /** Cash accounts: proceeds may be spent once their trade has settled. */
  readonly settlement: boolean
  readonly dayTrading?: DayTradingRule | undefined
}

/** Cash or shares of a trade on their way. */
interface Unsettled {
  /** Open of the settlement day's session. */
  readonly time: EpochMs
  /** Strategy · instruments + instrument. */
  readonly slot: number
  amount: number
}

/**
 * The account's books between the fills: interest, borrow fees, settlement of cash, day trades, maintenance margin.
 * Interest and fees are booked at each session's close for the calendar days to the next session. The account as a whole
 * is charged, as a broker does; where it holds several strategies, each bears its part.
 */
export class AccountKeeper {
  readonly models: AccountModels
  /** Told of every fill, so that the loop asks again what is due. */
  onFill: () => void = () => {}
  /** Equity at the last session's close. */
  previousEquity: Usd
  readonly #ledger: Ledger
  readonly #instruments: readonly Instrument[]
  readonly #calendar: TradingCalendar
  readonly #dayTrades: DayTradeCounter
  readonly #closes: boolean
  #session: Session | undefined
  /** Cash of sales, and signed shares of trades; each oldest first. */
  readonly #unsettledCash: Unsettled[] = []
  readonly #unsettledShares: Unsettled[] = []
  #unsettledSum = 0
  /** By strategy and instrument: shares bought (or, negative, sold) that have not settled. */
  readonly #onTheWay: Float64Array

  constructor(models: AccountModels, ledger: Ledger, instruments: readonly Instrument[], calendar: TradingCalendar) {
    this.models = models
    this.#ledger = ledger
    this.#instruments = instruments
    this.#calendar = calendar
    this.#dayTrades = new DayTradeCounter(calendar)
    this.#onTheWay = new Float64Array(ledger.held.length)
    this.previousEquity = ledger.initialCash
    this.#closes =
      models.marginInterest !== undefined ||
      models.creditInterest !== undefined ||
      models.shortInterest !== undefined ||
      models.borrow !== undefined ||
      models.dayTrading !== undefined
  }

  /** Neither settlement nor day-trading rules are on: the keeper has no say in an order's check. */
  get passive(): boolean {
    return !this.models.settlement && this.models.dayTrading === undefined
  }

  /** Begins with the session in which the run's first event lies. */
  begin(time: EpochMs): void {
    if (this.#closes && Number.isFinite(time)) this.#session = this.#calendar.sessionFor(time)
  }

  /** When {@link act} is due next; Infinity when nothing is. */
  get next(): EpochMs {
    return Math.min(this.#session?.close ?? Infinity, this.#unsettledCash[0]?.time ?? Infinity)
  }

  /** When the loop must ask: {@link next}, or always while the account could fall below its margin. */
  get due(): EpochMs {
    const { complex, cash } = this.#ledger
    return this.models.margin !== undefined && (complex !== 0 || cash < 0) ? -Infinity : this.next
  }

  /** Cash of sales that have not settled. USD, 0 unless the account is a cash account. */
  get unsettled(): Usd {
    return this.#unsettledSum
  }

  /** Books what is due up to `time`. */
  act(time: EpochMs): void {
    while (this.#unsettledCash.length > 0 && this.#unsettledCash[0]!.time <= time)
      this.#unsettledSum -= this.#unsettledCash.shift()!.amount
    if (this.#unsettledCash.length === 0) this.#unsettledSum = 0
    while (this.#session !== undefined && this.#session.close <= time) {
      this.#close(this.#session)
      this.#session = this.#calendar.next(this.#session.open)
    }
  }

  /** A fill, before the ledger books it. */
  filled(strategy: number, instrument: number, quantity: Shares, value: Usd, time: EpochMs): void {
    if (this.#concerns(instrument, quantity, value)) this.onFill()
    const { models } = this
    if (models.dayTrading !== undefined)
      this.#dayTrades.book(instrument, quantity, this.#ledger.quantity[instrument]!, this.#calendar.dateOf(time - 1))
    const slot = strategy * this.#instruments.length + instrument
    if (models.settlement && quantity < 0) {
      this.#unsettledCash.push({ time: this.#settles(time), slot, amount: value })
      this.#unsettledSum += value
    }
    if (this.#lends) {
      this.#unsettledShares.push({ time: this.#settles(time), slot, amount: quantity })
      this.#onTheWay[slot]! += quantity
    }
  }

  /** False when the fill can change neither what is due nor the need for margin: stock bought and sold again for cash. */
  #concerns(instrument: number, quantity: Shares, value: Usd): boolean {
    const { complex, cash, quantity: held } = this.#ledger
    if (this.models.settlement || this.#lends) return true
    if (this.models.margin === undefined) return false
    const covered = complex === 0 && held[instrument]! + quantity >= 0 && cash >= 2 * Math.abs(value)
    return !(covered && this.#instruments[instrument]!.kind !== 'future')
  }

  /** A split: shares on their way are those of the new basis. */
  split(instrument: number, ratio: number): void {
    for (const entry of this.#unsettledShares)
      if (entry.slot % this.#instruments.length === instrument) entry.amount *= ratio
    for (let slot = instrument; slot < this.#onTheWay.length; slot += this.#instruments.length)
      this.#onTheWay[slot]! *= ratio
  }

  /**
   * The day-trading rules for an order.
   * @param increasing shares of it that open or add to a position
   */
  check(ask: GateAsk, increasing: Shares): DenialCode | undefined {
    const rule = this.models.dayTrading
    if (rule === undefined || !(increasing > 0)) return undefined
    const { instrument, position, side, lastPrice } = ask
    const reducing = Math.min(ask.quantity - increasing, Math.abs(position))
    const answer = rule.check({
      time: ask.time,
      dayTrades: this.#dayTrades.count(this.#calendar.dateOf(ask.time)),
      previousEquity: this.previousEquity,
      equity: this.#ledger.equity(),
      maintenanceAfter:
        this.maintenance() -
        this.#maintenanceOf(instrument, reducing * Math.sign(position), lastPrice) +
        this.#maintenanceOf(instrument, increasing * side, lastPrice),
    })
    return answer === 'allowed' ? undefined : answer
  }

  /** Maintenance margin of all positions at the last marks. USD. */
  maintenance(): Usd {
    const { quantity, mark } = this.#ledger
    let sum = 0
    for (const instrument of this.#instruments) {
      const held = quantity[instrument.id]!
      if (held !== 0) sum += this.#maintenanceOf(instrument, held, mark[instrument.id]!)
    }
    return sum
  }

  /** True when equity no longer covers the maintenance margin. */
  get mustLiquidate(): boolean {
    if (this.models.margin === undefined) return false
    const { complex, cash } = this.#ledger
    // Longs paid in full cannot fall below their own value.
    if (complex === 0 && cash >= 0) return false
    return this.#ledger.equity() < this.maintenance()
  }

  /** Instruments to close, largest requirement first, until the rest is covered. Empty when there is nothing to close. */
  toLiquidate(): readonly Instrument[] {
    const { quantity, mark } = this.#ledger
    const held = this.#instruments
      .filter((i) => quantity[i.id] !== 0)
      .map((instrument) => ({
        instrument,
        need: this.#maintenanceOf(instrument, quantity[instrument.id]!, mark[instrument.id]!),
      }))
      .toSorted((a, b) => b.need - a.need || a.instrument.id - b.instrument.id)
    const equity = this.#ledger.equity()
    let need = held.reduce((sum, h) => sum + h.need, 0)
    const chosen: Instrument[] = []
    for (const h of held) {
      if (equity >= need) break
      chosen.push(h.instrument)
      need -= h.need
    }
    return chosen
  }

  #maintenanceOf(instrument: Instrument, quantity: Shares, price: number): Usd {
    if (instrument.kind === 'future') return Math.abs(quantity) * instrument.maintenanceMargin
    return (this.models.margin?.maintenance(quantity, price) ?? 0) * instrument.multiplier
  }

  /** Open of the session on which a trade of `time` settles. */
  #settles(time: EpochMs): EpochMs {
    // A bar that ends at midnight belongs to the day before.
    const date = settlementDate(this.#calendar, this.#calendar.dateOf(time - 1))
    return this.#calendar.sessionOn(date)?.open ?? time
  }

  #close(session: Session): void {
    const { models } = this
    const ledger = this.#ledger
    while (this.#unsettledShares.length > 0 && this.#unsettledShares[0]!.time <= session.close) {
      const { slot, amount } = this.#unsettledShares.shift()!
      this.#onTheWay[slot]! -= amount
    }
    if (models.marginInterest !== undefined || models.creditInterest !== undefined || this.#lends) {
      const equity = Math.max(0, ledger.equity())
      const days = interestDays(this.#calendar, session)
      if (this.#lends) this.#bookShorts(days, session.close, equity)
      this.#chargeInterest(days, session.close, equity)
    }
    this.previousEquity = ledger.equity()
  }

  /** Shares on their way are counted: what is short and settled is charged, or paid for. */
  get #lends(): boolean {
    return this.models.borrow !== undefined || this.models.shortInterest !== undefined
  }

  /**
   * On shares that are short and settled (borrowed are those that had to be delivered): the borrow fee of each stock, and
   * interest on the collateral of all together, since its steps are those of the account.
   */
  #bookShorts(days: number, time: EpochMs, equity: Usd): void {
    const { borrow, shortInterest } = this.models
    const ledger = this.#ledger
    const width = this.#instruments.length
    const collateral = new Float64Array(ledger.strategyCash.length)
    for (const instrument of this.#instruments) {
      if (instrument.kind === 'future') continue
      const { id } = instrument
      const settled = (slot: number): Shares => ledger.held[slot]! - this.#onTheWay[slot]!
      let net = 0
      let shorts = 0
      for (let slot: number = id; slot < ledger.held.length; slot += width) {
        net += settled(slot)
        shorts += Math.max(0, -settled(slot))
      }
      if (!(-net > 1e-9)) continue
      const mark = ledger.mark[id]!
      const fee = (borrow?.fee(-net, mark, days, time) ?? 0) * instrument.multiplier
      const secured = shortInterest === undefined ? 0 : shortCollateral(-net, mark) * instrument.multiplier
      for (let slot: number = id; slot < ledger.held.length; slot += width) {
        const part = Math.max(0, -settled(slot)) / shorts
        const strategy = Math.floor(slot / width)
        collateral[strategy]! += secured * part
        if (fee !== 0 && part > 0) ledger.adjust(Booking.borrow, strategy, id, -fee * part, net * part, mark, time)
      }
    }
    const total = collateral.reduce((a, b) => a + b, 0)
    const paid = shortInterest?.interest(total, days, time, equity) ?? 0
    if (!(paid > 0)) return
    collateral.forEach((own, strategy) => {
      if (own > 0) ledger.adjust(Booking.interest, strategy, -1, (paid * own) / total, own, 0, time)
    })
  }

  /** On the account's cash without the proceeds of short sales: those secure the borrowed shares. */
  #chargeInterest(days: number, time: EpochMs, equity: Usd): void {
    const { marginInterest, creditInterest } = this.models
    const ledger = this.#ledger
    const own = ledger.cash - this.#shortValue(ledger.quantity, 0)
    const model = own < 0 ? marginInterest : creditInterest
    const amount = model?.interest(Math.abs(own), days, time, equity) ?? 0
    if (amount === 0) return
    const sign = own < 0 ? -1 : 1
    const strategies = ledger.strategyCash.length
    const width = this.#instruments.length
    const balances = Array.from(ledger.strategyCash, (cash, s) =>
      Math.max(0, sign * (cash - this.#shortValue(ledger.held, s * width))),
    )
    const total = balances.reduce((a, b) => a + b, 0)
    for (let s = 0; s < strategies; s++) {
      // Cash that no strategy was given is shared out evenly when none has a balance of that sign.
      const part = total > 0 ? balances[s]! / total : 1 / strategies
      if (part > 0) ledger.adjust(Booking.interest, s, -1, sign * amount * part, own * part, 0, time)
    }
  }

  /** Value of the short stock in `quantities` from `base` on, at the last marks. USD, >= 0. */
  #shortValue(quantities: Float64Array, base: number): Usd {
    let sum = 0
    for (const { id, kind, multiplier } of this.#instruments) {
      const held = quantities[base + id]!
      if (held < 0 && kind !== 'future') sum -= held * this.#ledger.mark[id]! * multiplier
    }
    return sum
  }
}
