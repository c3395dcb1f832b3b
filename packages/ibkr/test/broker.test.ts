import {
  type ApprovedOrder,
  type BrokerEvent,
  type Instrument,
  type InstrumentId,
  instrument,
  type OrderId,
  type OrderRequest,
} from '@onetape/core'
import { afterEach, describe, expect, test } from 'vitest'
import type { IbkrBrokerOptions } from '../src/broker/broker-desk.ts'
import { IbkrBroker } from '../src/broker/ibkr-broker.ts'
import type { IbkrNotice } from '../src/session/notice.ts'
import { TwsSession } from '../src/session/tws-session.ts'
import { type Answers, type Peer, ScriptedGateway, until } from './scripted-gateway.ts'
import {
  commission,
  completedOrder,
  contractData,
  execDetails,
  openOrder,
  orderStatus,
  placed,
  position,
} from './tws-frames.ts'

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close()
})

const aapl: Instrument = { ...instrument('AAPL', { exchange: 'NASDAQ', calendar: '24/7' }), id: 3 as InstrumentId }
let counter = 0
function approved(own: Partial<OrderRequest> & { id?: OrderId; parentId?: OrderId } = {}): ApprovedOrder {
  const id = own.id ?? (`run-test-${counter++}` as OrderId)
  const order = { instrument: aapl, side: 'buy', type: 'limit', quantity: 100, limitPrice: 190.5, strategy: 'test' }
  return { ...order, ...own, id } as ApprovedOrder
}

/** A gateway that knows contracts and answers questions about orders with nothing. */
const quiet: Answers = {
  9: (peer, fields) => {
    peer.send(...contractData(fields[2]!, fields[4]!, { hours: '20261119:0000-20261120:0000' }))
    peer.send(52, 1, fields[2]!)
  },
  16: (peer) => peer.send(53, 1),
  99: (peer) => peer.send(102),
  7: (peer, fields) => peer.send(55, 1, fields[2]!),
}
/** Takes every order at once. */
const takes: Answers = {
  3: (peer, fields) => {
    const order = placed(fields)
    if (order.transmit === '0') return
    accept(peer, fields)
  },
}

function accept(peer: Peer, fields: readonly string[], status = 'Submitted'): void {
  const o = placed(fields)
  const id = Number(o.id)
  peer.send(
    ...openOrder({
      orderId: id,
      ref: o.ref,
      action: o.action,
      quantity: Number(o.quantity),
      type: o.type,
      tif: o.tif,
      status,
      limit: Number(o.limit),
      aux: Number(o.aux),
    }),
  )
  peer.send(...orderStatus(id, status))
}

interface Desk {
  readonly gateway: ScriptedGateway
  readonly session: TwsSession
  readonly broker: IbkrBroker
  readonly events: BrokerEvent[]
  readonly notices: IbkrNotice[]
}

async function desk(
  answers: Answers = {},
  options: IbkrBrokerOptions = {},
  pace: { readonly messagesPerSecond?: number } = {},
): Promise<Desk> {
  const gateway = await ScriptedGateway.open({ ...quiet, ...answers })
  closers.push(() => gateway.close())
  const session = new TwsSession({ port: gateway.port, clientId: 7, backOff: { firstMs: 20, maxMs: 40 }, ...pace })
  closers.push(() => session.stop())
  const broker = new IbkrBroker(session, { acknowledgeMs: 150, checkMs: 0, ...options })
  const events: BrokerEvent[] = []
  const notices: IbkrNotice[] = []
  broker.events.subscribe((event) => events.push(event))
  session.notices.subscribe((notice) => notices.push(notice))
  session.start()
  await session.online()
  return { gateway, session, broker, events, notices }
}

const kinds = (events: readonly BrokerEvent[]): string[] => events.map(({ kind }) => kind)

const fill = { orderId: 1, execId: '0000e0d5.69dd7411.01.01', shares: 40, price: 190.49 }

/** A desk with one working order. */
async function working(answers: Answers = {}): Promise<Desk & { order: ApprovedOrder }> {
  const all = await desk(takes)
  const order = approved()
  await all.broker.executeOrder(order)
  all.gateway.answer(answers)
  return { ...all, order }
}

const rows = (peer: Peer, id: string, own: Record<string, string> = {}): void => {
  const values = {
    BuyingPower: '400000',
    InitMarginReq: '1000',
    MaintMarginReq: '900',
    NetLiquidation: '100000',
    TotalCashValue: '98000',
    ...own,
  }
  for (const [tag, value] of Object.entries(values)) peer.send(63, 1, id, 'DU1234567', tag, value, 'USD')
  peer.send(64, 1, id)
}

