import { log, pow } from '@onetape/core'
import { mean } from './moments.ts'

const LOG10 = Math.LN10

/**
 * Expected block length for the stationary bootstrap of a series: long where its values depend on the ones before, 1 where they
 * do not. Automatic choice by the flat-top lag window.
 *
 * @returns from 1 to ⌈min(3 √N, N / 3)⌉; 1 for a series too short (below 10 values) or without variance, NaN when a value is NaN
 * @see Politis & White (2004), "Automatic Block-Length Selection for the Dependent Bootstrap", Econometric Reviews 23(1), with the
 * correction of Patton, Politis & White (2009), Econometric Reviews 28(4)
 */
export function automaticBlockLength(values: ArrayLike<number>): number {
  const n = values.length
  const centre = mean(values)
  if (n > 0 && Number.isNaN(centre)) return NaN
  if (n < 10) return 1
  const centred = Float64Array.from(values, (value) => value - centre)
  const covarianceAt = (lag: number): number => {
    let total = 0
    for (let i = lag; i < n; i++) total += centred[i]! * centred[i - lag]!
    return total / n
  }
  const variance = covarianceAt(0)
  if (!(variance > 0)) return 1

  const log10n = log(n) / LOG10
  const run = Math.max(5, Math.ceil(Math.sqrt(log10n))) // lags in a row that must be insignificant
  const maxLag = Math.min(Math.ceil(Math.sqrt(n)) + run, n - 1)
  const threshold = 2 * Math.sqrt(log10n / n)
  const covariances = new Float64Array(maxLag + 1)
  for (let lag = 0; lag <= maxLag; lag++) covariances[lag] = covarianceAt(lag)

  // m: the last lag before `run` insignificant ones; when no such stretch exists, the last significant lag
  let m = 0
  let quiet = 0
  for (let lag = 1; lag <= maxLag && quiet < run; lag++) {
    if (Math.abs(covariances[lag]! / variance) < threshold) quiet += 1
    else {
      m = lag
      quiet = 0
    }
  }
  const bandwidth = Math.min(2 * Math.max(m, 1), maxLag)
  let spectrum = variance // g(0)
  let slope = 0 // G
  for (let lag = 1; lag <= bandwidth; lag++) {
    const x = lag / bandwidth
    const weight = 2 * (x <= 0.5 ? 1 : 2 * (1 - x)) * covariances[lag]! // both signs of the lag
    spectrum += weight
    slope += weight * lag
  }
  const length = pow((slope * slope * n) / (spectrum * spectrum), 1 / 3)
  const longest = Math.ceil(Math.min(3 * Math.sqrt(n), n / 3))
  return Math.min(Math.max(length, 1), longest) // spectrum 0 gives Infinity or NaN
}
