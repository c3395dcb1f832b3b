import type { Instrument, InstrumentRef, Portfolio, Shares, Usd, UsdPerShare } from '@onetape/core'
import type { OrderFlow } from '../order/order-flow.ts'

/** One strategy's part of the ledger. */
export class PortfolioView implements Portfolio {
  declare readonly initialCash: Usd
  readonly #flow: OrderFlow
  readonly #strategy: number
  readonly #base: number
  readonly #resolve: (ref: InstrumentRef) => Instrument

  constructor(flow: OrderFlow, strategy: number, initialCash: Usd, resolve: (ref: InstrumentRef) => Instrument) {
    this.#flow = flow
    this.#strategy = strategy
    this.#base = strategy * flow.instruments.length
    this.#resolve = resolve
    this.initialCash = initialCash
  }

  get cash(): Usd {
    return this.#flow.ledger.strategyCash[this.#strategy]!
  }
  get equity(): Usd {
    return this.#flow.ledger.strategyEquity(this.#strategy)
  }
  get fees(): Usd {
    return this.#flow.ledger.strategyFees[this.#strategy]!
  }
  get buyingPower(): Usd {
    const { ledger, rules, keeper } = this.#flow
    const free = ledger.free(rules.leverage) - ledger.reserved - (keeper?.unsettled ?? 0)
    return (free + (rules.creditSells ? ledger.credit : 0)) * rules.leverage
  }
  get held(): readonly Instrument[] {
    const { ledger, instruments } = this.#flow
    return instruments.filter((i) => ledger.held[this.#base + i.id] !== 0)
  }

  quantity(ref: InstrumentRef): Shares {
    return this.#flow.ledger.held[this.#base + this.#resolve(ref).id]!
  }
  isFlat(ref: InstrumentRef): boolean {
    const held = this.#flow.ledger.held[this.#base + this.#resolve(ref).id]
    return held === 0
  }
  averageCost(ref: InstrumentRef): UsdPerShare {
    const slot = this.#base + this.#resolve(ref).id
    return this.#flow.ledger.held[slot] === 0 ? NaN : this.#flow.ledger.averageCost[slot]!
  }
  marketValue(ref: InstrumentRef): Usd {
    const instrument = this.#resolve(ref)
    const quantity = this.#flow.ledger.held[this.#base + instrument.id]!
    return quantity === 0 ? 0 : quantity * instrument.multiplier * this.#flow.ledger.mark[instrument.id]!
  }
  unrealized(ref: InstrumentRef): Usd {
    const instrument = this.#resolve(ref)
    const { ledger } = this.#flow
    const slot = this.#base + instrument.id
    const quantity = ledger.held[slot]!
    return quantity === 0
      ? 0
      : quantity * instrument.multiplier * (ledger.mark[instrument.id]! - ledger.averageCost[slot]!)
  }
  realized(ref?: InstrumentRef): Usd {
    const { ledger, instruments } = this.#flow
    if (ref !== undefined) return ledger.realized[this.#base + this.#resolve(ref).id]!
    let sum = 0
    for (const i of instruments) sum += ledger.realized[this.#base + i.id]!
    return sum
  }
}
