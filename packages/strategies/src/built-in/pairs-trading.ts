import { InputError, defineStrategy, float, int } from '@onetape/core'

/**
 * Trades two related instruments against each other: when the ratio of their prices strays from its mean, the dear one
 * is sold short and the cheap one bought for the same number of dollars, until the ratio is back. Legs that have grown
 * apart, or of which only one could be filled, are evened out.
 */
export default defineStrategy({
  name: 'pairs-trading',
  description: 'Sells the dearer and buys the cheaper of two instruments when their ratio strays from its mean.',
  params: {
    window: int(60, { min: 5, max: 1000, description: 'bars of mean and deviation' }),
    enter: float(2, { min: 0.5, max: 6, step: 0.25, description: 'deviations from the mean to enter at' }),
    exit: float(0.5, { min: 0, max: 3, step: 0.25, description: 'deviations from the mean to leave at' }),
    leg: float(0.48, { min: 0.05, max: 1, description: 'each leg as a part of equity' }),
    apart: float(0.1, { min: 0.01, max: 1, description: 'difference of the legs, as a part of equity, to even out' }),
  },
  create({ params, instruments }) {
    const [first, second] = instruments
    if (first === undefined || second === undefined || instruments.length > 2)
      throw new InputError('strategy.instruments', `Expected two instruments, found ${instruments.length}.`)
    const ratios = new Float64Array(params.window)
    let seen = 0
    let side = 0 // 1: long the first and short the second; −1: the reverse

    function sideAt(z: number): number {
      if (side === 0) return Math.abs(z) > params.enter ? -Math.sign(z) : 0
      return Math.abs(z) < params.exit || Math.sign(z) === side ? 0 : side // back at the mean, or beyond it
    }

    return {
      onSlice(slice, { orders, portfolio }) {
        const [a, b] = [slice.bar(first), slice.bar(second)]
        if (a === undefined || b === undefined) return
        ratios[seen++ % params.window] = a.close / b.close
        if (seen < params.window) return
        side = sideAt(zScore(ratios, a.close / b.close))
        if (side === 0) {
          orders.close(first)
          orders.close(second)
          return
        }
        const net = portfolio.marketValue(first) + portfolio.marketValue(second)
        if (Math.abs(net) > params.apart * portfolio.equity || portfolio.isFlat(first)) {
          orders.targetPercent(first, side * params.leg)
          orders.targetPercent(second, -side * params.leg)
        }
      },
      onCorporateAction(action) {
        if (action.kind !== 'split') return // the ratios seen so far go on in new shares
        const factor = action.symbol === first.symbol ? 1 / action.ratio : action.ratio
        for (const [i, ratio] of ratios.entries()) ratios[i] = ratio * factor
      },
    }
  },
})

/** How many sample deviations `value` is from the mean; NaN when all values are the same. */
function zScore(values: Float64Array, value: number): number {
  const mean = values.reduce((sum, each) => sum + each, 0) / values.length
  const squares = values.reduce((sum, each) => sum + (each - mean) * (each - mean), 0)
  const deviation = Math.sqrt(squares / (values.length - 1))
  return deviation > 0 ? (value - mean) / deviation : NaN
}
