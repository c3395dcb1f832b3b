import type { InstrumentSpec } from '@onetape/core'
import { flagError, maybe } from './flag-error.ts'
import { numberFlag } from './number.ts'

/** Fields of every instrument of a run that differ from those of a US stock in whole shares. */
export type InstrumentFields = Partial<Omit<InstrumentSpec, 'symbol' | 'calendar' | 'hasVolume'>>

const NUMBERS = ['lot', 'tick', 'multiplier', 'initialMargin', 'maintenanceMargin'] as const
const KEYS = ['kind', 'exchange', ...NUMBERS]

/**
 * `lot=0.0001,tick=0.01` or `kind=future,multiplier=50,initialMargin=12000,maintenanceMargin=11000`.
 * @throws {InputError} `usage.flag`
 */
export function instrumentFlag(text: string): InstrumentFields {
  const fields: Record<string, unknown> = {}
  for (const part of text.split(',')) {
    const [key = '', value = ''] = part.split('=').map((word) => word.trim())
    if (!KEYS.includes(key)) throw flagError('--instrument', `one of ${KEYS.join(', ')}`, key, maybe(key, KEYS))
    if (key === 'kind' && value !== 'stock' && value !== 'future')
      throw flagError('--instrument', 'kind=stock or kind=future', part)
    fields[key] = (NUMBERS as readonly string[]).includes(key)
      ? numberFlag(`--instrument ${key}`, value, { min: 0 })
      : value
  }
  return fields
}
