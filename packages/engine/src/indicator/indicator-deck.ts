import {
  type BarColumns,
  type BarInterval,
  type EpochMs,
  type Indicator,
  type IndicatorHandle,
  type IndicatorReading,
  type IndicatorSpec,
  InputError,
  type Instrument,
  type InstrumentRef,
  InvariantError,
  type KernelIndicator,
  type MultiIndicator,
} from '@onetape/core'
import type { Stream } from '../loop/stream.ts'

/** What the handles of one interval have in common: where the instrument in hand stands. Set once per event. */
export class DeckCursor {
  /** Cell of the bar in hand in every buffer of the deck. 1 points to cells that are always NaN. */
  k = 1
  /** `k + origin`: bars that the instrument in hand has seen. */
  origin = -1
  /** Knowable time of the bars that the venue matches, NaN at other times: indicators have not taken these bars yet. */
  matching: EpochMs = NaN
}

/** Cells before the first instrument that stay NaN: value and previous of "no instrument in hand". */
const BLANK = 2

class Output implements IndicatorReading {
  declare readonly warmUp: number
  declare readonly values: Float64Array
  declare readonly at: DeckCursor
  readonly #resolve: (ref: InstrumentRef) => Stream | undefined
  readonly #mask: number

  constructor(
    warmUp: number,
    values: Float64Array,
    at: DeckCursor,
    mask: number,
    resolve: (ref: InstrumentRef) => Stream | undefined,
  ) {
    this.warmUp = warmUp
    this.values = values
    this.at = at
    this.#mask = mask
    this.#resolve = resolve
  }

  get value(): number {
    return this.values[this.at.k]!
  }
  get previous(): number {
    return this.values[this.at.k - 1]!
  }
  get ready(): boolean {
    return this.at.k >= BLANK && this.at.k + this.at.origin >= this.warmUp
  }

  of(ref: InstrumentRef): IndicatorReading {
    const stream = this.#resolve(ref)
    if (stream === undefined) return NOT_READY
    const i = stream.end === this.at.matching ? stream.i - 1 : stream.i
    if (i < 0) return NOT_READY
    const k = stream.base + 1 + (i & this.#mask)
    const value = this.values[k]!
    return { value, previous: this.values[k - 1]!, ready: i + 1 >= this.warmUp }
  }
}

const NOT_READY: IndicatorReading = Object.freeze({ value: NaN, previous: NaN, ready: false })

interface Registered {
  readonly spec: IndicatorSpec<string>
  /** One buffer per output, all laid out alike: BLANK cells, then per instrument one cell for the bar before the block and one per bar. */
  readonly buffers: readonly Float64Array[]
  /** By stream of the deck. */
  readonly kernels: (KernelIndicator | undefined)[]
  /** Those of users that have only `next`: called per event. By stream of the deck. */
  readonly plain: (Indicator | undefined)[]
}

/**
 * All indicators of one interval. Kernels run over blocks of bars ahead of the loop (they see a bar only when it is
 * consumed: handles read at the cursor), so that a run dispatches once per block instead of once per bar.
 */
export class IndicatorDeck {
  declare readonly interval: BarInterval
  readonly at: DeckCursor = new DeckCursor()
  readonly #streams: readonly Stream[]
  readonly #registered: Registered[] = []
  readonly #streamOf: (Stream | undefined)[]
  /** Columns that the indicators see: the stream's own, or a copy with earlier prices on the basis of the last split. */
  readonly #columns: BarColumns[]
  declare readonly block: number
  declare readonly mask: number
  /** Per-event work is needed: some indicator has only `next`. */
  hasPlain = false

  /**
   * @param streams those of this interval
   */
  constructor(interval: BarInterval, streams: readonly Stream[], instruments: number) {
    this.interval = interval
    this.#streams = streams
    this.block = blockSize(streams.length)
    this.mask = this.block - 1
    this.#streamOf = Array.from({ length: instruments }, () => undefined)
    this.#columns = streams.map((s) => s.columns)
    for (const [index, stream] of streams.entries()) {
      stream.base = BLANK + index * (this.block + 1)
      this.#streamOf[stream.instrument.id] = stream
    }
  }

  get empty(): boolean {
    return this.#registered.length === 0
  }

  /** The deck's stream of an instrument, if it has one. */
  streamOf(instrument: number): Stream | undefined {
    return this.#streamOf[instrument]
  }

  register<O extends string>(spec: IndicatorSpec<O>, resolve: (ref: InstrumentRef) => Instrument): IndicatorHandle<O> {
    if (!(Number.isInteger(spec.warmUp) && spec.warmUp >= 1))
      throw new InputError('indicator.warm_up', `Expected a warm-up of at least 1 bar, found ${spec.warmUp}.`, {
        place: spec.name,
      })
    const cells = BLANK + this.#streams.length * (this.block + 1)
    const buffers = spec.outputs.map(() => new Float64Array(cells).fill(NaN))
    const made = this.#streams.map(() => spec.create())
    const kernels = made.map((m) => ('run' in m ? m : undefined))
    const plain = made.map((m) => ('run' in m ? undefined : m))
    if (plain.some((p) => p !== undefined)) this.hasPlain = true
    this.#registered.push({ spec, buffers, kernels, plain })
    const streamOf = (ref: InstrumentRef): Stream | undefined => this.#streamOf[resolve(ref).id]
    const outputs = buffers.map((b) => new Output(spec.warmUp, b, this.at, this.mask, streamOf))
    const main = outputs[0]
    if (main === undefined)
      throw new InvariantError('indicator.outputs', `Expected at least one output, found none in ${spec.name}`)
    for (const [k, name] of spec.outputs.entries())
      if (!(name in main)) Object.defineProperty(main, name, { value: outputs[k], enumerable: true })
    return main as unknown as IndicatorHandle<O>
  }