describe('placing', () => {
  test('accepted: by reference and contract id, always with account and time in force', async () => {
    const { gateway, broker, events } = await desk(takes)
    const order = approved()
    expect(await broker.executeOrder(order)).toEqual({ kind: 'accepted', brokerRef: '1001' })
    expect(events).toMatchObject([{ kind: 'accepted', orderId: order.id, brokerRef: '1001' }])
    expect(placed(gateway.peer.of(3)[0]!)).toMatchObject({
      id: '1',
      conId: '265598',
      symbol: 'AAPL',
      action: 'BUY',
      quantity: '100',
      type: 'LMT',
      limit: '190.5',
      tif: 'DAY',
      account: 'DU1234567',
      ref: order.id,
      transmit: '1',
      parent: '0',
    })
  })

  test.each([
    [201, 'Order rejected - reason:YOUR ORDER IS NOT ACCEPTED. INSUFFICIENT MARGIN'],
    [110, 'The price does not conform to the minimum price variation for this contract.'],
    [200, 'No security definition has been found for the request'],
    [321, "Error validating request.-'bF' : cause - Invalid order type was entered"],
    [10243, 'Fractional-sized order cannot be placed via API.'],
  ])('%d rejects a new order, with the reason', async (code, text) => {
    const { broker, events } = await desk({ 3: (peer, fields) => peer.send(4, 2, fields[1]!, code, text, '') })
    expect(await broker.executeOrder(approved())).toEqual({ kind: 'rejected', code: `ibkr.${code}`, detail: text })
    expect(events).toMatchObject([{ kind: 'rejected', code: `ibkr.${code}` }])
  })

  test('Cancelled before the message that says why is a rejection all the same', async () => {
    const { broker } = await desk(
      {
        3: (peer, fields) => {
          peer.send(...orderStatus(Number(fields[1]), 'Inactive'))
          peer.send(...orderStatus(Number(fields[1]), 'Cancelled'))
          setTimeout(() => peer.send(4, 2, fields[1]!, 201, 'Order rejected - reason:no', ''), 20)
        },
      },
      { acknowledgeMs: 5_000 },
    )
    expect(await broker.executeOrder(approved())).toMatchObject({ kind: 'rejected', code: 'ibkr.201' })
  })

  test.each([
    [
      399,
      'Order Message:\nBUY 100 AAPL NASDAQ.NMS\nWarning: Your order will not be placed at the exchange until 09:30.',
    ],
    [10349, 'Order TIF was set to DAY based on order preset.'],
    [2109, 'Order Event Warning: Attribute "Outside Regular Trading Hours" is ignored'],
  ])('%d is a note: the order is accepted, and nothing is sent again', async (code, text) => {
    const { gateway, broker, events } = await desk({
      3: (peer, fields) => {
        peer.send(4, 2, fields[1]!, code, text, '')
        accept(peer, fields, 'PreSubmitted')
      },
    })
    expect(await broker.executeOrder(approved())).toMatchObject({ kind: 'accepted' })
    expect(kinds(events)).toEqual(['accepted'])
    expect(gateway.peer.of(3).length).toBe(1)
  })

  test('held for shares to borrow: accepted, and open', async () => {
    const { broker, events, gateway } = await desk({
      3: (peer, fields) => {
        peer.send(4, 2, fields[1]!, 404, 'Order held while securities are located.', '')
        peer.send(...orderStatus(Number(fields[1]), 'Inactive', { whyHeld: 'locate' }))
      },
    })
    const order = approved({ side: 'sell' })
    expect(await broker.executeOrder(order)).toMatchObject({ kind: 'accepted' })
    gateway.peer.send(
      ...execDetails({ orderId: 1, execId: 'a.01', shares: 100, price: 191, ref: order.id, side: 'SLD' }),
    )
    await until('the fill', () => events.length === 2)
    expect(kinds(events)).toEqual(['accepted', 'filled'])
  })

  test('Inactive without a reason is nobody’s guess', async () => {
    const { broker, events } = await desk({
      3: (peer, fields) => peer.send(...orderStatus(Number(fields[1]), 'Inactive')),
    })
    expect(await broker.executeOrder(approved())).toMatchObject({ kind: 'unknown' })
    expect(events).toEqual([])
  })

  test('silence is unknown; the order is asked for, found, and told', async () => {
    let silent = true
    const { broker, events, gateway } = await desk({
      3: () => undefined,
      16: (peer) => {
        if (!silent) for (const fields of peer.of(3)) accept(peer, fields)
        peer.send(53, 1)
      },
    })
    const order = approved()
    expect(await broker.executeOrder(order)).toEqual({ kind: 'unknown', detail: 'TWS said nothing for 150 ms.' })
    expect(gateway.peer.of(3).length).toBe(1)
    await until('the questions', () => gateway.peer.of(99).length > 0)
    expect(events).toEqual([])
    silent = false
    await broker.resync()
    await broker.resync()
    expect(events).toMatchObject([{ kind: 'accepted', orderId: order.id }])
    expect(gateway.peer.of(3).length).toBe(1)
  })

  test('an order of a strange price, and one of an unknown contract, never leave', async () => {
    const { broker, gateway, events } = await desk({
      ...takes,
      9: (peer, fields) =>
        peer.send(4, 2, fields[2]!, 200, 'No security definition has been found for the request', ''),
    })
    expect(await broker.executeOrder(approved())).toMatchObject({ kind: 'rejected', code: 'ibkr.200' })
    gateway.answer(quiet)
    expect(await broker.executeOrder(approved({ limitPrice: NaN }))).toMatchObject({
      code: 'ibkr.order',
      detail: 'AAPL: Expected a limit price, found NaN.',
    })
    expect(await broker.executeOrder(approved({ quantity: 0.5 }))).toMatchObject({ code: 'ibkr.order' })
    expect([gateway.peer.of(3).length, events.length]).toEqual([0, 0])
  })

  test('a read-only API refuses the next order here', async () => {
    const { broker, gateway, session } = await desk(takes)
    gateway.peer.send(4, 2, -1, 321, 'The API interface is currently in Read-Only mode.', '')
    await until('the note', () => session.readOnly)
    expect(await broker.executeOrder(approved())).toMatchObject({ kind: 'rejected', code: 'ibkr.read_only' })
    expect(gateway.peer.of(3)).toEqual([])
  })

  test('no more than 20 open per contract and side', async () => {
    const { broker, gateway } = await desk(takes)
    const outcomes = await Promise.all(Array.from({ length: 22 }, () => broker.executeOrder(approved())))
    const refused = outcomes.filter((outcome) => outcome.kind === 'rejected')
    expect(refused).toHaveLength(2)
    expect(refused[0]).toMatchObject({ code: 'ibkr.too_many_orders' })
    expect(await broker.executeOrder(approved({ side: 'sell' }))).toMatchObject({ kind: 'accepted' })
    expect(gateway.peer.of(3).length).toBe(21)
  })

  test('an order that no list shows does not count among them', async () => {
    const { broker, gateway } = await desk({ 3: () => undefined })
    const lost = Array.from({ length: 20 }, () => broker.executeOrder(approved()))
    expect((await Promise.all(lost)).map(({ kind }) => kind)).toEqual(Array<string>(20).fill('unknown'))
    await broker.resync()
    gateway.answer(takes)
    expect(await broker.executeOrder(approved())).toMatchObject({ kind: 'accepted' })
  })

  test('many at once have ids of their own', async () => {
    const { broker, gateway } = await desk(takes)
    await Promise.all(Array.from({ length: 15 }, () => broker.executeOrder(approved())))
    expect(new Set(gateway.peer.of(3).map(([, id]) => id)).size).toBe(15)
  })

  test('a cancellation does not overtake its own order in the queue, and nothing is due before it was sent', async () => {
    const acknowledgeMs = 500 // less than the second that the queue takes
    const { broker, gateway } = await desk(takes, { acknowledgeMs }, { messagesPerSecond: 6 })
    await broker.executeOrder(approved()) // asks for the contract
    const orders = Array.from({ length: 8 }, () => approved())
    const outcomes = broker.executeOrders(orders)
    const cancelled = broker.cancelOrder(orders.at(-1)!.id)
    expect((await Promise.all(outcomes)).map(({ kind }) => kind)).toEqual(Array(8).fill('accepted'))
    await until('the cancellation', () => gateway.peer.of(4).length === 1)
    const { received } = gateway.peer
    const last = received.findLastIndex(([kind]) => kind === '3')
    expect(received.findIndex(([kind]) => kind === '4')).toBeGreaterThan(last)
    expect((await cancelled).kind).toBe('unknown') // this gateway does not answer it
  })
})

