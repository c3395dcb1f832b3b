import type { BarColumns, IndicatorSpec } from '@onetape/core'
import { finiteProbe } from '../kernel/finite-probe.ts'
import { Kernel } from '../kernel/kernel.ts'
import { kernelSpec, specName } from '../kernel/spec.ts'

/**
 * On-balance volume in shares: the volume of a bar is added when it closes higher than the bar before, subtracted when
 * lower. Begins at 0 on the first bar, as StockCharts and technicalindicators do; TA-Lib begins at that bar's volume, a
 * constant offset. Ready at bar 1.
 * @see J. Granville, Granville's New Key to Stock Market Profits, 1963
 */
export function obv(): IndicatorSpec {
  return kernelSpec(() => new OnBalanceVolume())
}

class OnBalanceVolume extends Kernel {
  /** Close of the bar before, balance. */
  readonly #state = new Float64Array(2)

  constructor() {
    super({ name: specName('obv', []), warmUp: 1, outputs: ['value'], fields: ['close', 'volume'] })
  }

  protected override block(
    columns: BarColumns,
    from: number,
    to: number,
    out: readonly Float64Array[],
    at: number,
  ): number {
    const { close, volume } = columns
    const line = out[0]!
    const state = this.#state
    let last = this.seen === 0 ? close[from]! : state[0]!
    let balance = state[1]!
    for (let i = from; i < to; i++) {
      const x = close[i]!
      if (x > last) balance += volume[i]!
      else if (x < last) balance -= volume[i]!
      last = x
      line[at + i - from] = balance
    }
    state[0] = last
    state[1] = balance
    return finiteProbe(close, from, to) + finiteProbe(volume, from, to)
  }

  protected override clear(): void {
    this.#state.fill(0)
  }
}
