import { InvariantError, ORDER_STATES, type OrderState, OrderStateCode } from '@onetape/core'
import { expect, test } from 'vitest'
import { ORDER_INPUTS, ORDER_TRANSITIONS, nextState, takes } from './order-machine.ts'

type Input = (typeof ORDER_INPUTS)[number]

// Written out by hand from the life of an order at a broker, not derived from the code: what is missing is refused.
// Executions are the truth: a fill is taken in every state that an order can have at a venue, a final one included.
const EXPECTED: Readonly<Record<OrderState, Partial<Record<Input, OrderState>>>> = {
  created: { park: 'parked', deny: 'denied', approve: 'submitting' },
  parked: { deny: 'denied', approve: 'submitting', cancel: 'cancelled', expire: 'expired' },
  submitting: {
    accept: 'working',
    reject: 'rejected',
    lose: 'unknown',
    'fill-partial': 'working',
    'fill-rest': 'filled',
    'cancel-request': 'cancelling',
    cancel: 'cancelled',
    'replace-request': 'replacing',
    expire: 'expired',
  },
  unknown: {
    accept: 'working',
    reject: 'rejected',
    lose: 'unknown',
    'fill-partial': 'working',
    'fill-rest': 'filled',
    'cancel-request': 'cancelling',
    cancel: 'cancelled',
    'replace-request': 'replacing',
    expire: 'expired',
  },
  working: {
    accept: 'working',
    reject: 'rejected',
    lose: 'unknown',
    'fill-partial': 'working',
    'fill-rest': 'filled',
    trigger: 'working',
    'cancel-request': 'cancelling',
    cancel: 'cancelled',
    'replace-request': 'replacing',
    replace: 'working',
    expire: 'expired',
  },
  cancelling: {
    accept: 'cancelling',
    reject: 'rejected',
    lose: 'unknown',
    'fill-partial': 'cancelling',
    'fill-rest': 'filled',
    trigger: 'cancelling',
    'cancel-request': 'cancelling',
    'cancel-reject': 'working',
    cancel: 'cancelled',
    'replace-reject': 'cancelling',
    replace: 'cancelling',
    expire: 'expired',
  },
  replacing: {
    accept: 'replacing',
    reject: 'rejected',
    lose: 'unknown',
    'fill-partial': 'replacing',
    'fill-rest': 'filled',
    trigger: 'replacing',
    'cancel-request': 'cancelling',
    cancel: 'cancelled',
    'replace-request': 'replacing',
    'replace-reject': 'working',
    replace: 'working',
    expire: 'expired',
  },
  filled: {
    accept: 'filled',
    lose: 'filled',
    'fill-partial': 'filled',
    'fill-rest': 'filled',
    trigger: 'filled',
    'cancel-reject': 'filled',
    'replace-reject': 'filled',
    replace: 'filled',
    reopen: 'working',
  },
  cancelled: {
    accept: 'cancelled',
    lose: 'cancelled',
    'fill-partial': 'cancelled',
    'fill-rest': 'filled',
    trigger: 'cancelled',
    'cancel-reject': 'cancelled',
    cancel: 'cancelled',
    'replace-reject': 'cancelled',
    replace: 'cancelled',
    reopen: 'working',
  },
  expired: {
    accept: 'expired',
    lose: 'expired',
    'fill-partial': 'expired',
    'fill-rest': 'filled',
    trigger: 'expired',
    'cancel-reject': 'expired',
    'replace-reject': 'expired',
    replace: 'expired',
    expire: 'expired',
    reopen: 'working',
  },
  rejected: {
    accept: 'rejected',
    lose: 'rejected',
    'fill-partial': 'rejected',
    'fill-rest': 'filled',
    trigger: 'rejected',
    'cancel-reject': 'rejected',
    'replace-reject': 'rejected',
    replace: 'rejected',
    reopen: 'working',
  },
  denied: {},
}

const PAIRS = ORDER_STATES.flatMap((state) => ORDER_INPUTS.map((input) => [state, input] as const))

/** The next state by name, or the code of the error. */
function outcome(state: number, input: number): string {
  try {
    return ORDER_STATES[nextState(state, input)]!
  } catch (error) {
    return (error as InvariantError).code
  }
}

test.each(PAIRS)('an order that is %s and takes "%s" goes where the table says, or refuses', (state, input) => {
  const from = ORDER_STATES.indexOf(state)
  const code = ORDER_INPUTS.indexOf(input)
  const expected = EXPECTED[state][input]
  expect(takes(from, code)).toBe(expected !== undefined)
  expect(outcome(from, code)).toBe(expected ?? 'order.transition')
})

test('a refusal names the state and the input', () =>
  expect(() => nextState(OrderStateCode.denied, ORDER_INPUTS.indexOf('approve'))).toThrow(
    new InvariantError('order.transition', 'An order that is denied cannot take "approve".'),
  ))

test('the table holds no edge beside those: its cells for no input are all illegal', () => {
  const edges = ORDER_TRANSITIONS.filter((next) => next !== 255).length
  expect(edges).toBe(Object.values(EXPECTED).reduce((sum, row) => sum + Object.keys(row).length, 0))
  for (const next of ORDER_TRANSITIONS) expect(next === 255 || next < ORDER_STATES.length).toBe(true)
})

test('nothing brings a denied order back, and no final state opens again but by "reopen"', () => {
  const final = ['filled', 'cancelled', 'expired', 'rejected', 'denied'] as const
  const opening = final.flatMap((state) =>
    Object.entries(EXPECTED[state]).filter(([, next]) => OrderStateCode[next] < OrderStateCode.filled),
  )
  expect(opening.map(([input]) => input)).toEqual(['reopen', 'reopen', 'reopen', 'reopen'])
})
