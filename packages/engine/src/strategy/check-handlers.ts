import { InputError, type StrategyHandlers, didYouMean, nearestWord } from '@onetape/core'

const HANDLERS = [
  'onStart',
  'onBar',
  'onSlice',
  'onQuote',
  'onTrade',
  'onTimer',
  'onOrderEvent',
  'onFill',
  'onCorporateAction',
  'onStop',
] as const satisfies readonly (keyof StrategyHandlers)[]

/** Names that users of other tools give their handlers. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  initialize: 'What it does belongs into "create" or "onStart".',
  onData: 'Here it is "onBar", or "onSlice" for several instruments.',
  next: 'Here it is "onBar".',
  finalize: 'Here it is "onStop".',
}

/**
 * Refuses what would be ignored, or would run after the run: handlers by another name, and such as return promises.
 * An object of a class may have methods of its own; a name near a handler's is a mistake there, too.
 *
 * @throws {InputError} `strategy.handlers`
 */
export function checkHandlers(handlers: unknown, strategy: string): void {
  const place = `strategy "${strategy}"`
  if (typeof handlers !== 'object' || handlers === null)
    throw new InputError('strategy.handlers', `Expected "create" to return handlers, found ${String(handlers)}.`, {
      place,
      hint: 'Write: return { onBar(bar, { orders }) { … } }.',
    })
  const plain = [Object.prototype, null].includes(Object.getPrototypeOf(handlers) as object | null)
  for (const [name, value] of methodsOf(handlers)) {
    if ((HANDLERS as readonly string[]).includes(name)) checkHandler(name, value, place)
    else if (typeof value === 'function' && (plain || nearestWord(name, HANDLERS) !== undefined))
      throw new InputError('strategy.handlers', `There is no handler "${name}".`, {
        place,
        hint: ELSEWHERE[name] ?? didYouMean(name, HANDLERS),
      })
  }
}

function checkHandler(name: string, value: unknown, place: string): void {
  if (value === undefined) return
  if (typeof value !== 'function')
    throw new InputError('strategy.handlers', `Expected "${name}" to be a function, found a ${typeof value}.`, {
      place,
    })
  if (value.constructor.name !== 'Function')
    throw new InputError('strategy.handlers', `Expected "${name}" to be a plain function, found ${kindOf(value)}.`, {
      place,
      hint: 'Handlers are synchronous: what they wait for would come after the run.',
    })
}

/** `AsyncFunction` → `an async one`. */
function kindOf(value: object): string {
  const kind = value.constructor.name.replace(/Function$/, '').toLowerCase()
  return `${kind.startsWith('a') ? 'an' : 'a'} ${kind} one`
}

function* methodsOf(handlers: object): Iterable<readonly [string, unknown]> {
  for (
    let at: object | null = handlers;
    at !== null && at !== Object.prototype;
    at = Object.getPrototypeOf(at) as object
  )
    for (const name of Object.getOwnPropertyNames(at))
      if (name !== 'constructor') yield [name, Object.getOwnPropertyDescriptor(at, name)?.value]
}
