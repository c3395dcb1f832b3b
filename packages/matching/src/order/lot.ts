import type { Shares } from '@onetape/core'

/** `quantity` rounded down to whole lots, forgiving the noise of a product or quotient: 1e-9 of a lot, 1e-15 of itself. */
export function floorToLot(quantity: Shares, lot: Shares): Shares {
  if (quantity === Infinity) return quantity
  if (lot === 1) return Math.floor(quantity * 1.000000000000001 + 1e-9)
  const lots = Math.floor((quantity / lot) * 1.000000000000001 + 1e-9)
  const perUnit = Math.round(1 / lot)
  // Dividing by a whole number rounds once; multiplying by 0.0001 would leave noise.
  return Math.abs(perUnit * lot - 1) < 1e-9 ? lots / perUnit : lots * lot
}
