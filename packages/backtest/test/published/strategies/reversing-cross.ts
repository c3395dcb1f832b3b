import { defineStrategy, int } from '@onetape/core'
import { crossedAbove, crossedBelow, sma } from '@onetape/indicators'

/** Long after each cross of the averages upwards, short after each cross downwards; exit and entry are two orders. */
export default defineStrategy({
  name: 'reversing-cross',
  params: { fast: int(10, { min: 2 }), slow: int(25, { min: 2 }), shares: int(10, { min: 1 }) },
  create({ params, use }) {
    const fast = use(sma(params.fast))
    const slow = use(sma(params.slow))
    return {
      onBar(bar, { orders, portfolio }) {
        const side = crossedAbove(fast, slow) ? 1 : crossedBelow(fast, slow) ? -1 : 0
        if (side === 0) return
        if (portfolio.quantity(bar.instrument) * side < 0) orders.close(bar.instrument, { tag: 'exit' })
        orders.market(bar.instrument, side * params.shares, { tag: 'entry' })
      },
    }
  },
})
