import { type Instrument, type Orders, type Portfolio, defineStrategy, float, int } from '@onetape/core'
import { rsi } from '@onetape/indicators'

/**
 * Buys weakness and sells the recovery. Each position has one protective stop below its average cost. The sale on
 * recovery is in the stop's group: only one of the two can sell, and until it does the stop goes on protecting.
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

    /** Sees to it that one stop covers the whole position. */
    function protect(instrument: Instrument, orders: Orders, portfolio: Portfolio): void {
      const quantity = portfolio.quantity(instrument)
      if (!(quantity > 0)) return
      const level = portfolio.averageCost(instrument) * (1 - params.stop / 100)
      const stop = orders.open(instrument).find(({ type }) => type === 'stop')
      if (stop === undefined)
        orders.stop(instrument, -quantity, level, { ...exitOf(instrument), tif: 'gtc', tag: 'stop' })
      else if (stop.leaves < quantity)
        orders.modify(stop.number, { quantity: stop.filled + quantity, stopPrice: level })
    }

    return {
      onBar({ instrument }, { orders, portfolio }) {
        if (portfolio.quantity(instrument) > 0) {
          protect(instrument, orders, portfolio)
          if (strength.value > params.exit) orders.close(instrument, { ...exitOf(instrument), tag: 'recovered' })
        } else if (strength.value < params.enter && orders.open(instrument).length === 0) {
          const free = Math.max(0, portfolio.buyingPower / portfolio.equity) // the others may have grown
          orders.targetPercent(instrument, Math.min(weight, free), { tag: 'weak' })
        }
      },
      onFill(fill, { orders, portfolio }) {
        if (fill.side === 'buy') protect(fill.instrument, orders, portfolio)
      },
      onCorporateAction(action, { orders, portfolio, instrument }) {
        if (action.kind === 'split') protect(instrument(action.symbol), orders, portfolio) // it cancelled the stop
      },
    }
  },
})

function exitOf(instrument: Instrument): { readonly reduceOnly: true; readonly ocaGroup: string } {
  return { reduceOnly: true, ocaGroup: `exits of ${instrument.symbol}` }
}
