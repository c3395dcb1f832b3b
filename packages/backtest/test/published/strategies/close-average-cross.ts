import { defineStrategy, float, int } from '@onetape/core'
import { crossedAbove, crossedBelow, sma } from '@onetape/indicators'

/** Puts a part of its cash into the stock when the close crosses above its average, leaves when it crosses below. */
export default defineStrategy({
  name: 'close-average-cross',
  params: { period: int(20, { min: 2 }), part: float(0.9, { min: 0.01, max: 1 }) },
  create({ params, use }) {
    const price = use(sma(1))
    const average = use(sma(params.period))
    return {
      onBar(bar, { orders, portfolio }) {
        if (portfolio.isFlat(bar.instrument)) {
          if (crossedAbove(price, average))
            orders.market(bar.instrument, Math.floor((portfolio.cash * params.part) / bar.close))
        } else if (crossedBelow(price, average)) orders.close(bar.instrument)
      },
    }
  },
})
