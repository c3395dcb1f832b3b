import { OrderTypeCode, type UsdPerShare } from '@onetape/core'
import type { VenueOrder } from '../order/venue-order.ts'
import { type BarInHand, Effect, endsInside, moveLevel, Phase, trigger } from './bar-fill.ts'

/**
 * What the rest of a bar does to a child whose parent filled inside of it, at `from`. Where in the bar that was is not
 * known: a stop is hit if the bar reaches it at all, a target fills only when the close is at or through it, and
 * everything else waits for the next bar.
 */
export function probeChild(o: VenueOrder, bar: BarInHand, from: UsdPerShare): number {
  o.triggers = false
  o.flags = 0
  if (endsInside(o, bar)) return Effect.none
  const s = o.side
  switch (o.works) {
    case OrderTypeCode.limit: {
      if ((o.limit - from) * s >= 0) return at(o, bar, from)
      return (o.limit - bar.close) * s >= 0 ? at(o, bar, o.limit) : Effect.none
    }
    case OrderTypeCode.stop:
    case OrderTypeCode.stopLimit:
      return stopFrom(o, bar, from, o.stop)
    case OrderTypeCode.trailingStop:
    case OrderTypeCode.trailingStopLimit: {
      const effect = stopFrom(o, bar, from, o.level)
      if (effect === Effect.none) moveLevel(o, bar.close)
      return effect
    }
    case OrderTypeCode.marketIfTouched:
    case OrderTypeCode.limitIfTouched: {
      if ((o.stop - from) * s >= 0) return trigger(o, bar, Phase.inside, from)
      return (o.stop - bar.close) * s >= 0 ? trigger(o, bar, Phase.inside, o.stop) : Effect.none
    }
    default:
      return Effect.none
  }
}

/** A stop that lies on the wrong side of the parent's fill is hit at that fill's price. */
function stopFrom(o: VenueOrder, bar: BarInHand, from: UsdPerShare, stop: UsdPerShare): number {
  const s = o.side
  if ((from - stop) * s >= 0) return trigger(o, bar, Phase.inside, from)
  return ((s > 0 ? bar.high : bar.low) - stop) * s >= 0 ? trigger(o, bar, Phase.inside, stop) : Effect.none
}

function at(o: VenueOrder, bar: BarInHand, price: UsdPerShare): number {
  o.phase = Phase.inside
  o.fillPrice = price
  o.slips = false
  o.rank = Math.abs(price - bar.open)
  return Effect.fills
}
