import type { SlippageModel } from '../slippage-model.ts'
import { costOption } from '../cost-option.ts'

/** Options of {@link squareRootImpact}. */
export interface SquareRootImpactOptions {
  /** Y of the formula: impact in units of volatility for an order as large as the mean volume. Default 1. */
  readonly coefficient?: number
  /** Basis points of the price before mean volume and volatility are known. Default 5. */
  readonly fallbackBps?: number
  /** Largest impact, percent of the price: the law was never measured on orders of many times the volume. Default 20. */
  readonly maximumPercent?: number
}

/**
 * The square-root law of market impact: price · (1 ± coefficient · volatility · √(quantity / mean volume)), volatility
 * and volume over the same bars. The law is about a whole order's impact; applied to each fill it understates an order
 * that is filled in many pieces.
 *
 * @throws {InputError} `costs.option` for an option that is negative, not finite or too large
 * @see Tóth et al., "Anomalous price impact and the critical nature of liquidity in financial markets", Phys. Rev. X 1,
 *   021006 (2011), whose coefficient is of order 1
 */
export function squareRootImpact(options: SquareRootImpactOptions = {}): SlippageModel {
  const coefficient = costOption('squareRootImpact', 'coefficient', options.coefficient ?? 1, 0)
  const fallbackBps = costOption('squareRootImpact', 'fallbackBps', options.fallbackBps ?? 5, 0, 9999)
  const maximumPercent = costOption('squareRootImpact', 'maximumPercent', options.maximumPercent ?? 20, 0, 99)
  const fallback = fallbackBps / 10_000
  const most = maximumPercent / 100
  return {
    name: `square-root(${coefficient}, fallback ${fallbackBps} bps, max ${maximumPercent} %)`,
    needsHistory: true,
    price(side, price, quantity, market) {
      const law = coefficient * market.volatility * Math.sqrt(quantity / market.averageVolume)
      // Unknown history is NaN; a mean volume of 0 says as little about the impact.
      const impact = market.averageVolume > 0 && law >= 0 ? law : fallback
      return price + side * Math.min(impact, most) * price
    },
  }
}
