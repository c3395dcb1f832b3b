import type { BarColumns, IndicatorSpec } from '@onetape/core'
import { finiteProbe } from '../kernel/finite-probe.ts'
import { Kernel } from '../kernel/kernel.ts'
import { checkPeriod } from '../kernel/parameter.ts'
import { checkSource, type PriceSource, SourceReader } from '../kernel/source.ts'
import { kernelSpec, type SourceOptions, specName } from '../kernel/spec.ts'

/**
 * Rate of change in percent: 100 · (x / x[period bars ago] − 1). Ready at bar `period` + 1. A reference of 0 (volume,
 * say) gives 0, as TA-Lib does.
 * @throws {InputError} `indicator.param`
 */
export function roc(period: number, options: SourceOptions = {}): IndicatorSpec {
  checkPeriod('roc', 'period', period)
  const source = checkSource('roc', options.source ?? 'close')
  return kernelSpec(() => new RateOfChange(period, source))
}

class RateOfChange extends Kernel {
  readonly #reader: SourceReader
  readonly #ring: Float64Array
  #place = 0

  constructor(period: number, source: PriceSource) {
    const reader = new SourceReader(source)
    super({
      name: specName('roc', [period], source),
      warmUp: period + 1,
      outputs: ['value'],
      fields: reader.fields,
    })
    this.#reader = reader
    this.#ring = new Float64Array(period)
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
    const ring = this.#ring
    const line = out[0]!
    const length = to - from
    let place = this.#place
    for (let i = 0; i < length; i++) {
      const x = values[start + i]!
      const before = ring[place]!
      line[at + i] = before === 0 ? 0 : (100 * (x - before)) / before
      ring[place] = x
      if (++place === ring.length) place = 0
    }
    this.#place = place
    return finiteProbe(values, start, start + length)
  }

  protected override clear(): void {
    this.#ring.fill(0)
    this.#place = 0
  }
}
