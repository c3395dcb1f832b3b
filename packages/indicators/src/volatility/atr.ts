import type { BarColumns, IndicatorSpec } from '@onetape/core'
import { finiteProbe } from '../kernel/finite-probe.ts'
import { BLOCK, Kernel } from '../kernel/kernel.ts'
import { checkPeriod } from '../kernel/parameter.ts'
import { kernelSpec, specName } from '../kernel/spec.ts'
import { ExponentialMean } from '../window/exponential-mean.ts'
import { trueRange } from './true-range.ts'

/**
 * Wilder's average true range, in units of price. Begins with the mean of the first `period` true ranges; the first bar
 * has none, since it has no close before it. Ready at bar `period` + 1, as TA-Lib.
 * @throws {InputError} `indicator.param`
 * @see J. Welles Wilder, New Concepts in Technical Trading Systems, 1978
 */
export function atr(period = 14): IndicatorSpec {
  checkPeriod('atr', 'period', period)
  return kernelSpec(() => new Atr(period))
}

class Atr extends Kernel {
  readonly #mean: ExponentialMean
  readonly #range = new Float64Array(BLOCK)
  readonly #close = new Float64Array(1)

  constructor(period: number) {
    super({
      name: specName('atr', [period]),
      warmUp: period + 1,
      outputs: ['value'],
      fields: ['high', 'low', 'close'],
    })
    this.#mean = new ExponentialMean(period, 1 / period)
  }

  protected override block(
    columns: BarColumns,
    from: number,
    to: number,
    out: readonly Float64Array[],
    at: number,
  ): number {
    const { high, low, close } = columns
    trueRange(columns, from, to, this.#range, this.#close)
    const lead = this.seen === 0 ? 1 : 0
    this.#mean.push(this.#range, lead, to - from - lead, out[0]!, at + lead)
    return finiteProbe(high, from, to) + finiteProbe(low, from, to) + finiteProbe(close, from, to)
  }

  protected override clear(): void {
    this.#mean.clear()
    this.#close.fill(0)
  }
}
