import { type EndCode, type EpochMs, OrderStateCode, type Shares, type Sign } from '@onetape/core'
import type { ApprovedNumber, Engine, ExecutionPort, Stream } from '@onetape/engine'

const CANCELLED = OrderStateCode.cancelled
const FILLED = OrderStateCode.filled

/** A request on its way to the venue. */
interface Held {
  readonly kind: 'submit' | 'cancel' | 'modify'
  readonly order: number
  readonly instrument: number
  /** When it arrives; Infinity when the data ends before. */
  readonly due: EpochMs
  readonly code: EndCode
}

/**
 * An execution port that passes every request on some bars late: an order that could have met the next bar meets the one
 * after it. A request arrives when the last bar that it missed has ended. Orders on their way at a split or a delisting
 * are cancelled, since their quantities and prices are of the old basis.
 */
export class DelayedExecution implements ExecutionPort {
  readonly busy: Int32Array
  readonly #engine: Engine
  readonly #venue: ExecutionPort
  readonly #bars: number
  /** By instrument: its finest bars, in which the delay is counted. */
  readonly #barsOf: readonly Stream[]
  #held: Held[] = []

  /** @param bars whole bars of the instrument's finest series, at least 1 */
  constructor(engine: Engine, venue: ExecutionPort, bars: number) {
    this.#engine = engine
    this.#venue = venue
    this.#bars = bars
    this.busy = venue.busy
    this.#barsOf = engine.instruments.map(
      (each) => engine.streams.find((s) => s.instrument === each && s.primary) ?? engine.matchingStream(each.id),
    )
  }

  get nextExpiry(): EpochMs {
    return Math.min(this.#venue.nextExpiry, this.#held[0]?.due ?? Infinity)
  }

  submit(order: ApprovedNumber, time: EpochMs): void {
    this.#hold('submit', order, time)
  }

  submitMarket(
    order: ApprovedNumber,
    _instrument: number,
    _side: Sign,
    _quantity: Shares,
    _tif: number,
    time: EpochMs,
  ): void {
    this.#hold('submit', order, time)
  }

  cancel(order: number, code: EndCode, time: EpochMs): void {
    this.#hold('cancel', order, time, code)
  }

  modify(order: number, time: EpochMs): void {
    this.#hold('modify', order, time)
  }

  #hold(kind: Held['kind'], order: number, time: EpochMs, code: EndCode = 'requested'): void {
    const instrument = this.#engine.flow.table.instrument[order]!
    const due = this.#arrival(instrument, time)
    let at = this.#held.length
    while (at > 0 && this.#held[at - 1]!.due > due) at--
    this.#held.splice(at, 0, { kind, order, instrument, due, code })
  }

  /** End of the last bar that a request of `time` misses: times of bars are a schedule, known beforehand. */
  #arrival(instrument: number, time: EpochMs): EpochMs {
    const { columns, length, i } = this.#barsOf[instrument]!
    let low = Math.max(0, i)
    let high = length
    while (low < high) {
      const middle = (low + high) >> 1
      if (columns.time[middle]! < time) low = middle + 1
      else high = middle
    }
    const last = low + this.#bars - 1
    return last < length ? columns.end[last]! : Infinity
  }

  expire(upTo: EpochMs, inclusive: boolean): void {
    this.#venue.expire(upTo, inclusive)
    while ((this.#held[0]?.due ?? Infinity) <= upTo) this.#pass(this.#held.shift()!)
  }

  #pass({ kind, order, due, code }: Held): void {
    if (this.#engine.flow.table.state[order]! >= FILLED) return
    if (kind === 'submit') this.#venue.submit(order as ApprovedNumber, due)
    else if (kind === 'cancel') this.#venue.cancel(order, code, due)
    else this.#venue.modify(order, due)
  }

  onBar(stream: Stream, time: EpochMs): void {
    this.#venue.onBar(stream, time)
  }

  beginGroup(time: EpochMs): void {
    this.#venue.beginGroup(time)
  }

  addBar(stream: Stream): void {
    this.#venue.addBar(stream)
  }

  matchGroup(): void {
    this.#venue.matchGroup()
  }

  split(instrument: number, ratio: number, time: EpochMs): void {
    this.#venue.split(instrument, ratio, time)
    this.#drop(instrument, 'corporate_action', time)
  }

  delist(instrument: number, time: EpochMs): void {
    this.#venue.delist(instrument, time)
    this.#drop(instrument, 'delisted', time)
  }

  #drop(instrument: number, code: EndCode, time: EpochMs): void {
    const dropped = this.#held.filter((each) => each.instrument === instrument && each.kind === 'submit')
    const orders = new Set(dropped.map(({ order }) => order))
    this.#held = this.#held.filter(({ order }) => !orders.has(order))
    for (const order of orders) this.#engine.flow.ended(order, CANCELLED, code, time)
  }
}
