import { type EpochMs, OrderTypeCode, TimeInForceCode, usEquityTick } from '@onetape/core'
import type { Listing } from '../market/listing.ts'
import { numberOf } from '../wire/field-cursor.ts'
import { isSet } from '../wire/place-order.ts'

/** A refusal or a warning as the wire tells it. */
export interface Notice {
  readonly code: number
  readonly text: string
}

/** What an order wants of the venue, read from its fields. */
export interface OrderTerms {
  readonly side: 1 | -1
  readonly quantity: number
  /** `OrderTypeCode` */
  readonly type: number
  /** `TimeInForceCode` */
  readonly tif: number
  readonly limit: number
  readonly stop: number
  readonly trailAmount: number
  /** A fraction. */
  readonly trailPercent: number
  readonly limitOffset: number
  readonly goodTill: EpochMs
  readonly outsideRth: boolean
}

const TYPES: Readonly<Record<string, number>> = {
  MKT: OrderTypeCode.market,
  LMT: OrderTypeCode.limit,
  STP: OrderTypeCode.stop,
  'STP LMT': OrderTypeCode.stopLimit,
  STPLMT: OrderTypeCode.stopLimit,
  TRAIL: OrderTypeCode.trailingStop,
  'TRAIL LIMIT': OrderTypeCode.trailingStopLimit,
  TRAILLMT: OrderTypeCode.trailingStopLimit,
  TRAILLIMIT: OrderTypeCode.trailingStopLimit,
  MIT: OrderTypeCode.marketIfTouched,
  LIT: OrderTypeCode.limitIfTouched,
  MOO: OrderTypeCode.marketOnOpen,
  LOO: OrderTypeCode.limitOnOpen,
  MOC: OrderTypeCode.marketOnClose,
  LOC: OrderTypeCode.limitOnClose,
}

/** Types that a Gateway knows and this exchange does not. */
const ELSEWHERE = new Set([
  'MTL',
  'MIDPRICE',
  'REL',
  'PEG MKT',
  'PEG MID',
  'PEG BEST',
  'PEG BENCH',
  'PEG STK',
  'SNAP MKT',
  'SNAP MID',
  'SNAP PRIM',
  'VOL',
  'BOX TOP',
  'PASSV REL',
  'MKT PRT',
  'STP PRT',
])
const TIMES: Readonly<Record<string, number>> = {
  '': TimeInForceCode.day,
  DAY: TimeInForceCode.day,
  GTC: TimeInForceCode.gtc,
  GTD: TimeInForceCode.gtd,
  IOC: TimeInForceCode.ioc,
  FOK: TimeInForceCode.fok,
  OPG: TimeInForceCode.opg,
}

const LIMITED = new Set<number>([
  OrderTypeCode.limit,
  OrderTypeCode.stopLimit,
  OrderTypeCode.limitIfTouched,
  OrderTypeCode.limitOnOpen,
  OrderTypeCode.limitOnClose,
])
const STOPPED = new Set<number>([
  OrderTypeCode.stop,
  OrderTypeCode.stopLimit,
  OrderTypeCode.marketIfTouched,
  OrderTypeCode.limitIfTouched,
])

/** Shares of an order and USD of a price beyond which no order can be meant. */
const MOST_QUANTITY = 1e9
const MOST_PRICE = 1e9

const refused = (code: number, text: string): Notice => ({ code, text })
const invalid = (cause: string): Notice => refused(321, `Error validating request.-'bF' : cause - ${cause}`)

/**
 * What an order asks for, or the refusal that a Gateway answers.
 * @param until reads the time of a GTD order
 */
