import { flag, numberText, UNSET_INT } from '../wire/number-text.ts'
import { isSet } from '../wire/place-order.ts'
import { zonedText, type NamedZone } from '../wire/time-text.ts'
import type { OrderRecord } from './order-record.ts'

/** What a Gateway says itself, whatever the client sent. */
const OWN = new Set([
  'conId',
  'symbol',
  'lastTradeDate',
  'strike',
  'right',
  'multiplier',
  'localSymbol',
  'tradingClass',
  'openClose',
  'sharesAllocation',
  'dontUseAutoPriceForHedge',
  'status',
  'whatIf',
])
const FLAGS = new Set([
  'outsideRth',
  'hidden',
  'blockOrder',
  'sweepToFill',
  'allOrNone',
  'eTradeOnly',
  'firmQuoteOnly',
  'optOutSmartRouting',
  'notHeld',
  'solicited',
  'randomizeSize',
  'randomizePrice',
  'isOmsContainer',
  'discretionaryUpToLimitPrice',
  'usePriceMgmtAlgo',
  'autoCancelParent',
  'professionalCustomer',
  'includeOvernight',
  'continuousUpdate',
  'deltaNeutralContract?',
])

/** The fields of openOrder and completedOrder that are known of an order; the rest goes out as not set. */
export function orderTexts(order: OrderRecord): Record<string, string> {
  const texts: Record<string, string> = {}
  for (const [name, text] of Object.entries(order.text)) {
    if (OWN.has(name) || isUnset(text)) continue
    texts[name] = FLAGS.has(name) ? flag(isSet(text)) : text
  }
  if (texts['displaySize'] === '0') delete texts['displaySize']
  if (texts['ocaType'] === '0') delete texts['ocaType']
  const market = order.text['orderType'] === 'MKT'
  return {
    ...texts,
    orderId: String(order.orderId),
    conId: String(order.listing.conId),
    symbol: order.listing.symbol,
    secType: 'STK',
    currency: order.listing.currency,
    exchange: texts['exchange'] ?? 'SMART',
    localSymbol: order.listing.localSymbol,
    tradingClass: order.listing.tradingClass,
    totalQuantity: numberText(order.quantity),
    lmtPrice: market ? '0' : (texts['lmtPrice'] ?? '0.0'),
    auxPrice: texts['auxPrice'] ?? '0.0',
    tif: texts['tif'] ?? 'DAY',
    ocaGroup: order.ocaGroup,
    account: order.account,
    clientId: String(order.clientId),
    permId: String(order.permId),
    sharesAllocation: `${order.permId}.0/${order.account}/${numberText(order.quantity)}`,
    parentId: String(order.parentId),
    parentPermId: order.parentPermId === 0 ? UNSET_INT : String(order.parentPermId),
    status: order.status,
    trailStopPrice2: texts['trailStopPrice'] ?? '1.7976931348623157E308',
    // A commission is known from the first fill on.
    ...(order.filled > 0 ? { commission: numberText(order.commission), commissionCurrency: 'USD' } : {}),
  }
}

/** What completedOrder says beyond openOrder. */
export function completedTexts(order: OrderRecord, zone: NamedZone): Record<string, string> {
  return {
    ...orderTexts(order),
    filledQuantity: numberText(order.filled),
    completedTime: zonedText(order.completedAt, zone),
    completedStatus: order.completedStatus,
    rule80A: '0',
  }
}

function isUnset(text: string): boolean {
  return text === '' || text === UNSET_INT || Number(text) >= 1.797e308
}
