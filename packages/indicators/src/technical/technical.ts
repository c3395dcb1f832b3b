import {
  type BarValues,
  didYouMean,
  formatInstant,
  type IndicatorSpec,
  InputError,
  type MultiIndicator,
} from '@onetape/core'
import { checkMultiplier, checkPeriod } from '../kernel/parameter.ts'
import { mendLinkedList } from './forgetful-list.ts'
import {
  LONG_TAIL,
  type LongTailEntry,
  REFUSED,
  type TechnicalName,
  type TechnicalOutputs,
  type TechnicalParams,
} from './long-tail.ts'

/**
 * An indicator of the package `technicalindicators` 3.1.0 behind our interface, for what this package has not itself:
 * `use(technical('CCI', { period: 20 }))`. Names and parameters are the library's. Some 20 to 100 times slower than the
 * built-in ones, and fed bar by bar. Put right here: its memory leak, the alignment of its results, NaN in its input
 * (which spoils all its later values: here it is refused), and undefined figures (0, as TA-Lib gives: no range, no
 * deviation, no change).
 * @throws {InputError} `indicator.technical` for a name that is unknown or refused (with the reason, and our own
 * indicator when there is one); `indicator.param`
 */
export function technical<Name extends TechnicalName>(
  name: Name,
  params: TechnicalParams = {},
): IndicatorSpec<TechnicalOutputs[Name]> {
  const entry = lookUp(name)
  const all = checkParams(name, entry, params)
  const label = `technical(${[name, ...Object.values(all)].join(', ')})`
  const warmUp = entry.warmUp(all)
  return Object.freeze({
    name: label,
    warmUp,
    outputs: entry.outputs,
    create: () => new Technical(label, warmUp, entry, all),
  })
}

class Technical implements MultiIndicator {
  readonly warmUp: number
  readonly #label: string
  readonly #entry: LongTailEntry
  readonly #params: TechnicalParams
  #generator: ReturnType<LongTailEntry['make']>
  #values: Readonly<Record<string, number>>
  #seen = 0
  #still = 0
  #stillAt = NaN

  constructor(label: string, warmUp: number, entry: LongTailEntry, params: TechnicalParams) {
    mendLinkedList()
    this.#label = label
    this.warmUp = warmUp
    this.#entry = entry
    this.#params = params
    this.#generator = this.#make()
    this.#values = this.#all(NaN)
  }

  get ready(): boolean {
    return this.#seen >= this.warmUp
  }

  get value(): number {
    return this.#values[this.#entry.outputs[0]!]!
  }

  get values(): Readonly<Record<string, number>> {
    return this.#values
  }

  /** @throws {InputError} `indicator.nan` when a figure that it reads is NaN or infinite */
  next(bar: BarValues): number {
    const { fields, flat } = this.#entry
    for (const field of fields)
      if (!Number.isFinite(bar[field]))
        throw new InputError(
          'indicator.nan',
          `Expected a finite ${field} in the bar of ${formatInstant(bar.time)}, found ${bar[field]}.`,
          { place: `Indicator ${this.#label}`, hint: 'Repair or drop the bar before it reaches the indicators.' },
        )
    const { open, high, low, close, volume } = bar
    const input = fields.length === 1 ? close : { open, high, low, close, volume }
    const result = this.#generator.nextValue(input)
    this.#seen++
    if (flat !== undefined) this.#standStill(flat(bar))
    if (this.ready) this.#values = this.#read(result)
    return this.value
  }

  reset(): void {
    this.#generator = this.#make()
    this.#values = this.#all(NaN)
    this.#seen = 0
    this.#still = 0
    this.#stillAt = NaN
  }

  #make(): ReturnType<LongTailEntry['make']> {
    const columns = { values: [], open: [], high: [], low: [], close: [], volume: [] }
    return this.#entry.make({ ...columns, ...this.#params, format: (value: number) => value } as never)
  }

  #standStill(price: number): void {
    this.#still = price === this.#stillAt ? this.#still + 1 : 1
    this.#stillAt = price
  }

  #read(result: unknown): Readonly<Record<string, number>> {
    if (this.#entry.flat !== undefined && this.#still >= this.warmUp) return this.#all(0)
    if (typeof result !== 'object' || result === null) return this.#all(orZero(result))
    const found = result as Record<string, unknown>
    return Object.fromEntries(this.#entry.outputs.map((name) => [name, orZero(found[name])]))
  }

  #all(value: number): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#entry.outputs.map((name) => [name, value]))
  }
}

function orZero(value: unknown): number {
  return Number.isFinite(value) ? (value as number) : 0
}

function lookUp(name: string): LongTailEntry {
  if (Object.hasOwn(LONG_TAIL, name)) return LONG_TAIL[name as TechnicalName]
  if (Object.hasOwn(REFUSED, name))
    throw new InputError('indicator.technical', `${name} of technicalindicators is not offered: ${REFUSED[name]}.`)
  throw new InputError('indicator.technical', `Expected a generator of technicalindicators, found "${name}".`, {
    hint: didYouMean(name, Object.keys(LONG_TAIL)),
  })
}

function checkParams(name: string, entry: LongTailEntry, given: TechnicalParams): TechnicalParams {
  const known = Object.keys(entry.params)
  for (const key of Object.keys(given))
    if (!known.includes(key))
      throw new InputError('indicator.param', `Expected a parameter of ${name}, found "${key}".`, {
        place: `Indicator ${name}`,
        hint: didYouMean(key, known),
      })
  const all = { ...entry.params, ...given }
  for (const [key, value] of Object.entries(all))
    if (entry.factors?.includes(key)) checkMultiplier(name, key, value)
    else checkPeriod(name, key, value)
  return Object.freeze(all)
}
