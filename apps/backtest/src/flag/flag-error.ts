import { InputError, nearestWord } from '@onetape/core'

/** A flag with a value that it cannot take: a mistake of usage, exit code 2. */
export function flagError(flag: string, expected: string, found: string, hint?: string): InputError {
  return new InputError('usage.flag', `Expected ${expected}, found "${found}".`, { place: flag, hint })
}

/** "Did you mean …?" for a message that lists all words already; undefined when none is near. */
export function maybe(word: string, known: readonly string[]): string | undefined {
  const near = nearestWord(word, known)
  return near === undefined ? undefined : `Did you mean "${near}"?`
}
