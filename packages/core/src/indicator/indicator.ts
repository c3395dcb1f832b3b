import type { BarColumns, BarValues } from '../market/bar.ts'

/**
 * One indicator on one stream of bars. `next` takes each bar once, in order.
 * @example
 * class Range implements Indicator {
 *   readonly warmUp = 1
 *   value = NaN
 *   ready = false
 *   next(bar: BarValues) { this.ready = true; return (this.value = bar.high - bar.low) }
 *   reset() { this.value = NaN; this.ready = false }
 * }
 */
export interface Indicator {
  /** Bars it needs: `ready` is true exactly from the `warmUp`-th bar on. At least 1. */
  readonly warmUp: number
  /** Main output after the last bar; NaN until ready. */
  readonly value: number
  readonly ready: boolean
  /**
   * Takes the next bar and gives the main output.
   * @throws an error that names the field when a figure it uses is NaN
   */
  next(bar: BarValues): number
  /** Back to the state before the first bar. */
  reset(): void
}

/** Further outputs by name, for indicators such as MACD. The main output is the first of the spec's `outputs`. */
export interface MultiIndicator extends Indicator {
  readonly values: Readonly<Record<string, number>>
}

/**
 * The hot form: one kernel over columns. A backtest calls it once per block of bars, live once per bar, with the same
 * bits. `next(bar)` is the run of one bar.
 */
export interface KernelIndicator extends Indicator {
  /**
   * Takes bars `from` (included) to `to` (excluded) and writes output `k` of bar `i` to `out[k][at + i - from]`.
   * Outputs are NaN before the indicator is ready. Allocates nothing.
   */
  run(columns: BarColumns, from: number, to: number, out: readonly Float64Array[], at: number): void
}

/** What a strategy registers: how to make the indicator, and what it gives. One is made per instrument. */
export interface IndicatorSpec<Output extends string = never> {
  /** For messages and reports, with parameters: `sma(10)`. */
  readonly name: string
  /** Bars needed before it is ready. */
  readonly warmUp: number
  /** Names of the outputs of the kernel, main output first; `['value']` when there is one. */
  readonly outputs: readonly string[]
  /** Type-level list of the names under which further outputs are found on the handle. */
  readonly '~output'?: Output
  create(): Indicator | KernelIndicator
}

/** Reads one output of a registered indicator for the instrument in hand. */
export interface IndicatorReading {
  /** After the bar in hand; NaN until ready. */
  readonly value: number
  /** After the bar before; NaN when it was not ready then. */
  readonly previous: number
  readonly ready: boolean
}
