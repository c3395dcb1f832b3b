import type { BarColumns, IndicatorSpec } from '@onetape/core'
import { finiteProbe } from '../kernel/finite-probe.ts'
import { Kernel } from '../kernel/kernel.ts'
import { checkPeriod } from '../kernel/parameter.ts'
import { checkSource, type PriceSource, SourceReader } from '../kernel/source.ts'
import { kernelSpec, type SourceOptions, specName } from '../kernel/spec.ts'
import { RollingExtreme } from '../window/rolling-extreme.ts'

/**
 * Largest of the last `period` values, this one included. Ready at bar `period`.
 * @throws {InputError} `indicator.param`
 */
export function rollingMax(period: number, options: SourceOptions = {}): IndicatorSpec {
  return extreme('rollingMax', 'max', period, options)
}

/**
 * Smallest of the last `period` values, this one included. Ready at bar `period`.
 * @throws {InputError} `indicator.param`
 */
export function rollingMin(period: number, options: SourceOptions = {}): IndicatorSpec {
  return extreme('rollingMin', 'min', period, options)
}

/**
 * Donchian channel. Outputs: `middle` (main) = (upper + lower) / 2, `upper` = highest high and `lower` = lowest low of
 * the last `period` bars. Ready at bar `period`. The bar in hand is included, so no close is above `upper`: a breakout is
 * `bar.close > channel.upper.previous`.
 * @throws {InputError} `indicator.param`
 */
export function donchian(period = 20): IndicatorSpec<'middle' | 'upper' | 'lower'> {
  checkPeriod('donchian', 'period', period)
  return kernelSpec(() => new Donchian(period))
}

function extreme(indicator: string, which: 'max' | 'min', period: number, options: SourceOptions): IndicatorSpec {
  checkPeriod(indicator, 'period', period)
  const source = checkSource(indicator, options.source ?? 'close')
  const name = specName(indicator, [period], source)
  return kernelSpec(() => new Extreme(name, which, period, source))
}

class Extreme extends Kernel {
  readonly #reader: SourceReader
  readonly #stage: RollingExtreme

  constructor(name: string, which: 'max' | 'min', period: number, source: PriceSource) {
    const reader = new SourceReader(source)
    super({ name, warmUp: period, outputs: ['value'], fields: reader.fields })
    this.#reader = reader
    this.#stage = new RollingExtreme(period, which)
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
    this.#stage.push(reader.values, reader.start, to - from, out[0]!, at)
    return finiteProbe(reader.values, reader.start, reader.start + to - from)
  }

  protected override clear(): void {
    this.#stage.clear()
  }
}

class Donchian extends Kernel {
  readonly #highest: RollingExtreme
  readonly #lowest: RollingExtreme

  constructor(period: number) {
    super({
      name: specName('donchian', [period]),
      warmUp: period,
      outputs: ['middle', 'upper', 'lower'],
      fields: ['high', 'low'],
    })
    this.#highest = new RollingExtreme(period, 'max')
    this.#lowest = new RollingExtreme(period, 'min')
  }

  protected override block(
    columns: BarColumns,
    from: number,
    to: number,
    out: readonly Float64Array[],
    at: number,
  ): number {
    const { high, low } = columns
    const middle = out[0]!
    const upper = out[1]!
    const lower = out[2]!
    const length = to - from
    this.#highest.push(high, from, length, upper, at)
    this.#lowest.push(low, from, length, lower, at)
    for (let k = at; k < at + length; k++) middle[k] = (upper[k]! + lower[k]!) / 2
    return finiteProbe(high, from, to) + finiteProbe(low, from, to)
  }

  protected override clear(): void {
    this.#highest.clear()
    this.#lowest.clear()
  }
}
