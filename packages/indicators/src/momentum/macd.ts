import { type BarColumns, type IndicatorSpec, InputError } from '@onetape/core'
import { BLOCK, Kernel } from '../kernel/kernel.ts'
import { checkPeriod } from '../kernel/parameter.ts'
import { checkSource, type PriceSource, SourceReader } from '../kernel/source.ts'
import { kernelSpec, type SourceOptions, specName } from '../kernel/spec.ts'
import { ExponentialMean } from '../window/exponential-mean.ts'

/**
 * Moving average convergence/divergence. Outputs: `macd` (main) = EMA(fast) − EMA(slow), `signal` = EMA of `macd` over
 * `signal` bars, `histogram` = `macd` − `signal`. Ready at bar `slow` + `signal` − 1, when all three are.
 *
 * Each EMA begins with the mean of its own first values. TA-Lib begins its fast EMA on the last `fast` bars of the slow
 * window instead: its first values differ by some percent, and the difference fades.
 * @throws {InputError} `indicator.param`
 * @see G. Appel, The Moving Average Convergence Divergence Trading Method, 1979
 */
export function macd(
  fast = 12,
  slow = 26,
  signal = 9,
  options: SourceOptions = {},
): IndicatorSpec<'macd' | 'signal' | 'histogram'> {
  checkPeriod('macd', 'fast', fast)
  checkPeriod('macd', 'slow', slow)
  checkPeriod('macd', 'signal', signal)
  if (fast >= slow)
    throw new InputError('indicator.param', `Expected fast below slow, found ${fast} and ${slow}.`, {
      place: 'Indicator macd',
    })
  const source = checkSource('macd', options.source ?? 'close')
  return kernelSpec(() => new Macd(fast, slow, signal, source))
}

class Macd extends Kernel {
  readonly #reader: SourceReader
  readonly #fast: ExponentialMean
  readonly #slow: ExponentialMean
  readonly #signal: ExponentialMean
  readonly #slowLine = new Float64Array(BLOCK)
  readonly #lead: number

  constructor(fast: number, slow: number, signal: number, source: PriceSource) {
    const reader = new SourceReader(source)
    super({
      name: specName('macd', [fast, slow, signal], source),
      warmUp: slow + signal - 1,
      outputs: ['macd', 'signal', 'histogram'],
      fields: reader.fields,
    })
    this.#reader = reader
    this.#fast = new ExponentialMean(fast, 2 / (fast + 1))
    this.#slow = new ExponentialMean(slow, 2 / (slow + 1))
    this.#signal = new ExponentialMean(signal, 2 / (signal + 1))
    this.#lead = slow - 1
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
    const line = out[0]!
    const signal = out[1]!
    const histogram = out[2]!
    const slow = this.#slowLine
    this.#fast.push(reader.values, reader.start, length, line, at)
    const probe = this.#slow.push(reader.values, reader.start, length, slow, 0)
    for (let i = 0; i < length; i++) line[at + i]! -= slow[i]!
    const lead = Math.min(Math.max(this.#lead - this.seen, 0), length)
    this.#signal.push(line, at + lead, length - lead, signal, at + lead)
    for (let i = 0; i < length; i++) histogram[at + i] = line[at + i]! - signal[at + i]!
    return probe
  }

  protected override clear(): void {
    this.#fast.clear()
    this.#slow.clear()
    this.#signal.clear()
  }
}
