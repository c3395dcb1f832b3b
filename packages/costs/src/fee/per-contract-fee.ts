import type { Shares, Usd } from '@onetape/core'
import { costOption } from '../cost-option.ts'
import type { FeeModel } from '../fee-model.ts'
import { badFeeInput } from './fee-input.ts'

/**
 * A fixed price per contract and side, exchange and regulatory fees included: how futures are charged. IBKR takes
 * 0.62 USD a side for the micro E-mini future (MES).
 *
 * @param usd USD per contract
 * @throws {InputError} `costs.option` when `usd` is negative or not finite
 */
export function perContractFee(usd: Usd): FeeModel {
  const perContract = costOption('perContractFee', 'usd', usd, 0)
  const name = `per-contract(${perContract})`
  const orderFee = (quantity: Shares, value: Usd): Usd => {
    // The value is not used: a future's may be negative, as crude oil's was on 2020-04-20.
    if (!(quantity > 0 && quantity < Infinity)) throw badFeeInput(name, quantity, value)
    return quantity * perContract
  }
  return { name, orderFee, parts: (quantity, value) => ({ commission: orderFee(quantity, value) }) }
}
