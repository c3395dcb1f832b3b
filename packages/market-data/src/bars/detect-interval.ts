import { type BarInterval, intervalMs, MS_PER_DAY } from '@onetape/core'

const KNOWN: readonly BarInterval[] = [
  '1s',
  '2s',
  '5s',
  '10s',
  '15s',
  '30s',
  '1m',
  '2m',
  '3m',
  '5m',
  '10m',
  '15m',
  '20m',
  '30m',
  '1h',
  '2h',
  '3h',
  '4h',
]
const HOUR = 3_600_000
const ENOUGH = 0.98
const SAMPLE = 20_000 // rows; where the interval changes later, bars overlap and are refused

/**
 * Length of the bars of a column of times, sorted either way: `1d` when most are days apart, `1w` when most are weeks,
 * else the longest interval of which nearly all steps within a day are multiples. Undefined when the steps do not tell.
 */
export function detectInterval(time: Float64Array): BarInterval | undefined {
  const steps: number[] = []
  let longer = 0
  for (let i = 1; i < Math.min(time.length, SAMPLE); i++) {
    const step = Math.abs(time[i]! - time[i - 1]!)
    if (step === 0) continue
    if (step < 20 * HOUR) steps.push(step)
    else longer++
  }
  if (steps.length <= longer) return longer === 0 ? undefined : daysApart(time)
  let found: BarInterval | undefined
  for (const interval of KNOWN) {
    const length = intervalMs(interval)
    let multiples = 0
    for (const step of steps) if (step % length === 0) multiples++
    if (multiples >= ENOUGH * steps.length) found = interval
  }
  return found
}

function daysApart(time: Float64Array): BarInterval | undefined {
  const steps = new Float64Array(time.length - 1)
  for (let i = 1; i < time.length; i++) steps[i - 1] = Math.abs(time[i]! - time[i - 1]!) / MS_PER_DAY
  const median = steps.toSorted()[steps.length >> 1]!
  if (median < 4.5) return '1d'
  return median < 10 ? '1w' : undefined
}
