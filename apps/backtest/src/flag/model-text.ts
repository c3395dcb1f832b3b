import { InputError, isInputError } from '@onetape/core'
import { flagError, maybe } from './flag-error.ts'
import { numberFlag } from './number.ts'

/** `percent:0.1,min:1` as its parts: the text behind the model's own name, and those behind its named options. */
export interface ModelText {
  /** The number behind the name, or undefined when there is none. */
  own(): number | undefined
  number(key: string): number | undefined
  text(key: string): string | undefined
}

/** Models by their names in a flag; `named` lists the options that one takes, `own` says that a value may follow the name. */
export type Models<M> = Readonly<
  Record<string, { readonly own?: boolean; readonly named?: readonly string[]; readonly make: (of: ModelText) => M }>
>

/**
 * The model that a flag names, as `name`, `name:value` or `name:value,option:value`.
 * @throws {InputError} `usage.flag` for a name or option that there is not, or a value that the model refuses
 */
export function modelFlag<M>(flag: string, given: string, models: Models<M>): M {
  const [head = '', ...rest] = given.split(',').map((part) => part.trim())
  const [name = '', own] = split(head)
  const known = Object.hasOwn(models, name) ? models[name] : undefined
  if (known === undefined)
    throw flagError(flag, `one of ${Object.keys(models).join(', ')}`, given, maybe(name, Object.keys(models)))
  if (own !== undefined && known.own !== true) throw flagError(flag, `"${name}" without a value`, head)
  const named = new Map<string, string>()
  for (const part of rest) {
    const [key = '', value = ''] = split(part)
    const keys = known.named ?? []
    if (!keys.includes(key)) {
      const options = keys.length === 0 ? `no options of "${name}"` : `an option of "${name}" (${keys.join(', ')})`
      throw flagError(flag, options, part, maybe(key, keys))
    }
    if (named.has(key)) throw flagError(flag, `"${key}" once`, given)
    named.set(key, value)
  }
  const number = (text: string | undefined): number | undefined =>
    text === undefined ? undefined : numberFlag(flag, text)
  try {
    return known.make({
      own: () => number(own),
      number: (key) => number(named.get(key)),
      text: (key) => named.get(key),
    })
  } catch (error) {
    // The model names itself; the user knows the flag.
    if (!isInputError(error) || error.place === flag) throw error
    const message = error.place === undefined ? error.message : error.message.replace(`${error.place}: `, '')
    throw new InputError('usage.flag', message, { place: flag, cause: error })
  }
}

/** Name and what stands behind the colon. */
function split(part: string): readonly (string | undefined)[] {
  const at = part.indexOf(':')
  return at < 0 ? [part] : [part.slice(0, at), part.slice(at + 1)]
}

/** Without the keys that are undefined: a model's own defaults stay in force. */
export function defined<T extends object>(options: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T
}
