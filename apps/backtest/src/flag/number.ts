import { flagError } from './flag-error.ts'

export interface NumberRange {
  readonly min?: number
  readonly max?: number
  /** The bounds themselves are not allowed. */
  readonly exclusive?: boolean
  readonly whole?: boolean
}

/**
 * The number behind a flag.
 * @throws {InputError} `usage.flag` for a text that is no number, or one outside of the range
 */
export function numberFlag(flag: string, text: string, range: NumberRange = {}): number {
  const { min = -Infinity, max = Infinity, exclusive = false, whole = false } = range
  const value = /^[+-]?(\d[\d_]*\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text.trim()) ? Number(text.replaceAll('_', '')) : NaN
  const inside = exclusive ? value > min && value < max : value >= min && value <= max
  if (!(inside && Number.isFinite(value) && (!whole || Number.isInteger(value)))) {
    const sort = whole ? 'a whole number' : 'a number'
    const bounds =
      min === -Infinity && max === Infinity
        ? ''
        : max === Infinity
          ? ` ${exclusive ? 'above' : 'of at least'} ${min}`
          : ` from ${min} to ${max}`
    throw flagError(flag, sort + bounds, text)
  }
  return value
}
