import { expect, test } from 'vitest'
import { InputError, isInputError } from './input-error.ts'
import { InvariantError, assertNever } from './invariant-error.ts'
import { StrategyError } from './strategy-error.ts'

test('the message of an input error is complete: place, what, way out', () => {
  const error = new InputError('data.range', 'High 1 is below low 2.', { place: 'a.csv:7', hint: 'Leave it out.' })
  expect(error.message).toBe('a.csv:7: High 1 is below low 2. Leave it out.')
  expect(error).toMatchObject({ name: 'InputError', code: 'data.range', place: 'a.csv:7', hint: 'Leave it out.' })
  expect(new InputError('c', 'Wrong.').message).toBe('Wrong.')
  expect(Object.hasOwn(new InputError('c', 'Wrong.'), 'cause')).toBe(false)
  const cause = new Error('inner')
  expect(new InputError('c', 'Wrong.', { cause }).cause).toBe(cause)
})

test('an input error is known across copies of this package by name and code', () => {
  const foreign = Object.assign(new Error('x'), { name: 'InputError', code: 'data.range' })
  expect(isInputError(foreign)).toBe(true)
  expect(isInputError(new InputError('c', 'x'))).toBe(true)
  const others = [
    new Error('x'),
    Object.assign(new Error('x'), { code: 'c' }),
    { name: 'InputError', code: 'c' },
    'x',
    null,
  ]
  for (const other of others) expect(isInputError(other)).toBe(false)
})

test('a strategy error names strategy, handler, instrument and time, and keeps what was thrown', () => {
  const cause = new TypeError('x is undefined')
  const at = { strategy: 'sma', event: 'onBar', time: Date.UTC(2024, 2, 28, 20), instrument: 'AAPL' }
  const error = new StrategyError(at, cause)
  expect(error.message).toBe('Strategy "sma" threw in onBar of AAPL at 2024-03-28T20:00:00Z: TypeError: x is undefined')
  expect(error).toMatchObject({ name: 'StrategyError', code: 'strategy.threw', cause, ...at })
})

test.each([NaN, Infinity, -Infinity])('without a time (%f) a strategy error names none', (time) => {
  const error = new StrategyError({ strategy: 'sma', event: 'create', time }, 'no reason')
  expect(error.message).toBe('Strategy "sma" threw in create: no reason')
})

test('a kind that nobody knows is an invariant error', () => {
  expect(() => assertNever({ kind: 'new' } as never)).toThrow('Expected a known kind, found {"kind":"new"}')
  expect(new InvariantError('kind.unknown', 'x')).toMatchObject({ name: 'InvariantError', code: 'kind.unknown' })
})
