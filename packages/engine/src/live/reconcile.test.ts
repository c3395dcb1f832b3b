import type { ExecutionId, OrderId } from '@onetape/core'
import { expect, test } from 'vitest'
import { type ReconcileInput, reconcile } from './reconcile.ts'

const id = (n: number): OrderId => `run-s-${n}` as OrderId
const exec = (x: string): ExecutionId => x as ExecutionId
const known = <T>(value: T): { kind: 'known'; value: T } => ({ kind: 'known', value })
const failed = { kind: 'unknown', detail: 'timed out' } as const

const agreed: ReconcileInput = {
  orders: [{ orderId: id(1), quantity: 100, filled: 40, open: true }],
  executions: new Set([exec('a')]),
  positions: new Map([['AAPL', 40]]),
  venue: {
    open: known([{ orderId: id(1), brokerRef: '7', quantity: 100, filled: 40 }]),
    completed: known([]),
    executions: known([{ executionId: exec('a'), orderId: id(1), quantity: 40, price: 10, time: 1 }]),
    positions: known(new Map([['AAPL', 40]])),
  },
}
const but = (venue: Partial<ReconcileInput['venue']>): ReconcileInput => ({
  ...agreed,
  venue: { ...agreed.venue, ...venue },
})

test('books that agree show nothing', () => {
  expect(reconcile(agreed)).toEqual({ discrepancies: [], unknown: [] })
})

test('a fill of an outage is booked once, by its execution id, in order of time', () => {
  const executions = known([
    { executionId: exec('c'), orderId: id(1), quantity: 20, price: 11, time: 3 },
    { executionId: exec('a'), orderId: id(1), quantity: 40, price: 10, time: 1 },
    { executionId: exec('b'), orderId: id(1), quantity: 10, price: 10.5, time: 2 },
  ])
  const { discrepancies } = reconcile(but({ executions, positions: known(new Map([['AAPL', 40]])) }))
  expect(discrepancies.map((d) => d.kind === 'missed-fill' && 'executionId' in d.event && d.event.executionId)).toEqual(
    ['b', 'c'],
  )
})

test('an order that the venue ended is ended; one without any trace is named', () => {
  const ended = but({
    open: known([]),
    completed: known([{ orderId: id(1), brokerRef: '7', quantity: 100, filled: 40, outcome: 'cancelled' }]),
  })
  expect(reconcile(ended).discrepancies).toEqual([{ kind: 'ended', orderId: id(1), outcome: 'cancelled' }])
  const lost = { ...but({ open: known([]), executions: known([]) }), executions: new Set<ExecutionId>() }
  expect(reconcile(lost).discrepancies).toEqual([{ kind: 'no-trace', orderId: id(1) }])
})

test.each(['open', 'completed', 'executions'] as const)(
  'a failed query for %s is unknown, not empty: no order is given up',
  (query) => {
    const input = but({ open: known([]), completed: known([]), executions: known([]), [query]: failed })
    const { discrepancies, unknown } = reconcile(input)
    expect(unknown).toEqual([query])
    expect(discrepancies.filter((d) => d.kind === 'no-trace')).toEqual([])
  },
)

test('unknown positions are never read as no positions', () => {
  expect(reconcile(but({ positions: failed })).discrepancies).toEqual([])
  expect(reconcile(but({ positions: known(new Map()) })).discrepancies).toEqual([
    { kind: 'position', symbol: 'AAPL', ours: 40, theirs: 0 },
  ])
})

test('two orders behind one reference, and orders of others, are told apart', () => {
  const open = known([
    { orderId: id(1), brokerRef: '7', quantity: 100, filled: 40 },
    { orderId: id(1), brokerRef: '9', quantity: 100, filled: 0 },
    { orderId: undefined, brokerRef: '11', quantity: 5, filled: 0 },
  ])
  expect(reconcile(but({ open })).discrepancies).toEqual([
    { kind: 'foreign', brokerRef: '11' },
    { kind: 'doubled', orderId: id(1), brokerRefs: ['7', '9'] },
  ])
})
