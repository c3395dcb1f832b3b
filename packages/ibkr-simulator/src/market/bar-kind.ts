import { type EpochMs, snapToTick, usEquityTick } from '@onetape/core'
import type { WireBar } from '../wire/messages.ts'
import type { MarketBar } from './five-seconds.ts'
import type { Listing } from './listing.ts'

/** Kinds of bars that are made of trades as they are. */
const OF_TRADES = new Set(['TRADES', 'ADJUSTED_LAST', 'AGGTRADES'])
const OF_QUOTES = new Set(['MIDPOINT', 'BID', 'ASK', 'BID_ASK'])

export function isBarKind(whatToShow: string): boolean {
  return OF_TRADES.has(whatToShow) || OF_QUOTES.has(whatToShow)
}

/** A bar of trades as the kind that was asked for. Quotes are assumed half a tick around the trades. */
export function asKind(bar: Readonly<MarketBar>, whatToShow: string, listing: Listing, time: EpochMs): WireBar {
  const tick = listing.spec.tick > 0 ? listing.spec.tick : usEquityTick(bar.close, time)
  const { open, high, low, close, volume } = bar
  if (OF_TRADES.has(whatToShow)) {
    const wap = Math.round(((high + low + close) / 3) * 1000) / 1000
    return { open, high, low, close, volume, wap, count: volume > 0 ? Math.max(1, Math.round(volume / 100)) : 0 }
  }
  const none = { volume: -1, wap: -1, count: -1 }
  const ask = (price: number): number => snapToTick(price + tick, tick)
  if (whatToShow === 'BID') return { open, high, low, close, ...none }
  if (whatToShow === 'ASK') return { open: ask(open), high: ask(high), low: ask(low), close: ask(close), ...none }
  // Average bid, highest ask, lowest bid, average ask.
  if (whatToShow === 'BID_ASK') return { open, high: ask(high), low, close: ask(open), ...none }
  const mid = (price: number): number => Math.round((snapToTick(price, tick) + tick / 2) * 1e6) / 1e6
  return { open: mid(open), high: mid(high), low: mid(low), close: mid(close), ...none }
}
