import { type Indicator, type IndicatorSpec, InputError } from '@onetape/core'
import { checkPeriod } from './kernel/parameter.ts'
import { SINGLE } from './kernel/spec.ts'

/**
 * Registers an indicator of your own, which needs only `next`: `use(custom('range', 1, () => new Range()))`.
 *
 * @param name for messages and reports, with parameters
 * @param warmUp bars that it needs; what `create` gives must declare the same
 * @param create makes one, called once per instrument
 * @param outputs names of all outputs, main output first, when it has several: it must then give them in `values`
 * @throws {InputError} `indicator.param` when name or `warmUp` is wrong, here; `indicator.custom` when what was made
 * is no indicator, by `create`
 */
export function custom<const Outputs extends readonly string[] = readonly []>(
  name: string,
  warmUp: number,
  create: () => Indicator,
  ...outputs: Outputs
): IndicatorSpec<Outputs[number]> {
  if (typeof name !== 'string' || name === '')
    throw new InputError('indicator.param', `Expected a name, found ${JSON.stringify(name)}.`, {
      place: 'Custom indicator',
    })
  checkPeriod(name, 'warmUp', warmUp)
  if (typeof create !== 'function')
    throw new InputError('indicator.param', `Expected a function that makes the indicator, found ${typeof create}.`, {
      place: `Indicator ${name}`,
    })
  return Object.freeze({
    name,
    warmUp,
    outputs: outputs.length === 0 ? SINGLE : Object.freeze([...outputs]),
    create: () => checked(name, warmUp, create()),
  })
}

function checked(name: string, warmUp: number, made: Indicator): Indicator {
  for (const method of ['next', 'reset'] as const)
    if (typeof made?.[method] !== 'function')
      throw new InputError('indicator.custom', `Expected an object with a method "${method}", found none.`, {
        place: `Indicator ${name}`,
      })
  if (made.warmUp !== warmUp)
    throw new InputError('indicator.custom', `Expected warmUp ${warmUp} as declared, found ${made.warmUp}.`, {
      place: `Indicator ${name}`,
    })
  return made
}
