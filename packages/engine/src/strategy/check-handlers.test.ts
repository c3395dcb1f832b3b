import { expect, test } from 'vitest'
import { checkHandlers } from './check-handlers.ts'

const nothing = (): void => {}

class Handlers {
  onBar(): void {}
  onSignal(): void {}
}

class Misspelt {
  onBars(): void {}
}

test.each([
  ['none at all', {}],
  ['some', { onBar: nothing, onFill: nothing, onStop: undefined }],
  ['beside values', { onBar: nothing, seen: 3 }],
  ['of a class with a method of its own', new Handlers()],
  ['without a prototype', Object.assign(Object.create(null) as object, { onBar: nothing })],
])('takes handlers: %s', (_what, handlers) => expect(() => checkHandlers(handlers, 'mine')).not.toThrow())

test.each([
  [undefined, 'Expected "create" to return handlers, found undefined. Write: return { onBar(bar, { orders }) { … } }.'],
  [{ onBars: nothing }, 'There is no handler "onBars". Did you mean "onBar"?'],
  [new Misspelt(), 'There is no handler "onBars". Did you mean "onBar"?'],
  [{ onData: nothing }, 'There is no handler "onData". Here it is "onBar", or "onSlice" for several instruments.'],
  [{ whenever: nothing }, 'There is no handler "whenever". Known: onStart, onBar,'],
  [{ onBar: 5 }, 'Expected "onBar" to be a function, found a number.'],
  [{ onBar: async () => {} }, 'Expected "onBar" to be a plain function, found an async one. Handlers are synchronous'],
  [{ *onBar() {} }, 'Expected "onBar" to be a plain function, found a generator one.'],
])('refuses %o', (handlers, message) =>
  expect(() => checkHandlers(handlers, 'mine')).toThrow(`strategy "mine": ${message}`),
)
