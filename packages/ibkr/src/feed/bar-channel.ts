import type { BarInterval, BarSeries, BarValues, EpochMs } from '@onetape/core'
import { calendar } from '@onetape/calendar'
import type { ResolvedContract } from '../contract/contract-book.ts'
import type { TwsSession } from '../session/tws-session.ts'
import { BarBuilder } from './bar-builder.ts'
import { BarSpans, type TradingHours } from './bar-span.ts'

/** What a channel needs and whom it tells. */
export interface ChannelOptions {
  readonly symbol: string
  readonly interval: BarInterval
  readonly resolved: ResolvedContract
  readonly hours: TradingHours
  /** How long after its end a bar waits for its last part. */
  readonly graceMs: number
  history(from: EpochMs, to: EpochMs): Promise<BarSeries>
  /** Bars in order of time, none twice; `late` for those that came from history after a gap. */
  emit(bar: BarValues, late: boolean): void
}

const ATTEMPTS = 3
const RETRY_MS = 5_000

/**
 * Bars of one symbol and interval from a stream. A bar that the stream did not see whole, and everything that a gap
 * left out, is taken from history, before anything newer is given out.
 */
export class BarChannel {
  readonly #session: TwsSession
  readonly #options: ChannelOptions
  readonly #builder: BarBuilder
  readonly #held: { readonly bar: BarValues; readonly whole: boolean }[] = []
  /** End of the last bar given out. */
  #reached: EpochMs = NaN
  #gap = false
  #filling = false
  #closed = false
  #due: EpochMs | undefined
  #cancelTimer: (() => void) | undefined

  /** @throws {InputError} `ibkr.interval` */
  constructor(session: TwsSession, options: ChannelOptions) {
    this.#session = session
    this.#options = options
    const spans = new BarSpans(options.interval, calendar(options.resolved.instrument.calendar), options.hours)
    this.#builder = new BarBuilder(spans, (bar, whole) => this.#finished(bar, whole))
  }

  /** The stream was opened (again): nothing is known of what lies before. */
  began(): void {
    this.#builder.begin(this.#session.now())
    this.#gap = !Number.isNaN(this.#reached)
  }

  bar(piece: BarValues, traded: boolean): void {
    if (!this.#builder.bar(piece, traded)) this.#tooLate()
    this.#schedule()
  }

  trade(time: EpochMs, price: number, size: number): void {
    if (!this.#builder.trade(time, price, size)) this.#tooLate()
    this.#schedule()
  }

  close(): void {
    this.#closed = true
    this.#cancelTimer?.()
  }

  #tooLate(): void {
    const { symbol, interval } = this.#options
    this.#session.notify('warning', 'ibkr.late_part', `A part of a bar of ${symbol} ${interval} came after its end.`)
  }

  /** The last part of a bar may never come. */
  #schedule(): void {
    const { due } = this.#builder
    if (due === this.#due) return
    this.#due = due
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
    if (due === undefined) return
    const wait = Math.max(0, due + this.#options.graceMs - this.#session.now())
    this.#cancelTimer = this.#session.timing.after(wait, () => {
      this.#due = undefined
      this.#builder.advance(due)
    })
  }

  #finished(bar: BarValues, whole: boolean): void {
    this.#held.push({ bar, whole })
    if (!this.#filling) void this.#drain()
  }

  async #drain(): Promise<void> {
    this.#filling = true
    for (let next = this.#held[0]; next !== undefined && !this.#closed; next = this.#held[0]) {
      const { bar, whole } = next
      const gap = this.#gap && bar.time > this.#reached
      if (gap || !whole) await this.#fill(bar, whole)
      else this.#give(bar, false)
      this.#gap = false
      this.#held.shift()
    }
    this.#filling = false
  }

  /** What lies between the last bar given out and `bar`, and `bar` itself unless it was seen whole. */
  async #fill(bar: BarValues, whole: boolean): Promise<void> {
    const from = Number.isNaN(this.#reached) ? bar.time : Math.min(this.#reached, bar.time)
    const to = whole ? bar.time : bar.end
    const bars = from < to ? await this.#past(from, to, whole ? undefined : bar.end) : []
    if (this.#closed) return
    for (const past of bars) this.#give(past, true)
    if (whole) this.#give(bar, false)
  }

  /** History needs a moment until it has a bar that has just ended. */
  async #past(from: EpochMs, to: EpochMs, until: EpochMs | undefined): Promise<readonly BarValues[]> {
    const { symbol, interval } = this.#options
    let problem = 'it does not reach so far'
    for (let attempt = 1; attempt <= ATTEMPTS && !this.#closed; attempt++) {
      try {
        const bars = rowsOf(await this.#options.history(from, to))
        if (until === undefined || bars.at(-1)?.end === until || attempt === ATTEMPTS) return bars
      } catch (error) {
        problem = error instanceof Error ? error.message : String(error)
      }
      if (attempt < ATTEMPTS) await new Promise<void>((resolve) => void this.#session.timing.after(RETRY_MS, resolve))
    }
    this.#session.notify('warning', 'ibkr.gap', `A gap in ${symbol} ${interval} could not be filled: ${problem}`)
    return []
  }

  #give(bar: BarValues, late: boolean): void {
    if (bar.time < this.#reached) return
    this.#reached = bar.end
    this.#options.emit(bar, late)
  }
}

function rowsOf({ columns, length }: BarSeries): readonly BarValues[] {
  return Array.from({ length }, (_, i) => ({
    time: columns.time[i]!,
    end: columns.end[i]!,
    open: columns.open[i]!,
    high: columns.high[i]!,
    low: columns.low[i]!,
    close: columns.close[i]!,
    volume: columns.volume[i]!,
  }))
}
