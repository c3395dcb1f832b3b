import {
  type Bar,
  type BarColumns,
  type BarInterval,
  type BarRecord,
  type BarSeries,
  type BarValues,
  type EpochMs,
  InputError,
  type Instrument,
  intervalMs,
} from '@onetape/core'

/** What a stream carries. */
export const StreamKind = { bar: 0, quote: 1, trade: 2 } as const

/**
 * A cursor over the bars of one instrument and interval, and at the same time the bar in hand: its getters read the
 * columns at `i`. One shape for every source, since mixed shapes make the loop three times slower.
 */
export class Stream implements Bar {
  /** Index among the streams of the run. */
  declare readonly id: number
  declare readonly instrument: Instrument
  /** `instrument.id` as a plain number of this object, for the loop. */
  declare readonly instrumentId: number
  declare readonly interval: BarInterval
  declare readonly ms: number
  declare columns: BarColumns
  /** The column that every bar is marked by, at hand without the step over {@link columns}. */
  declare closes: Float64Array
  declare length: number
  /** Index of the bar in hand; −1 before the first. */
  i = -1
  /** Bar at which the next block of indicators begins. */
  nextBlock = 0
  /** Bars before the window that only warm up; known once {@link window} was called. */
  preFed = 0
  /** Code of {@link StreamKind}. */
  declare readonly kind: number
  /** Its closes are the instrument's marks. */
  marks = false
  /** The finest bars of the instrument: what strategies see when they name no interval. */
  primary = false
  /** Orders of the instrument match on this stream: the finest one loaded. */
  matching = false
  /** First cell of this instrument in the indicators' buffers of its interval. */
  base = 0
  late = false
  declare readonly prices: BarSeries['prices']

  constructor(id: number, instrument: Instrument, series: BarSeries, kind: number = StreamKind.bar) {
    this.kind = kind
    this.id = id
    this.instrument = instrument
    this.instrumentId = instrument.id
    this.interval = series.interval
    this.ms = kind === StreamKind.bar ? intervalMs(series.interval) : 0
    this.columns = series.columns
    this.closes = series.columns.close
    this.length = series.length
    this.prices = series.prices
  }

  /**
   * Cuts the columns to a window and at most `warmUp` bars before it.
   * @param from first bar of the window
   * @param to end of the window, excluded
   */
  window(from: number, to: number, warmUp: number): void {
    this.preFed = Math.min(from, warmUp)
    const start = from - this.preFed
    if (start === 0 && to === this.length) return
    const c = this.columns
    this.columns = {
      time: c.time.subarray(start, to),
      end: c.end.subarray(start, to),
      open: c.open.subarray(start, to),
      high: c.high.subarray(start, to),
      low: c.low.subarray(start, to),
      close: c.close.subarray(start, to),
      volume: c.volume.subarray(start, to),
    }
    this.closes = this.columns.close
    this.length = to - start
  }

  /** Live: columns with room to grow. Bars are then added one by one. */
  growing = false

  /** Adds a bar at the end; the columns are replaced when they are full. */
  append(bar: BarValues): void {
    const n = this.length
    if (!this.growing || n === this.columns.time.length) this.#enlarge(Math.max(256, n * 2))
    const c = this.columns
    c.time[n] = bar.time
    c.end[n] = bar.end
    c.open[n] = bar.open
    c.high[n] = bar.high
    c.low[n] = bar.low
    c.close[n] = bar.close
    c.volume[n] = bar.volume
    this.length = n + 1
  }

  #enlarge(capacity: number): void {
    const larger = (column: Float64Array): Float64Array => {
      const copy = new Float64Array(capacity)
      copy.set(column.subarray(0, this.length))
      return copy
    }
    const c = this.columns
    this.columns = {
      time: larger(c.time),
      end: larger(c.end),
      open: larger(c.open),
      high: larger(c.high),
      low: larger(c.low),
      close: larger(c.close),
      volume: larger(c.volume),
    }
    this.closes = this.columns.close
    this.growing = true
  }

  get time(): EpochMs {
    return this.columns.time[this.i]!
  }
  get end(): EpochMs {
    return this.columns.end[this.i]!
  }
  get open(): number {
    return this.columns.open[this.i]!
  }
  get high(): number {
    return this.columns.high[this.i]!
  }
  get low(): number {
    return this.columns.low[this.i]!
  }
  get close(): number {
    return this.closes[this.i]!
  }
  get volume(): number {
    return this.columns.volume[this.i]!
  }
  get count(): number {
    return this.i + 1
  }

  copy(): BarRecord {
    return this.#record(this.i)
  }

  before(back: number): BarRecord {
    const i = this.i - back
    if (!(Number.isInteger(back) && back >= 0 && i >= 0))
      throw new InputError('bar.before', `Expected 0 to ${this.i} bars back, found ${back}.`, {
        place: `${this.instrument.symbol} ${this.interval}`,
        hint: 'Bars before the first one seen cannot be read.',
      })
    return this.#record(i)
  }

  #record(i: number): BarRecord {
    const c = this.columns
    return {
      instrument: this.instrument,
      interval: this.interval,
      late: this.late,
      time: c.time[i]!,
      end: c.end[i]!,
      open: c.open[i]!,
      high: c.high[i]!,
      low: c.low[i]!,
      close: c.close[i]!,
      volume: c.volume[i]!,
    }
  }
}
