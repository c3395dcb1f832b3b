import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Gateway, type GatewayOptions, startGateway } from '../src/index.ts'
import { flat, MINUTE, minutes, OPEN } from './recorded.ts'
import { placeOrder, type TestOrder, WireClient } from './wire-client.ts'

let gateway: Gateway
let client: WireClient

async function begin(options: GatewayOptions = {}): Promise<void> {
  gateway = await startGateway({
    series: [minutes('AAPL', flat(60))],
    speed: 0,
    start: OPEN,
    repeats: false,
    ...options,
  })
  client = await WireClient.start(gateway.port, 1)
  client.take()
}

beforeEach(async () => await begin())
afterEach(async () => {
  client.close()
  await gateway.close()
})

async function restart(options: GatewayOptions): Promise<void> {
  client.close()
  await gateway.close()
  await begin(options)
}

async function place(id: number, order: TestOrder, symbol = 'AAPL'): Promise<void> {
  client.send(...placeOrder(id, symbol, order))
  await client.sync()
}

async function pass(ms: number): Promise<void> {
  await gateway.advance(ms)
  await client.sync()
}

/** What the client heard of its orders, in short: `OO 1 Submitted`, `OS 1 Filled 100/0`, `ED 1 100@100`, `CR`, `202 1`. */
function story(): string[] {
  return client.take('3', '4', '5', '11', '59').map((m) => {
    if (m[0] === '3') return `OS ${m[1]} ${m[2]} ${m[3]}/${m[4]}${m[10] === '' ? '' : ` (${m[10]})`}`
    if (m[0] === '4') return `${m[3]} ${m[2]}`
    if (m[0] === '5') return `OO ${m[1]} ${field(m, 'status')}`
    if (m[0] === '11') return `ED ${m[2]} ${m[19]}@${m[20]}`
    return `CR ${m[3]}`
  })
}

/** A field of a plain openOrder at 193. */
function field(m: readonly string[], name: 'status' | 'ocaGroup' | 'limit' | 'type' | 'total'): string {
  return m[{ status: 93, ocaGroup: 19, limit: 16, type: 15, total: 14 }[name] + 0] ?? ''
}

/** The last status of an order. */
function last(id: number, of: readonly string[]): string | undefined {
  return of.findLast((s) => s.startsWith(`OS ${id} `))
}

test('a limit rests and is cancelled', async () => {
  await place(1, { type: 'LMT', limit: 90 })
  expect(last(1, story())).toBe('OS 1 Submitted 0/100')
  client.send('4', '1', '', '', '2147483647')
  await client.sync()
  expect(story().slice(-2)).toEqual(['OS 1 Cancelled 0/100', '202 1'])
  client.send('4', '1', '', '', '2147483647')
  client.send('4', '77', '', '', '2147483647')
  await client.sync()
  expect(client.take('4').map((m) => [m[2], m[3], m[4]])).toEqual([
    ['1', '10148', 'OrderId 1 that needs to be cancelled cannot be cancelled, state: Cancelled.'],
    ['77', '10147', 'OrderId 77 that needs to be cancelled is not found.'],
  ])
})

test('a market order meets the next whole bar, as in a backtest', async () => {
  await pass(30_000) // inside the first minute: it must not fill there
  await place(1, { type: 'MKT', ref: 'mine' })
  story()
  await pass(30_000)
  expect(story()).toEqual([])
  await pass(MINUTE)
  const told = story()
  expect(told).toContain('ED 1 100@100')
  expect(last(1, told)).toBe('OS 1 Filled 100/0')
  expect(gateway.state().executions).toMatchObject([{ time: OPEN + 2 * MINUTE, orderRef: 'mine', shares: 100 }])
})

