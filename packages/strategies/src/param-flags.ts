import { InputError } from '@onetape/core'

/**
 * `fast=10`, one for each `--param`, by name. Values stay text: the strategy's declaration says what they are.
 * @throws {InputError} `usage.flag` for a text without `=`, or a name that comes twice
 */
export function paramFlags(texts: readonly string[]): Record<string, string> {
  const values: Record<string, string> = {}
  for (const text of texts) {
    const at = text.indexOf('=')
    if (at < 1) throw new InputError('usage.flag', `Expected name=value, found "${text}".`, { place: '--param' })
    const name = text.slice(0, at).trim()
    if (Object.hasOwn(values, name))
      throw new InputError('usage.flag', `Parameter "${name}" is given twice.`, { place: '--param' })
    values[name] = text.slice(at + 1).trim()
  }
  return values
}
