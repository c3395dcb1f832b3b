import type { SlippageModel } from '../slippage-model.ts'
import { costOption } from '../cost-option.ts'

/** Options of {@link halfSpread}. */
export interface HalfSpreadOptions {
  /** Basis points of the price when no spread is known. Default 5. */
  readonly fallbackBps?: number
}

/**
 * Half of the quoted spread against the order, on top of a price between bid and ask (a bar's or a trade's). For fills
 * at the ask or bid itself it would count the spread twice. Without a quote, and where half the spread is as large as
 * the price, `fallbackBps` hold; a crossed market counts as a spread of 0.
 *
 * @throws {InputError} `costs.option` unless `fallbackBps` is from 0 to below 10,000
 */
export function halfSpread(options: HalfSpreadOptions = {}): SlippageModel {
  const fallbackBps = costOption('halfSpread', 'fallbackBps', options.fallbackBps ?? 5, 0, 9999)
  const rate = fallbackBps / 10_000
  return {
    name: `half-spread(fallback ${fallbackBps} bps)`,
    needsHistory: false,
    price(side, price, _quantity, market) {
      const half = market.spread / 2
      // Written so that an unknown (NaN) spread takes the fallback.
      const cost = half < price ? Math.max(half, 0) : price * rate
      return price + side * cost
    },
  }
}
