import { expect, expectTypeOf, test } from 'vitest'
import type { Bar } from '../market/bar.ts'
import { choice, int } from './params.ts'
import type * as strategyModule from './strategy.ts'
import {
  STRATEGY_API_VERSION,
  STRATEGY_MARK,
  type Strategy,
  type StrategyContext,
  type StrategyHandlers,
  defineStrategy,
  isStrategy,
} from './strategy.ts'

function create(): StrategyHandlers {
  return {}
}

test('a strategy is its definition, marked with the version of the API, and frozen', () => {
  const params = { fast: int(10) }
  const strategy = defineStrategy({ name: 'sma-cross', description: 'text', params, intervals: ['1m', '1d'], create })
  expect(strategy).toMatchObject({ name: 'sma-cross', description: 'text', params, intervals: ['1m', '1d'], create })
  expect(strategy[STRATEGY_MARK]).toBe(STRATEGY_API_VERSION)
  expect(Object.isFrozen(strategy)).toBe(true)
  expect(isStrategy(strategy)).toBe(true)
})

test('without parameters there are none', () => {
  expect(defineStrategy({ name: 'bare', create: () => ({}) }).params).toEqual({})
})

test('parameters and handlers have the types that the declaration says', () => {
  const strategy = defineStrategy({
    name: 'typed',
    params: { fast: int(10), side: choice('long', ['long', 'short']) },
    create({ params }) {
      expectTypeOf(params.fast).toEqualTypeOf<number>()
      expectTypeOf(params.side).toEqualTypeOf<'long' | 'short'>()
      // @ts-expect-error there is no such parameter
      expect(params.slow).toBeUndefined()
      return {
        onBar(bar, ctx) {
          expectTypeOf(bar).toEqualTypeOf<Bar>()
          expectTypeOf(ctx).toEqualTypeOf<StrategyContext>()
        },
      }
    },
  })
  expectTypeOf(strategy).toExtend<Strategy<any>>()
  strategy.create({ params: { fast: 1, side: 'short' } } as never)
})

test.each(['', ' ', '-x', 'a b', 'a/b', '.hidden', undefined, 7])('a name like %j is refused', (name) => {
  expect(() => defineStrategy({ name: name as string, create: () => ({}) })).toThrow(
    `Expected a strategy name of letters, digits, "-", "_" or ".", found ${JSON.stringify(name)}.`,
  )
})

test('a definition without create is refused', () => {
  expect(() => defineStrategy({ name: 's' } as never)).toThrow(
    expect.objectContaining({
      code: 'strategy.definition',
      message: 'strategy "s": Expected a function "create", found undefined.',
    }),
  )
})

test('a strategy of another copy of this package is one, anything else is none', async () => {
  // A query makes it a module of its own, as a second installed copy would be.
  const copy = (await import(
    /* @vite-ignore */ `${new URL('./strategy.ts', import.meta.url).href}?copy`
  )) as typeof strategyModule
  expect(copy.defineStrategy).not.toBe(defineStrategy)
  expect(isStrategy(copy.defineStrategy({ name: 'other', create: () => ({}) }))).toBe(true)
  expect(isStrategy({ [Symbol.for('@onetape/strategy')]: 1 })).toBe(true)
  for (const value of [undefined, null, 7, 'x', () => 0, {}, { name: 's', create() {} }, { [STRATEGY_MARK]: '1' }])
    expect(isStrategy(value)).toBe(false)
})
