import { defineStrategy, int } from '@onetape/core'
import { crossedAbove, crossedBelow, sma } from '@onetape/indicators'

/** Long while the fast average is above the slow one, with a fixed number of shares or with all of the equity. */
export default defineStrategy({
  name: 'sma-cross',
  params: { shares: int(0, { min: 0, description: '0: all of the equity' }) },
  create({ params, use }) {
    const fast = use(sma(10))
    const slow = use(sma(30))
    return {
      onBar(bar, { orders }) {
        if (crossedAbove(fast, slow)) {
          if (params.shares > 0) orders.targetQuantity(bar.instrument, params.shares)
          else orders.targetPercent(bar.instrument, 1)
        } else if (crossedBelow(fast, slow)) orders.close(bar.instrument)
      },
    }
  },
})
