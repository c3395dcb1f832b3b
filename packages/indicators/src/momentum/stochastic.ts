import type { BarColumns, IndicatorSpec } from '@onetape/core'
import { finiteProbe } from '../kernel/finite-probe.ts'
import { BLOCK, Kernel } from '../kernel/kernel.ts'
import { checkPeriod } from '../kernel/parameter.ts'
import { kernelSpec, specName } from '../kernel/spec.ts'
import { RollingExtreme } from '../window/rolling-extreme.ts'
import { RollingMean } from '../window/rolling-mean.ts'

/**
 * Stochastic oscillator, 0 to 100. Raw %K = 100 · (close − L) / (H − L), with H and L the highest high and lowest low of
 * `period` bars, this one included. Outputs: `k` (main) = mean of raw %K over `smooth` bars (1: the fast form, 3: the slow
 * one), `d` = mean of `k` over `signal` bars. Ready at bar `period` + `smooth` + `signal` − 2.
 *
 * No range in the window (H = L) gives a raw %K of 0, as TA-Lib and technicalindicators do.
 * @throws {InputError} `indicator.param`
 * @see https://chartschool.stockcharts.com/table-of-contents/technical-indicators-and-overlays/technical-indicators/stochastic-oscillator-fast-slow-and-full
 */
export function stochastic(period = 14, signal = 3, smooth = 1): IndicatorSpec<'k' | 'd'> {
  checkPeriod('stochastic', 'period', period)
  checkPeriod('stochastic', 'signal', signal)
  checkPeriod('stochastic', 'smooth', smooth)
  return kernelSpec(() => new Stochastic(period, signal, smooth))
}

class Stochastic extends Kernel {
  readonly #highest: RollingExtreme
  readonly #lowest: RollingExtreme
  readonly #k: RollingMean
  readonly #d: RollingMean
  readonly #high = new Float64Array(BLOCK)
  readonly #low = new Float64Array(BLOCK)
  readonly #rawLead: number
  readonly #kLead: number

  constructor(period: number, signal: number, smooth: number) {
    super({
      name: specName('stochastic', [period, signal, smooth]),
      warmUp: period + smooth + signal - 2,
      outputs: ['k', 'd'],
      fields: ['high', 'low', 'close'],
    })
    this.#highest = new RollingExtreme(period, 'max')
    this.#lowest = new RollingExtreme(period, 'min')
    this.#k = new RollingMean(smooth)
    this.#d = new RollingMean(signal)
    this.#rawLead = period - 1
    this.#kLead = period + smooth - 2
  }

  protected override block(
    columns: BarColumns,
    from: number,
    to: number,
    out: readonly Float64Array[],
    at: number,
  ): number {
    const length = to - from
    const { close } = columns
    const high = this.#high
    const low = this.#low
    const k = out[0]!
    const d = out[1]!
    this.#highest.push(columns.high, from, length, high, 0)
    this.#lowest.push(columns.low, from, length, low, 0)
    for (let i = 0; i < length; i++) {
      const range = high[i]! - low[i]!
      k[at + i] = range > 0 ? (100 * (close[from + i]! - low[i]!)) / range : 0
    }
    const raw = Math.min(Math.max(this.#rawLead - this.seen, 0), length)
    this.#k.push(k, at + raw, length - raw, k, at + raw)
    const smoothed = Math.min(Math.max(this.#kLead - this.seen, 0), length)
    this.#d.push(k, at + smoothed, length - smoothed, d, at + smoothed)
    return finiteProbe(columns.high, from, to) + finiteProbe(columns.low, from, to) + finiteProbe(close, from, to)
  }

  protected override clear(): void {
    this.#highest.clear()
    this.#lowest.clear()
    this.#k.clear()
    this.#d.clear()
  }
}
