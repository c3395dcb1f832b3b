import { expect, test } from 'vitest'
import { DENIAL_CODES, END_CODES } from './order-codes.ts'
import { orderId, type RunId } from './order-id.ts'
import { ORDER_STATES, OrderStateCode, isFinalState } from './order-state.ts'
import { ORDER_TYPES, OrderTypeCode, TIMES_IN_FORCE, TimeInForceCode } from './order-type.ts'

test.each([
  ['types', ORDER_TYPES, OrderTypeCode],
  ['states', ORDER_STATES, OrderStateCode],
  ['times in force', TIMES_IN_FORCE, TimeInForceCode],
] as const)('the code of each of the order %s is its place in the list', (_, names, codes) => {
  const camel = names.map((name) => name.replace(/-(.)/g, (_hit, letter: string) => letter.toUpperCase()))
  expect(codes).toEqual(Object.fromEntries(camel.map((name, i) => [name, i])))
  expect(new Set(names).size).toBe(names.length)
})

test('open states come first, final ones after', () => {
  expect(ORDER_STATES.filter((state) => !isFinalState(state))).toEqual([
    'created',
    'parked',
    'submitting',
    'unknown',
    'working',
    'cancelling',
    'replacing',
  ])
  expect(ORDER_STATES.filter(isFinalState)).toEqual(['filled', 'cancelled', 'expired', 'rejected', 'denied'])
})

test.each(Object.entries({ ...DENIAL_CODES, ...END_CODES }))(
  'code %s is explained in one sentence',
  (code, meaning) => {
    expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/)
    expect(meaning).toMatch(/^[A-Z][^.]*\.$/)
  },
)

test('no code means two things', () => {
  expect(Object.keys(DENIAL_CODES).filter((code) => Object.hasOwn(END_CODES, code))).toEqual([])
})

test('an order id is a pure function of run, strategy and counter', () => {
  expect(orderId('r1' as RunId, 'sma-cross', 7)).toBe('r1-sma-cross-7')
})
