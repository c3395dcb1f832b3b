import type { BarColumns, IndicatorSpec } from '@onetape/core'
import { Kernel } from '../kernel/kernel.ts'
import { checkPeriod } from '../kernel/parameter.ts'
import { checkSource, type PriceSource, SourceReader } from '../kernel/source.ts'
import { kernelSpec, type SourceOptions, specName } from '../kernel/spec.ts'

/**
 * Wilder's relative strength index, 0 to 100: 100 · G / (G + L), with G and L Wilder's averages of the rises and falls,
 * begun with the plain mean of the first `period` changes. Ready at bar `period` + 1.
 *
 * A market that has not moved at all (G = L = 0) gives 50, neither overbought nor oversold, as backtrader's `RSI_Safe`
 * does; TA-Lib gives 0 there, technicalindicators and TradingView 100. Only rises give 100, only falls 0.
 * @throws {InputError} `indicator.param`
 * @see J. Welles Wilder, New Concepts in Technical Trading Systems, 1978
 */
export function rsi(period = 14, options: SourceOptions = {}): IndicatorSpec {
  checkPeriod('rsi', 'period', period)
  const source = checkSource('rsi', options.source ?? 'close')
  return kernelSpec(() => new Rsi(period, source))
}

class Rsi extends Kernel {
  readonly #period: number
  readonly #reader: SourceReader
  /** Last value, average rise, average fall. */
  readonly #state = new Float64Array(3)

  constructor(period: number, source: PriceSource) {
    const reader = new SourceReader(source)
    const name = specName('rsi', [period], source)
    super({ name, warmUp: period + 1, outputs: ['value'], fields: reader.fields })
    this.#period = period
    this.#reader = reader
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
    const state = this.#state
    const first = this.#warmUp(values, start, length, line, at)
    const alpha = 1 / this.#period
    let last = state[0]!
    let rises = state[1]!
    let falls = state[2]!
    for (let i = first; i < length; i++) {
      const x = values[start + i]!
      const change = x - last
      const rise = change > 0 ? change : 0
      rises += alpha * (rise - rises)
      falls += alpha * (rise - change - falls) // rise − change, not a second comparison: so that NaN gets through
      last = x
      const both = rises + falls
      line[at + i] = both > 0 ? (100 * rises) / both : 50
    }
    state[0] = last
    state[1] = rises
    state[2] = falls
    return last + rises + falls
  }

  protected override clear(): void {
    this.#state.fill(0)
  }

  /** Adds up the first `period` changes; gives the index of the first bar after them. */
  #warmUp(values: Float64Array, start: number, length: number, line: Float64Array, at: number): number {
    const state = this.#state
    let i = 0
    for (; i < length && this.seen + i < this.warmUp; i++) {
      const x = values[start + i]!
      const bar = this.seen + i
      const change = bar === 0 ? 0 : x - state[0]!
      const rise = change > 0 ? change : 0
      state[0] = x
      state[1]! += rise
      state[2]! += rise - change
      if (bar !== this.#period) continue
      state[1]! /= this.#period
      state[2]! /= this.#period
      const both = state[1]! + state[2]!
      line[at + i] = both > 0 ? (100 * state[1]!) / both : 50
    }
    return i
  }
}
