import { type EpochMs, snapToTick, usEquityTick } from '@onetape/core'
import { type MarketBar, tradesOf } from './five-seconds.ts'
import type { Listing } from './listing.ts'

/** Best bid and ask; sizes in shares. */
export interface StandingQuote {
  readonly bid: number
  readonly ask: number
  readonly bidSize: number
  readonly askSize: number
}

/** What happens at one moment: a trade, a quote, or both. `at` is milliseconds after the start of its five seconds. */
export interface MarketTick {
  readonly at: number
  readonly trade: { readonly price: number; readonly size: number } | undefined
  readonly quote: StandingQuote | undefined
}

/** The ticks that a bar of five seconds is made of. */
export function ticksOf(listing: Listing, bar: Readonly<MarketBar> | undefined): MarketTick[] {
  if (bar === undefined) return []
  return tradesOf(bar).map((trade) => ({
    at: trade.at,
    trade,
    quote: quoteAround(listing, trade.price, bar.time + trade.at),
  }))
}

/**
 * The quote around a trade: one tick wide, the trade at one of its sides. Made up, but always the same for the same
 * stock, time and price.
 */
export function quoteAround(listing: Listing, price: number, time: EpochMs): StandingQuote {
  const tick = listing.spec.tick > 0 ? listing.spec.tick : usEquityTick(price, time)
  const noise = Math.imul((time / 1250) | 0, 0x9e3779b1) ^ Math.imul(listing.conId, 0x85ebca6b)
  const atAsk = (noise & 0x100) !== 0
  const bid = snapToTick(atAsk ? price - tick : price, tick)
  return {
    bid,
    ask: snapToTick(bid + tick, tick),
    bidSize: 100 * (1 + ((noise >>> 12) % 9)),
    askSize: 100 * (1 + ((noise >>> 20) % 9)),
  }
}
