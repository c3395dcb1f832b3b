import { standardDeviation, sum } from './moments.ts'
import { quotient } from './ratios.ts'

// The convention `freqtrade`: ratios over the profits of single trades, as fractions of the starting balance, spread over the
// calendar days of the run; standard deviation with ddof 0; a year has 365 days. Where freqtrade answers −100 or 0 for
// "undefined", these are NaN. Source: freqtrade, `freqtrade/data/metrics.py`.

/** What a list of trade profits needs to become a ratio. */
export interface ProfitOptions {
  /** Account currency, above 0. */
  readonly startingBalance: number
  /** Calendar days of the run; less than 1 counts as 1. */
  readonly days: number
}

/** (Σ profit / start / days) / std (ddof 0) of profit / start, · √365. */
export function profitSharpe(profits: ArrayLike<number>, options: ProfitOptions): number {
  return perDay(profits, options, asFractions(profits, options.startingBalance))
}

/** As {@link profitSharpe} over the standard deviation of the losing trades alone. */
export function profitSortino(profits: ArrayLike<number>, options: ProfitOptions): number {
  return perDay(
    profits,
    options,
    asFractions(profits, options.startingBalance).filter((x) => !(x >= 0)),
  )
}

function perDay(profits: ArrayLike<number>, options: ProfitOptions, spread: Float64Array): number {
  const daily = sum(profits) / options.startingBalance / Math.max(1, options.days)
  return quotient(daily, standardDeviation(spread, 0)) * Math.sqrt(365)
}

/** (Σ profit / start / days · 100) / relative max drawdown (at the largest absolute one), · √365. */
export function profitCalmar(profits: ArrayLike<number>, options: ProfitOptions): number {
  const daily = sum(profits) / options.startingBalance / Math.max(1, options.days)
  const { relative } = profitDrawdown(profits, options.startingBalance)
  return quotient(daily * 100, relative) * Math.sqrt(365)
}

/** A drawdown over closed trades, both numbers positive. */
export interface ProfitDrawdown {
  /** Account currency below the highest balance. */
  readonly absolute: number
  /** Fraction of the highest balance. */
  readonly relative: number
}

/**
 * Maximum drawdown of the balance after each closed trade, from the starting balance on.
 * @param by which drawdown is the maximum: the largest amount or the largest fraction; both figures are those of that one
 */
export function profitDrawdown(
  profits: ArrayLike<number>,
  startingBalance: number,
  by: 'absolute' | 'relative' = 'absolute',
): ProfitDrawdown {
  let balance = startingBalance
  let peak = startingBalance
  let worst: ProfitDrawdown = { absolute: 0, relative: 0 }
  for (let i = 0; i < profits.length; i++) {
    balance += profits[i]!
    peak = Math.max(peak, balance)
    const here = { absolute: peak - balance, relative: (peak - balance) / peak }
    if (!(here[by] <= worst[by])) worst = here // NaN takes over and stays
    if (Number.isNaN(balance)) break
  }
  return worst
}

function asFractions(profits: ArrayLike<number>, startingBalance: number): Float64Array {
  return Float64Array.from(profits, (profit) => profit / startingBalance)
}
