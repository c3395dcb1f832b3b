import { type EpochMs, OrderTypeCode, type Random, type UsdPerShare } from '@onetape/core'
import type { VenueOrder } from '../order/venue-order.ts'
import { isOnOpen } from '../session/auction.ts'
import { FillFlag } from '../venue/fill-flag.ts'

/** Where in its bar a fill happens. */
export const Phase = { open: 0, inside: 1, close: 2 } as const

/** What an event does to an order. */
export const Effect = { none: 0, fills: 1, triggers: 2 } as const

/** The bar that fills, with the tick in force. */
export interface BarInHand {
  readonly time: EpochMs
  readonly end: EpochMs
  readonly open: UsdPerShare
  readonly high: UsdPerShare
  readonly low: UsdPerShare
  readonly close: UsdPerShare
  tick(price: UsdPerShare): UsdPerShare
  /** Official open or close of the session that opens at `open`, NaN where the data does not have it. */
  official(open: EpochMs, opening: boolean): UsdPerShare
}

/** The options that decide whether and where an order fills. */
export interface FillRules {
  readonly touch: boolean
  readonly marketAtClose: boolean
  /** Chance of a resting limit, 1 = always. */
  readonly limitChance: number
  readonly random: Random
}

/**
 * What the bar in hand does to an order that is eligible for it. Writes phase, price before slippage, rank and whether
 * it triggers into the order, and moves a trailing level; nothing else is changed.
 */
export function probeBar(o: VenueOrder, bar: BarInHand, rules: FillRules): number {
  o.triggers = false
  o.flags = 0
  o.slips = false
  const s = o.side
  switch (o.works) {
    case OrderTypeCode.market:
      // What is left of a triggered stop works at the next open, whatever price market orders take.
      return rules.marketAtClose && !o.triggered
        ? fills(o, bar, Phase.close, bar.close, true, -Infinity)
        : fills(o, bar, Phase.open, bar.open, true, -Infinity)
    case OrderTypeCode.limit:
      return limitOnBar(o, bar, rules)
    case OrderTypeCode.stop:
    case OrderTypeCode.stopLimit: {
      if ((bar.open - o.stop) * s >= 0) return trigger(o, bar, Phase.open, bar.open)
      return ((s > 0 ? bar.high : bar.low) - o.stop) * s >= 0 ? trigger(o, bar, Phase.inside, o.stop) : Effect.none
    }
    case OrderTypeCode.marketIfTouched:
    case OrderTypeCode.limitIfTouched: {
      if ((o.stop - bar.open) * s >= 0) return trigger(o, bar, Phase.open, bar.open)
      return (o.stop - (s > 0 ? bar.low : bar.high)) * s >= 0 ? trigger(o, bar, Phase.inside, o.stop) : Effect.none
    }
    case OrderTypeCode.trailingStop:
    case OrderTypeCode.trailingStopLimit:
      return trailOnBar(o, bar)
    default:
      return auctionOnBar(o, bar)
  }
}

/** Distance of a trailing stop at a reference price, USD per share. */
function trailDistance(o: VenueOrder, reference: UsdPerShare): UsdPerShare {
  return o.trailAmount > 0 ? o.trailAmount : reference * o.trailPercent
}

/** The limit of a trailing stop-limit that triggers now. */
export function trailingLimit(o: VenueOrder): UsdPerShare {
  return withoutNoise(o.level + o.side * o.limitOffset)
}

/** 10.12 − 0.1 is 10.02 and not 10.019999999999998, which a low of 10.02 would miss. */
function withoutNoise(price: UsdPerShare): UsdPerShare {
  return Math.round(price * 1e8) / 1e8
}

/** Moves the level towards the price, never away from it. */
export function moveLevel(o: VenueOrder, reference: UsdPerShare): void {
  const candidate = withoutNoise(reference + o.side * trailDistance(o, reference))
  if (!((o.level - candidate) * o.side <= 0)) o.level = candidate
}

