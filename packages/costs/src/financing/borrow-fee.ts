import { type EpochMs, InvariantError, type Shares, type Usd, type UsdPerShare } from '@onetape/core'
import { type AnnualRate, annualRate, rateName } from './annual-rate.ts'

/** What borrowing the stock for a short position costs. */
export interface BorrowModel {
  /** With its parameters. Stands in the result. */
  readonly name: string
  /**
   * Fee of one booking. USD, unrounded, >= 0.
   * @param quantity shares short and settled, >= 0
   * @param price USD per share at the session's close
   * @param days calendar days that the booking covers: {@link interestDays}
   * @param time of the booking; dated rates are looked up with it
   */
  fee(quantity: Shares, price: UsdPerShare, days: number, time: EpochMs): Usd
}

/**
 * Cash that secures borrowed stock: 102 % of the price, rounded up to the whole dollar, for each share. A stock of 0.10
 * USD is thus secured, and paid for, as one of 1 USD.
 *
 * @param quantity shares short and settled, >= 0
 * @throws {InvariantError} `borrow.input` for a quantity or price that is negative or not finite
 * @see https://www.ibkrguides.com/reportingreference/reportguide/borrowfeedetails.htm
 */
export function shortCollateral(quantity: Shares, price: UsdPerShare): Usd {
  if (!(quantity >= 0 && price >= 0 && quantity * price < Infinity))
    throw new InvariantError('borrow.input', `Expected shares and a price >= 0, found ${quantity} at ${price} USD.`)
  return Math.ceil(price * 1.02) * quantity
}

/**
 * A fee at an annual rate on the collateral of the short position ({@link shortCollateral}), actual/360.
 *
 * @param rate percent a year, one figure for all stocks and dates or rows by date. Easy stock costs about 0.25 %, and
 *   hard-to-borrow stock any figure: it is data of each stock, which a backtest without it can only assume
 * @throws {InputError} `costs.option`, `costs.table` for a rate that is none; `fee` throws `costs.date` for a day
 *   without a row and `InvariantError` `borrow.input` for a position that cannot be
 */
export function borrowFee(rate: AnnualRate = 0.25): BorrowModel {
  const percent = annualRate('borrowFee', 'borrow rate', rate)
  return {
    name: `borrow(${rateName(rate)})`,
    fee(quantity, price, days, time) {
      if (!(days >= 0 && days < Infinity))
        throw new InvariantError('borrow.input', `Expected days >= 0, found ${days}.`)
      return (shortCollateral(quantity, price) * (percent(time) / 100) * days) / 360
    },
  }
}

/** Stock that is lent for nothing: for comparison with results that leave borrowing out. */
export function noBorrowFee(): BorrowModel {
  return { name: 'none', fee: () => 0 }
}
