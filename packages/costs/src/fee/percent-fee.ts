import type { Shares, Usd } from '@onetape/core'
import { costOption } from '../cost-option.ts'
import type { FeeModel } from '../fee-model.ts'
import { badFeeInput } from './fee-input.ts'

/** Options of {@link percentFee}. */
export interface PercentFeeOptions {
  /** Percent of the value traded: 0.1 is 10 basis points. Default 0.1. */
  readonly percent?: number
  /** USD per order and session, at least. Default 1; 0 for none. */
  readonly minimum?: number
}

/**
 * A percentage of the value traded with a minimum per order: the default model, 0.1 % and 1 USD. Stands for no broker;
 * it is what the tools of the field use to compare strategies.
 *
 * @throws {InputError} `costs.option` for an option that is negative or not finite
 */
export function percentFee(options: PercentFeeOptions = {}): FeeModel {
  const percent = costOption('percentFee', 'percent', options.percent ?? 0.1, 0, 100)
  const minimum = costOption('percentFee', 'minimum', options.minimum ?? 1, 0)
  const name = `percent(${percent} %, min ${minimum})`
  const rate = percent / 100
  const orderFee = (quantity: Shares, value: Usd): Usd => {
    if (!(quantity > 0 && value >= 0 && value < Infinity)) throw badFeeInput(name, quantity, value)
    const fee = value * rate
    return fee > minimum ? fee : minimum
  }
  return { name, orderFee, parts: (quantity, value) => ({ commission: orderFee(quantity, value) }) }
}
