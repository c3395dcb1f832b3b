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
  readonly borrow?: BorrowModel | undefined
  /** Cash accounts: proceeds may be spent once their trade has settled. */
  readonly settlement: boolean
  readonly dayTrading?: DayTradingRule | undefined
}

interface Unsettled {
  /** Open of the settlement day's session. */
  readonly time: EpochMs
  readonly amount: Usd
}

/**
 * The account's books between the fills: interest, borrow fees, settlement of cash, day trades, maintenance margin.
 * Interest and fees are booked at each session's close for the calendar days to the next session.
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
  readonly #unsettled: Unsettled[] = []
  #unsettledSum = 0

  constructor(models: AccountModels, ledger: Ledger, instruments: readonly Instrument[], calendar: TradingCalendar) {
    this.models = models
    this.#ledger = ledger
    this.#instruments = instruments
    this.#calendar = calendar
    this.#dayTrades = new DayTradeCounter(calendar)
    this.previousEquity = ledger.initialCash
    this.#closes =
      models.marginInterest !== undefined ||
      models.creditInterest !== undefined ||
      models.borrow !== undefined ||
      models.dayTrading !== undefined
  }

  /** Begins with the session in which the run's first event lies. */
  begin(time: EpochMs): void {
    if (this.#closes && Number.isFinite(time)) this.#session = this.#calendar.sessionFor(time)
  }

  /** When {@link act} is due next; Infinity when nothing is. */
  get next(): EpochMs {
    return Math.min(this.#session?.close ?? Infinity, this.#unsettled[0]?.time ?? Infinity)
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
    while (this.#unsettled.length > 0 && this.#unsettled[0]!.time <= time)
      this.#unsettledSum -= this.#unsettled.shift()!.amount
    if (this.#unsettled.length === 0) this.#unsettledSum = 0
    while (this.#session !== undefined && this.#session.close <= time) {
      this.#close(this.#session)
      this.#session = this.#calendar.next(this.#session.open)
    }
  }

  /** A fill, before the ledger books it. */
  filled(instrument: number, quantity: Shares, value: Usd, time: EpochMs): void {
    this.onFill()
    if (this.models.dayTrading !== undefined)
      this.#dayTrades.book(instrument, quantity, this.#ledger.quantity[instrument]!, this.#calendar.dateOf(time - 1))
    if (this.models.settlement && quantity < 0) {
      const date = settlementDate(this.#calendar, this.#calendar.dateOf(time - 1))
      this.#unsettled.push({ time: this.#calendar.sessionOn(date)?.open ?? time, amount: value })
      this.#unsettledSum += value
    }
  }

  /** The day-trading rules for an order that opens or adds to a position. */
  check(ask: GateAsk): DenialCode | undefined {
    const rule = this.models.dayTrading
    if (rule === undefined || !(ask.increasing > 0)) return undefined
    const equity = this.#ledger.equity()
    const answer = rule.check({
      time: ask.time,
      dayTrades: this.#dayTrades.count(this.#calendar.dateOf(ask.time)),
      previousEquity: this.previousEquity,
      equity,
      maintenanceAfter:
        this.maintenance() + this.#maintenanceOf(ask.instrument, ask.increasing * ask.side, ask.lastPrice),
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

  /** Instruments to close, largest requirement first, until the rest is covered. */
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

  #close(session: Session): void {
    const { models } = this
    const ledger = this.#ledger
    const equity = ledger.equity()
    if (models.marginInterest !== undefined || models.creditInterest !== undefined || models.borrow !== undefined) {
      const days = interestDays(this.#calendar, session)
      for (let strategy = 0; strategy < ledger.strategyCash.length; strategy++)
        this.#charge(strategy, days, session.close, equity)
    }
    this.previousEquity = ledger.equity()
  }

  #charge(strategy: number, days: number, time: EpochMs, equity: Usd): void {
    const { marginInterest, creditInterest, borrow } = this.models
    const ledger = this.#ledger
    const width = this.#instruments.length
    let shortValue = 0
    for (const instrument of this.#instruments) {
      const held = ledger.held[strategy * width + instrument.id]!
      if (!(held < 0) || instrument.kind === 'future') continue
      const mark = ledger.mark[instrument.id]!
      shortValue -= held * mark * instrument.multiplier
      const fee = borrow?.fee(-held, mark, days, time) ?? 0
      if (fee !== 0) ledger.adjust(Booking.borrow, strategy, instrument.id, -fee, held, mark, time)
    }
    const cash = ledger.strategyCash[strategy]!
    // The proceeds of short sales secure the borrowed shares: they earn and save nothing here.
    const own = cash - shortValue
    const charged = own < 0 ? (marginInterest?.interest(-own, days, time, Math.max(0, equity)) ?? 0) : 0
    const earned = own > 0 ? (creditInterest?.interest(own, days, time, Math.max(0, equity)) ?? 0) : 0
    if (charged !== 0) ledger.adjust(Booking.interest, strategy, -1, -charged, own, 0, time)
    if (earned !== 0) ledger.adjust(Booking.interest, strategy, -1, earned, own, 0, time)
  }
}
