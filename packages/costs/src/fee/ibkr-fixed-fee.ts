import type { EpochMs, Shares, Sign, Usd } from '@onetape/core'
import type { FeeModel } from '../fee-model.ts'
import { badFeeInput } from './fee-input.ts'
import { ibkrCommission } from './ibkr-commission.ts'
import { regulatoryFees, regulatoryName, type RegulatoryOptions } from './regulatory-fees.ts'

/**
 * IBKR Pro, Fixed pricing, for US stocks and ETFs: 0.005 USD a share, at least 1 USD and at most 1 % of the value per
 * order, exchange and clearing fees included, plus SEC, TAF and CAT fees. Where minimum and maximum cross the maximum
 * wins. The commission is today's on every date; the regulatory fees are those of the date.
 *
 * Its methods throw `InputError` `costs.date` for a date without regulatory rates: see {@link RegulatoryOptions}.
 *
 * @throws {InputError} `costs.table`, `date.format` for rates that are no table
 * @see https://www.interactivebrokers.com/en/pricing/commissions-stocks.php
 */
export function ibkrFixedFee(options: RegulatoryOptions = {}): FeeModel {
  const regulatory = regulatoryFees(options)
  const notes = regulatoryName(options)
  const name = notes.length === 0 ? 'ibkr-fixed' : `ibkr-fixed(${notes.join(', ')})`
  const commission = (quantity: Shares, value: Usd): Usd => {
    if (!(quantity > 0 && value >= 0 && value < Infinity)) throw badFeeInput(name, quantity, value)
    return ibkrCommission(0.005 * quantity, 1, quantity, value)
  }
  return {
    name,
    orderFee(quantity: Shares, value: Usd, side: Sign, time: EpochMs): Usd {
      const fee = commission(quantity, value)
      if (regulatory === undefined) return fee
      return (
        fee + regulatory.sec(value, side, time) + regulatory.taf(quantity, side, time) + regulatory.cat(quantity, time)
      )
    },
    parts(quantity: Shares, value: Usd, side: Sign, time: EpochMs) {
      const fee = commission(quantity, value)
      if (regulatory === undefined) return { commission: fee }
      return {
        commission: fee,
        sec: regulatory.sec(value, side, time),
        taf: regulatory.taf(quantity, side, time),
        cat: regulatory.cat(quantity, time),
      }
    },
  }
}
