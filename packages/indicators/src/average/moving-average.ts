import type { BarColumns } from '@onetape/core'
import { Kernel } from '../kernel/kernel.ts'
import { type PriceSource, SourceReader } from '../kernel/source.ts'
import type { Stage } from '../window/stage.ts'

/** One output, which is one stage over one source. */
export class MovingAverage extends Kernel {
  readonly #reader: SourceReader
  readonly #stage: Stage

  constructor(name: string, warmUp: number, source: PriceSource, stage: Stage) {
    const reader = new SourceReader(source)
    super({ name, warmUp, outputs: ['value'], fields: reader.fields })
    this.#reader = reader
    this.#stage = stage
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
    return this.#stage.push(reader.values, reader.start, to - from, out[0]!, at)
  }

  protected override clear(): void {
    this.#stage.clear()
  }
}
