import { type CorporateAction, type EpochMs, type Instrument, OrderStateCode, formatInstant } from '@onetape/core'
import type { AccountKeeper } from '../account/account-keeper.ts'
import type { IndicatorDeck } from '../indicator/indicator-deck.ts'
import { Booking } from '../ledger/ledger-log.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Agenda } from '../loop/agenda.ts'
import type { ExecutionPort } from '../loop/execution-port.ts'
import type { Stream } from '../loop/stream.ts'
import type { OrderFlow } from '../order/order-flow.ts'
import { OrderFlag } from '../order/order-table.ts'
import type { StrategyHost } from '../strategy/strategy-host.ts'
import { type RecordHash, RecordKind } from '../tape/record-hash.ts'

/** What corporate actions touch in a run. */
export interface ActionParts {
  readonly agenda: Agenda
  readonly flow: OrderFlow
  readonly ledger: Ledger
  readonly instruments: readonly Instrument[]
  readonly hosts: readonly StrategyHost[]
  /** By instrument: the stream that stands for it. */
  readonly matching: readonly Stream[]
  /** By instrument: its bars. */
  readonly streamsOf: readonly (readonly Stream[])[]
  /** By stream: its indicators. */
  readonly deckOf: readonly IndicatorDeck[]
  readonly records: RecordHash
  readonly notices: string[]
  readonly dividends: 'cash' | 'reinvest' | 'ignore'
  readonly keeper: AccountKeeper | undefined
  readonly execution: () => ExecutionPort
}

/** Splits, dividends, symbol changes and delistings as events of a run: rule 24 of the semantics. */
export class CorporateActions {
  readonly #parts: ActionParts
  /** Dividends to be reinvested at the close of the ex-day's bar. */
  readonly #reinvestments: { instrument: number; strategy: number; cash: number }[] = []

  constructor(parts: ActionParts) {
    this.#parts = parts
  }

  /** Some dividend waits for the close of its ex-day. */
  get reinvests(): boolean {
    return this.#reinvestments.length > 0
  }

  /** Carries out the action that is due first, and tells the strategies. */
  act(): void {
    const { instrument, action } = this.#parts.agenda.takeAction()
    switch (action.kind) {
      case 'split': {
        const price = this.#parts.ledger.mark[instrument]! / action.ratio
        const exits = this.#exitsOf(instrument)
        this.#parts.execution().split(instrument, action.ratio, this.#parts.flow.now)
        this.#parts.keeper?.split(instrument, action.ratio)
        // Without an event of the instrument there is no mark, and no position.
        if (!Number.isNaN(price))
          this.#parts.ledger.split(
            instrument,
            action.ratio,
            price,
            this.#parts.flow.now,
            this.#parts.dividends === 'reinvest',
          )
        for (const s of this.#parts.streamsOf[instrument]!)
          if (s.prices === 'raw' && s.i >= 0)
            this.#parts.deckOf[s.id]!.rebase(s, s.i + 1, s.i + 1, 1 / action.ratio, action.ratio)
        this.#book(Booking.split, instrument, action.ratio, 0)
        this.#renewExits(exits, action)
        break
      }
      case 'dividend':
        this.#dividend(instrument, action)
        break
      case 'symbol-change':
        this.#parts.notices.push(
          `${action.symbol} became ${action.newSymbol} on ${formatInstant(action.time).slice(0, 10)}; it keeps its identity.`,
        )
        break
      case 'delisting':
        this.delist(instrument, action)
        break
    }
    for (const host of this.#parts.hosts)
      host.context.during('onCorporateAction', this.#parts.instruments[instrument], () =>
        host.onCorporateAction(action, host.context),
      )
  }

