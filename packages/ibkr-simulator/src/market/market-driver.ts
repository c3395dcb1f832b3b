import type { EpochMs } from '@onetape/core'
import type { Appointment, Timeline } from '../clock/timeline.ts'
import type { OrderDesk } from '../exchange/order-desk.ts'
import { FIVE_SECONDS, type MarketBar } from './five-seconds.ts'
import type { Listing } from './listing.ts'
import type { Market } from './market.ts'
import { type MarketTick, quoteAround, type StandingQuote } from './quote.ts'

/** Who is told of prices. */
export interface MarketListener {
  /** A bar of five seconds is complete. */
  bar(listing: Listing, bar: Readonly<MarketBar>): void
  /** All bars of this time are told. */
  barsDone(time: EpochMs): void
  tick(listing: Listing, trade: MarketTick['trade'], quote: StandingQuote, time: EpochMs): void
  /** The most shares that a quote may show. */
  quoteCap(): number
}

/**
 * Plays the market on the timeline: lets orders meet it first and then tells prices. Stocks that nobody asked for are
 * not played.
 */
export class MarketDriver {
  readonly #market: Market
  readonly #matching: 'bars' | 'ticks'
  readonly #timeline: Timeline
  readonly #desk: OrderDesk
  readonly #listener: MarketListener
  readonly #followed: Listing[] = []
  readonly #isFollowed: Set<number> = new Set()
  /** The last quote of each stock. */
  readonly #quotes: (StandingQuote | undefined)[] = []
  readonly #startedAt: EpochMs
  #expiry: Appointment | undefined
  #expiryAt: EpochMs = Infinity

  constructor(
    market: Market,
    matching: 'bars' | 'ticks',
    timeline: Timeline,
    desk: OrderDesk,
    listener: MarketListener,
  ) {
    this.#market = market
    this.#matching = matching
    this.#timeline = timeline
    this.#desk = desk
    this.#listener = listener
    this.#startedAt = timeline.now()
    this.#scheduleFrom(this.#startedAt)
  }

  /** From now on the prices of a stock are played. */
  follow(listing: Listing): void {
    if (this.#isFollowed.has(listing.index)) return
    this.#isFollowed.add(listing.index)
    this.#followed.push(listing)
    this.#followed.sort((a, b) => a.index - b.index)
    const now = this.#timeline.now()
    const price = this.#market.lastPrice(listing, now)
    if (price > 0) {
      this.#desk.venue.lastPrice[listing.index] = price
      this.#quotes[listing.index] = this.#capped(quoteAround(listing, price, now))
    }
  }

  #capped(quote: StandingQuote): StandingQuote {
    const cap = this.#listener.quoteCap()
    if (cap === Infinity) return quote
    return { ...quote, bidSize: Math.min(quote.bidSize, cap), askSize: Math.min(quote.askSize, cap) }
  }

  /** The last price; that of the market when the stock is not played. */
  priceOf(listing: Listing): number {
    return this.#isFollowed.has(listing.index)
      ? this.#desk.venue.lastPrice[listing.index]!
      : this.#market.lastPrice(listing, this.#timeline.now())
  }

  quoteOf(listing: Listing): StandingQuote | undefined {
    return this.#quotes[listing.index]
  }

  /** An order came in: it meets the quote that stands, unless orders wait for whole bars. */
  arrived(listing: Listing): void {
    this.#expectExpiry()
    const quote = this.#quotes[listing.index]
    const now = this.#timeline.now()
    if (this.#matching === 'bars' || quote === undefined || !listing.calendar.isExtended(now)) return
    this.#desk.venue.onQuote(listing.index, quote.bid, quote.ask, quote.bidSize, quote.askSize, now)
  }

  #scheduleFrom(time: EpochMs): void {
    const next = this.#market.nextStep(time)
    if (next < Infinity) this.#timeline.at(next, () => this.#step(next))
  }

