import { InputError, defineStrategy, float, int } from '@onetape/core'

/**
 * Trades two related instruments against each other: when the ratio of their prices strays from its mean, the dear one
 * is sold short and the cheap one bought for the same number of dollars, until the ratio is back.
 */
export default defineStrategy({
  name: 'pairs-trading',
  description: 'Sells the dearer and buys the cheaper of two instruments when their ratio strays from its mean.',
  params: {
    window: int(60, { min: 5, max: 1000, description: 'bars of mean and deviation' }),
    enter: float(2, { min: 0.5, max: 6, step: 0.25, description: 'deviations from the mean to enter at' }),
    exit: float(0.5, { min: 0, max: 3, step: 0.25, description: 'deviations from the mean to leave at' }),
  },
  create({ params, instruments }) {
    const [first, second] = instruments
    if (first === undefined || second === undefined || instruments.length > 2)
      throw new InputError('strategy.instruments', `Expected two instruments, found ${instruments.length}.`)
    const ratios = new Float64Array(params.window)
    let seen = 0

    return {
      onSlice(slice, { orders, portfolio }) {
        const [a, b] = [slice.bar(first), slice.bar(second)]
        if (a === undefined || b === undefined) return
        ratios[seen++ % params.window] = a.close / b.close
        if (seen < params.window) return
        const z = zScore(ratios, a.close / b.close)
        if (portfolio.isFlat(first) && portfolio.isFlat(second)) {
          if (!(Math.abs(z) > params.enter)) return
          orders.targetPercent(first, z > 0 ? -0.5 : 0.5)
          orders.targetPercent(second, z > 0 ? 0.5 : -0.5)
        } else if (Math.abs(z) < params.exit || Math.sign(portfolio.quantity(first)) === Math.sign(z)) {
          orders.close(first) // back at the mean, or beyond it
          orders.close(second)
        }
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
