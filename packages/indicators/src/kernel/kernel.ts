import {
  BAR_COLUMNS,
  type BarColumns,
  type BarValues,
  formatInstant,
  InputError,
  type KernelIndicator,
  type MultiIndicator,
} from '@onetape/core'

/** Bars that a kernel takes in one go: small enough for the first-level cache, and for V8 to compile the loop normally. */
export const BLOCK = 256

/** What a kernel declares about itself. */
export interface KernelShape {
  /** With parameters: `sma(10)`. */
  readonly name: string
  readonly warmUp: number
  /** Names of the outputs, main output first. */
  readonly outputs: readonly string[]
  /** Columns that it reads: those are checked, and named in errors. */
  readonly fields: readonly (keyof BarColumns)[]
}

/**
 * Base of every built-in indicator. A subclass writes one block of bars; here stand the splitting into blocks, the
 * warm-up, the check of the input, and `next` as the run of one bar. State lives in fields and typed arrays.
 */
export abstract class Kernel implements KernelIndicator, MultiIndicator {
  readonly name: string
  readonly warmUp: number
  readonly outputs: readonly string[]
  readonly #fields: readonly (keyof BarColumns)[]
  readonly #last: Float64Array
  readonly #bar: BarColumns
  readonly #line: readonly Float64Array[]
  #seen = 0

  constructor(shape: KernelShape) {
    this.name = shape.name
    this.warmUp = shape.warmUp
    this.outputs = shape.outputs
    this.#fields = shape.fields
    this.#last = new Float64Array(shape.outputs.length).fill(NaN)
    this.#line = shape.outputs.map(() => new Float64Array(1))
    this.#bar = oneBar()
  }

  /** Bars taken since the start or the last `reset`. */
  protected get seen(): number {
    return this.#seen
  }

  get value(): number {
    return this.#last[0]!
  }

  get ready(): boolean {
    return this.#seen >= this.warmUp
  }

  /** All outputs by name after the last bar; a new object at each call. */
  get values(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.outputs.map((name, k) => [name, this.#last[k]!]))
  }

  next(bar: BarValues): number {
    const one = this.#bar
    one.time[0] = bar.time
    one.end[0] = bar.end
    one.open[0] = bar.open
    one.high[0] = bar.high
    one.low[0] = bar.low
    one.close[0] = bar.close
    one.volume[0] = bar.volume
    this.run(one, 0, 1, this.#line, 0)
    return this.#last[0]!
  }

  /**
   * @throws {InputError} `indicator.nan` when a figure that it reads is NaN or infinite, with name, column and time;
   * `indicator.overflow` when finite figures are too large to be added up. It must be reset after either.
   */
  run(columns: BarColumns, from: number, to: number, out: readonly Float64Array[], at: number): void {
    for (let start = from; start < to; start += BLOCK) {
      const stop = Math.min(start + BLOCK, to)
      const probe = this.block(columns, start, stop, out, at + start - from)
      if (!(probe - probe === 0)) this.#refuse(columns, start, stop)
      if (this.#seen < this.warmUp - 1) this.#blank(out, at + start - from, stop - start)
      this.#seen += stop - start
    }
    if (to > from) for (let k = 0; k < this.#last.length; k++) this.#last[k] = out[k]![at + to - from - 1]!
  }

  reset(): void {
    this.#seen = 0
    this.#last.fill(NaN)
    this.clear()
  }

  /**
   * Takes at most {@link BLOCK} bars and writes every output; what it writes during warm-up is overwritten.
   * @returns a probe: NaN or infinite when a figure that was read is, finite otherwise
   */
  protected abstract block(
    columns: BarColumns,
    from: number,
    to: number,
    out: readonly Float64Array[],
    at: number,
  ): number

  /** State back to before the first bar. */
  protected abstract clear(): void

  #blank(out: readonly Float64Array[], at: number, length: number): void {
    const stop = at + Math.min(this.warmUp - 1 - this.#seen, length)
    for (const line of out) line.fill(NaN, at, stop)
  }

  #refuse(columns: BarColumns, from: number, to: number): never {
    for (let i = from; i < to; i++)
      for (const field of this.#fields) {
        const found = columns[field][i]!
        if (!Number.isFinite(found))
          throw new InputError(
            'indicator.nan',
            `Expected a finite ${field} in the bar of ${formatInstant(columns.time[i]!)}, found ${found}.`,
            { place: `Indicator ${this.name}`, hint: 'Repair or drop the bar before it reaches the indicators.' },
          )
      }
    throw new InputError(
      'indicator.overflow',
      `Expected figures that can be added up, found some whose sum is infinite before ${formatInstant(columns.time[to - 1]!)}.`,
      { place: `Indicator ${this.name}`, hint: 'Scale the prices or volumes down.' },
    )
  }
}

function oneBar(): BarColumns {
  return Object.fromEntries(BAR_COLUMNS.map((field) => [field, new Float64Array(1)])) as unknown as BarColumns
}
