import { type ApprovedOrder, type BrokerEvent, instrument, type MarketEvent, type OrderId } from '@onetape/core'
import fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'
import { openIbkr } from '../src/open-ibkr.ts'
import { ScriptedGateway, until } from './scripted-gateway.ts'
import {
  commission,
  completedOrder,
  contractData,
  execDetails,
  openOrder,
  orderStatus,
  position,
} from './tws-frames.ts'

// Messages that are almost right are worse than garbage: they reach the broker and the feed.

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close()
})

type Message = readonly (string | number)[]

const NASTY = [
  '',
  '-1',
  '0',
  'NaN',
  'Infinity',
  '1e400',
  '1.7976931348623157E308',
  '-5',
  '4294967295',
  'x',
  '{',
  'é',
  '1,5',
]

test('messages with wrong fields: nothing dies, and no figure that is none comes through', async () => {
  const gateway = await ScriptedGateway.open({
    9: (peer, fields) => {
      peer.send(...contractData(fields[2]!, fields[4]!, { hours: '20261119:0000-20261120:0000' }))
      peer.send(52, 1, fields[2]!)
    },
    16: (peer) => peer.send(53, 1),
    99: (peer) => peer.send(102),
    7: (peer, fields) => peer.send(55, 1, fields[2]!),
  })
  closers.push(() => gateway.close())
  const { session, broker, feed } = openIbkr({
    port: gateway.port,
    clientId: 7,
    backOff: { firstMs: 1, maxMs: 2 },
    broker: { checkMs: 0, acknowledgeMs: 50 },
  })
  closers.push(() => session.stop())
  const told: BrokerEvent[] = []
  const market: MarketEvent[] = []
  broker.events.subscribe((event) => told.push(event))
  feed.events.subscribe({ next: (event) => market.push(event) })
  session.start()
  await session.online()
  await feed.subscribe('AAPL', '5s')
  const id = 'run-test-0' as OrderId
  const order = { id, instrument: { ...instrument('AAPL'), id: 0 }, side: 'buy', type: 'market', quantity: 1000 }
  await broker.executeOrder({ ...order, strategy: 'test' } as unknown as ApprovedOrder)
  const ref = 'run-test-0'
  const time = Math.floor(Date.now() / 5000) * 5
  let execution = 0
  const messages: readonly (() => Message)[] = [
    () => openOrder({ orderId: 1, ref, quantity: 1000 }),
    () => orderStatus(1, 'Submitted', { filled: 10, left: 990 }),
    () => execDetails({ orderId: 1, ref, execId: `e${++execution}.1.01.01`, shares: 1, price: 190 }),
    () => commission(`e${execution}.1.01.01`, 1),
    () => completedOrder({ orderId: 1, ref }),
    () => position(10, 190),
    () => [50, 3, gateway.peer.of(50)[0]?.[2] ?? 1, time, 190, 191, 189, 190, 100, 190, 5],
    () => [4, 2, 1, 399, 'Order Message: a note', ''],
    () => [9, 1, 5],
    () => [49, 1, Math.floor(Date.now() / 1000)],
  ]
  const change = fc.record({ at: fc.nat(), to: fc.constantFrom(...NASTY), how: fc.constantFrom('set', 'cut', 'add') })
  const mutated = fc.record({ which: fc.nat(messages.length - 1), changes: fc.array(change, { maxLength: 3 }) })
  await fc.assert(
    fc.asyncProperty(fc.array(mutated, { minLength: 1, maxLength: 8 }), async (pieces) => {
      await until('online', () => session.state.kind === 'online')
      for (const { which, changes } of pieces) {
        const fields = messages[which]!().map(String)
        for (const { at, to, how } of changes) {
          const i = 1 + (at % (fields.length - 1))
          if (how === 'set') fields[i] = to
          else if (how === 'cut') fields.splice(i, 1)
          else fields.splice(i, 0, to)
        }
        gateway.peer.send(...fields)
      }
      await until('a settled session', () => session.state.kind === 'online')
      await session.settled()
    }),
    { numRuns: 120 },
  )
  const figures = told.flatMap((event) => {
    if (event.kind === 'commission') return [event.commission]
    return event.kind === 'filled' || event.kind === 'corrected'
      ? [event.quantity, event.price, event.time]
      : [event.time]
  })
  const bars = market.flatMap((event) =>
    event.kind === 'bar' ? [event.bar.open, event.bar.high, event.bar.low, event.bar.close, event.bar.volume] : [],
  )
  expect(told.some(({ kind }) => kind === 'filled')).toBe(true)
  expect([...figures, ...bars].filter((figure) => !Number.isFinite(figure))).toEqual([])
  const fills = told.flatMap((event) => (event.kind === 'filled' ? [event] : []))
  // Nothing executed is a bust, whatever its price.
  expect(fills.filter(({ quantity, price }) => quantity !== 0 && !(quantity > 0 && price > 0))).toEqual([])
})

test('an execution of a stock at no price is not booked, and somebody is told', async () => {
  const gateway = await ScriptedGateway.open({})
  closers.push(() => gateway.close())
  const { session, broker } = openIbkr({ port: gateway.port, clientId: 7, broker: { checkMs: 0 } })
  closers.push(() => session.stop())
  const told: BrokerEvent[] = []
  const notices: string[] = []
  broker.events.subscribe((event) => told.push(event))
  session.notices.subscribe(({ code }) => notices.push(code))
  session.start()
  await session.online()
  gateway.peer.send(...openOrder({ orderId: 1, ref: 'run-test-0' }))
  gateway.peer.send(...execDetails({ orderId: 1, ref: 'run-test-0', execId: 'e1.1.01.01', shares: 1, price: 0 }))
  await until('a notice', () => notices.includes('ibkr.execution'))
  expect(told.map(({ kind }) => kind)).not.toContain('filled')
})
