import { type EpochMs, OrderTypeCode, TimeInForceCode } from '@onetape/core'
import type { VenueChanges } from '../venue/venue-changes.ts'
import type { VenueOrder } from './venue-order.ts'

/** Why a venue would refuse the order as it stands, as a stable code; '' when it would not. NaN counts as missing. */
export function orderFault(o: VenueOrder, time: EpochMs): string {
  if (!(o.quantity > 0 && o.quantity < Infinity) && !o.sizeAtFill) return 'invalid_quantity'
  if (needsLimit(o.type) && !isPrice(o.limit)) return 'invalid_price'
  if (needsStop(o.type) && !isPrice(o.stop)) return 'invalid_price'
  if (isTrailing(o.type)) {
    if (!(isDistance(o.trailAmount) || isDistance(o.trailPercent))) return 'invalid_price'
    if (o.type === OrderTypeCode.trailingStopLimit && !isPrice(o.limitOffset)) return 'invalid_price'
  }
  if (o.outsideRth && !(needsLimit(o.type) && o.type < OrderTypeCode.marketOnOpen) && !isTrailingLimit(o.type))
    return 'outside_rth_type'
  if (o.tif === TimeInForceCode.opg && o.type > OrderTypeCode.limit && !isAuction(o.type)) return 'opg_type'
  if (o.tif === TimeInForceCode.gtd && !(o.goodTill > time)) return 'gtd_reached'
  return ''
}

/** Why a change is refused, '' when it is not. */
export function changeFault(o: VenueOrder, changes: VenueChanges): string {
  const { quantity, limit, stop, trailAmount, trailPercent } = changes
  if (quantity !== undefined && !(quantity > o.filled && quantity < Infinity)) return 'invalid_quantity'
  if (limit !== undefined && !(isPrice(limit) && isPrice(o.limit))) return 'invalid_price'
  if (stop !== undefined && !(isPrice(stop) && (needsStop(o.type) || isTrailing(o.type)))) return 'invalid_price'
  if (trailAmount !== undefined && !(isDistance(trailAmount) && isTrailing(o.type))) return 'invalid_price'
  if (trailPercent !== undefined && !(isDistance(trailPercent) && isTrailing(o.type))) return 'invalid_price'
  return ''
}

function needsLimit(type: number): boolean {
  return (
    type === OrderTypeCode.limit ||
    type === OrderTypeCode.stopLimit ||
    type === OrderTypeCode.limitIfTouched ||
    type === OrderTypeCode.limitOnOpen ||
    type === OrderTypeCode.limitOnClose
  )
}

function needsStop(type: number): boolean {
  return (
    type === OrderTypeCode.stop ||
    type === OrderTypeCode.stopLimit ||
    type === OrderTypeCode.marketIfTouched ||
    type === OrderTypeCode.limitIfTouched
  )
}

function isTrailing(type: number): boolean {
  return type === OrderTypeCode.trailingStop || isTrailingLimit(type)
}

function isTrailingLimit(type: number): boolean {
  return type === OrderTypeCode.trailingStopLimit
}

function isAuction(type: number): boolean {
  return type >= OrderTypeCode.marketOnOpen
}

/** Prices may be zero or negative (futures, spreads), not NaN or infinite. */
function isPrice(price: number): boolean {
  return price - price === 0
}

function isDistance(distance: number): boolean {
  return distance > 0 && distance < Infinity
}
