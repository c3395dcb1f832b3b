import { defineStrategy, int } from '@onetape/core'
import { sma } from '@onetape/indicators'

/** Holds a fixed number of shares while the close stands above its average. */
export default defineStrategy({
  name: 'close-above-average',
  params: { period: int(15, { min: 2 }), shares: int(10, { min: 1 }) },
  create({ params, use }) {
    const average = use(sma(params.period))
    return {
      onBar(bar, { orders, portfolio }) {
        if (portfolio.isFlat(bar.instrument)) {
          if (bar.close > average.value) orders.market(bar.instrument, params.shares)
        } else if (bar.close < average.value) orders.close(bar.instrument)
      },
    }
  },
})
