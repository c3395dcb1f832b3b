import type { BarColumns, IndicatorSpec } from '@onetape/core'
import { BLOCK, Kernel } from '../kernel/kernel.ts'
import { checkMultiplier, checkPeriod } from '../kernel/parameter.ts'
import { checkSource, type PriceSource, SourceReader } from '../kernel/source.ts'
import { kernelSpec, type SourceOptions, specName } from '../kernel/spec.ts'
import { RollingMoments } from '../window/rolling-moments.ts'

/**
 * Bollinger bands. Outputs: `middle` (main) = mean of the last `period` values, `upper` and `lower` = middle ±
 * `deviations` · population standard deviation of the same values. Ready at bar `period`.
 * @throws {InputError} `indicator.param`
 * @see https://www.bollingerbands.com/bollinger-band-rules (population deviation, 20 and 2)
 */
export function bollinger(
  period = 20,
  deviations = 2,
  options: SourceOptions = {},
): IndicatorSpec<'middle' | 'upper' | 'lower'> {
  checkPeriod('bollinger', 'period', period, 2)
  checkMultiplier('bollinger', 'deviations', deviations)
  const source = checkSource('bollinger', options.source ?? 'close')
  return kernelSpec(() => new Bollinger(period, deviations, source))
}

class Bollinger extends Kernel {
  readonly #reader: SourceReader
  readonly #moments: RollingMoments
  readonly #deviations: number
  readonly #deviation = new Float64Array(BLOCK)

  constructor(period: number, deviations: number, source: PriceSource) {
    const reader = new SourceReader(source)
    super({
      name: specName('bollinger', [period, deviations], source),
      warmUp: period,
      outputs: ['middle', 'upper', 'lower'],
      fields: reader.fields,
    })
    this.#reader = reader
    this.#moments = new RollingMoments(period)
    this.#deviations = deviations
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
    const length = to - from
    const middle = out[0]!
    const upper = out[1]!
    const lower = out[2]!
    const deviation = this.#deviation
    const deviations = this.#deviations
    const probe = this.#moments.push(reader.values, reader.start, length, middle, at, deviation, 0)
    for (let i = 0; i < length; i++) {
      const width = deviations * deviation[i]!
      upper[at + i] = middle[at + i]! + width
      lower[at + i] = middle[at + i]! - width
    }
    return probe
  }

  protected override clear(): void {
    this.#moments.clear()
  }
}