describe('families', () => {
  test('a parent and its children: consecutive ids, transmitted by the last, acknowledged as a whole', async () => {
    const { broker, gateway } = await desk({
      3: (peer, fields) => {
        if (placed(fields).transmit === '1') for (const leg of peer.of(3)) accept(peer, leg, 'PreSubmitted')
      },
    })
    const parent = approved({ type: 'market' })
    const target = approved({ side: 'sell', parentId: parent.id, ocaGroup: 'exit', limitPrice: 200 })
    const stop = approved({ side: 'sell', type: 'stop', stopPrice: 180, parentId: parent.id, ocaGroup: 'exit' })
    const outcomes = await Promise.all([parent, target, stop].map((order) => broker.executeOrder(order)))
    expect(outcomes.map(({ kind }) => kind)).toEqual(['accepted', 'accepted', 'accepted'])
    const legs = gateway.peer.of(3).map((fields) => placed(fields))
    expect(legs.map(({ id, parent: of, transmit, oca }) => [id, of, transmit, oca])).toEqual([
      ['1', '0', '0', ''],
      ['2', '1', '0', 'run-test/exit'],
      ['3', '1', '1', 'run-test/exit'],
    ])
    // A later child hangs itself on the working parent.
    await broker.executeOrder(approved({ side: 'sell', parentId: parent.id, limitPrice: 210 }))
    expect(placed(gateway.peer.of(3)[3]!)).toMatchObject({ id: '4', parent: '1', transmit: '1' })
  })

  test('one leg that cannot be sent keeps the whole family back', async () => {
    const { broker, gateway } = await desk(takes)
    const parent = approved({ type: 'market' })
    const bad = approved({ side: 'sell', type: 'stop', stopPrice: NaN, parentId: parent.id })
    const outcomes = await Promise.all([parent, bad].map((order) => broker.executeOrder(order)))
    expect(outcomes.map(({ kind }) => kind)).toEqual(['rejected', 'rejected'])
    expect(gateway.peer.of(3)).toEqual([])
  })

  test('a child of an unknown parent is refused', async () => {
    const { broker } = await desk(takes)
    const child = approved({ parentId: 'run-test-99999' as OrderId })
    expect(await broker.executeOrder(child)).toMatchObject({ kind: 'rejected', code: 'ibkr.10006' })
  })

  test('legs that wait for a lost last one are cancelled: no list would ever show them', async () => {
    const { broker, gateway, session } = await desk({ 3: () => undefined })
    const parent = approved({ type: 'market' })
    const child = approved({ side: 'sell', parentId: parent.id, limitPrice: 200 })
    const outcomes = Promise.all([parent, child].map((order) => broker.executeOrder(order)))
    await until('the legs', () => gateway.peer.of(3).length === 2)
    gateway.peer.socket.destroy()
    expect((await outcomes).map(({ kind }) => kind)).toEqual(['unknown', 'unknown'])
    await until('the second connection', () => gateway.peers.length === 2 && session.state.kind === 'online')
    await until('the cancellation', () => gateway.peer.of(4).length > 0)
    expect(gateway.peer.of(4).map(([, id]) => id)).toEqual(['1'])
    expect(gateway.peer.of(3)).toEqual([])
  })
})