export function readTerms(
  text: Readonly<Record<string, string>>,
  listing: Listing,
  now: EpochMs,
  until: (text: string) => EpochMs | undefined,
): OrderTerms | Notice {
  const name = text['orderType'] ?? ''
  const type = Object.hasOwn(TYPES, name) ? TYPES[name] : undefined
  if (type === undefined)
    return ELSEWHERE.has(name)
      ? refused(387, 'Unsupported order type for this exchange and security type.')
      : invalid('Invalid order type was entered')
  const action = text['action']
  if (action !== 'BUY' && action !== 'SELL' && action !== 'SSHORT') return invalid('Invalid side')
  const tifName = text['tif'] ?? ''
  const tif = Object.hasOwn(TIMES, tifName) ? TIMES[tifName] : undefined
  if (tif === undefined) return invalid(`Invalid time in force:${tifName}`)
  const quantity = numberOf(text['totalQuantity'] ?? '')
  if (!(quantity > 0)) return refused(434, 'The order size cannot be zero.')
  if (quantity > MOST_QUANTITY) return invalid('Order size is out of range')
  if (!Number.isInteger(quantity / listing.spec.lot))
    return refused(
      10_243,
      'Fractional-sized order cannot be placed via API. Please place fractional-sized orders using desktop version of TWS.',
    )
  const auction = type === OrderTypeCode.marketOnClose || type === OrderTypeCode.limitOnClose
  if (auction && tif !== TimeInForceCode.day)
    return refused(113, 'The Time in Force should be DAY for MOC and LOC orders.')
  for (const [field, code, what] of [
    ['eTradeOnly', 10_268, 'EtradeOnly'],
    ['firmQuoteOnly', 10_269, 'FirmQuoteOnly'],
    ['nbboPriceCap', 10_270, 'NbboPriceCap'],
  ] as const)
    if (isSet(text[field]) && !Number.isNaN(numberOf(text[field] ?? '')) && Number(text[field]) > 0)
      return refused(code, `The '${what}' order attribute is not supported.`)
  const prices = readPrices(text, type)
  if ('code' in prices) return prices
  if (Object.values(prices).some((price) => price > MOST_PRICE)) return invalid('Price is out of range')
  const fault = offGrid([prices.limit, prices.stop], listing, now)
  if (fault !== undefined) return fault
  const goodTill = tif === TimeInForceCode.gtd ? until(text['goodTillDate'] ?? '') : Number.NaN
  if (goodTill === undefined || goodTill <= now)
    return refused(391, 'The time-in-force GTD needs a good-till-date in the future, as yyyymmdd hh:mm:ss zone.')
  return {
    side: action === 'BUY' ? 1 : -1,
    quantity,
    type,
    tif,
    ...prices,
    goodTill,
    outsideRth: isSet(text['outsideRth']) && allowsOutside(type),
  }
}

/** True for types that may work outside regular hours. */
export function allowsOutside(type: number): boolean {
  return (LIMITED.has(type) && type < OrderTypeCode.marketOnOpen) || type === OrderTypeCode.trailingStopLimit
}

/** True when the order waits for a price before it can fill. */
export function waitsForTrigger(type: number): boolean {
  return STOPPED.has(type) || type === OrderTypeCode.trailingStop || type === OrderTypeCode.trailingStopLimit
}

type Prices = Pick<OrderTerms, 'limit' | 'stop' | 'trailAmount' | 'trailPercent' | 'limitOffset'>

function readPrices(text: Readonly<Record<string, string>>, type: number): Prices | Notice {
  const limit = numberOf(text['lmtPrice'] ?? '')
  const aux = numberOf(text['auxPrice'] ?? '')
  const none: Prices = {
    limit: Number.NaN,
    stop: Number.NaN,
    trailAmount: Number.NaN,
    trailPercent: Number.NaN,
    limitOffset: Number.NaN,
  }
  if (LIMITED.has(type) && !(limit > 0)) return refused(107, 'Order is incomplete: it needs a limit price.')
  if (STOPPED.has(type) && !(aux > 0)) return refused(107, 'Order is incomplete: it needs a stop price.')
  if (type === OrderTypeCode.trailingStop || type === OrderTypeCode.trailingStopLimit) {
    const percent = numberOf(text['trailingPercent'] ?? '') / 100
    const stop = numberOf(text['trailStopPrice'] ?? '')
    const amount = aux > 0 ? aux : Number.NaN
    if (!(amount > 0) && !(percent > 0))
      return refused(107, 'Order is incomplete: it needs a trailing amount or a trailing percentage.')
    const given = numberOf(text['lmtPriceOffset'] ?? '')
    const limitOffset = given >= 0 ? given : Math.abs(stop - limit)
    if (type === OrderTypeCode.trailingStopLimit && !(limitOffset >= 0))
      return refused(107, 'Order is incomplete: it needs a limit price offset.')
    return {
      ...none,
      stop: stop > 0 ? stop : Number.NaN,
      trailAmount: amount,
      trailPercent: amount > 0 ? Number.NaN : percent,
      limitOffset: type === OrderTypeCode.trailingStopLimit ? limitOffset : Number.NaN,
    }
  }
  return { ...none, limit: LIMITED.has(type) ? limit : Number.NaN, stop: STOPPED.has(type) ? aux : Number.NaN }
}

function offGrid(prices: readonly number[], listing: Listing, now: EpochMs): Notice | undefined {
  for (const price of prices) {
    if (Number.isNaN(price)) continue
    const tick = listing.spec.tick > 0 ? listing.spec.tick : usEquityTick(price, now)
    const steps = price / tick
    // Far enough from the grid to be no noise of a float that went through decimal text.
    if (Math.abs(steps - Math.round(steps)) > 1e-6 * Math.max(1, Math.abs(steps) * 1e-6))
      return refused(110, 'The price does not conform to the minimum price variation for this contract.')
  }
  return undefined
}
