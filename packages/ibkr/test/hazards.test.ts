import {
  type ApprovedOrder,
  type BrokerEvent,
  type ExecutionId,
  type Instrument,
  type InstrumentId,
  instrument,
  type OrderId,
  type OrderRequest,
  type TimeInForce,
} from '@onetape/core'
import { afterEach, expect, test } from 'vitest'
import { refuseLateForAuction } from '../src/broker/auction-guard.ts'
import { correctedExecution } from '../src/broker/execution-book.ts'
import { IbkrBroker } from '../src/broker/ibkr-broker.ts'
import { freshOrder, WireOrders } from '../src/broker/wire-order.ts'
import { systemTiming, type Timing } from '../src/session/timing.ts'
import { TwsSession } from '../src/session/tws-session.ts'
import { type Answers, ScriptedGateway, until } from './scripted-gateway.ts'
import { contractData, execDetails, openOrder, orderStatus, placed } from './tws-frames.ts'

// Rows of docs/reference/live-hazards.md that the adapter shows alone, beside those of the other tests here.

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close()
})

interface Desk {
  readonly gateway: ScriptedGateway
  readonly session: TwsSession
  readonly broker: IbkrBroker
  readonly events: BrokerEvent[]
}

async function desk(answers: Answers = {}, timing: Timing = systemTiming): Promise<Desk> {
  const gateway = await ScriptedGateway.open({
    9: (peer, fields) => {
      peer.send(...contractData(fields[2]!, fields[4]!))
      peer.send(52, 1, fields[2]!)
    },
    16: (peer) => peer.send(53, 1),
    99: (peer) => peer.send(102),
    7: (peer, fields) => peer.send(55, 1, fields[2]!),
    49: (peer) => peer.send(49, 1, Math.floor(timing.now() / 1000)),
    ...answers,
  })
  closers.push(() => gateway.close())
  const session = new TwsSession({ port: gateway.port, clientId: 7, timing, backOff: { firstMs: 10, maxMs: 20 } })
  closers.push(() => session.stop())
  const broker = new IbkrBroker(session, { acknowledgeMs: 200, checkMs: 0 })
  const events: BrokerEvent[] = []
  broker.events.subscribe((event) => events.push(event))
  session.start()
  await session.online()
  return { gateway, session, broker, events }
}

const aapl: Instrument = { ...instrument('AAPL', { exchange: 'NASDAQ' }), id: 3 as InstrumentId }
const limit = (id: string): ApprovedOrder =>
  ({
    id: id as OrderId,
    instrument: aapl,
    side: 'buy',
    type: 'limit',
    quantity: 100,
    limitPrice: 190,
    strategy: 't',
  }) as ApprovedOrder

test('H1: an order placed while the link is down is refused, and is not sent when it is up again', async () => {
  const { gateway, session, broker } = await desk()
  gateway.peer.socket.destroy()
  await until('the loss', () => session.state.kind !== 'online')
  expect(await broker.executeOrder(limit('run-t-1'))).toMatchObject({ kind: 'rejected', code: 'ibkr.link' })
  await until('the second connection', () => gateway.peers.length === 2 && session.state.kind === 'online')
  await session.settled()
  expect(gateway.peers.flatMap((peer) => peer.of(3))).toEqual([])
})

test('H4: orders placed in one go have ids of their own, whatever TWS says is next', async () => {
  const { gateway, broker } = await desk()
  const all = Array.from({ length: 5 }, (_, i) => broker.executeOrder(limit(`run-t-${i}`)))
  gateway.peer.send(9, 1, 1) // the id that TWS believes to be next, once more
  await Promise.all(all)
  await broker.executeOrder(limit('run-t-9'))
  const ids = gateway.peer.of(3).map((fields) => Number(placed(fields).id))
  expect(ids).toEqual([1, 2, 3, 4, 5, 6])
})

test('H5: every connection has the client id of the configuration', async () => {
  const { gateway, session } = await desk()
  for (let n = 1; n <= 3; n++) {
    gateway.peer.socket.destroy()
    await until('the next connection', () => gateway.peers.length === n + 1 && session.state.kind === 'online')
  }
  expect(gateway.peers.map(({ clientId }) => clientId)).toEqual([7, 7, 7, 7])
})

test('L10: fractions of shares are filled as they are', async () => {
  const { gateway, session, events } = await desk()
  gateway.peer.send(...execDetails({ orderId: 4, execId: 'f.01', shares: 0.0325, price: 190, ref: 'run-t-4' }))
  await session.settled()
  expect(events).toMatchObject([{ kind: 'filled', quantity: 0.0325 }])
})

test('L11: execution times of logins in three zones are one time', async () => {
  const { gateway, session, events } = await desk()
  const zones = ['20261119 10:00:01 US/Eastern', '20261119 16:00:01 Europe/Berlin', '20261119-15:00:01']
  for (const [i, time] of zones.entries())
    gateway.peer.send(...execDetails({ orderId: 4, execId: `${i}.01`, shares: 1, price: 190, ref: 'run-t-4', time }))
  await session.settled()
  expect(events.map(({ time }) => time)).toEqual(Array<number>(3).fill(Date.UTC(2026, 10, 19, 15, 0, 1)))
})