  /** No instrument is in hand: handles read NaN. */
  blank(): void {
    this.at.k = 1
    this.at.origin = -1
  }

  /** Feeds all indicators of a stream with its bars `from` to `to` (excluded), outside of the loop. */
  feed(stream: Stream, from: number, to: number): void {
    for (let i = from; i < to;) {
      const next = Math.min(to, (i | this.mask) + 1)
      this.#run(stream, i, next)
      i = next
    }
    if (this.hasPlain) for (let i = from; i < to; i++) this.#next(stream, i)
  }

  /** Fills the block that begins at, or holds, bar `from` of the stream; to be called when `(from & mask) === 0` or after a jump. */
  fill(stream: Stream, from: number): void {
    this.#run(stream, from, Math.min(stream.length, (from | this.mask) + 1))
  }

  /** Feeds the indicators that have only `next` with the bar in hand. */
  next(stream: Stream): void {
    this.#next(stream, stream.i)
  }

  #next(stream: Stream, i: number): void {
    const index = this.#index(stream)
    const columns = this.#columns[index]!
    const bar = i === stream.i && columns === stream.columns ? stream : rowOf(columns, i)
    const k = stream.base + 1 + (i & this.mask)
    for (const { plain, buffers, spec } of this.#registered) {
      const indicator = plain[index]
      if (indicator === undefined) continue
      if ((i & this.mask) === 0) for (const b of buffers) b[k - 1] = b[stream.base + this.block]!
      store(indicator, indicator.next(bar), buffers, spec, k)
    }
  }

  /**
   * Puts all prices before bar `from` on a new basis and computes the indicators anew for the `taken` bars that they
   * have seen: after a split, averages must not see a jump that nobody traded. Only the past is touched, so nothing of
   * the future is used.
   */
  rebase(stream: Stream, from: number, taken: number, priceFactor: number, volumeFactor: number): void {
    const index = this.#index(stream)
    const old = this.#columns[index]!
    const scale = (column: Float64Array, factor: number): Float64Array => {
      const copy = column.slice()
      for (let i = 0; i < from; i++) copy[i]! *= factor
      return copy
    }
    this.#columns[index] = {
      time: old.time,
      end: old.end,
      open: scale(old.open, priceFactor),
      high: scale(old.high, priceFactor),
      low: scale(old.low, priceFactor),
      close: scale(old.close, priceFactor),
      volume: scale(old.volume, volumeFactor),
    }
    for (const { kernels, plain, buffers } of this.#registered) {
      kernels[index]?.reset()
      plain[index]?.reset()
      for (const b of buffers) b.fill(NaN, stream.base, stream.base + this.block + 1)
    }
    this.feed(stream, 0, taken)
    // The first bar of the window fills its block itself.
    if ((taken & this.mask) !== 0 && taken !== stream.preFed) this.fill(stream, taken)
  }

  /** Takes the stream's columns anew, after they were cut to the window. */
  rebind(stream: Stream): void {
    this.#columns[this.#index(stream)] = stream.columns
  }

  #run(stream: Stream, from: number, to: number): void {
    const index = this.#index(stream)
    const columns = this.#columns[index]!
    const offset = from & this.mask
    const at = stream.base + 1 + offset
    for (const { kernels, buffers } of this.#registered) {
      const kernel = kernels[index]
      if (kernel === undefined) continue
      if (offset === 0) for (const b of buffers) b[stream.base] = b[stream.base + this.block]!
      kernel.run(columns, from, to, buffers, at)
    }
  }

  #index(stream: Stream): number {
    return (stream.base - BLANK) / (this.block + 1)
  }
}

function store(
  indicator: Indicator,
  main: number,
  buffers: readonly Float64Array[],
  spec: IndicatorSpec<string>,
  k: number,
): void {
  buffers[0]![k] = indicator.ready ? main : NaN
  if (buffers.length === 1) return
  const { values } = indicator as MultiIndicator
  for (let o = 1; o < buffers.length; o++) buffers[o]![k] = indicator.ready ? (values[spec.outputs[o]!] ?? NaN) : NaN
}

function rowOf(
  c: BarColumns,
  i: number,
): { time: number; end: number; open: number; high: number; low: number; close: number; volume: number } {
  return {
    time: c.time[i]!,
    end: c.end[i]!,
    open: c.open[i]!,
    high: c.high[i]!,
    low: c.low[i]!,
    close: c.close[i]!,
    volume: c.volume[i]!,
  }
}

/** 512 bars, fewer when many instruments would push the buffers (eight indicators assumed) out of the cache: about 4 MB. */
function blockSize(streams: number): number {
  let block = 512
  while (block > 16 && block * 8 * 8 * streams > 4_194_304) block /= 2
  return block
}
