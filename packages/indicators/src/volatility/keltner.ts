import type { BarColumns, IndicatorSpec } from '@onetape/core'
import { finiteProbe } from '../kernel/finite-probe.ts'
import { BLOCK, Kernel } from '../kernel/kernel.ts'
import { checkMultiplier, checkPeriod } from '../kernel/parameter.ts'
import { kernelSpec, specName } from '../kernel/spec.ts'
import { ExponentialMean } from '../window/exponential-mean.ts'
import { trueRange } from './true-range.ts'

/**
 * Keltner channel in Linda Raschke's form. Outputs: `middle` (main) = EMA of the close over `period` bars, `upper` and
 * `lower` = middle ± `multiplier` · ATR over `atrPeriod` bars. Ready at bar max(`period`, `atrPeriod` + 1).
 * @throws {InputError} `indicator.param`
 * @see https://chartschool.stockcharts.com/table-of-contents/technical-indicators-and-overlays/technical-overlays/keltner-channels
 */
export function keltner(period = 20, multiplier = 2, atrPeriod = 10): IndicatorSpec<'middle' | 'upper' | 'lower'> {
  checkPeriod('keltner', 'period', period)
  checkPeriod('keltner', 'atrPeriod', atrPeriod)
  checkMultiplier('keltner', 'multiplier', multiplier)
  return kernelSpec(() => new Keltner(period, multiplier, atrPeriod))
}

class Keltner extends Kernel {
  readonly #multiplier: number
  readonly #mean: ExponentialMean
  readonly #atr: ExponentialMean
  readonly #range = new Float64Array(BLOCK)
  readonly #close = new Float64Array(1)

  constructor(period: number, multiplier: number, atrPeriod: number) {
    super({
      name: specName('keltner', [period, multiplier, atrPeriod]),
      warmUp: Math.max(period, atrPeriod + 1),
      outputs: ['middle', 'upper', 'lower'],
      fields: ['high', 'low', 'close'],
    })
    this.#multiplier = multiplier
    this.#mean = new ExponentialMean(period, 2 / (period + 1))
    this.#atr = new ExponentialMean(atrPeriod, 1 / atrPeriod)
  }

  protected override block(
    columns: BarColumns,
    from: number,
    to: number,
    out: readonly Float64Array[],
    at: number,
  ): number {
    const { high, low, close } = columns
    const middle = out[0]!
    const upper = out[1]!
    const lower = out[2]!
    const range = this.#range
    const length = to - from
    const probe = this.#mean.push(close, from, length, middle, at)
    trueRange(columns, from, to, range, this.#close)
    const lead = this.seen === 0 ? 1 : 0
    this.#atr.push(range, lead, length - lead, range, lead)
    for (let i = 0; i < length; i++) {
      const width = this.#multiplier * range[i]!
      upper[at + i] = middle[at + i]! + width
      lower[at + i] = middle[at + i]! - width
    }
    return probe + finiteProbe(high, from, to) + finiteProbe(low, from, to)
  }

  protected override clear(): void {
    this.#mean.clear()
    this.#atr.clear()
    this.#close.fill(0)
  }
}
