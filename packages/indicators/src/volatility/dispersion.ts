import type { BarColumns, IndicatorSpec } from '@onetape/core'
import { BLOCK, Kernel } from '../kernel/kernel.ts'
import { checkPeriod } from '../kernel/parameter.ts'
import { checkSource, type PriceSource, SourceReader } from '../kernel/source.ts'
import { kernelSpec, type SourceOptions, specName } from '../kernel/spec.ts'
import { RollingMoments } from '../window/rolling-moments.ts'

/**
 * Population standard deviation (divided by `period`) of the last `period` values. Ready at bar `period`. Exactly 0 when
 * they are equal.
 * @throws {InputError} `indicator.param`
 */
export function rollingStd(period: number, options: SourceOptions = {}): IndicatorSpec {
  return dispersion('rollingStd', period, options, false)
}

/**
 * Distance of the value from the mean of the last `period` values (itself included) in population standard deviations.
 * Ready at bar `period`. Equal values give 0: the value is its mean.
 * @throws {InputError} `indicator.param`
 */
export function zScore(period: number, options: SourceOptions = {}): IndicatorSpec {
  return dispersion('zScore', period, options, true)
}

function dispersion(indicator: string, period: number, options: SourceOptions, score: boolean): IndicatorSpec {
  checkPeriod(indicator, 'period', period, 2)
  const source = checkSource(indicator, options.source ?? 'close')
  const name = specName(indicator, [period], source)
  return kernelSpec(() => new Dispersion(name, period, source, score))
}

class Dispersion extends Kernel {
  readonly #reader: SourceReader
  readonly #moments: RollingMoments
  readonly #score: boolean
  readonly #mean = new Float64Array(BLOCK)

  constructor(name: string, period: number, source: PriceSource, score: boolean) {
    const reader = new SourceReader(source)
    super({ name, warmUp: period, outputs: ['value'], fields: reader.fields })
    this.#reader = reader
    this.#moments = new RollingMoments(period)
    this.#score = score
  }

  protected override block(
    columns: BarColumns,
    from: number,
    to: number,
    out: readonly Float64Array[],
    at: number,
  ): number {
    const reader = this.#reader
    reader.load(columns, from, to)
    const { values, start } = reader
    const length = to - from
    const line = out[0]!
    const mean = this.#mean
    const probe = this.#moments.push(values, start, length, mean, 0, line, at)
    if (this.#score)
      for (let i = 0; i < length; i++) {
        const deviation = line[at + i]!
        line[at + i] = deviation > 0 ? (values[start + i]! - mean[i]!) / deviation : 0
      }
    return probe
  }

  protected override clear(): void {
    this.#moments.clear()
  }
}
