import type { FeeModel, SlippageModel } from '@onetape/costs'

/** A fee model that charges `factor` times as much. */
export function scaledFees(model: FeeModel, factor: number): FeeModel {
  if (factor === 1) return model
  const parts = model.parts?.bind(model)
  return {
    name: `${model.name} × ${factor}`,
    orderFee: (...of) => factor * model.orderFee(...of),
    ...(parts === undefined
      ? {}
      : {
          parts: (...of) => Object.fromEntries(Object.entries(parts(...of)).map(([kind, fee]) => [kind, factor * fee])),
        }),
  }
}

/** Slippage models move a price by less than its whole; `factor` times as much is held to 99 % of it. */
const MOST = 0.99

/** A slippage model that moves the price `factor` times as far. */
export function scaledSlippage(model: SlippageModel, factor: number): SlippageModel {
  if (factor === 1) return model
  return {
    name: `${model.name} × ${factor}`,
    needsHistory: model.needsHistory,
    price(side, price, quantity, market) {
      const move = factor * (model.price(side, price, quantity, market) - price)
      const most = MOST * Math.abs(price)
      return price + Math.max(-most, Math.min(most, move))
    },
  }
}
