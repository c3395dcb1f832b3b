import { defineStrategy, int } from '@onetape/core'
import { bollinger } from '@onetape/indicators'

/** Goes all in below the lower Bollinger band, sells all above the upper one. */
export default defineStrategy({
  name: 'bollinger-reversal',
  params: { period: int(40, { min: 2 }) },
  create({ params, use }) {
    const bands = use(bollinger(params.period, 2))
    return {
      onBar(bar, { orders, portfolio }) {
        const held = portfolio.quantity(bar.instrument)
        if (held === 0 && bar.close < bands.lower.value)
          orders.market(bar.instrument, Math.floor(portfolio.cash / bar.close))
        else if (held > 0 && bar.close > bands.upper.value) orders.market(bar.instrument, -held)
      },
    }
  },
})
