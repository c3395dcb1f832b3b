import { flagError, maybe } from './flag-error.ts'

/** A parser for a flag that takes one of a few words. */
export function choiceFlag<const T extends string>(flag: string, choices: readonly T[]): (text: string) => T {
  return (text) => {
    const found = choices.find((choice) => choice === text)
    if (found !== undefined) return found
    throw flagError(flag, `one of ${choices.join(', ')}`, text, maybe(text, choices))
  }
}
