import type { EpochMs, Instrument, Quote, Trade } from '@onetape/core'
import type { Stream } from './stream.ts'

/** The quote in hand of a stream. */
export class QuoteView implements Quote {
  readonly #stream: Stream
  constructor(stream: Stream) {
    this.#stream = stream
  }
  get instrument(): Instrument {
    return this.#stream.instrument
  }
  get time(): EpochMs {
    return this.#stream.time
  }
  get bid(): number {
    return this.#stream.low
  }
  get ask(): number {
    return this.#stream.high
  }
  get bidSize(): number {
    return this.#stream.open
  }
  get askSize(): number {
    return this.#stream.volume
  }
}

/** The trade in hand of a stream. */
export class TradeView implements Trade {
  readonly #stream: Stream
  constructor(stream: Stream) {
    this.#stream = stream
  }
  get instrument(): Instrument {
    return this.#stream.instrument
  }
  get time(): EpochMs {
    return this.#stream.time
  }
  get price(): number {
    return this.#stream.close
  }
  get size(): number {
    return this.#stream.volume
  }
}