describe('executions', () => {
  test('come once, whatever is repeated, with the exchange’s time in UTC', async () => {
    const { gateway, events, session, order } = await working()
    const { peer } = gateway
    for (let i = 0; i < 3; i++) {
      peer.send(...execDetails({ ...fill, ref: order.id }))
      peer.send(...orderStatus(1, 'Submitted', { filled: 40, left: 60 }))
      peer.send(...commission(fill.execId, '1.00012'))
    }
    await session.settled()
    expect(events.slice(1)).toEqual([
      {
        kind: 'filled',
        orderId: order.id,
        executionId: fill.execId,
        quantity: 40,
        price: 190.49,
        time: Date.UTC(2026, 10, 19, 15, 0, 1),
      },
      {
        kind: 'commission',
        orderId: order.id,
        executionId: fill.execId,
        commission: 1.00012,
        time: expect.any(Number),
      },
    ])
  })

  test('before any word about the order, and commissions before executions', async () => {
    const { gateway, events, session } = await desk()
    const { peer } = gateway
    peer.send(...commission('x.01', '-0.25')) // a rebate
    peer.send(...execDetails({ orderId: 77, execId: 'x.01', shares: 1, price: 5, ref: 'run-old-4' }))
    await session.settled()
    expect(events).toMatchObject([
      { kind: 'filled', orderId: 'run-old-4' },
      { kind: 'commission', orderId: 'run-old-4', commission: -0.25 },
    ])
  })

  test.each([['-1'], ['1.7976931348623157E308'], ['']])('a commission of "%s" is none', async (amount) => {
    const { gateway, events, session, order } = await working()
    gateway.peer.send(...execDetails({ ...fill, ref: order.id }))
    gateway.peer.send(...commission(fill.execId, amount))
    gateway.peer.send(...commission(fill.execId, '1.00012'))
    await session.settled()
    // An empty text reads as 0 in the client; a later figure corrects it.
    expect(events.at(-1)).toMatchObject({ kind: 'commission', commission: 1.00012 })
    expect(events.filter(({ kind }) => kind === 'commission').length).toBe(amount === '' ? 2 : 1)
  })

  test('a correction supersedes, a bust takes all back, and what is older changes nothing', async () => {
    const { gateway, events, session, order, broker } = await working()
    const { peer } = gateway
    peer.send(...execDetails({ ...fill, ref: order.id }))
    peer.send(...execDetails({ ...fill, execId: '0000e0d5.69dd7411.01.02', price: 190.4, ref: order.id }))
    peer.send(...execDetails({ ...fill, ref: order.id }))
    peer.send(...execDetails({ ...fill, execId: '0000e0d5.69dd7411.01.03', shares: 0, ref: order.id }))
    await session.settled()
    expect(events.slice(2)).toMatchObject([
      {
        kind: 'corrected',
        superseded: fill.execId,
        executionId: '0000e0d5.69dd7411.01.02',
        quantity: 40,
        price: 190.4,
      },
      { kind: 'corrected', superseded: '0000e0d5.69dd7411.01.02', quantity: 0 },
    ])
    gateway.answer({
      7: (to, fields) => {
        for (const [execId, price] of [
          [fill.execId, 190.49],
          ['0000e0d5.69dd7411.01.02', 190.4],
        ] as const)
          to.send(...execDetails({ ...fill, execId, price, requestId: fields[2]!, ref: order.id }))
        to.send(55, 1, fields[2]!)
      },
    })
    expect(await broker.getExecutions()).toEqual({ kind: 'known', value: [] }) // the bust stands
  })

  test('those of the day are a list, with our ids, and without fills of others as events', async () => {
    const { broker, events, gateway } = await desk({
      7: (peer, fields) => {
        const requestId = fields[2]!
        peer.send(...execDetails({ requestId, orderId: 1, execId: 'a.01', shares: 5, price: 10, ref: 'run-s-1' }))
        peer.send(
          ...execDetails({ requestId, orderId: 0, execId: 'b.01', shares: 7, price: 11, side: 'SLD', clientId: 0 }),
        )
        peer.send(55, 1, requestId)
      },
    })
    const answer = await broker.getExecutions()
    expect(answer).toMatchObject({
      kind: 'known',
      value: [
        { executionId: 'a.01', orderId: 'run-s-1', side: 'buy', quantity: 5, symbol: 'AAPL' },
        { executionId: 'b.01', orderId: undefined, side: 'sell', quantity: 7 },
      ],
    })
    expect(kinds(events)).toEqual(['filled'])
    gateway.answer({ 7: () => undefined })
  })

  test('a state that counts more than was executed makes us ask', async () => {
    const { gateway, events, order } = await working()
    gateway.answer({
      7: (peer, fields) => {
        peer.send(...execDetails({ ...fill, shares: 100, requestId: fields[2]!, ref: order.id }))
        peer.send(55, 1, fields[2]!)
      },
    })
    gateway.peer.send(...orderStatus(1, 'Filled', { filled: 100, left: 0 })) // and the execution is lost
    await until('the fill', () => events.some(({ kind }) => kind === 'filled'))
    expect(kinds(events)).toEqual(['accepted', 'filled'])
  })
})

