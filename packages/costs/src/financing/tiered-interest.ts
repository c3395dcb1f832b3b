import { InvariantError, type Usd } from '@onetape/core'

/** One step of a schedule by balance. */
export interface InterestTier {
  /** USD up to which the step holds; Infinity for the last. */
  readonly upTo: Usd
  /** Added to the benchmark, percent a year. NaN pays nothing, whatever the benchmark. */
  readonly spread: number
}

/**
 * Simple interest on a balance of which each part pays the rate of its own tier, actual/360.
 *
 * @param benchmark percent a year; below 0 it counts as 0, and so does the sum of benchmark and spread
 * @throws {InvariantError} `interest.input` for a balance or days that are negative or not finite
 */
export function tieredInterest(tiers: readonly InterestTier[], benchmark: number, balance: Usd, days: number): Usd {
  if (!(balance >= 0 && balance < Infinity && days >= 0 && days < Infinity))
    throw new InvariantError('interest.input', `Expected a balance and days >= 0, found ${balance} USD, ${days} days.`)
  const base = Math.max(benchmark, 0)
  let interest = 0
  let from = 0
  for (const { upTo, spread } of tiers) {
    if (balance <= from) break
    const percent = base + spread
    if (percent > 0) interest += ((Math.min(balance, upTo) - from) * (percent / 100) * days) / 360
    from = upTo
  }
  return interest
}
