import { InputError } from '@onetape/core'
import { automaticBlockLength } from './block-length.ts'
import { quantile, standardDeviation } from './moments.ts'

/** Where chance comes from: each call gives the next number from [0, 1). */
export interface UniformSource {
  next(): number
}

/** How a bootstrap is run. */
export interface BootstrapOptions {
  /** Uniform numbers from [0, 1): `seededRandom(7)` of core. Equal sequences give equal results. */
  readonly random: UniformSource
  /** Resampled series. Default 1000. */
  readonly replications?: number | undefined
  /** Mass inside the interval, from 0 to 1 exclusive. Default 0.95. */
  readonly confidence?: number | undefined
  /** Expected length of a block in periods, 1 or more. Default {@link automaticBlockLength} of the returns. */
  readonly blockLength?: number | undefined
}

/** An estimate and how far sampling alone moves it. */
export interface Interval {
  /** The statistic of the series itself. */
  readonly estimate: number
  /** Percentile interval; NaN when the statistic is undefined on any resampled series. */
  readonly low: number
  readonly high: number
  /** Standard deviation of the statistic over the resampled series. */
  readonly standardError: number
  readonly blockLength: number
  readonly replications: number
}

/** A figure of a return series. */
export type Statistic = (returns: Float64Array) => number

/**
 * Confidence intervals of several statistics by the stationary block bootstrap: blocks of geometric length, beginning anywhere
 * and wrapping round at the end, keep the dependence of returns on the ones before. All statistics see the same resampled series.
 *
 * @throws {InputError} `bootstrap.options` for a block length below 1, fewer than 2 replications or a confidence outside (0, 1)
 * @see Politis & Romano (1994), "The Stationary Bootstrap", JASA 89(428)
 */
export function bootstrapIntervals<Name extends string>(
  returns: ArrayLike<number>,
  statistics: Readonly<Record<Name, Statistic>>,
  options: BootstrapOptions,
): Record<Name, Interval> {
  const series = Float64Array.from(returns)
  const replications = options.replications ?? 1000
  const confidence = options.confidence ?? 0.95
  const blockLength = options.blockLength ?? automaticBlockLength(series)
  if (!(replications >= 2 && confidence > 0 && confidence < 1 && !(blockLength < 1)))
    throw new InputError(
      'bootstrap.options',
      `Expected at least 2 replications, a confidence between 0 and 1 and a block length of 1 or more, found ${replications}, ${confidence} and ${blockLength}.`,
    )
  const names = Object.keys(statistics) as Name[]
  const samples = names.map(() => new Float64Array(replications))
  const resampled = new Float64Array(series.length)
  for (let i = 0; i < replications; i++) {
    resampleStationary(series, blockLength, options.random, resampled)
    for (const [k, name] of names.entries()) samples[k]![i] = statistics[name](resampled)
  }
  const tail = (1 - confidence) / 2
  const result: Partial<Record<Name, Interval>> = {}
  for (const [k, name] of names.entries()) {
    const sample = samples[k]!
    result[name] = {
      estimate: statistics[name](series),
      low: quantile(sample, tail),
      high: quantile(sample, 1 - tail),
      standardError: standardDeviation(sample),
      blockLength,
      replications,
    }
  }
  return result as Record<Name, Interval>
}

/** Confidence interval of one statistic, see {@link bootstrapIntervals}. */
export function bootstrapInterval(
  returns: ArrayLike<number>,
  statistic: Statistic,
  options: BootstrapOptions,
): Interval {
  return bootstrapIntervals(returns, { statistic }, options).statistic
}

/**
 * Fills `into` with one resampled series: at each step a new block begins with probability 1 / `blockLength`, otherwise the
 * next value follows, the first after the last.
 */
export function resampleStationary(
  values: Float64Array,
  blockLength: number,
  random: UniformSource,
  into: Float64Array,
): void {
  const n = values.length
  if (!(n > 0)) return
  const restart = 1 / blockLength
  let at = 0
  for (let i = 0; i < into.length; i++) {
    if (i === 0 || random.next() < restart) at = Math.floor(random.next() * n)
    else at = at + 1 === n ? 0 : at + 1
    into[i] = values[at]!
  }
}