describe('changing', () => {
  test('is a new transmission of the whole order, and done when TWS shows the new figures', async () => {
    const { broker, gateway, order, events } = await working()
    expect(await broker.modifyOrder(order.id, { limitPrice: 191, quantity: 80 })).toMatchObject({ kind: 'accepted' })
    const [first, second] = gateway.peer.of(3).map((fields) => placed(fields))
    expect(second).toEqual({ ...first, limit: '191', quantity: '80' })
    expect(kinds(events)).toEqual(['accepted', 'replaced'])
  })

  test.each([110, 105, 201, 321, 329, 2102])('%d leaves the original as it was', async (code) => {
    const { broker, gateway, order, events } = await working({
      3: (peer, fields) => peer.send(4, 2, fields[1]!, code, 'no', ''),
    })
    expect(await broker.modifyOrder(order.id, { limitPrice: 191.005 })).toMatchObject({
      kind: 'rejected',
      code: `ibkr.${code}`,
    })
    gateway.answer(takes)
    await broker.modifyOrder(order.id, { quantity: 50 })
    expect(placed(gateway.peer.of(3).at(-1)!)).toMatchObject({ limit: '190.5', quantity: '50' })
    expect(kinds(events)).toEqual(['accepted', 'replaced'])
  })

  test('two at a time are refused, unknown ids are unknown', async () => {
    const { broker, order } = await working({ 3: () => undefined })
    const first = broker.modifyOrder(order.id, { limitPrice: 191 })
    expect(await broker.modifyOrder(order.id, { limitPrice: 192 })).toMatchObject({
      kind: 'rejected',
      code: 'ibkr.2102',
    })
    expect(await first).toMatchObject({ kind: 'unknown' })
    expect(await broker.modifyOrder('run-x-1' as OrderId, {})).toMatchObject({ kind: 'unknown' })
  })

  test('a cancellation is accepted when it is under way, and told when it is done', async () => {
    const { broker, order, events } = await working({
      4: (peer, fields) => {
        const id = Number(fields[1])
        peer.send(...orderStatus(id, 'PendingCancel'))
        peer.send(...orderStatus(id, 'Cancelled'))
        peer.send(4, 2, id, 202, 'Order Canceled - reason:', '')
      },
    })
    expect(await broker.cancelOrder(order.id)).toMatchObject({ kind: 'accepted' })
    await until('the end', () => events.length === 2)
    expect(kinds(events)).toEqual(['accepted', 'cancelled'])
    expect(await broker.cancelOrder(order.id)).toMatchObject({ kind: 'rejected', code: 'ibkr.ended' })
  })

  test('fills that cross a cancellation are taken, before and after its end', async () => {
    const { broker, order, events, session } = await working({
      4: (peer, fields) => {
        const id = Number(fields[1])
        peer.send(...orderStatus(id, 'PendingCancel'))
        peer.send(...execDetails({ orderId: id, execId: 'a.01', shares: 10, price: 190, ref: order.id }))
        peer.send(...orderStatus(id, 'Cancelled', { filled: 10, left: 90 }))
        peer.send(...execDetails({ orderId: id, execId: 'b.01', shares: 5, price: 190, ref: order.id }))
      },
    })
    await broker.cancelOrder(order.id)
    await session.settled()
    expect(kinds(events)).toEqual(['accepted', 'filled', 'cancelled', 'filled'])
  })

  test.each([
    [10147, 'unknown'],
    [10148, 'unknown'],
    [161, 'unknown'],
    [136, 'refused'],
  ])('a cancellation answered with %d is %s, and the order is asked for', async (code, verdict) => {
    const { broker, order, gateway } = await working({
      4: (peer, fields) => peer.send(4, 2, fields[1]!, code, 'no', ''),
    })
    const outcome = await broker.cancelOrder(order.id)
    expect(outcome.kind).toBe(verdict === 'refused' ? 'rejected' : 'unknown')
    await until('one cancellation and no loop', () => verdict === 'refused' || gateway.peer.of(16).length === 1)
    expect(gateway.peer.of(4).length).toBe(1)
  })

  test('an end by time in force is an expiry, an end by somebody else a cancellation', async () => {
    const { broker, gateway, events } = await desk({
      3: (peer, fields) => {
        accept(peer, fields)
        peer.send(...orderStatus(Number(fields[1]), 'Cancelled'))
      },
    })
    for (const tif of ['ioc', 'gtc', 'gtd'] as const)
      await broker.executeOrder(approved({ tif, goodTill: Date.UTC(2020, 0, 2) }))
    await until('the ends', () => events.length === 6)
    expect(kinds(events)).toEqual(['accepted', 'expired', 'accepted', 'cancelled', 'accepted', 'expired'])
    expect(gateway.peer.of(4)).toEqual([])
  })

  test('a stop that was waiting for its trigger and works is triggered, once', async () => {
    const { broker, gateway, events, session } = await desk({
      3: (peer, fields) => {
        accept(peer, fields, 'PreSubmitted')
        peer.send(...orderStatus(Number(fields[1]), 'PreSubmitted', { whyHeld: 'trigger' }))
      },
    })
    await broker.executeOrder(approved({ type: 'stop', side: 'sell', stopPrice: 180 }))
    for (let i = 0; i < 2; i++) gateway.peer.send(...orderStatus(1, 'Submitted'))
    await session.settled()
    expect(kinds(events)).toEqual(['accepted', 'triggered'])
  })
})