function limitOnBar(o: VenueOrder, bar: BarInHand, rules: FillRules): number {
  const s = o.side
  const better = (o.limit - bar.open) * s
  if (better >= 0) return fills(o, bar, Phase.open, bar.open, false, -better)
  const beyond = (o.limit - (s > 0 ? bar.low : bar.high)) * s
  // A millionth of the tick forgives the noise of decimal prices.
  const needed = rules.touch ? 0 : bar.tick(o.limit) * 0.999999
  if (!(beyond >= needed) || o.immediate) return Effect.none
  if (rules.limitChance < 1 && rules.random.next() >= rules.limitChance) return Effect.none
  return fills(o, bar, Phase.inside, o.limit, false, Math.abs(o.limit - bar.open))
}

function trailOnBar(o: VenueOrder, bar: BarInHand): number {
  const s = o.side
  if ((bar.open - o.level) * s >= 0) return trigger(o, bar, Phase.open, bar.open)
  moveLevel(o, bar.open)
  if (((s > 0 ? bar.high : bar.low) - o.level) * s >= 0) return trigger(o, bar, Phase.inside, o.level)
  moveLevel(o, s > 0 ? bar.low : bar.high)
  // Above the moved level at the extreme, at or below it at the close: it was crossed after the extreme.
  return (bar.close - o.level) * s >= 0 ? trigger(o, bar, Phase.inside, o.level) : Effect.none
}

function auctionOnBar(o: VenueOrder, bar: BarInHand): number {
  if (!(bar.time >= o.auctionOpen && bar.time < o.auctionClose)) return Effect.none
  const opening = isOnOpen(o.works)
  if (!opening && bar.end < o.auctionClose) return Effect.none
  o.tried = true
  const official = bar.official(o.auctionOpen, opening)
  const known = official === official
  if (known) o.flags = FillFlag.official
  const price = known ? official : opening ? bar.open : bar.close
  const better = (o.limit - price) * o.side
  const limited = o.works === OrderTypeCode.limitOnOpen || o.works === OrderTypeCode.limitOnClose
  if (limited && !(better >= 0)) return Effect.none
  return fills(o, bar, opening ? Phase.open : Phase.close, price, !limited, limited ? -better : -Infinity)
}

/** A stop or touch level is reached at `price`: from here on a market order, or a limit order that may rest. */
export function trigger(o: VenueOrder, bar: BarInHand, phase: number, price: UsdPerShare): number {
  o.triggers = true
  if (o.works === OrderTypeCode.trailingStopLimit) o.limit = trailingLimit(o)
  if (!becomesLimit(o.works))
    return fills(o, bar, phase, price, true, phase === Phase.inside ? Math.abs(price - bar.open) : -Infinity)
  const better = (o.limit - price) * o.side
  if (better >= 0)
    return fills(o, bar, phase, price, true, phase === Phase.inside ? Math.abs(price - bar.open) : -better)
  if (phase === Phase.inside && endsInside(o, bar)) return Effect.none
  o.phase = phase
  o.rank = Infinity
  return Effect.triggers
}

/**
 * True for an order that may meet the bar's open and nothing after it: an immediate one does not wait for a price inside
 * the bar, and of one that ends before the bar does nobody knows whether the price came in time.
 */
export function endsInside(o: VenueOrder, bar: BarInHand): boolean {
  return o.immediate || o.cancelAt < bar.end || o.goodTill < bar.end
}

/** True for types that work as a limit order once triggered. */
export function becomesLimit(works: number): boolean {
  return (
    works === OrderTypeCode.stopLimit ||
    works === OrderTypeCode.limitIfTouched ||
    works === OrderTypeCode.trailingStopLimit
  )
}

/** `rank`: what is smaller comes first when volume is short; market orders −Infinity. */
function fills(o: VenueOrder, bar: BarInHand, phase: number, price: UsdPerShare, slips: boolean, rank: number): number {
  if (phase === Phase.inside && endsInside(o, bar)) return Effect.none
  o.phase = phase
  o.fillPrice = price
  o.slips = slips
  o.rank = rank
  return Effect.fills
}
