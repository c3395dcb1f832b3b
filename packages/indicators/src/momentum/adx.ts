import type { BarColumns, IndicatorSpec } from '@onetape/core'
import { finiteProbe } from '../kernel/finite-probe.ts'
import { Kernel } from '../kernel/kernel.ts'
import { checkPeriod } from '../kernel/parameter.ts'
import { kernelSpec, specName } from '../kernel/spec.ts'

/**
 * Wilder's average directional index. Outputs: `adx` (main, 0 to 100), `plusDI` and `minusDI` (0 to 100). True range
 * and directional movements are Wilder sums begun with the plain sum of the first `period`; ADX is Wilder's average of
 * DX begun with the mean of the first `period`. Ready at bar 2 · `period`.
 *
 * No movement gives DI = 0, and no direction (both DI 0) a DX of 0. TA-Lib begins its sums with `period` − 1 values and
 * smooths the next one in, which moves its first values by some tenths of a percent.
 * @throws {InputError} `indicator.param`
 * @see J. Welles Wilder, New Concepts in Technical Trading Systems, 1978
 */
export function adx(period = 14): IndicatorSpec<'adx' | 'plusDI' | 'minusDI'> {
  checkPeriod('adx', 'period', period)
  return kernelSpec(() => new Adx(period))
}

class Adx extends Kernel {
  readonly #period: number
  /** High, low, close of the bar before. */
  readonly #last = new Float64Array(3)
  /** Wilder sums of true range, plus movement, minus movement; the ADX, or the sum of DX on the way to it. */
  readonly #sums = new Float64Array(4)

  constructor(period: number) {
    super({
      name: specName('adx', [period]),
      warmUp: 2 * period,
      outputs: ['adx', 'plusDI', 'minusDI'],
      fields: ['high', 'low', 'close'],
    })
    this.#period = period
  }

  protected override block(
    columns: BarColumns,
    from: number,
    to: number,
    out: readonly Float64Array[],
    at: number,
  ): number {
    const { high, low, close } = columns
    const period = this.#period
    const sums = this.#sums
    const last = this.#last
    const adxLine = out[0]!
    const plusLine = out[1]!
    const minusLine = out[2]!
    let bar = this.seen // bars before the one in hand, which is also the number of its true range, from 1
    for (let i = from, k = at; i < to; i++, k++, bar++) {
      const h = high[i]!
      const l = low[i]!
      const [lastHigh, lastLow, lastClose] = [last[0]!, last[1]!, last[2]!]
      last[0] = h
      last[1] = l
      last[2] = close[i]!
      if (bar === 0) continue
      const range = (h > lastClose ? h : lastClose) - (l < lastClose ? l : lastClose)
      const up = h - lastHigh
      const down = lastLow - l
      const keep = bar > period ? 1 / period : 0
      sums[0]! += range - sums[0]! * keep
      sums[1]! += (up > down && up > 0 ? up : 0) - sums[1]! * keep
      sums[2]! += (down > up && down > 0 ? down : 0) - sums[2]! * keep
      if (bar < period) continue
      const tr = sums[0]!
      const plus = tr > 0 ? (100 * sums[1]!) / tr : 0
      const minus = tr > 0 ? (100 * sums[2]!) / tr : 0
      const both = plus + minus
      const dx = both > 0 ? (100 * Math.abs(plus - minus)) / both : 0
      if (bar < 2 * period) {
        sums[3]! += dx
        if (bar === 2 * period - 1) sums[3]! /= period
      } else sums[3]! += (dx - sums[3]!) / period
      adxLine[k] = sums[3]!
      plusLine[k] = plus
      minusLine[k] = minus
    }
    return finiteProbe(high, from, to) + finiteProbe(low, from, to) + finiteProbe(close, from, to)
  }

  protected override clear(): void {
    this.#last.fill(0)
    this.#sums.fill(0)
  }
}
