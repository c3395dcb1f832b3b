import { defineStrategy, int } from '@onetape/core'
import { crossedAbove, crossedBelow, sma } from '@onetape/indicators'

/** Half of the money while a very fast average is above a fast one: trades often, so that there is something to see. */
export default defineStrategy({
  name: 'own',
  params: { fast: int(2), slow: int(5) },
  create({ params, use }) {
    const [fast, slow] = [use(sma(params.fast)), use(sma(params.slow))]
    return {
      onBar(bar, { orders }) {
        if (crossedAbove(fast, slow)) orders.targetPercent(bar.instrument, 0.5)
        else if (crossedBelow(fast, slow)) orders.close(bar.instrument)
      },
    }
  },
})
