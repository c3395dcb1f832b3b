import { InputError } from '../errors/input-error.ts'
import { didYouMean } from '../text/did-you-mean.ts'

interface ParamBase<T> {
  readonly default: T
  readonly description: string | undefined
}

/** One typed parameter of a strategy: its type, default and range in one declaration. */
export type Param<T = unknown> = ParamBase<T> &
  (
    | {
        readonly kind: 'int' | 'float'
        readonly min: number
        readonly max: number
        /** Step of a search over a range; 1 for whole numbers, undefined when none is natural. */
        readonly step: number | undefined
      }
    | { readonly kind: 'bool' }
    | { readonly kind: 'choice'; readonly choices: readonly T[] }
    | { readonly kind: 'text' }
  )

export type ParamSpecs = Readonly<Record<string, Param<any>>>

/** The values that a declaration promises. */
export type ParamsOf<P extends ParamSpecs> = { readonly [K in keyof P]: P[K] extends Param<infer T> ? T : never }

export interface NumberParamOptions {
  readonly min?: number
  readonly max?: number
  readonly step?: number
  readonly description?: string
}

/** A whole number, `min` to `max` inclusive. */
export function int(value: number, options: NumberParamOptions = {}): Param<number> {
  return number('int', value, { step: 1, ...options })
}

/** A number, `min` to `max` inclusive. */
export function float(value: number, options: NumberParamOptions = {}): Param<number> {
  return number('float', value, options)
}

function number(kind: 'int' | 'float', value: number, options: NumberParamOptions): Param<number> {
  const { min = -Infinity, max = Infinity, step, description } = options
  const param: Param<number> = { kind, default: value, min, max, step, description }
  const wrong = problem(param, value)
  if (wrong !== undefined) throw new InputError('param.default', `A parameter's own default is wrong: ${wrong}`)
  return param
}

/** True or false. */
export function bool(value: boolean, options: { readonly description?: string } = {}): Param<boolean> {
  return { kind: 'bool', default: value, description: options.description }
}

/** One of a list. */
export function choice<const T extends string | number>(
  value: NoInfer<T>,
  choices: readonly T[],
  options: { readonly description?: string } = {},
): Param<T> {
  return { kind: 'choice', default: value, choices, description: options.description }
}

/** Any text. */
export function text(value: string, options: { readonly description?: string } = {}): Param<string> {
  return { kind: 'text', default: value, description: options.description }
}

function problem(param: Param<any>, value: unknown): string | undefined {
  switch (param.kind) {
    case 'int':
    case 'float': {
      const sort = param.kind === 'int' ? 'a whole number' : 'a number'
      if (typeof value !== 'number' || !Number.isFinite(value) || (param.kind === 'int' && !Number.isInteger(value)))
        return `expected ${sort}, found ${typeof value === 'number' ? value : JSON.stringify(value)}.`
      if (!(value >= param.min && value <= param.max)) return `expected ${range(param.min, param.max)}, found ${value}.`
      return undefined
    }
    case 'bool':
      return typeof value === 'boolean' ? undefined : `expected true or false, found ${JSON.stringify(value)}.`
    case 'choice':
      return param.choices.includes(value)
        ? undefined
        : `expected one of ${param.choices.join(', ')}, found ${JSON.stringify(value)}.`
    case 'text':
      return typeof value === 'string' ? undefined : `expected a text, found ${JSON.stringify(value)}.`
  }
}

function range(min: number, max: number): string {
  if (min === -Infinity) return `at most ${max}`
  if (max === Infinity) return `at least ${min}`
  return `${min} to ${max}`
}

/** Reads what stands behind a command-line flag (`fast=10`) as the parameter's type; the check of range comes later. */
export function parseParam(param: Param<any>, raw: string): unknown {
  switch (param.kind) {
    case 'int':
    case 'float':
      return raw.trim() === '' ? raw : Number.isNaN(Number(raw)) ? raw : Number(raw)
    case 'bool':
      return raw === 'true' ? true : raw === 'false' ? false : raw
    case 'choice':
      return param.choices.find((c: unknown) => String(c) === raw) ?? raw
    case 'text':
      return raw
  }
}

/**
 * Defaults filled in, everything checked.
 * @param given values by name; text is read as from the command line
 * @throws {InputError} `param.unknown` for a misspelt name, `param.range` for a value that the declaration refuses
 */
export function resolveParams<P extends ParamSpecs>(
  strategy: string,
  specs: P,
  given: Readonly<Record<string, unknown>> = {},
): ParamsOf<P> {
  const place = `strategy "${strategy}"`
  for (const name of Object.keys(given))
    if (!Object.hasOwn(specs, name))
      throw new InputError('param.unknown', `There is no parameter "${name}".`, {
        place,
        hint: didYouMean(name, Object.keys(specs)),
      })
  const values: Record<string, unknown> = {}
  for (const [name, param] of Object.entries(specs)) {
    const raw = given[name]
    const value = raw === undefined ? param.default : typeof raw === 'string' ? parseParam(param, raw) : raw
    const wrong = problem(param, value)
    if (wrong !== undefined) throw new InputError('param.range', `Parameter "${name}": ${wrong}`, { place })
    values[name] = value
  }
  return Object.freeze(values) as ParamsOf<P>
}