// Captured from a paper Gateway in August 2026 (ibkr-go transcript api_order_fill_aapl): one share, bought at 309.16 and
// sold at 309.15, realized -2.016569 with commissions of 1.000003 and 1.006566.
test('commissions and the realized profit are those of a captured round trip', async () => {
  await restart({
    series: [
      minutes(
        'AAPL',
        [309.16, 309.15].map((p) => [p, p, p, p, 1000] as const),
      ),
    ],
  })
  await place(1, { quantity: 1 })
  await pass(MINUTE)
  await place(2, { quantity: 1, action: 'SELL' })
  await pass(MINUTE)
  const reports = client.take('59')
  expect(reports.map((m) => Number(m[3]))).toEqual([expect.closeTo(1.000_003, 9), expect.closeTo(1.006_566, 9)])
  expect(reports[0]![5]).toBe('1.7976931348623157E308')
  expect(Number(reports[1]![5])).toBeCloseTo(-2.016_569, 9)
})

// From a captured order of 100 shares that filled in three parts: the minimum comes with the first part alone.
test('the commissions of partial fills are those of a captured order', async () => {
  await restart({ series: [minutes('AAPL', flat(3, 400))] })
  await place(1, {})
  await pass(3 * MINUTE)
  expect(client.take('59').map((m) => Number(m[3]))).toEqual([
    expect.closeTo(1.000_12, 9),
    expect.closeTo(0.000_12, 9),
    expect.closeTo(0.000_06, 9),
  ])
  expect(gateway.state().orders).toMatchObject([{ status: 'Filled', filled: 100 }])
})

test('a what-if order gets one openOrder with margins and no more', async () => {
  await place(1, { type: 'LMT', limit: 100, whatIf: true })
  const told = client.take('3', '4', '5')
  expect(told).toHaveLength(1)
  // Captured: the commission of a what-if of 100 shares is 1.0003.
  expect(told[0]!.slice(92, 107)).toEqual([
    '1',
    'PreSubmitted',
    '0.00',
    '0.00',
    '1000000.00',
    '5000.00',
    '2500.00',
    '-1.00',
    '5000.00',
    '2500.00',
    '999999.00',
    '1.0003',
    '',
    '',
    'USD',
  ])
  expect(gateway.state().orders).toEqual([])
})

test('a bracket waits in silence until its last leg, children wait for the parent, one exit ends the other', async () => {
  await place(1, { type: 'LMT', limit: 100, transmit: false })
  await place(2, { action: 'SELL', type: 'LMT', limit: 100.5, parent: 1, transmit: false })
  expect(story()).toEqual([])
  await place(3, { action: 'SELL', type: 'STP', aux: 95, parent: 1 })
  const placed = client.heard.filter((m) => m[0] === '5')
  expect(new Set(placed.filter((m) => m[1] !== '1').map((m) => field(m, 'ocaGroup')))).toEqual(
    new Set([String(gateway.state().orders[0]!.permId)]),
  )
  const accepted = story()
  expect(last(1, accepted)).toBe('OS 1 Submitted 0/100')
  expect(last(2, accepted)).toBe('OS 2 PreSubmitted 0/100 (child)')
  expect(last(3, accepted)).toBe('OS 3 PreSubmitted 0/100 (child,trigger)')
  await pass(MINUTE)
  const filled = story()
  expect(filled).toContain('ED 1 100@100')
  expect(filled).toContain('ED 2 100@100.5')
  expect(filled.slice(-3)).toContain('OS 3 Cancelled 0/100')
  expect(filled.at(-1)).toBe('202 3')
})

test('of a group of orders the first fill ends the others', async () => {
  await place(1, { type: 'LMT', limit: 99.5, oca: 'pair' })
  await place(2, { type: 'LMT', limit: 90, oca: 'pair' })
  await pass(MINUTE)
  const told = story()
  expect(told).toContain('ED 1 100@99.5')
  expect(told.slice(-2)).toEqual(['OS 2 Cancelled 0/100', '202 2'])
})

test('IOC that cannot fill is cancelled, FOK becomes inactive', async () => {
  await place(1, { type: 'LMT', limit: 50, tif: 'IOC' })
  await place(2, { type: 'LMT', limit: 50, tif: 'FOK' })
  story()
  await pass(MINUTE)
  const told = story()
  expect(told.filter((s) => s.includes(' 1'))).toEqual(['OS 1 PendingCancel 0/100', 'OS 1 Cancelled 0/100', '202 1'])
  expect(told.filter((s) => s.includes(' 2'))).toEqual(['OO 2 Inactive', 'OS 2 Inactive 0/100'])
})

