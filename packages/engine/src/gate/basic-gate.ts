import { type DenialCode, type GateAsk, type IRiskGate, OrderTypeCode } from '@onetape/core'

export interface BasicGateOptions {
  /** How far a buy limit may lie above the last price, or a sell limit below it, as a fraction; default 0.5. */
  readonly maxDistance?: number
}

/**
 * The least that every order must pass: quantity and lot, prices and tick, a known price, distance from the last
 * price, buying power. Fails closed: whatever is NaN denies.
 */
export function basicGate(options: BasicGateOptions = {}): IRiskGate {
  const maxDistance = options.maxDistance ?? 0.5
  return {
    name: `basic(maxDistance ${maxDistance})`,
    check: (ask) => checkBasics(ask, maxDistance),
  }
}

function checkBasics(ask: GateAsk, maxDistance: number): DenialCode | undefined {
  const { quantity, lastPrice, type } = ask
  if (!(quantity > 0 && quantity < Infinity)) return 'invalid_quantity'
  // A fraction that a reinvested dividend left may be traded away, with what is whole.
  const { lot } = ask.instrument
  if (!(isWhole(quantity / lot) || isWhole((ask.position + ask.side * quantity) / lot))) return 'lot_size'
  if (type !== OrderTypeCode.market) {
    const code = checkPrices(ask, maxDistance)
    if (code !== undefined) return code
  }
  if (!(Math.abs(lastPrice) > 0)) return 'no_price'
  if (!(ask.increasing === 0 || ask.cost <= ask.available)) return 'buying_power'
  return undefined
}

/** Forgives the noise of a quotient: a millionth of a lot, or of many small lots their last digits. */
function isWhole(lots: number): boolean {
  return Math.abs(lots - Math.round(lots)) < Math.max(1e-6, 1e-14 * Math.abs(lots))
}

function checkPrices(ask: GateAsk, maxDistance: number): DenialCode | undefined {
  const { limitPrice, stopPrice, type, tick } = ask
  if (hasLimit(type)) {
    if (!isPrice(limitPrice, ask)) return 'invalid_price'
    if (!onTick(limitPrice, tick)) return 'tick_size'
    const last = ask.lastPrice
    if (ask.side > 0 ? limitPrice > last * (1 + maxDistance) : limitPrice < last * (1 - maxDistance)) return 'price_far'
  }
  if (hasStop(type)) {
    if (!isPrice(stopPrice, ask)) return 'invalid_price'
    if (!onTick(stopPrice, tick)) return 'tick_size'
  }
  return undefined
}

function isPrice(price: number, ask: GateAsk): boolean {
  return Number.isFinite(price) && (price > 0 || ask.instrument.kind === 'future')
}

function onTick(price: number, tick: number): boolean {
  if (!(tick > 0)) return true
  const ticks = price / tick
  return Math.abs(ticks - Math.round(ticks)) < 1e-6 * Math.max(1, Math.abs(ticks))
}

/** Order types that carry a limit price from the start. */
export function hasLimit(type: number): boolean {
  return (
    type === OrderTypeCode.limit ||
    type === OrderTypeCode.stopLimit ||
    type === OrderTypeCode.limitIfTouched ||
    type === OrderTypeCode.limitOnOpen ||
    type === OrderTypeCode.limitOnClose
  )
}

/** Order types that carry a stop or touch price from the start. Trailing orders may, and need not. */
export function hasStop(type: number): boolean {
  return (
    type === OrderTypeCode.stop ||
    type === OrderTypeCode.stopLimit ||
    type === OrderTypeCode.marketIfTouched ||
    type === OrderTypeCode.limitIfTouched
  )
}
