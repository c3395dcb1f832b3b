import type { SlippageModel } from '../slippage-model.ts'
import { costOption } from '../cost-option.ts'

/**
 * A fixed fraction of the price against the order: the default model, with 5 basis points (0.05 %).
 *
 * @param points hundredths of a percent, 0 to below 10,000
 * @throws {InputError} `costs.option` outside that range
 */
export function basisPoints(points: number = 5): SlippageModel {
  const rate = costOption('basisPoints', 'points', points, 0, 9999) / 10_000
  const up = 1 + rate
  const down = 1 - rate
  return {
    name: `basis-points(${points})`,
    needsHistory: false,
    price: (side, price) => (side > 0 ? price * up : price * down),
  }
}
