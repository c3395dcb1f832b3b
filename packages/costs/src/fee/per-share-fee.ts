import { type Shares, type Usd } from '@onetape/core'
import { costOption } from '../cost-option.ts'
import type { FeeModel } from '../fee-model.ts'
import { badFeeInput } from './fee-input.ts'

/** Options of {@link perShareFee}. */
export interface PerShareFeeOptions {
  /** USD per share. */
  readonly perShare: number
  /** USD per order and session, at least. Default 0. */
  readonly minimum?: number
  /** Percent of the value traded, at most. Where it crosses the minimum, it wins. Default: no maximum. */
  readonly maximumPercent?: number
}

/**
 * A price per share with a minimum per order and a maximum in percent of the value traded; where the two cross, the
 * maximum wins, as in IBKR's example of 1,000 shares at 0.25 USD.
 *
 * @throws {InputError} `costs.option` for an option that is negative or not finite
 */
export function perShareFee(options: PerShareFeeOptions): FeeModel {
  const perShare = costOption('perShareFee', 'perShare', options.perShare, 0)
  const minimum = costOption('perShareFee', 'minimum', options.minimum ?? 0, 0)
  const capped = options.maximumPercent !== undefined
  const maximumPercent = costOption('perShareFee', 'maximumPercent', options.maximumPercent ?? 0, 0, 100)
  const name = `per-share(${perShare}, min ${minimum}${capped ? `, max ${maximumPercent} %` : ''})`
  const maximumRate = capped ? maximumPercent / 100 : Infinity
  const orderFee = (quantity: Shares, value: Usd): Usd => {
    if (!(quantity > 0 && value >= 0 && value < Infinity)) throw badFeeInput(name, quantity, value)
    const fee = Math.max(quantity * perShare, minimum)
    return capped ? Math.min(fee, value * maximumRate) : fee
  }
  return { name, orderFee, parts: (quantity, value) => ({ commission: orderFee(quantity, value) }) }
}
