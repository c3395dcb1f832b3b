import { type EpochMs, formatInstant, InputError } from '@onetape/core'

/** The error for a range that ends before it begins. */
export function reversed(from: EpochMs, to: EpochMs): InputError {
  return new InputError(
    'calendar.range',
    `Expected a range [from, to) in order of time, found ${formatInstant(from)} to ${formatInstant(to)}.`,
  )
}
