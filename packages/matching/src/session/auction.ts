import { type EpochMs, type InstrumentSpec, OrderTypeCode, TimeInForceCode } from '@onetape/core'
import type { VenueOrder } from '../order/venue-order.ts'
import type { VenueOptions } from '../venue/venue-options.ts'
import type { SessionHours } from './session-hours.ts'

const MINUTE = 60_000

/** True for orders that take part in the opening auction only. */
export function isOnOpen(works: number): boolean {
  return works === OrderTypeCode.marketOnOpen || works === OrderTypeCode.limitOnOpen
}

/** True for orders that take part in the closing auction only. */
export function isOnClose(works: number): boolean {
  return works === OrderTypeCode.marketOnClose || works === OrderTypeCode.limitOnClose
}

/**
 * Finds the session whose auction the order takes part in and writes its bounds into the order.
 * An order past the cut-off is refused, unless its time in force lets it wait: GTC, and OPG for the open.
 * Calendars that never close have no cut-off: the order may come up to the boundary itself.
 *
 * @param time from which on the order works
 * @returns false when it comes too late
 */
export function joinAuction(
  order: VenueOrder,
  time: EpochMs,
  hours: SessionHours,
  spec: InstrumentSpec,
  options: VenueOptions,
): boolean {
  const { calendar } = hours
  let session = calendar.sessionFor(time)
  if (isOnOpen(order.works)) {
    const cutoff = hours.alwaysOpen ? 0 : options.openCutoffMinutes * MINUTE
    if (time > session.open - cutoff) {
      if (order.tif !== TimeInForceCode.opg && order.tif !== TimeInForceCode.gtc) return false
      session = calendar.sessionFor(session.close)
    }
  } else {
    const cutoff = hours.alwaysOpen ? 0 : (options.closeCutoffMinutes ?? defaultCloseCutoff(spec)) * MINUTE
    if (time > session.close - cutoff) {
      if (order.tif !== TimeInForceCode.gtc) return false
      session = calendar.sessionFor(session.close)
    }
  }
  order.auctionOpen = session.open
  order.auctionClose = session.close
  return true
}

/** Nasdaq takes on-close orders until 15:55, NYSE and Arca until 15:50. */
function defaultCloseCutoff(spec: InstrumentSpec): number {
  return spec.exchange === 'NASDAQ' || spec.calendar === 'XNAS' ? 5 : 10
}
