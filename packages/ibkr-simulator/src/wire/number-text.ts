/** How a Gateway spells a double that is not set. */
export const UNSET_DOUBLE = '1.7976931348623157E308'
/** How a Gateway spells a whole number that is not set. */
export const UNSET_INT = '2147483647'

/** A number as the wire has it: the shortest text that reads back to the same bits; {@link UNSET_DOUBLE} for NaN. */
export function numberText(value: number): string {
  if (Number.isNaN(value)) return UNSET_DOUBLE
  const text = String(value)
  return text.includes('e') ? text.replace('e+', 'E').replace('e', 'E') : text
}

/** Money with at most two places, as account values have it. */
export function moneyText(value: number): string {
  return Number.isNaN(value) ? UNSET_DOUBLE : (Math.round(value * 100) / 100).toFixed(2)
}

export function flag(value: boolean): string {
  return value ? '1' : '0'
}