  /** Working orders that protect a position of their strategy: children of a filled entry, and what only reduces. */
  #exitsOf(instrument: number): readonly number[] {
    const { table } = this.#parts.flow
    const exits: number[] = []
    for (let n = table.firstOpen; n !== -1; n = table.nextOpen(n)) {
      if (table.instrument[n] !== instrument) continue
      const held = this.#parts.ledger.held[table.strategy[n]! * this.#parts.instruments.length + instrument]!
      if (!(held * table.side[n]! < 0)) continue
      const parent = table.parent[n]!
      if (parent === -1 ? (table.flags[n]! & OrderFlag.reduceOnly) !== 0 : table.filled[parent]! > 0) exits.push(n)
    }
    return exits
  }

  /** Exits that the split cancelled are placed anew on the new basis, as orders of their own that only reduce. */
  #renewExits(exits: readonly number[], action: CorporateAction & { kind: 'split' }): void {
    const { table, codes } = this.#parts.flow
    let count = 0
    for (const n of exits) {
      if (table.state[n] !== OrderStateCode.cancelled || codes[table.code[n]!] !== 'corporate_action') continue
      if (this.#parts.hosts[table.strategy[n]!]!.context.orders.renew(n, action.ratio)) count++
    }
    if (count > 0)
      this.#parts.notices.push(
        `${action.symbol} split ${action.ratio} for 1 on ${formatInstant(action.time).slice(0, 10)}: ${count} protective exit${count === 1 ? ' was' : 's were'} placed anew on the new basis.`,
      )
  }

  #dividend(instrument: number, action: CorporateAction & { kind: 'dividend' }): void {
    if (this.#parts.dividends === 'ignore') return
    const { now } = this.#parts.flow
    const totals = this.#parts.hosts.map((host) =>
      this.#parts.ledger.dividend(host.index, instrument, action.amount, now),
    )
    if (totals.every((t) => t === 0)) return
    this.#book(
      Booking.dividend,
      instrument,
      action.amount,
      totals.reduce((a, b) => a + b, 0),
    )
    if (this.#parts.dividends === 'reinvest') {
      totals.forEach((cash, strategy) => {
        this.#parts.ledger.dividendPaid(strategy, instrument, cash, now)
        if (cash > 0) this.#reinvestments.push({ instrument, strategy, cash })
      })
    } else if (action.payTime === undefined || action.payTime <= now)
      totals.forEach((cash, strategy) => this.#parts.ledger.dividendPaid(strategy, instrument, cash, now))
    else this.#parts.agenda.plan({ time: action.payTime, instrument, totals })
  }

  /** Pays the dividend that is due first. */
  pay(): void {
    const { instrument, totals } = this.#parts.agenda.takePayment()
    totals.forEach((cash, strategy) => {
      if (cash !== 0) this.#parts.ledger.dividendPaid(strategy, instrument, cash, this.#parts.flow.now)
    })
    this.#book(
      Booking.dividendPaid,
      instrument,
      0,
      totals.reduce((a, b) => a + b, 0),
    )
  }

  /** Dividends of this ex-day buy shares at its close. */
  reinvest(t: EpochMs): void {
    for (let k = 0; k < this.#reinvestments.length;) {
      const { instrument, strategy, cash } = this.#reinvestments[k]!
      const stream = this.#parts.matching[instrument]!
      const sessionEnd = this.#parts.flow.sessionEnd(instrument, stream.columns.time[stream.i]!)
      if (stream.end !== t || t < Math.min(sessionEnd, Infinity)) {
        k++
        continue
      }
      this.#reinvestments.splice(k, 1)
      const held = this.#parts.ledger.held[strategy * this.#parts.instruments.length + instrument]!
      if (held > 0) this.#parts.ledger.reinvest(strategy, instrument, cash, stream.close, t)
      this.#book(Booking.reinvest, instrument, stream.close, cash)
    }
  }

  delist(instrument: number, action: CorporateAction & { kind: 'delisting' }): void {
    this.#parts.execution().delist(instrument, this.#parts.flow.now)
    const price = action.price ?? this.#parts.ledger.mark[instrument]!
    for (const host of this.#parts.hosts) {
      const held = this.#parts.ledger.held[host.index * this.#parts.instruments.length + instrument]!
      if (held === 0) continue
      this.#parts.flow.matchingSince = this.#parts.flow.now
      this.#parts.ledger.fill(
        -1,
        host.index,
        instrument,
        held > 0 ? -1 : 1,
        Math.abs(held),
        price,
        0,
        this.#parts.flow.now,
        this.#parts.flow.now,
        0,
      )
      this.#parts.notices.push(
        `${action.symbol} was delisted on ${formatInstant(action.time).slice(0, 10)}: ${held} shares were closed at ${price}.`,
      )
    }
    this.#parts.ledger.mark[instrument] = price
    this.#book(Booking.delisting, instrument, price, 0)
  }

  #book(kind: number, instrument: number, price: number, cash: number): void {
    this.#parts.records.add(
      RecordKind.booking,
      this.#parts.flow.sequence,
      this.#parts.flow.now,
      -1,
      instrument,
      cash,
      price,
      kind,
    )
  }
}
