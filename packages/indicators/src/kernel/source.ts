import { type BarColumns, InputError, didYouMean } from '@onetape/core'
import { BLOCK } from './kernel.ts'

/**
 * The series an indicator is computed on. `hl2` = (high + low) / 2, `hlc3` = (high + low + close) / 3 (typical price),
 * `ohlc4` = (open + high + low + close) / 4, `hlcc4` = (high + low + 2 · close) / 4 (weighted close).
 */
export type PriceSource = 'close' | 'open' | 'high' | 'low' | 'volume' | 'hl2' | 'hlc3' | 'ohlc4' | 'hlcc4'

type Field = 'open' | 'high' | 'low' | 'close' | 'volume'

const FIELDS: Readonly<Record<PriceSource, readonly Field[]>> = {
  close: ['close'],
  open: ['open'],
  high: ['high'],
  low: ['low'],
  volume: ['volume'],
  hl2: ['high', 'low'],
  hlc3: ['high', 'low', 'close'],
  ohlc4: ['open', 'high', 'low', 'close'],
  hlcc4: ['high', 'low', 'close'],
}

/** @throws {InputError} `indicator.param` unless `source` is one of {@link PriceSource} */
export function checkSource(indicator: string, source: PriceSource): PriceSource {
  if (Object.hasOwn(FIELDS, source)) return source
  throw new InputError('indicator.param', `Expected a source of prices or volumes, found "${source}".`, {
    place: `Indicator ${indicator}`,
    hint: didYouMean(source, Object.keys(FIELDS)),
  })
}

/** Gives blocks of one source: a column as it is, a derived price through a scratch array. */
export class SourceReader {
  readonly fields: readonly Field[]
  /** Holds the block after `load`, from index `start` on. */
  values: Float64Array
  start = 0
  readonly #source: PriceSource
  readonly #scratch: Float64Array

  constructor(source: PriceSource) {
    this.#source = source
    this.fields = FIELDS[source]
    this.#scratch = new Float64Array(this.fields.length > 1 ? BLOCK : 0)
    this.values = this.#scratch
  }

  load(columns: BarColumns, from: number, to: number): void {
    this.start = 0
    this.values = this.#scratch
    switch (this.#source) {
      case 'hl2':
        return this.#mean2(columns.high, columns.low, from, to)
      case 'hlc3':
        return typicalPrice(columns, from, to, this.#scratch)
      case 'hlcc4':
        return this.#mean4(columns.high, columns.low, columns.close, columns.close, from, to)
      case 'ohlc4':
        return this.#mean4(columns.open, columns.high, columns.low, columns.close, from, to)
      case 'open':
      case 'high':
      case 'low':
      case 'close':
      case 'volume':
        this.values = columns[this.#source]
        this.start = from
    }
  }

  #mean2(a: Float64Array, b: Float64Array, from: number, to: number): void {
    const scratch = this.#scratch
    for (let i = from; i < to; i++) scratch[i - from] = (a[i]! + b[i]!) / 2
  }

  #mean4(a: Float64Array, b: Float64Array, c: Float64Array, d: Float64Array, from: number, to: number): void {
    const scratch = this.#scratch
    for (let i = from; i < to; i++) scratch[i - from] = (a[i]! + b[i]! + c[i]! + d[i]!) / 4
  }
}

/** Writes (high + low + close) / 3 of the bars `from` to `to` to `out[0…]`. */
export function typicalPrice(columns: BarColumns, from: number, to: number, out: Float64Array): void {
  const { high, low, close } = columns
  for (let i = from; i < to; i++) out[i - from] = (high[i]! + low[i]! + close[i]!) / 3
}
