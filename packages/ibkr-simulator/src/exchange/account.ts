import type { Shares, Usd, UsdPerShare } from '@onetape/core'
import { type MarginModel, regTMargin } from '@onetape/costs'
import type { Listing } from '../market/listing.ts'

/** What an account has of one stock. Commissions are part of its cost, as IBKR counts. */
export interface Position {
  readonly listing: Listing
  quantity: Shares
  averageCost: UsdPerShare
  realized: Usd
  /** Value at the start of the day and money that went in or out since, commissions included: the day's profit. */
  dayValue: Usd
  dayCash: Usd
}

/** The figures of an account at the present prices, USD. */
export interface AccountFigures {
  readonly netLiquidation: Usd
  readonly cash: Usd
  readonly stockValue: Usd
  readonly grossValue: Usd
  readonly initialMargin: Usd
  readonly maintenanceMargin: Usd
  readonly availableFunds: Usd
  readonly excessLiquidity: Usd
  readonly buyingPower: Usd
  readonly unrealized: Usd
  readonly realized: Usd
  readonly daily: Usd
}

/** One brokerage account: cash, positions, margin by Regulation T. */
export class Account {
  readonly id: string
  cash: Usd
  realized: Usd = 0
  /** Net liquidation at the start of the day. */
  dayStart: Usd
  readonly positions: Map<number, Position> = new Map()
  readonly #margin: MarginModel = regTMargin()
  readonly #prices: () => Float64Array

  constructor(id: string, cash: Usd, prices: () => Float64Array) {
    this.id = id
    this.cash = cash
    this.dayStart = cash
    this.#prices = prices
  }

  price(listing: Listing): UsdPerShare {
    return this.#prices()[listing.index] ?? Number.NaN
  }

  quantity(listing: Listing): Shares {
    return this.positions.get(listing.index)?.quantity ?? 0
  }

  /**
   * Books one execution with its commission.
   * @param side +1 bought, −1 sold
   * @returns profit realized by what it closed, commissions of both sides included; NaN when it closed nothing
   */
  book(listing: Listing, side: number, shares: Shares, price: UsdPerShare, commission: Usd): Usd {
    let position = this.positions.get(listing.index)
    if (position === undefined) {
      position = { listing, quantity: 0, averageCost: 0, realized: 0, dayValue: 0, dayCash: 0 }
      this.positions.set(listing.index, position)
    }
    const paid = -side * shares * price - commission
    this.cash += paid
    position.dayCash += paid
    const before = position.quantity
    const closing = before * side < 0 ? Math.min(shares, Math.abs(before)) : 0
    const opening = shares - closing
    let gained = Number.NaN
    if (closing > 0) {
      const fee = (commission * closing) / shares
      gained = side * closing * (position.averageCost - price) - fee
      position.realized += gained
      this.realized += gained
    }
    if (opening > 0) {
      const fee = (commission * opening) / shares
      const held = closing > 0 ? 0 : Math.abs(before)
      position.averageCost = (held * position.averageCost + opening * price + side * fee) / (held + opening)
    }
    position.quantity = before + side * shares
    if (Math.abs(position.quantity) < 1e-9) {
      position.quantity = 0
      position.averageCost = 0
    }
    return gained
  }

  /** Money or shares that move without a trade: the correction of an execution, a commission charged again. */
  adjust(listing: Listing, shares: Shares, cash: Usd): void {
    this.cash += cash
    const position = this.positions.get(listing.index)
    if (position === undefined) return
    position.quantity += shares
    position.dayCash += cash
  }

  figures(): AccountFigures {
    let stockValue = 0
    let grossValue = 0
    let initialMargin = 0
    let maintenanceMargin = 0
    let unrealized = 0
    for (const position of this.positions.values()) {
      const price = this.#priceOf(position)
      const value = position.quantity * price
      stockValue += value
      grossValue += Math.abs(value)
      unrealized += value - position.quantity * position.averageCost
      initialMargin += this.#margin.initial(position.quantity, price)
      maintenanceMargin += this.#margin.maintenance(position.quantity, price)
    }
    const netLiquidation = this.cash + stockValue
    const availableFunds = netLiquidation - initialMargin
    return {
      netLiquidation,
      cash: this.cash,
      stockValue,
      grossValue,
      initialMargin,
      maintenanceMargin,
      availableFunds,
      excessLiquidity: netLiquidation - maintenanceMargin,
      // A pattern day trader has four times the free equity within the day, others two times.
      buyingPower: Math.max(0, availableFunds) * (netLiquidation >= 25_000 ? 4 : 2),
      unrealized,
      realized: this.realized,
      daily: netLiquidation - this.dayStart,
    }
  }

  /** Margin figures if this were traded: of the whole account, before and after. */
  whatIf(
    listing: Listing,
    signed: Shares,
    price: UsdPerShare,
    commission: Usd,
  ): { before: AccountFigures; after: AccountFigures } {
    const before = this.figures()
    const held = this.quantity(listing)
    const change = (f: (q: number, p: number) => number): number => f(held + signed, price) - f(held, price)
    const initialMargin = before.initialMargin + change((q, p) => this.#margin.initial(q, p))
    const maintenanceMargin = before.maintenanceMargin + change((q, p) => this.#margin.maintenance(q, p))
    const netLiquidation = before.netLiquidation - commission
    return {
      before,
      after: {
        ...before,
        netLiquidation,
        initialMargin,
        maintenanceMargin,
        availableFunds: netLiquidation - initialMargin,
        excessLiquidity: netLiquidation - maintenanceMargin,
      },
    }
  }

  /** A position's profit of the day and since it was opened, and its value, at the present price. */
  result(position: Position): {
    readonly price: number
    readonly value: Usd
    readonly daily: Usd
    readonly unrealized: Usd
  } {
    const price = this.#priceOf(position)
    const value = position.quantity * price
    return {
      price,
      value,
      daily: value + position.dayCash - position.dayValue,
      unrealized: value - position.quantity * position.averageCost,
    }
  }

  /** A new day: what was realized before is history, positions start from their present value. */
  startDay(): void {
    this.realized = 0
    this.dayStart = this.figures().netLiquidation
    for (const position of this.positions.values()) {
      position.dayValue = position.quantity * this.#priceOf(position)
      position.dayCash = 0
      position.realized = 0
    }
  }

  #priceOf(position: Position): UsdPerShare {
    const price = this.price(position.listing)
    return price > 0 ? price : position.averageCost
  }
}
