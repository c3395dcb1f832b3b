import { type Instrument, type Orders, type Portfolio, defineStrategy, float, int } from '@onetape/core'
import { rsi } from '@onetape/indicators'

/**
 * Buys weakness and sells the recovery. Each position has a protective stop below its average cost, which is placed on
 * the fill and placed again when a corporate action cancelled it.
 */
export default defineStrategy({
  name: 'rsi-mean-reversion',
  description: 'Buys when RSI falls below a level, sells when it has recovered; a stop protects each position.',
  params: {
    period: int(14, { min: 2, max: 100, description: 'bars of the RSI' }),
    enter: float(30, { min: 1, max: 50, step: 5, description: 'buys below this RSI' }),
    exit: float(50, { min: 30, max: 99, step: 5, description: 'sells above this RSI' }),
    stop: float(8, { min: 0.5, max: 50, step: 0.5, description: 'percent below average cost' }),
  },
  create({ params, use, instruments }) {
    const strength = use(rsi(params.period))
    const weight = 1 / instruments.length

    function protect(instrument: Instrument, orders: Orders, portfolio: Portfolio): void {
      orders.cancelAll(instrument) // the stop of a smaller position, after a partial fill
      const level = portfolio.averageCost(instrument) * (1 - params.stop / 100)
      orders.stop(instrument, -portfolio.quantity(instrument), level, { tif: 'gtc', reduceOnly: true, tag: 'stop' })
    }

    return {
      onBar(bar, { orders, portfolio }) {
        const open = orders.open(bar.instrument)
        if (portfolio.quantity(bar.instrument) > 0) {
          if (strength.value > params.exit) {
            for (const order of open) orders.cancel(order.number)
            orders.close(bar.instrument, { tag: 'recovered' })
          } else if (open.length === 0) protect(bar.instrument, orders, portfolio)
        } else if (strength.value < params.enter && open.length === 0) {
          orders.targetPercent(bar.instrument, weight, { tag: 'weak' })
        }
      },
      onFill(fill, { orders, portfolio }) {
        if (fill.side === 'buy' && fill.leaves === 0) protect(fill.instrument, orders, portfolio)
      },
    }
  },
})