  #step(time: EpochMs): void {
    const { venue } = this.#desk
    if (this.#matching === 'bars') this.#matchBars(time)
    else if (venue.nextExpiry <= time) venue.expire(time, true)
    // What ended with the start itself was over before anybody could ask for it.
    if (time > this.#startedAt) {
      for (const listing of this.#followed) {
        const bar = this.#market.fiveSeconds(listing, time - FIVE_SECONDS)
        if (bar !== undefined) this.#listener.bar(listing, bar)
      }
      this.#listener.barsDone(time)
    }
    this.#desk.checkConditions()
    this.#planTicks(time)
    this.#expectExpiry()
    this.#scheduleFrom(time + 1)
  }

  /** What happens in the five seconds that begin now. What happens at once is told at once. */
  #planTicks(time: EpochMs): void {
    const rounds = new Map<number, (readonly [Listing, MarketTick])[]>()
    for (const listing of this.#followed)
      for (const tick of this.#market.ticks(listing, time)) {
        const round = rounds.get(tick.at)
        if (round === undefined) rounds.set(tick.at, [[listing, tick]])
        else round.push([listing, tick])
      }
    for (const [at, round] of rounds)
      if (at === 0) this.#tick(round, time)
      else this.#timeline.at(time + at, () => this.#tick(round, time + at))
  }

  #tick(round: readonly (readonly [Listing, MarketTick])[], time: EpochMs): void {
    for (const [listing, { trade, quote }] of round) {
      if (quote !== undefined) this.#quotes[listing.index] = this.#capped(quote)
      if (this.#matching === 'ticks') this.#meet(listing, trade, quote !== undefined, time)
    }
    for (const [listing, { trade }] of round) {
      const quote = this.#quotes[listing.index]
      if (quote !== undefined) this.#listener.tick(listing, trade, quote, time)
    }
  }

  /** Orders meet a quote first, then the trade of the same moment. */
  #meet(listing: Listing, trade: MarketTick['trade'], quoted: boolean, time: EpochMs): void {
    const { venue } = this.#desk
    const { index } = listing
    const quote = this.#quotes[index]
    if (quoted && quote !== undefined && venue.busy[index] !== 0)
      venue.onQuote(index, quote.bid, quote.ask, quote.bidSize, quote.askSize, time)
    if (trade === undefined) return
    if (venue.busy[index] !== 0) venue.onTrade(index, trade.price, trade.size, time)
    venue.lastPrice[index] = trade.price
  }

  /** Orders meet the recorded bars that end now, all instruments as one group, as in a backtest. */
  #matchBars(time: EpochMs): void {
    const { venue } = this.#desk
    venue.beginGroup(time)
    for (const listing of this.#followed) {
      if (venue.busy[listing.index] === 0) continue
      const ended = this.#market.barEnding(listing, time)
      if (ended !== undefined) venue.addBar(listing.index, ended.columns, ended.row)
    }
    if (venue.nextExpiry < time) venue.expire(time, false)
    venue.matchGroup()
    if (venue.nextExpiry <= time) venue.expire(time, true)
    for (const listing of this.#followed) {
      const ended = this.#market.barEnding(listing, time)
      if (ended !== undefined) venue.lastPrice[listing.index] = ended.columns.close[ended.row]!
    }
  }

  /** Orders end on time also when the market has no event then. */
  #expectExpiry(): void {
    const { venue } = this.#desk
    const next = venue.nextExpiry
    if (next === this.#expiryAt) return
    this.#expiry?.cancel()
    this.#expiryAt = next
    this.#expiry =
      next < Infinity
        ? this.#timeline.at(next, () => {
            this.#expiryAt = Infinity
            // At a step of the market the step itself does it, after its events.
            if (this.#market.nextStep(next) !== next) venue.expire(next, true)
            this.#timeline.at(next, () => this.#expectExpiry())
          })
        : undefined
  }
}
