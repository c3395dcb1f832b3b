import type { Convention } from './convention.ts'
import { mean, quantile, sortedCopy, standardDeviation } from './moments.ts'
import { normalDensity, normalQuantile } from './normal-distribution.ts'

/** How the tail of the returns is measured. */
export interface TailOptions {
  /** From 0 to 1, exclusive. Default 0.95: the worst 5 %. */
  readonly confidence?: number | undefined
  /** `historical` takes the returns as they were, `normal` a normal distribution of their mean and deviation (ddof 1). Default `historical`. */
  readonly method?: 'historical' | 'normal' | undefined
  /** Default `onetape`; the conventions differ in the historical method only, except `lean`, which is always normal. */
  readonly convention?: Convention | undefined
}

/**
 * Value at risk of one period, as a return: negative is a loss that was exceeded with probability 1 − confidence.
 *
 * Historical: the k-th worst return with k = ⌈(1 − confidence) · N⌉ (inverse of the empirical distribution, type 1 of
 * Hyndman & Fan 1996). `empyrical` and `nautilus` interpolate linearly (type 7).
 *
 * @returns NaN for no returns or a confidence outside (0, 1)
 */
export function valueAtRisk(returns: ArrayLike<number>, options: TailOptions = {}): number {
  const tail = tailOf(options)
  if (!(tail > 0 && tail < 1)) return NaN
  if (isNormal(options)) return mean(returns) + standardDeviation(returns) * normalQuantile(tail)
  if (interpolates(options)) return quantile(returns, tail)
  const sorted = sortedCopy(returns)
  if (Number.isNaN(sorted.at(-1))) return NaN
  return sorted[Math.max(Math.ceil(tailMass(tail, sorted.length)), 1) - 1] ?? NaN
}

/**
 * Conditional value at risk (expected shortfall) of one period, as a return: the mean of the worst 1 − confidence of the
 * returns. The tail is fractional: with (1 − confidence) · N = 2.5 the third worst counts half (Acerbi & Tasche 2002, "On the coherence
 * of expected shortfall"). `empyrical` and `nautilus` average the returns at or below the value at risk.
 *
 * @returns never above the value at risk; NaN as there
 */
export function conditionalValueAtRisk(returns: ArrayLike<number>, options: TailOptions = {}): number {
  const tail = tailOf(options)
  if (!(tail > 0 && tail < 1)) return NaN
  if (isNormal(options))
    return mean(returns) - (standardDeviation(returns) * normalDensity(normalQuantile(tail))) / tail
  const sorted = sortedCopy(returns)
  if (!(sorted.length > 0) || Number.isNaN(sorted.at(-1))) return NaN
  if (interpolates(options)) {
    const limit = quantile(returns, tail)
    return mean(sorted.filter((r) => r <= limit))
  }
  const mass = tailMass(tail, sorted.length)
  const whole = Math.floor(mass)
  let total = (mass - whole) * (sorted[whole] ?? 0)
  for (let i = 0; i < whole; i++) total += sorted[i]!
  return total / mass
}

/** 1 − 0.95 is 0.050000000000000044, and 20 returns would have a tail of more than one: what is within 1e-9 of an integer is it. */
function tailMass(tail: number, count: number): number {
  const mass = tail * count
  const nearest = Math.round(mass)
  return Math.abs(mass - nearest) < 1e-9 ? nearest : mass
}

const tailOf = (options: TailOptions): number => 1 - (options.confidence ?? 0.95)
const isNormal = (options: TailOptions): boolean => options.method === 'normal' || options.convention === 'lean'
const interpolates = (options: TailOptions): boolean =>
  options.convention === 'empyrical' || options.convention === 'nautilus'
