import type { BarColumns, Indicator, IndicatorSpec, KernelIndicator, MultiIndicator } from '@onetape/core'
import { barAt } from '../market/random-bars.ts'

/** One array per output of the spec, one entry per bar. */
export type IndicatorSeries = readonly Float64Array[]

const isKernel = (indicator: Indicator): indicator is KernelIndicator => 'run' in indicator

/** What an indicator gives bar by bar through `next`. Goes on from the state that it is in. */
export function driveBarByBar(spec: IndicatorSpec<string>, indicator: Indicator, bars: BarColumns): IndicatorSeries {
  const series = spec.outputs.map(() => new Float64Array(bars.time.length))
  for (let i = 0; i < bars.time.length; i++) {
    const main = indicator.next(barAt(bars, i))
    series.forEach((line, k) => {
      line[i] = k === 0 ? main : (indicator as MultiIndicator).values[spec.outputs[k]!]!
    })
  }
  return series
}

/**
 * What a kernel gives when `run` is called on blocks that end at the given bars; the rest is one more block.
 * @throws {Error} when the indicator has no `run`
 */
export function driveInBlocks(
  spec: IndicatorSpec<string>,
  indicator: Indicator,
  bars: BarColumns,
  ends: readonly number[],
): IndicatorSeries {
  if (!isKernel(indicator)) throw new Error(`Expected ${spec.name} to have "run", found only "next".`)
  const length = bars.time.length
  const series = spec.outputs.map(() => new Float64Array(length))
  let from = 0
  for (const end of [...ends.filter((e) => e < length).toSorted((a, b) => a - b), length]) {
    indicator.run(bars, from, end, series, from)
    from = end
  }
  return series
}
