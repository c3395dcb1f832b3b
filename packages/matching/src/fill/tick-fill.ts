import { OrderTypeCode } from '@onetape/core'
import type { VenueOrder } from '../order/venue-order.ts'
import { isOnOpen } from '../session/auction.ts'
import type { Book } from '../venue/book.ts'
import { FillFlag } from '../venue/fill-flag.ts'
import { becomesLimit, Effect, type FillRules, moveLevel, Phase, trailingLimit } from './bar-fill.ts'

/** Which ticks fire stops. */
export type TriggerSource = 'trade' | 'quote' | 'both'

/**
 * What the quote in hand does to an order: market orders take the other side, a limit fills when the other side crosses
 * it, at the quote when it finds it crossed on arrival, at its own price when it was resting.
 */
export function probeQuote(o: VenueOrder, book: Book, rules: FillRules, source: TriggerSource): number {
  begin(o)
  const there = o.side > 0 ? book.ask : book.bid
  if (!(there === there)) return Effect.none
  const fires = source === 'both' || source === 'quote' || !book.traded
  // A buy stop looks at the ask, a sell stop at the bid: the price it would get.
  if (!settled(o.works)) return fires ? react(o, there, there) : Effect.none
  return take(o, book, there, there, 0, rules)
}

/**
 * What the trade in hand does to an order: market orders fill at its price plus half the spread, a resting limit needs
 * a trade beyond it.
 */
export function probeTrade(o: VenueOrder, book: Book, rules: FillRules, source: TriggerSource): number {
  begin(o)
  const spread = book.ask - book.bid
  const half = spread > 0 ? spread / 2 : 0
  o.slips = half === 0
  const there = book.open + o.side * half
  if (!settled(o.works)) return source === 'quote' && book.quoted ? Effect.none : react(o, book.open, there)
  // A trade at the limit may have been with somebody before us; a quote at it can be taken as it stands.
  return take(o, book, book.open, there, rules.touch ? 0 : book.tick(o.limit) * 0.999999, rules)
}

function begin(o: VenueOrder): void {
  o.triggers = false
  o.flags = 0
  o.phase = Phase.open
  // Where the spread is known it is the cost; where not, the slippage model stands for it.
  o.slips = false
}

/** True for orders that wait for no level. */
function settled(works: number): boolean {
  return works <= OrderTypeCode.limit || works >= OrderTypeCode.marketOnOpen
}

/**
 * @param seen the price of the tick, which must be `needed` beyond a resting limit
 * @param there the price at which the order would take liquidity
 */
function take(o: VenueOrder, book: Book, seen: number, there: number, needed: number, rules: FillRules): number {
  const better = (o.limit - there) * o.side
  switch (o.works) {
    case OrderTypeCode.market:
      return fills(o, there, -Infinity)
    case OrderTypeCode.limit: {
      if (book.isFresh(o) || o.immediate) return better >= 0 ? fills(o, there, -better) : Effect.none
      const beyond = (o.limit - seen) * o.side
      if (!(beyond >= needed)) return Effect.none
      if (rules.limitChance < 1 && rules.random.next() >= rules.limitChance) return Effect.none
      return fills(o, o.limit, -beyond)
    }
    default:
      // The first tick of the session stands for its opening auction; the closing one is settled when it is over.
      if (!isOnOpen(o.works) || !(book.time >= o.auctionOpen && book.time < o.auctionClose)) return Effect.none
      o.tried = true
      return openOnTick(o, book.official(o.auctionOpen, true), there)
  }
}

/** @param official open of the session's auction, NaN when the data does not have it: then the tick stands for it */
function openOnTick(o: VenueOrder, official: number, there: number): number {
  const known = official === official
  if (known) {
    o.flags = FillFlag.official
    o.slips = false
  }
  const price = known ? official : there
  if (o.works === OrderTypeCode.marketOnOpen) return fills(o, price, -Infinity)
  const better = (o.limit - price) * o.side
  return better >= 0 ? fills(o, price, -better) : Effect.none
}

/** Stops, trailing stops and if-touched orders. `seen` is the price that fires, `there` the one that fills. */
function react(o: VenueOrder, seen: number, there: number): number {
  const s = o.side
  switch (o.works) {
    case OrderTypeCode.marketIfTouched:
    case OrderTypeCode.limitIfTouched:
      if (!((o.stop - seen) * s >= 0)) return Effect.none
      break
    case OrderTypeCode.trailingStop:
    case OrderTypeCode.trailingStopLimit:
      if (!((seen - o.level) * s >= 0)) {
        moveLevel(o, seen)
        return Effect.none
      }
      break
    default:
      if (!((seen - o.stop) * s >= 0)) return Effect.none
  }
  o.triggers = true
  if (o.works === OrderTypeCode.trailingStopLimit) o.limit = trailingLimit(o)
  if (!becomesLimit(o.works)) return fills(o, there, -Infinity)
  const better = (o.limit - there) * s
  if (better >= 0) return fills(o, there, -better)
  o.rank = Infinity
  return Effect.triggers
}

function fills(o: VenueOrder, price: number, rank: number): number {
  o.fillPrice = price
  o.rank = rank
  return Effect.fills
}
