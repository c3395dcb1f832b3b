import type { EpochMs, Usd } from '@onetape/core'
import { costOption } from '../cost-option.ts'
import { type AnnualRate, annualRate, rateName } from './annual-rate.ts'
import type { InterestModel } from './interest-model.ts'
import { type InterestTier, tieredInterest } from './tiered-interest.ts'

/** Options of the IBKR interest models. */
export interface IbkrInterestOptions {
  /**
   * IBKR's benchmark for USD, the effective federal funds rate, percent a year. It is data like prices are: give one
   * figure or rows by date.
   */
  readonly benchmark: AnnualRate
  /** Steps of another time or plan. Default: IBKR Pro as published from 2024 to 2026. */
  readonly tiers?: readonly InterestTier[]
}

const NOTHING = Number.NaN

/** @see https://www.interactivebrokers.com/en/trading/margin-rates.php; the last step has IBKR's surcharge of 1 %. */
const DEBIT: readonly InterestTier[] = [
  { upTo: 100_000, spread: 1.5 },
  { upTo: 1_000_000, spread: 1 },
  { upTo: 50_000_000, spread: 0.75 },
  { upTo: 200_000_000, spread: 0.5 },
  { upTo: Infinity, spread: 1.5 },
]

/** @see https://www.interactivebrokers.com/en/accounts/fees/pricing-interest-rates.php */
const CREDIT: readonly InterestTier[] = [
  { upTo: 10_000, spread: NOTHING },
  { upTo: Infinity, spread: -0.5 },
]

/** @see https://www.interactivebrokers.com/en/pricing/short-sale-cost.php */
const SHORT_PROCEEDS: readonly InterestTier[] = [
  { upTo: 100_000, spread: NOTHING },
  { upTo: 1_000_000, spread: -1.25 },
  { upTo: 3_000_000, spread: -0.5 },
  { upTo: Infinity, spread: -0.25 },
]

/** From this equity on IBKR pays the whole rate, below it a part in proportion. */
const FULL_RATE_EQUITY: Usd = 100_000

/**
 * What IBKR Pro charges on borrowed cash: benchmark + 1.5 % on the first 100,000 USD, + 1 % up to 1 million, + 0.75 % up
 * to 50, + 0.5 % up to 200 and + 1.5 % beyond.
 *
 * @throws {InputError} `costs.option`, `costs.table` for a benchmark or tiers that are none
 */
export function ibkrMarginInterest(options: IbkrInterestOptions): InterestModel {
  return schedule('ibkr-margin', options, DEBIT, () => 1)
}

/**
 * What IBKR Pro pays on settled cash: nothing on the first 10,000 USD, benchmark − 0.5 % beyond; accounts with an equity
 * under 100,000 USD get a part in proportion.
 *
 * @throws {InputError} `costs.option`, `costs.table` for a benchmark or tiers that are none
 */
export function ibkrCreditInterest(options: IbkrInterestOptions): InterestModel {
  return schedule('ibkr-credit', options, CREDIT, partByEquity)
}

/**
 * What IBKR Pro pays on the collateral of short stock ({@link shortCollateral}): nothing on the first 100,000 USD,
 * benchmark − 1.25 % up to 1 million, − 0.5 % up to 3 and − 0.25 % beyond; small accounts as in {@link ibkrCreditInterest}.
 *
 * @throws {InputError} `costs.option`, `costs.table` for a benchmark or tiers that are none
 */
export function ibkrShortProceedsInterest(options: IbkrInterestOptions): InterestModel {
  return schedule('ibkr-short-proceeds', options, SHORT_PROCEEDS, partByEquity)
}

function schedule(
  model: string,
  options: IbkrInterestOptions,
  defaults: readonly InterestTier[],
  part: (equity: Usd) => number,
): InterestModel {
  const tiers = options.tiers ?? defaults
  let from = 0
  for (const { upTo } of tiers) {
    if (upTo !== Infinity) costOption(model, 'tiers in rising order, upTo', upTo, from)
    from = upTo
  }
  const benchmark = annualRate(model, 'benchmark rate', options.benchmark)
  const own = options.tiers === undefined ? '' : ', own tiers'
  return {
    name: `${model}(benchmark ${rateName(options.benchmark)}${own})`,
    interest: (balance: Usd, days: number, time: EpochMs, equity: Usd): Usd =>
      tieredInterest(tiers, benchmark(time), balance, days) * part(equity),
  }
}

/** Written so that an unknown (NaN) or negative equity earns nothing. */
function partByEquity(equity: Usd): number {
  return equity > 0 ? Math.min(equity / FULL_RATE_EQUITY, 1) : 0
}