test('a stop waits for its trigger', async () => {
  await place(1, { action: 'SELL', type: 'STP', aux: 99.5 })
  expect(story()).toEqual(['OO 1 PreSubmitted', 'OS 1 PreSubmitted 0/100 (trigger)'])
  await pass(MINUTE)
  const told = story()
  expect(told[0]).toBe('OS 1 Submitted 0/100')
  expect(told).toContain('ED 1 100@99.5')
})

test.each<[string, TestOrder, number]>([
  ['an order type that does not exist', { type: 'XYZ' }, 321],
  ['an order type of other exchanges', { type: 'MIDPRICE' }, 387],
  ['no quantity', { quantity: 0 }, 434],
  ['more shares than there can be', { quantity: 2e9 }, 321],
  ['a price that nothing has', { type: 'LMT', limit: 1e300 }, 321],
  ['a part of a share', { quantity: 1.5 }, 10_243],
  ['a price off the grid', { type: 'LMT', limit: 100.001 }, 110],
  ['a limit order without a limit', { type: 'LMT' }, 107],
  ['an on-close order that is good till cancelled', { type: 'MOC', tif: 'GTC' }, 113],
  ['a parent that does not exist', { parent: 77 }, 10_006],
  ['an account that does not exist', { account: 'U99' }, 321],
  ['a side that does not exist', { action: 'HOLD' }, 321],
  ['good till a time that is past', { type: 'LMT', limit: 90, tif: 'GTD', goodTill: '20200101 10:00:00' }, 391],
])('%s is refused with nothing else', async (_, order, code) => {
  await place(1, order)
  expect(client.take('3', '4', '5').map((m) => [m[0], m[2], m[3]])).toEqual([['4', '1', String(code)]])
})

test('an unknown contract is refused under the id of the order', async () => {
  await place(1, {}, 'NOSUCH')
  expect(client.take('3', '4', '5').map((m) => m.slice(2, 5))).toEqual([
    ['1', '200', 'No security definition has been found for the request'],
  ])
})

test('an order may name its stock by its local symbol alone; what meets the quote on arrival takes liquidity', async () => {
  await restart({ matching: 'ticks', start: OPEN + MINUTE })
  const order = placeOrder(1, '', { type: 'LMT', limit: 105, quantity: 10 })
  order[12] = 'AAPL'
  client.send(...order)
  await pass(5000)
  expect(client.take('11').map((m) => [m[4], m[19], m[30]])).toEqual([['AAPL', '10', '2']])
  await place(2, { type: 'LMT', limit: 99.5, quantity: 10 })
  await pass(MINUTE)
  expect(client.take('11').map((m) => [m[19], m[30]])).toEqual([['10', '1']])
})

test('what the account cannot pay for is rejected: the error first, then inactive', async () => {
  await place(1, { type: 'LMT', limit: 100, quantity: 30_000 })
  expect(story()).toEqual(['201 1', 'OO 1 Inactive', 'OS 1 Inactive 0/30000'])
})

test('the 21st order of one side is rejected', async () => {
  for (let id = 1; id <= 21; id++) await place(id, { type: 'LMT', limit: 90, quantity: 1 })
  expect(story().slice(-3)).toEqual(['201 21', 'OO 21 Inactive', 'OS 21 Inactive 0/1'])
})

test('order ids are used once and only upwards', async () => {
  await place(5, { type: 'LMT', limit: 90 })
  client.send('4', '5', '', '', '2147483647')
  await client.sync()
  story()
  await place(5, { type: 'LMT', limit: 90 })
  await place(4, { type: 'LMT', limit: 90 })
  expect(story()).toEqual(['103 5', '103 4'])
  client.send('8', '1', '1')
  expect((await client.until((m) => m[0] === '9'))[2]).toBe('6')
})

