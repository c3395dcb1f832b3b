import { InvariantError, type Shares, type Usd, type UsdPerShare } from '@onetape/core'
import { costOption } from '../cost-option.ts'
import type { MarginModel } from './margin-model.ts'

/** Options of {@link regTMargin}; brokers ask for more than the rules do. */
export interface RegTMarginOptions {
  /** Percent of the value to open a position. Default 50. */
  readonly initialPercent?: number
  /** Percent of the value to hold a long one. Default 25. */
  readonly longMaintenancePercent?: number
  /** Percent of the value to hold a short one of a stock at 5 USD or more. Default 30. */
  readonly shortMaintenancePercent?: number
}

/**
 * Regulation T and FINRA rule 4210 for US stocks: 50 % of the value to open, long or short; to hold, 25 % of a long
 * position; of a short one the greater of 30 % and 5 USD a share at 5 USD or more, of 100 % and 2.50 USD a share below.
 * Opening takes never less than holding. The proceeds of a short sale are not counted: they are cash that cannot be used.
 *
 * Its methods throw `InvariantError` `margin.input` unless quantity and price are finite and the price is >= 0.
 *
 * @throws {InputError} `costs.option` for a percentage outside 0 to 1000
 * @see https://www.law.cornell.edu/cfr/text/12/220.12 and https://www.finra.org/rules-guidance/rulebooks/finra-rules/4210
 */
export function regTMargin(options: RegTMarginOptions = {}): MarginModel {
  const percent = (name: keyof RegTMarginOptions, usual: number): number =>
    costOption('regTMargin', name, options[name] ?? usual, 0, 1000)
  const initialPercent = percent('initialPercent', 50)
  const longPercent = percent('longMaintenancePercent', 25)
  const shortPercent = percent('shortMaintenancePercent', 30)

  const maintenance = (quantity: Shares, price: UsdPerShare): Usd => {
    if (!(price >= 0 && Math.abs(quantity * price) < Infinity))
      throw new InvariantError(
        'margin.input',
        `Expected a position and a price >= 0, found ${quantity} at ${price} USD.`,
      )
    if (quantity >= 0) return (quantity * price * longPercent) / 100
    const perShare = price < 5 ? Math.max(price, 2.5) : Math.max((price * shortPercent) / 100, 5)
    return -quantity * perShare
  }
  return {
    name: `reg-t(${initialPercent} %, long ${longPercent} %, short ${shortPercent} %)`,
    initial: (quantity, price) =>
      Math.max((Math.abs(quantity) * price * initialPercent) / 100, maintenance(quantity, price)),
    maintenance,
  }
}
