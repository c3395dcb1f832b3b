import { InputError } from '@onetape/core'

/** A flag with a value that it cannot take: a mistake of usage, exit code 2. */
export function flagError(flag: string, expected: string, found: string, hint?: string): InputError {
  return new InputError('usage.flag', `Expected ${expected}, found "${found}".`, { place: flag, hint })
}