describe('after a loss', () => {
  test('an order on its way is unknown, is not sent again, and its fill is found', async () => {
    const { broker, gateway, events, session } = await desk({ 3: () => undefined })
    const order = approved()
    const outcome = broker.executeOrder(order)
    await until('the order', () => gateway.peer.of(3).length === 1)
    gateway.answer({
      7: (peer, fields) => {
        peer.send(
          ...execDetails({ orderId: 1, execId: 'a.01', shares: 100, price: 190, requestId: fields[2]!, ref: order.id }),
        )
        peer.send(55, 1, fields[2]!)
      },
    })
    gateway.peer.socket.destroy()
    expect(await outcome).toMatchObject({ kind: 'unknown' })
    expect(await broker.executeOrder(approved())).toMatchObject({ kind: 'rejected', code: 'ibkr.link' })
    await until('the fill', () => events.some(({ kind }) => kind === 'filled'))
    await session.settled()
    expect(kinds(events)).toEqual(['accepted', 'filled'])
    expect(gateway.peer.of(3)).toEqual([])
  })

  test('an order that ended meanwhile is told from the completed ones', async () => {
    const { broker, gateway, events } = await desk(takes)
    const order = approved()
    await broker.executeOrder(order)
    gateway.answer({
      99: (peer) => {
        peer.send(
          ...completedOrder({ orderId: 1, ref: order.id, status: 'Cancelled', detail: 'Cancelled by System:\n' }),
        )
        peer.send(102)
      },
    })
    gateway.peer.socket.destroy()
    await until('the end', () => events.length === 2)
    expect(kinds(events)).toEqual(['accepted', 'cancelled'])
    expect(await broker.getCompletedOrders()).toEqual({
      kind: 'known',
      value: [
        {
          orderId: order.id,
          brokerRef: '1001',
          quantity: 100,
          filled: 0,
          outcome: 'cancelled',
          detail: 'Cancelled by System:',
        },
      ],
    })
  })

  test('1100: refused while it lasts; 1102: everything is asked for', async () => {
    const { broker, gateway, session } = await desk(takes)
    gateway.peer.send(4, 2, -1, 1100, 'Connectivity has been lost.', '')
    await until('offline', () => session.state.kind === 'offline')
    expect(await broker.executeOrder(approved())).toMatchObject({ kind: 'rejected', code: 'ibkr.link' })
    expect((await broker.getPositions()).kind).toBe('unknown')
    gateway.peer.send(4, 2, -1, 1102, 'Connectivity has been restored - data maintained.', '')
    await until('the questions', () => gateway.peer.of(99).length === 1)
    expect([gateway.peer.of(7).length, gateway.peer.of(16).length, gateway.peer.of(3).length]).toEqual([1, 1, 0])
  })

  test('orders of before the process are known from the greeting on, and can be changed and cancelled', async () => {
    const { broker, gateway, events } = await desk({
      ...takes,
      71: (peer) => {
        peer.send(...openOrder({ orderId: 41, ref: 'run-old-5', limit: 12.5, quantity: 30 }))
        peer.send(...orderStatus(41, 'Submitted'))
        peer.send(53, 1)
        peer.send(15, 1, 'DU1234567,')
        peer.send(9, 1, 3) // a counter that fell back
      },
    })
    expect(events).toMatchObject([{ kind: 'accepted', orderId: 'run-old-5', brokerRef: '1041' }])
    expect(await broker.modifyOrder('run-old-5' as OrderId, { limitPrice: 12 })).toMatchObject({ kind: 'accepted' })
    expect(placed(gateway.peer.of(3)[0]!)).toMatchObject({
      id: '41',
      limit: '12',
      quantity: '30',
      type: 'LMT',
      ref: 'run-old-5',
    })
    await broker.executeOrder(approved())
    expect(Number(placed(gateway.peer.of(3)[1]!).id)).toBeGreaterThan(41)
  })

  test('two live orders behind one reference: the second is cancelled, and somebody is told', async () => {
    const { broker, gateway, notices, session } = await desk(takes)
    const order = approved()
    await broker.executeOrder(order)
    gateway.peer.send(...openOrder({ orderId: 90, ref: order.id, permId: 5555 }))
    await until('the cancellation', () => gateway.peer.of(4).length === 1)
    expect(gateway.peer.of(4)[0]![1]).toBe('90')
    await session.settled()
    expect(notices.find(({ code }) => code === 'ibkr.doubled')).toMatchObject({
      severity: 'critical',
      orderId: order.id,
    })
  })

  test('two behind one id, after a change that was cut in two: one is cancelled, the other is the order', async () => {
    const { broker, gateway, events, notices, order, session } = await working({
      3: (peer) => {
        peer.send(...openOrder({ orderId: 1, ref: order.id, permId: 2001, limit: 191, quantity: 100 }))
        peer.send(3, 1, 'Submitted', 0, 100, 0, 2001, 0, 0, 7, '', 0)
      },
      4: (peer) => {
        peer.send(3, 1, 'Cancelled', 0, 100, 0, 2001, 0, 0, 7, '', 0)
        peer.send(4, 2, 1, 202, 'Order Canceled - reason:', '')
      },
    })
    expect(await broker.modifyOrder(order.id, { limitPrice: 191 })).toMatchObject({ kind: 'unknown' })
    await session.settled()
    expect(gateway.peer.of(4).length).toBe(1)
    expect(notices.filter(({ code }) => code === 'ibkr.doubled').length).toBe(1)
    expect(kinds(events)).toEqual(['accepted'])
    gateway.peer.send(...orderStatus(1, 'Cancelled'))
    await until('the end of the other', () => events.length === 2)
    expect(kinds(events)).toEqual(['accepted', 'cancelled'])
  })

  test('orders of others are listed without an id of ours, and told once', async () => {
    const { broker, notices } = await desk({
      16: (peer) => {
        peer.send(...openOrder({ orderId: 1, clientId: 3, permId: 77, ref: 'somebody' }))
        peer.send(...orderStatus(1, 'Submitted', { clientId: 3, filled: 25, left: 75 }))
        peer.send(...openOrder({ orderId: 1, account: 'DU9', permId: 78 }))
        peer.send(53, 1)
      },
    })
    for (let i = 0; i < 2; i++)
      expect(await broker.getOpenOrders()).toEqual({
        kind: 'known',
        value: [{ orderId: undefined, brokerRef: '77', quantity: 100, filled: 25 }],
      })
    expect(notices.filter(({ code }) => code === 'ibkr.foreign_order').length).toBe(2)
  })
})

