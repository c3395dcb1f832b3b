import { type Bar, type Indicator, type BarValues, defineStrategy, float, int } from '@onetape/core'
import { custom } from '@onetape/indicators'

/** Volume-weighted average of the last closes: an indicator of the strategy's own. */
class CloseVwap implements Indicator {
  readonly warmUp: number
  value = NaN
  ready = false
  #bars: { readonly close: number; readonly volume: number }[] = []

  constructor(period: number) {
    this.warmUp = period
  }

  next({ close, volume }: BarValues): number {
    this.#bars = [...this.#bars, { close, volume }].slice(-this.warmUp)
    this.ready = this.#bars.length === this.warmUp
    const traded = this.#bars.reduce((sum, bar) => sum + bar.volume, 0)
    this.value = this.ready ? this.#bars.reduce((sum, bar) => sum + bar.close * bar.volume, 0) / traded : NaN
    return this.value
  }

  reset(): void {
    this.#bars = []
    this.value = NaN
    this.ready = false
  }
}

/** Adds a lot while the close stands above the volume-weighted average, takes one off while it stands below. */
export default defineStrategy({
  name: 'vwap-momentum',
  params: {
    period: int(5, { min: 1 }),
    threshold: float(0.01, { min: 0 }),
    lot: int(100, { min: 1 }),
    most: float(1_000_000, { min: 0, description: 'USD held, above which nothing is added' }),
  },
  create({ params, use }) {
    const average = use(custom(`close-vwap(${params.period})`, params.period, () => new CloseVwap(params.period)))
    return {
      onBar(bar: Bar, { orders, portfolio }) {
        const value = portfolio.quantity(bar.instrument) * bar.close
        if (bar.close > average.value * (1 + params.threshold) && value < params.most)
          orders.market(bar.instrument, params.lot)
        else if (bar.close < average.value * (1 - params.threshold) && value > 0)
          orders.market(bar.instrument, -params.lot)
      },
    }
  },
})
