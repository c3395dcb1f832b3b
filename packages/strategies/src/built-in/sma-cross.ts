import { defineStrategy, int } from '@onetape/core'
import { crossedAbove, crossedBelow, sma } from '@onetape/indicators'

/** Long while the fast average is above the slow one. Several instruments share the equity in equal parts. */
export default defineStrategy({
  name: 'sma-cross',
  description: 'Buys when a fast moving average crosses above a slow one, sells when it crosses below.',
  params: {
    fast: int(10, { min: 2, max: 60, description: 'bars of the fast average' }),
    slow: int(30, { min: 5, max: 250, description: 'bars of the slow average' }),
  },
  create({ params, use, instruments }) {
    const fast = use(sma(params.fast)) // one per instrument, fed and warmed up by the engine
    const slow = use(sma(params.slow))
    const weight = 1 / instruments.length
    return {
      onBar(bar, { orders }) {
        if (crossedAbove(fast, slow)) orders.targetPercent(bar.instrument, weight)
        else if (crossedBelow(fast, slow)) orders.close(bar.instrument)
      },
    }
  },
})
