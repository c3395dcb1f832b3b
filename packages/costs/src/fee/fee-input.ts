import { InvariantError, type Shares, type Usd } from '@onetape/core'

/**
 * A caller handed a fee model what cannot be an order: no shares, or a value that is negative, NaN or infinite.
 * Kept out of the models so that their own body stays small enough to be inlined.
 */
export function badFeeInput(model: string, quantity: Shares, value: Usd): InvariantError {
  return new InvariantError(
    'fee.input',
    `${model}: Expected a quantity > 0 and a value >= 0, both finite, found ${quantity} shares worth ${value} USD.`,
  )
}
