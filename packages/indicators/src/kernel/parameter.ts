import { InputError } from '@onetape/core'

const LARGEST_PERIOD = 1_000_000

/** @throws {InputError} `indicator.param` unless `value` is a whole number of bars from `min` to a million */
export function checkPeriod(indicator: string, parameter: string, value: number, min = 1): number {
  if (Number.isInteger(value) && value >= min && value <= LARGEST_PERIOD) return value
  throw new InputError(
    'indicator.param',
    `Expected ${parameter} to be a whole number of bars from ${min} to ${LARGEST_PERIOD}, found ${String(value)}.`,
    { place: `Indicator ${indicator}` },
  )
}

/** @throws {InputError} `indicator.param` unless `value` is finite and above 0 */
export function checkMultiplier(indicator: string, parameter: string, value: number): number {
  if (value > 0 && value < Infinity) return value
  throw new InputError(
    'indicator.param',
    `Expected ${parameter} to be a finite number above 0, found ${String(value)}.`,
    { place: `Indicator ${indicator}` },
  )
}
