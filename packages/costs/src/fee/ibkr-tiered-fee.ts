import { type EpochMs, InvariantError, type Shares, type Sign, type Usd } from '@onetape/core'
import { costOption } from '../cost-option.ts'
import type { FeeModel } from '../fee-model.ts'
import { badFeeInput } from './fee-input.ts'
import { ibkrCommission } from './ibkr-commission.ts'
import { regulatoryFees, regulatoryName, type RegulatoryOptions } from './regulatory-fees.ts'

/** Options of {@link ibkrTieredFee}. */
export interface IbkrTieredOptions extends RegulatoryOptions {
  /** Whether orders take liquidity or provide it. A model does not see order types, so one answer holds for all. Default `remove`. */
  readonly liquidity?: 'add' | 'remove'
  /** USD per share for providing liquidity, negative for a rebate. Default 0: rebates differ by venue and are not assumed. */
  readonly addFee?: number
  /** USD per share for taking liquidity, negative for a rebate. Default 0.003, the most that Reg NMS rule 610 allows. */
  readonly removeFee?: number
  /** NYSE's part of the commission that is passed through. Default 0.000175. */
  readonly nysePassThrough?: number
  /** FINRA's part of the commission that is passed through. Default 0.000563; 0.00056 before some day of 2024. */
  readonly finraPassThrough?: number
}

/** `[shares of the month up to which the rate holds, USD per share]` */
const TIERS: readonly (readonly [upTo: Shares, perShare: number])[] = [
  [300_000, 0.0035],
  [3_000_000, 0.002],
  [20_000_000, 0.0015],
  [100_000_000, 0.001],
  [Infinity, 0.0005],
]
const CLEARING_PER_SHARE = 0.0002
const CLEARING_MAXIMUM_RATE = 0.005

/**
 * IBKR Pro, Tiered pricing, for US stocks and ETFs: by the shares of the month 0.0035 to 0.0005 USD a share, at least
 * 0.35 USD and at most 1 % of the value per order, plus exchange, clearing (0.0002 USD a share, at most 0.5 % of the
 * value), NYSE and FINRA pass-through and SEC, TAF and CAT fees. The tiers are marginal: of an order that crosses
 * 300,000 shares, each side of the line pays its own rate. Below 1 USD a share the exchange's rate is taken of the
 * value, as Reg NMS rule 610 caps it. The schedule is today's on every date; the regulatory fees are those of the date.
 *
 * Its methods throw `InputError` `costs.date` for a date without regulatory rates: see {@link RegulatoryOptions}.
 *
 * @throws {InputError} `costs.option` for a rate that is not finite or above 1, `costs.table`, `date.format` for rates
 *   that are no table
 * @see https://www.interactivebrokers.com/en/pricing/commissions-stocks.php
 */
export function ibkrTieredFee(options: IbkrTieredOptions = {}): FeeModel {
  const liquidity = options.liquidity ?? 'remove'
  const exchangeRate =
    liquidity === 'add'
      ? costOption('ibkrTieredFee', 'addFee', options.addFee ?? 0, -1, 1)
      : costOption('ibkrTieredFee', 'removeFee', options.removeFee ?? 0.003, -1, 1)
  const nyseRate = costOption('ibkrTieredFee', 'nysePassThrough', options.nysePassThrough ?? 0.000175, 0, 1)
  const finraRate = costOption('ibkrTieredFee', 'finraPassThrough', options.finraPassThrough ?? 0.000563, 0, 1)
  const regulatory = regulatoryFees(options)
  const passThrough = nyseRate === 0.000175 && finraRate === 0.000563 ? [] : [`pass-through ${nyseRate} + ${finraRate}`]
  const name = `ibkr-tiered(${[`${liquidity} ${exchangeRate}`, ...passThrough, ...regulatoryName(options)].join(', ')})`

  const commissionOf = (quantity: Shares, value: Usd, monthVolume: Shares): Usd => {
    if (!(quantity > 0 && value >= 0 && value < Infinity)) throw badFeeInput(name, quantity, value)
    if (!(monthVolume >= 0))
      throw new InvariantError('fee.input', `${name}: Expected a volume of the month >= 0, found ${monthVolume}.`)
    return ibkrCommission(tiered(quantity, monthVolume), 0.35, quantity, value)
  }
  const exchangeOf = (quantity: Shares, value: Usd): Usd => exchangeRate * Math.min(quantity, value)
  return {
    name,
    orderFee(quantity: Shares, value: Usd, side: Sign, time: EpochMs, monthVolume: Shares): Usd {
      const commission = commissionOf(quantity, value, monthVolume)
      const venue =
        commission +
        exchangeOf(quantity, value) +
        clearingOf(quantity, value) +
        commission * nyseRate +
        commission * finraRate
      if (regulatory === undefined) return venue
      return (
        venue +
        regulatory.sec(value, side, time) +
        regulatory.taf(quantity, side, time) +
        regulatory.cat(quantity, time)
      )
    },
    parts(quantity: Shares, value: Usd, side: Sign, time: EpochMs, monthVolume: Shares) {
      const commission = commissionOf(quantity, value, monthVolume)
      const venue = {
        commission,
        exchange: exchangeOf(quantity, value),
        clearing: clearingOf(quantity, value),
        nyse: commission * nyseRate,
        finra: commission * finraRate,
      }
      if (regulatory === undefined) return venue
      return {
        ...venue,
        sec: regulatory.sec(value, side, time),
        taf: regulatory.taf(quantity, side, time),
        cat: regulatory.cat(quantity, time),
      }
    },
  }
}

/** NSCC and DTC, as IBKR passes them on. */
function clearingOf(quantity: Shares, value: Usd): Usd {
  return Math.min(CLEARING_PER_SHARE * quantity, CLEARING_MAXIMUM_RATE * value)
}

/** Commission by the share of an order that follows `before` shares of its month. */
function tiered(quantity: Shares, before: Shares): Usd {
  let fee = 0
  let from = before
  let left = quantity
  for (const [upTo, perShare] of TIERS) {
    if (from >= upTo) continue
    const here = Math.min(left, upTo - from)
    fee += here * perShare
    left -= here
    from += here
    if (left <= 0) break
  }
  return fee
}
