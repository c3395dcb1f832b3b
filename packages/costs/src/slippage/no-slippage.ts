import type { SlippageModel } from '../slippage-model.ts'

/** Every fill at the price that the matching rule says: for comparison with results that leave slippage out. */
export function noSlippage(): SlippageModel {
  return { name: 'none', needsHistory: false, price: (_side, price) => price }
}