test('L19: an order of ours whose type is not known here is never sent again, and can be cancelled', async () => {
  const { gateway, broker, session } = await desk()
  gateway.peer.send(...openOrder({ orderId: 41, ref: 'run-old-5', type: 'PEG MID' }))
  gateway.peer.send(...orderStatus(41, 'Submitted'))
  await session.settled()
  expect(await broker.modifyOrder('run-old-5' as OrderId, { quantity: 50 })).toMatchObject({
    kind: 'rejected',
    code: 'ibkr.foreign_order',
  })
  expect(gateway.peer.of(3)).toEqual([])
  void broker.cancelOrder('run-old-5' as OrderId)
  await until('the cancellation', () => gateway.peer.of(4).length === 1)
})

test('L23: the time of the session is the gateway’s, however far the clocks are apart', async () => {
  const hour = 3_600_000
  const { session } = await desk({ 49: (peer) => peer.send(49, 1, Math.floor((Date.now() + hour) / 1000)) })
  await until('the first heartbeat', () => Math.abs(session.clockOffsetMs - hour) < 1_100)
  expect(Math.abs(session.now() - Date.now() - hour)).toBeLessThan(1_200)
})

test('L20: orders that are over are remembered up to a number, and working ones always', () => {
  const orders = new WireOrders()
  const all = Array.from({ length: 6_000 }, (_, i) => freshOrder(`run-t-${i}` as OrderId, i + 1, {}, undefined))
  for (const order of all) orders.add(order)
  for (const order of all.slice(1)) orders.end(order)
  expect(orders.open).toEqual([all[0]])
  expect(all.filter(({ orderId }) => orders.of(orderId) !== undefined).length).toBe(5_001)
  expect(all.filter(({ wireId }) => orders.ofWire(wireId) !== undefined).length).toBe(5_001)
})

test('T6: a stop works in regular hours, and outside of them only when it was asked to', async () => {
  const { gateway, broker } = await desk({
    3: (peer, fields) => peer.send(...openOrder({ orderId: Number(fields[1]), ref: placed(fields).ref, type: 'STP' })),
  })
  const stop = { ...limit('run-t-1'), type: 'stop', stopPrice: 200 } as ApprovedOrder
  await broker.executeOrder(stop)
  await broker.executeOrder({ ...stop, id: 'run-t-2' as OrderId, outsideRth: true })
  const [regular, extended] = gateway.peer.of(3)
  // The two messages differ in id, reference and this flag alone.
  const differing = regular!.flatMap((field, i) => (field === extended![i] ? [] : [[field, extended![i]]]))
  expect(differing).toEqual([
    ['1', '2'],
    ['run-t-1', 'run-t-2'],
    ['0', '1'],
  ])
})

function decideAuction(market: 'XNAS' | 'XNYS', type: OrderRequest['type'], time: string, tif: TimeInForce): void {
  const [hours, minutes, seconds] = time.split(':').map(Number)
  const now = Date.UTC(2026, 10, 19, hours! + 5, minutes, seconds) // New York's winter
  refuseLateForAuction({ ...limit('run-t-1'), type, tif, instrument: { ...aapl, exchange: '', calendar: market } }, now)
}

test.each([
  ['XNAS', 'market-on-close', '15:54:56'],
  ['XNYS', 'limit-on-close', '15:49:56'],
  ['XNYS', 'market-on-close', '15:59:59'],
  ['XNYS', 'limit-on-open', '09:27:56'],
] as const)('L17: %s, %s at %s is too late, unless it may mean the next auction', (market, type, time) => {
  expect(() => decideAuction(market, type, time, 'day')).toThrow(
    /Expected a (market|limit)-on-(open|close) order for AAPL 5 s before .*, found 2026-11-19T/,
  )
  expect(() => decideAuction(market, type, time, 'gtc')).not.toThrow()
})

test.each([
  ['XNAS', 'market-on-close', '15:54:54'],
  ['XNYS', 'limit-on-close', '15:49:54'],
  ['XNYS', 'market-on-close', '16:00:01'], // of the next session
  ['XNYS', 'market-on-open', '09:27:54'],
  ['XNYS', 'limit', '15:59:59'],
] as const)('L17: %s, %s at %s is in time', (market, type, time) => {
  expect(() => decideAuction(market, type, time, 'day')).not.toThrow()
})

test('L17: an order too near the closing auction is refused before a byte of it leaves', async () => {
  const now = Date.UTC(2026, 10, 19, 20, 59)
  const { gateway, broker } = await desk({}, { ...systemTiming, now: () => now })
  const order = { ...limit('run-t-1'), type: 'market-on-close', instrument: { ...aapl, calendar: 'XNAS' } }
  expect(await broker.executeOrder(order as ApprovedOrder)).toMatchObject({
    kind: 'rejected',
    code: 'ibkr.auction_cutoff',
  })
  expect(gateway.peer.of(3)).toEqual([])
})

const corrected = (id: string, ...booked: string[]): string | undefined =>
  correctedExecution(id as ExecutionId, new Set(booked as ExecutionId[]))

test('L21: what an execution corrects is the latest before it, and nothing of another one', () => {
  expect(corrected('a.b.01.02', 'a.b.01.01', 'a.b.02.01')).toBe('a.b.01.01')
  expect(corrected('a.b.01.11', 'a.b.01.01', 'a.b.01.09')).toBe('a.b.01.09')
  expect(corrected('a.b.01.01', 'a.b.01.02', 'a.b.01.01')).toBeUndefined()
  expect(corrected('a.b.02.02', 'a.b.01.01')).toBeUndefined()
  expect(corrected('', 'a')).toBeUndefined()
  expect(corrected('a.b.01.1e9', 'a.b.01.01')).toBeUndefined()
})
