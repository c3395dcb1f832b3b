import { InputError } from '@onetape/core'

/**
 * An option of a cost model, checked once when the model is made.
 *
 * @throws {InputError} `costs.option` unless `value` is finite and within `[least, most]`
 */
export function costOption(model: string, name: string, value: number, least: number, most: number = Infinity): number {
  if (Number.isFinite(value) && value >= least && value <= most) return value
  const range = most === Infinity ? `>= ${least}` : `from ${least} to ${most}`
  throw new InputError('costs.option', `Expected ${name} ${range}, found ${value}.`, { place: model })
}