describe('what an account holds', () => {
  test('positions are read until two answers agree', async () => {
    const answers = [[position(50, 10)], [position(100, 10), position(7, 3, { account: 'DU9' })], [position(100, 10)]]
    const { broker, gateway } = await desk(
      {
        61: (peer) => {
          for (const row of answers[Math.min(peer.of(61).length, 3) - 1]!) peer.send(...row)
          peer.send(62, 1)
        },
      },
      { instrument: (symbol) => (symbol === 'AAPL' ? aapl : undefined) },
    )
    expect(await broker.getPositions()).toMatchObject({
      kind: 'known',
      value: [{ instrument: aapl, quantity: 100, averageCost: 10 }],
    })
    expect(gateway.peer.of(61).length).toBe(3)
  })

  test('positions that never settle, and silence, are unknown and not empty', async () => {
    const { broker, session } = await desk({
      61: (peer) => {
        peer.send(...position(peer.of(61).length, 10))
        peer.send(62, 1)
      },
    })
    expect(await broker.getPositions()).toMatchObject({
      kind: 'unknown',
      detail: expect.stringContaining('5 that differ'),
    })
    await session.stop()
    expect((await broker.getPositions()).kind).toBe('unknown')
    expect((await broker.getOpenOrders()).kind).toBe('unknown')
  })

  test('cash, equity, margins; a value that is missing makes all unknown', async () => {
    const { broker, gateway } = await desk({ 62: (peer, fields) => rows(peer, fields[2]!) })
    expect(await broker.getAccount()).toMatchObject({
      kind: 'known',
      value: { cash: 98_000, equity: 100_000, buyingPower: 400_000, initialMargin: 1_000, maintenanceMargin: 900 },
    })
    await until('the end of the subscription', () => gateway.peer.of(63).length === 1)
    gateway.answer({ 62: (peer, fields) => rows(peer, fields[2]!, { NetLiquidation: '', TotalCashValue: 'x' }) })
    expect(await broker.getCashBalance()).toMatchObject({
      kind: 'unknown',
      detail: expect.stringContaining('TotalCashValue'),
    })
  })

  test('a login with several accounts needs one to be named', async () => {
    const several: Answers = {
      71: (peer) => {
        peer.send(15, 1, 'DU1,DU2,')
        peer.send(9, 1, 1)
      },
    }
    const { broker } = await desk({ ...several, ...takes })
    expect(await broker.getAccount()).toMatchObject({ kind: 'unknown', detail: expect.stringContaining('DU1, DU2') })
    expect(await broker.executeOrder(approved())).toMatchObject({ kind: 'rejected', code: 'ibkr.account' })
    const named = await desk({ ...several, ...takes }, { account: 'DU2' })
    await named.broker.executeOrder(approved())
    expect(placed(named.gateway.peer.of(3)[0]!).account).toBe('DU2')
  })

  test('margin of an order by what-if: no order comes of it', async () => {
    const { broker, events } = await desk({
      3: (peer, fields) =>
        peer.send(
          ...openOrder({
            orderId: Number(fields[1]),
            whatIf: true,
            status: 'PreSubmitted',
            margins: [1_000, 4_750, 100_000],
          }),
        ),
    })
    const { id: _1, strategy: _2, ...request } = approved()
    expect(await broker.checkBuyingPower(request)).toEqual({
      kind: 'known',
      value: { required: 4_750, available: 99_000 },
    })
    expect(events).toEqual([])
  })

  test('a what-if that is refused, and one without figures, are unknown', async () => {
    const { broker, gateway } = await desk({ 3: (peer, fields) => peer.send(4, 2, fields[1]!, 201, 'no funds', '') })
    const { id: _1, strategy: _2, ...request } = approved()
    expect(await broker.checkBuyingPower(request)).toMatchObject({
      kind: 'unknown',
      detail: expect.stringContaining('no funds'),
    })
    gateway.answer({ 3: (peer, fields) => peer.send(...openOrder({ orderId: Number(fields[1]), whatIf: true })) })
    expect((await broker.checkBuyingPower(request)).kind).toBe('unknown')
  })

  test('estimates: IBKR’s own example of 1,000 shares at 25 USD costs 5 USD, and slippage is against the order', async () => {
    const { broker } = await desk()
    const { id: _1, strategy: _2, ...request } = approved({ quantity: 1_000 })
    expect(broker.calculateCommission(request, 25)).toBeCloseTo(5, 1) // and some cents of regulatory fees
    expect(broker.calculateSlippage(request, 25)).toBeGreaterThan(0)
    expect(broker.calculateSlippage({ ...request, side: 'sell' }, 25)).toBeGreaterThan(0)
  })
})
