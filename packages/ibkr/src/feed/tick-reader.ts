import type { EpochMs, Quote, Shares, UsdPerShare } from '@onetape/core'
import type { RequestEvent } from '../session/tws-events.ts'

/** What comes of a market-data line. */
export interface TickSink {
  trade(time: EpochMs, price: UsdPerShare, size: Shares): void
  quote(quote: Omit<Quote, 'instrument'>): void
}

// Numbers of ticks, live and delayed.
// https://interactivebrokers.github.io/tws-api/tick_types.html
const BID: ReadonlySet<number> = new Set([1, 66])
const ASK: ReadonlySet<number> = new Set([2, 67])
const LAST: ReadonlySet<number> = new Set([4, 68])
const BID_SIZE: ReadonlySet<number> = new Set([0, 69])
const ASK_SIZE: ReadonlySet<number> = new Set([3, 70])
const VOLUME: ReadonlySet<number> = new Set([8, 74])
/** `price;size;time;total;vwap;single`, one for each trade. */
const TRADE_TEXT: ReadonlySet<number> = new Set([48, 77])

/** The generic tick that brings trades with their times. */
export const TRADES_TICK = '233'

/**
 * Trades and quotes from the single figures of a market-data line. Where the line brings whole trades, those count;
 * otherwise each last price is a trade of the shares by which the day's volume grows. −1 and 0 mean no data.
 */
export class TickReader {
  readonly #sink: TickSink
  readonly #now: () => EpochMs
  #bid = NaN
  #ask = NaN
  #bidSize = 0
  #askSize = 0
  #last = NaN
  #volume = NaN
  #wholeTrades = false

  constructor(sink: TickSink, now: () => EpochMs) {
    this.#sink = sink
    this.#now = now
  }

  take(name: RequestEvent, args: readonly unknown[]): void {
    const type = Number(args[0])
    if (name === 'tickPrice') this.#price(type, Number(args[1]))
    else if (name === 'tickSize') this.#size(type, Number(args[1]))
    else if (name === 'tickString' && TRADE_TEXT.has(type)) this.#trade(String(args[1]))
  }

  #price(type: number, price: UsdPerShare): void {
    if (!(price > 0 && price < Infinity)) return
    if (BID.has(type)) this.#bid = price
    else if (ASK.has(type)) this.#ask = price
    else if (LAST.has(type)) {
      this.#last = price
      if (!this.#wholeTrades) this.#sink.trade(this.#now(), price, 0)
      return
    } else return
    this.#quote()
  }

  #size(type: number, size: Shares): void {
    if (!(size >= 0 && size < Infinity)) return
    if (VOLUME.has(type)) return this.#total(size)
    if (BID_SIZE.has(type) && size !== this.#bidSize) this.#bidSize = size
    else if (ASK_SIZE.has(type) && size !== this.#askSize) this.#askSize = size
    else return
    this.#quote()
  }

  #total(volume: Shares): void {
    const grown = volume - this.#volume
    this.#volume = volume
    if (grown > 0 && !this.#wholeTrades && this.#last > 0) this.#sink.trade(this.#now(), this.#last, grown)
  }

  #trade(text: string): void {
    const [price, size, time] = text.split(';').map(Number)
    if (!(price! > 0 && price! < Infinity && size! > 0 && size! < Infinity && time! > 0)) return
    this.#wholeTrades = true
    this.#last = price!
    this.#sink.trade(time!, price!, size!)
  }

  #quote(): void {
    if (!(this.#bid > 0 && this.#ask > 0)) return
    this.#sink.quote({
      time: this.#now(),
      bid: this.#bid,
      ask: this.#ask,
      bidSize: this.#bidSize,
      askSize: this.#askSize,
    })
  }
}
