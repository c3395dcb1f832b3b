import type { BarValues, EpochMs, Shares, UsdPerShare } from '@onetape/core'
import type { BarSpan, BarSpans } from './bar-span.ts'

/** Called with each finished bar; `whole` is false when it began before the data did. */
export type BarSink = (bar: BarValues, whole: boolean) => void

/** Makes bars of shorter bars or of trades, which come in order of time. */
export class BarBuilder {
  readonly #spans: BarSpans
  readonly #emit: BarSink
  #span: BarSpan | undefined
  /** Everything from here on was seen. */
  #since: EpochMs = Infinity
  #done: EpochMs = -Infinity
  #started = false
  #open = NaN
  #high = NaN
  #low = NaN
  #close = NaN
  #volume = 0

  constructor(spans: BarSpans, emit: BarSink) {
    this.#spans = spans
    this.#emit = emit
  }

  /** End of the bar in the making; undefined when there is none. */
  get due(): EpochMs | undefined {
    return this.#span?.end
  }

  /** Data begins (again) at `time`: what came before it is not known. */
  begin(time: EpochMs): void {
    this.#since = time
    this.#started = false
  }

  /**
   * Takes a shorter bar. One without trades only moves the time on.
   *
   * @param traded false for a bar that states no trade of its own
   * @returns false for a bar that comes after the end of its own
   */
  bar(piece: BarValues, traded = true): boolean {
    if (!this.#started) this.#since = Math.min(this.#since, piece.time)
    this.#started = true
    if (piece.end <= this.#done) return false
    this.advance(piece.time)
    const span = this.#spans.of(piece.time)
    if (span === undefined) return true
    if (traded) {
      this.#enter(span, piece.open)
      this.#high = Math.max(this.#high, piece.high)
      this.#low = Math.min(this.#low, piece.low)
      this.#close = piece.close
      this.#volume += piece.volume
    }
    this.advance(piece.end)
    return true
  }

  /** Takes a trade. False for one that comes after the end of its bar. */
  trade(time: EpochMs, price: UsdPerShare, size: Shares): boolean {
    if (time < this.#done) return false
    this.#started = true
    this.advance(time)
    const span = this.#spans.of(time)
    if (span === undefined) return true
    this.#enter(span, price)
    this.#high = Math.max(this.#high, price)
    this.#low = Math.min(this.#low, price)
    this.#close = price
    this.#volume += size
    return true
  }

  /** Emits the bar in the making when its end has come. */
  advance(now: EpochMs): void {
    const span = this.#span
    if (span === undefined || now < span.end) return
    this.#span = undefined
    this.#done = span.end
    this.#emit(
      {
        time: span.start,
        end: span.end,
        open: this.#open,
        high: this.#high,
        low: this.#low,
        close: this.#close,
        volume: this.#volume,
      },
      this.#since <= span.start,
    )
  }

  #enter(span: BarSpan, price: UsdPerShare): void {
    if (this.#span !== undefined) return
    this.#span = span
    this.#open = price
    this.#high = price
    this.#low = price
    this.#volume = 0
  }
}
