import { MS_PER_DAY, type Bar, type Slice, civilFromDays, defineStrategy, float, int } from '@onetape/core'
import { roc } from '@onetape/indicators'

/**
 * Holds the instruments that rose most, in equal parts. Decides on the close of the first session of each month (or every
 * so many minutes) and trades at the next open.
 */
export default defineStrategy({
  name: 'momentum-rotation',
  description: 'Holds the strongest instruments in equal parts, chosen anew every month.',
  params: {
    lookback: int(126, { min: 1, max: 1000, description: 'bars of the rate of change' }),
    top: int(5, { min: 1, max: 100, description: 'instruments held' }),
    invested: float(0.98, { min: 0.01, max: 4, description: 'part of equity; the rest takes overnight gaps' }),
    rebalanceMinutes: int(0, { min: 0, max: 100_000, description: '0 = on the first session of each month' }),
  },
  create({ params, use }) {
    const momentum = use(roc(params.lookback))
    let period = NaN

    /** A number that changes when it is time to choose again. */
    function periodOf(slice: Slice): number {
      if (params.rebalanceMinutes > 0) return Math.floor(slice.time / (params.rebalanceMinutes * 60_000))
      const { year, month } = civilFromDays(Math.floor(slice.bars[0]!.time / MS_PER_DAY))
      return year * 12 + month
    }

    return {
      onSlice(slice, { orders, portfolio }) {
        const before = period
        period = periodOf(slice)
        if (period === before || Number.isNaN(before)) return // the first period is already under way
        const chosen = slice.bars
          .filter((bar) => momentum.of(bar.instrument).ready)
          .toSorted((a, b) => strength(b) - strength(a) || a.instrument.id - b.instrument.id)
          .slice(0, params.top)
          .map((bar) => bar.instrument)
        if (chosen.length === 0) return
        // Each order is checked against what those before it leave, so sales come first: what goes, then what has grown most.
        for (const held of portfolio.held) if (!chosen.includes(held)) orders.close(held)
        for (const instrument of chosen.toSorted((a, b) => portfolio.marketValue(b) - portfolio.marketValue(a)))
          orders.targetPercent(instrument, params.invested / params.top)
      },
    }

    function strength(bar: Bar): number {
      return momentum.of(bar.instrument).value
    }
  },
})