test('a modification keeps the permId; what may not change is refused and the order works on', async () => {
  await place(1, { type: 'LMT', limit: 90 })
  story()
  const { permId } = gateway.state().orders[0]!
  await place(1, { type: 'LMT', limit: 99.5, quantity: 50 })
  const changed = client.heard.find((m) => m[0] === '5')!
  expect([field(changed, 'limit'), field(changed, 'total')]).toEqual(['99.5', '50'])
  story()
  await place(1, { action: 'SELL', type: 'LMT', limit: 99.5 })
  await place(1, { type: 'TRAIL', aux: 1 })
  expect(story()).toEqual(['105 1', '329 1'])
  await place(1, { type: 'MKT', quantity: 50 })
  await pass(MINUTE)
  expect(story()).toContain('ED 1 50@100')
  expect(gateway.state().orders).toMatchObject([{ permId, status: 'Filled', filled: 50 }])
  await place(1, { type: 'LMT', limit: 90 })
  expect(story()).toEqual(['104 1'])
})

test('outside trading hours an order is told to wait, and works from the open on', async () => {
  await restart({ start: OPEN - 10 * MINUTE, series: [minutes('AAPL', flat(5))] })
  await place(1, { type: 'LMT', limit: 99.5 })
  const warning = client.heard.find((m) => m[0] === '4')!
  expect(warning.slice(3, 5)).toEqual([
    '399',
    'Order Message:\nBUY 100 AAPL NASDAQ.NMS\nWarning: Your order will not be placed at the exchange until ' +
      '2026-08-10 09:30:00 US/Eastern.',
  ])
  expect(story()).toEqual(['399 1', 'OO 1 PreSubmitted', 'OS 1 PreSubmitted 0/100'])
  await pass(10 * MINUTE)
  expect(story()).toEqual(['OO 1 Submitted', 'OS 1 Submitted 0/100'])
  await pass(MINUTE)
  expect(story()).toContain('ED 1 100@99.5')
})

test('an order waits for its time or its price', async () => {
  await place(1, { goodAfter: '20260810 09:32:00 US/Eastern' })
  await place(2, { conditions: ['1', '1', 'a', '1', '150', '265598', 'SMART', '0', '1', '0'] })
  await pass(2 * MINUTE)
  const early = story()
  expect(early.filter((s) => s.startsWith('ED'))).toEqual([])
  await pass(MINUTE)
  expect(story()).toContain('ED 1 100@100')
  expect(gateway.state().orders[1]).toMatchObject({ status: 'PreSubmitted', filled: 0 })
})

test('the child of an order that waits waits with it', async () => {
  await place(1, { goodAfter: '20260810 09:32:00 US/Eastern', transmit: false })
  await place(2, { action: 'SELL', type: 'LMT', limit: 100.5, parent: 1 })
  await pass(2 * MINUTE)
  expect(story().filter((s) => s.startsWith('ED'))).toEqual([])
  await pass(MINUTE)
  expect(story().filter((s) => s.startsWith('ED'))).toEqual(['ED 1 100@100', 'ED 2 100@100.5'])
})

test('a trailing stop follows the price', async () => {
  await restart({
    series: [
      minutes('AAPL', [
        [100, 100, 100, 100, 10_000],
        [100, 110, 100, 110, 10_000],
        [110, 110, 104, 104, 10_000],
      ]),
    ],
  })
  await pass(MINUTE)
  await place(1, { action: 'SELL', type: 'TRAIL', aux: 5 })
  await pass(2 * MINUTE)
  expect(story()).toContain('ED 1 100@105')
})

test('a day order ends with its session', async () => {
  await place(1, { type: 'LMT', limit: 90 })
  story()
  await pass(7 * 60 * MINUTE)
  expect(story().slice(-2)).toEqual(['OS 1 Cancelled 0/100', '202 1'])
  expect(gateway.state().orders[0]?.status).toBe('Cancelled')
})

test('the global cancel ends everything', async () => {
  await place(1, { type: 'LMT', limit: 90 })
  await place(2, { type: 'LMT', limit: 91, transmit: false })
  client.send('58', '', '2147483647')
  await client.sync()
  expect(gateway.state().orders.map((o) => o.status)).toEqual(['Cancelled', 'ApiCancelled'])
})
