import { afterEach, expect, test } from 'vitest'
import { type Fault, type Gateway, type GatewayOptions, readFaultScript, startGateway } from '../src/index.ts'
import { flat, MINUTE, minutes, OPEN } from './recorded.ts'
import { placeOrder, stock, WireClient } from './wire-client.ts'

let gateway: Gateway
const clients: WireClient[] = []

async function begin(options: GatewayOptions = {}): Promise<WireClient> {
  gateway = await startGateway({
    series: [minutes('AAPL', flat(60))],
    speed: 0,
    start: OPEN,
    repeats: false,
    ...options,
  })
  return await join(1)
}

async function join(clientId: number): Promise<WireClient> {
  const client = await WireClient.start(gateway.port, clientId)
  clients.push(client)
  client.take()
  return client
}

afterEach(async () => {
  for (const client of clients.splice(0)) client.close()
  await gateway.close()
})

async function pass(client: WireClient, ms: number): Promise<void> {
  await gateway.advance(ms)
  await client.sync()
}

const codes = (client: WireClient): string[] => client.take('4').map((m) => m[3]!)

test('a dropped connection is refused for a while, then taken again', async () => {
  const client = await begin()
  gateway.fault({ kind: 'drop', how: 'rst', refuseMs: 5000 })
  await client.end()
  await expect(new WireClient(gateway.port).hello('v100..193')).rejects.toThrow(/ECONNRESET|connection ended/)
  await gateway.advance(5000)
  expect((await join(1)).closed).toBe(false)
})

test('half open: nothing is said any more, and no end comes', async () => {
  const client = await begin()
  gateway.fault({ kind: 'half-open' })
  client.send('49', '1')
  await expect(client.until((m) => m[0] === '49', 0, 200)).rejects.toThrow('No such message')
  expect(client.closed).toBe(false)
})

test('a mute handshake takes the connection and says nothing', async () => {
  await begin()
  gateway.fault({ kind: 'mute-handshake', ms: 1000 })
  const mute = new WireClient(gateway.port)
  clients.push(mute)
  const answer = await Promise.race([
    mute.hello('v100..193').catch(() => 'ended'),
    new Promise((resolve) => {
      setTimeout(resolve, 100, 'silence')
    }),
  ])
  expect(answer).toBe('silence')
  await gateway.advance(1000)
  expect((await join(2)).closed).toBe(false)
})

test.each(['stall-reads', 'stall-writes'] as const)('%s: what waits comes later, at once', async (kind) => {
  const client = await begin()
  gateway.fault({ kind, ms: 1000 })
  client.send('49', '1')
  await new Promise((resolve) => {
    setTimeout(resolve, 50)
  })
  expect(client.heard.filter((m) => m[0] === '49')).toEqual([])
  await gateway.advance(1000)
  await client.until((m) => m[0] === '49')
})

test('the broker is lost: 1100 again and again, data stops, fills are not told, orders wait; 1102 ends it', async () => {
  const client = await begin()
  client.send('50', '3', '7', ...stock('AAPL'), '5', 'TRADES', '0', '')
  client.send(...placeOrder(1, 'AAPL', {}))
  await client.sync()
  client.take()
  gateway.fault({ kind: 'broker-link', ms: 2 * MINUTE, repeatMs: 30_000 })
  await pass(client, MINUTE)
  client.send(...placeOrder(2, 'AAPL', { type: 'LMT', limit: 90 }))
  client.send('7', '3', '9', '0', '', '', '', '', '', '')
  await client.sync()
  expect(client.heard.filter((m) => ['3', '5', '11', '50'].includes(m[0]!))).toEqual([])
  expect(codes(client).filter((c) => c === '1100')).toHaveLength(3)
  expect(gateway.state().executions).toHaveLength(1)
  await pass(client, MINUTE)
  const restored = client.take()
  expect(restored.filter((m) => m[0] === '4').map((m) => m[3])).toContain('1102')
  expect(restored.filter((m) => m[0] === '5').map((m) => m[1])).toContain('2')
  client.send('7', '3', '9', '0', '', '', '', '', '', '')
  await pass(client, 5000)
  expect(client.heard.filter((m) => m[0] === '11').map((m) => m[1])).toEqual(['9'])
  expect(client.take('50').length).toBeGreaterThan(0)
})

test('1101: the subscriptions are gone', async () => {
  const client = await begin()
  client.send('50', '3', '7', ...stock('AAPL'), '5', 'TRADES', '0', '')
  await client.sync()
  gateway.fault({ kind: 'broker-link', ms: 1000, data: 'lost' })
  await pass(client, 1000)
  expect(codes(client)).toContain('1101')
  await pass(client, MINUTE)
  expect(client.take('50')).toEqual([])
  client.send('51', '1', '7')
  await client.sync()
  expect(codes(client)).toEqual(['300'])
})

test.each([
  [false, true],
  [true, false],
])('a farm breaks and comes back; left dead: %s, bars go on: %s', async (dead, alive) => {
  const client = await begin()
  client.send('50', '3', '7', ...stock('AAPL'), '5', 'TRADES', '0', '')
  await client.sync()
  gateway.fault({ kind: 'farm', ms: 10_000, dead })
  await pass(client, 10_000)
  expect(client.heard.filter((m) => m[0] === '4').map((m) => m[3])).toEqual(['2103', '2119', '2104'])
  client.take()
  await pass(client, MINUTE)
  expect(client.take('50').length > 0).toBe(alive)
})

test('ids roll back, client ids clash', async () => {
  const client = await begin()
  client.send(...placeOrder(10, 'AAPL', { type: 'LMT', limit: 90 }))
  await client.sync()
  client.take()
  gateway.fault({ kind: 'id-roll-back', by: 5 })
  client.send('8', '1', '1')
  expect((await client.until((m) => m[0] === '9'))[2]).toBe('6')
  gateway.fault({ kind: 'client-id-in-use', clientId: 3, ms: 1000 })
  const clash = new WireClient(gateway.port)
  clients.push(clash)
  await clash.hello('v100..193')
  clash.send('71', '2', '3', '')
  expect((await clash.until((m) => m[0] === '4'))[3]).toBe('326')
  await gateway.advance(1000)
  expect((await join(3)).closed).toBe(false)
})

test.each([
  ['lose', 0],
  ['duplicate', 2],
] as const)('executions: %s', async (what, times) => {
  const client = await begin()
  gateway.fault({ kind: 'callbacks', what, of: ['execution'] })
  client.send(...placeOrder(1, 'AAPL', {}))
  await client.sync()
  await pass(client, MINUTE)
  expect(client.take('11')).toHaveLength(times)
})

test('executions come late, or after what followed them', async () => {
  const client = await begin({ seed: 2 })
  gateway.fault({ kind: 'callbacks', what: 'late', of: ['execution'], ms: 3000 })
  client.send(...placeOrder(1, 'AAPL', {}))
  await client.sync()
  await pass(client, MINUTE)
  expect(client.take().map((m) => m[0])).not.toContain('11')
  await pass(client, 3000)
  expect(client.take().map((m) => m[0])).toContain('11')
  gateway.clearFaults()
  gateway.fault({ kind: 'callbacks', what: 'reorder', of: ['execution'], count: 1 })
  client.send(...placeOrder(2, 'AAPL', {}))
  await client.sync()
  client.take()
  await pass(client, 2 * MINUTE)
  const order = client.take('3', '5', '11', '59').map((m) => m[0])
  expect(order).toContain('11')
  expect(order[0]).not.toBe('11')
})

test('an execution is corrected, and busted', async () => {
  const client = await begin()
  client.send(...placeOrder(1, 'AAPL', {}))
  await client.sync()
  await pass(client, MINUTE)
  const [first] = client.take('11')
  const before = gateway.state().accounts[0]!
  gateway.fault({ kind: 'correct-execution', price: 99.5 })
  await client.sync()
  const [corrected] = client.take('11')
  expect(corrected![14]).toBe(first![14]!.replace(/\.01$/, '.02'))
  expect(corrected![20]).toBe('99.5')
  expect(gateway.state().accounts[0]!.figures.cash - before.figures.cash).toBeCloseTo(50, 9)
  gateway.fault({ kind: 'correct-execution', shares: 0 })
  await client.sync()
  const [busted] = client.take('11')
  expect([busted![14]!.slice(-3), busted![19]]).toEqual(['.03', '0'])
  const after = gateway.state().accounts[0]!
  expect([after.positions[0]!.quantity, after.figures.cash]).toEqual([0, expect.closeTo(1_000_000, 6)])
})

test('rejects of any kind, with what they carry', async () => {
  const client = await begin()
  gateway.fault({ kind: 'reject', code: 201, text: 'Order rejected - reason:No', advancedReject: '{"a":"b"}' })
  gateway.fault({ kind: 'reject', code: 460, text: 'No trading permissions.' })
  for (const id of [1, 2, 3]) client.send(...placeOrder(id, 'AAPL', { type: 'LMT', limit: 90 }))
  await client.sync()
  expect(client.heard.filter((m) => m[0] === '4').map((m) => m.slice(2))).toEqual([
    ['1', '201', 'Order rejected - reason:No', '{"a":"b"}'],
    ['2', '460', 'No trading permissions.', ''],
  ])
  gateway.fault({ kind: 'reject', on: 'modify', code: 2102, text: 'Still being processed' })
  gateway.fault({ kind: 'reject', on: 'cancel', code: 136, text: 'This order cannot be cancelled' })
  client.take()
  client.send(...placeOrder(3, 'AAPL', { type: 'LMT', limit: 91 }))
  client.send('4', '3', '', '', '2147483647')
  await client.sync()
  expect(codes(client)).toEqual(['2102', '136'])
})

test('a short sale is held for its shares, then works', async () => {
  const client = await begin()
  gateway.fault({ kind: 'locate-hold', symbol: 'AAPL', ms: 10_000 })
  client.send(...placeOrder(1, 'AAPL', { action: 'SELL' }))
  await client.sync()
  const held = client.take('3', '4')
  expect(held.map((m) => (m[0] === '4' ? m[3] : m[10]))).toEqual(['404', 'locate'])
  await pass(client, 10_000)
  await pass(client, 2 * MINUTE)
  expect(client.take('11')).toHaveLength(1)
})

test('quotes are cut so that orders fill in parts', async () => {
  const client = await begin({ series: undefined, seed: 7 })
  gateway.fault({ kind: 'partial-fills', shares: 30 })
  client.send(...placeOrder(1, 'AAPL', {}))
  await client.sync()
  await pass(client, MINUTE)
  const fills = client.take('11').map((m) => Number(m[19]))
  expect(fills.length).toBeGreaterThan(2)
  expect(fills.reduce((a, b) => a + b)).toBe(100)
})

test('a slow cancel can still fill', async () => {
  const client = await begin()
  client.send(...placeOrder(1, 'AAPL', {}))
  gateway.fault({ kind: 'slow-cancels', ms: 2 * MINUTE })
  client.send('4', '1', '', '', '2147483647')
  await client.sync()
  await pass(client, 3 * MINUTE)
  const told = client.take('3').map((m) => m[2])
  expect(told).toContain('PendingCancel')
  expect(told.at(-1)).toBe('Filled')
})

test('a competing session stops the data and refuses more', async () => {
  const client = await begin()
  const bars = (id: number): void => client.send('50', '3', id, ...stock('AAPL'), '5', 'TRADES', '0', '')
  bars(7)
  await client.sync()
  gateway.fault({ kind: 'competing-session', ms: MINUTE })
  bars(8)
  await client.sync()
  expect(client.heard.filter((m) => m[0] === '4').map((m) => [m[2], m[3]])).toEqual([
    ['7', '10197'],
    ['8', '10197'],
  ])
  await pass(client, MINUTE)
  expect(client.take('50')).toEqual([])
  bars(9)
  await client.sync()
  await pass(client, 5000)
  expect(client.take('50').map((m) => m[2])).toEqual(['9'])
})

test('pacing violations, notices and raw bytes on demand', async () => {
  const client = await begin()
  gateway.fault({ kind: 'pacing-violation' })
  client.send('20', '5', ...stock('AAPL'), '0', '', '1 min', '1 D', '0', 'TRADES', '1', '0', '')
  gateway.fault({ kind: 'notice', code: 2148, text: 'Cushion' })
  await client.sync()
  expect(codes(client)).toEqual(['2148', '162'])
  gateway.fault({ kind: 'raw', hex: '0000000300ff00' })
  expect(await client.until((m) => m[0] === '')).toEqual(['', '\u00ff'])
})

test('an order that somebody enters in TWS has id 0 until client 0 binds it', async () => {
  const client = await begin()
  gateway.fault({ kind: 'manual-order', symbol: 'AAPL', action: 'BUY', quantity: 10, limit: 90 })
  await client.sync()
  expect(client.take('3', '5')).toEqual([])
  client.send('16', '1')
  await client.sync()
  expect(client.take('5').map((m) => m[1])).toEqual(['0'])
  const zero = await join(0)
  zero.send('15', '1', '1')
  await zero.sync()
  const told = zero.take('100', '5')
  expect(told.map((m) => m[0])).toEqual(['100', '5'])
  expect([told[0]![3], told[1]![1]]).toEqual(['-1', '-1'])
  zero.send('4', '-1', '', '', '2147483647')
  await zero.sync()
  expect(gateway.state().orders.map((o) => o.status)).toEqual(['Cancelled'])
})

test('a modification that makes a twin: two live orders behind one reference', async () => {
  const client = await begin()
  client.send(...placeOrder(1, 'AAPL', { type: 'LMT', limit: 90, ref: 'r' }))
  gateway.fault({ kind: 'twin-modify' })
  client.send(...placeOrder(1, 'AAPL', { type: 'LMT', limit: 91, ref: 'r' }))
  await client.sync()
  const orders = gateway.state().orders
  expect(orders.map((o) => [o.orderRef, o.status])).toEqual([
    ['r', 'Submitted'],
    ['r', 'Submitted'],
  ])
  expect(orders[0]!.permId).not.toBe(orders[1]!.permId)
})

test('the nightly restart comes at its time of day', async () => {
  const script = readFaultScript('{"faults":[{"at":"09:45","fault":{"kind":"restart","ms":60000}}]}', 'x.json')
  const client = await begin({ faults: script })
  await gateway.advance(15 * MINUTE - 1)
  expect(client.closed).toBe(false)
  await gateway.advance(1)
  await client.end()
  await gateway.advance(MINUTE)
  expect((await join(1)).closed).toBe(false)
})

test('the login of the week ends on its day', async () => {
  const fault = { kind: 'weekly-authentication', ms: 60_000 }
  const script = readFaultScript(JSON.stringify({ faults: [{ at: 'Tue 09:45', fault }] }), 'x.json')
  await begin({ faults: script })
  const times: number[] = []
  gateway.onEvent((e) => e.kind === 'fault' && times.push(gateway.now() - OPEN))
  await gateway.advance(16 * 24 * 60 * MINUTE)
  // From Monday 09:30 on.
  expect(times.map((t) => t / MINUTE)).toEqual([1, 8, 15].map((day) => day * 24 * 60 + 15))
})

test('chaos is drawn from the seed', async () => {
  const faults = {
    random: {
      perMinute: 6,
      of: [
        { kind: 'farm', ms: 1 },
        { kind: 'id-roll-back', by: 1 },
      ] as Fault[],
    },
  }
  const seen: string[][] = []
  for (const seed of [1, 1, 2]) {
    await begin({ faults, seed })
    const kinds: string[] = []
    gateway.onEvent((e) => {
      if (e.kind === 'fault') kinds.push(`${e.fault.kind}@${gateway.now()}`)
    })
    await gateway.advance(10 * MINUTE)
    seen.push(kinds)
    if (seen.length < 3) await gateway.close()
  }
  expect(seen[0]!.length).toBeGreaterThan(30)
  expect(seen[1]).toEqual(seen[0])
  expect(seen[2]).not.toEqual(seen[0])
})

test.each([
  ['{', 'Expected JSON'],
  ['[]', 'an object with "faults" or "random"'],
  ['{"fault":[]}', 'only "faults" and "random"'],
  ['{"faults":[{"after":1,"fault":{"kind":"drp"}}]}', 'Did you mean "drop"?'],
  ['{"faults":[{"after":1,"fault":{"kind":"farm"}}]}', '"ms" for farm'],
  ['{"faults":[{"after":1,"fault":{"kind":"farm","ms":"x"}}]}', 'a number for "ms"'],
  ['{"faults":[{"fault":{"kind":"drop"}}]}', 'exactly one of "after" and "at"'],
  ['{"faults":[{"at":"25:00","fault":{"kind":"drop"}}]}', 'HH:MM'],
  ['{"faults":[{"at":"Day 01:00","fault":{"kind":"drop"}}]}', 'HH:MM'],
  ['{"faults":[{"after":1,"fault":{"kind":"drop","how":"kill"}}]}', 'one of fin, rst'],
  ['{"faults":[{"after":1,"fault":{"kind":"drop","refuseMs":-1}}]}', 'at least 0 for "refuseMs"'],
  ['{"faults":[{"after":1,"fault":{"kind":"broker-link","ms":5,"repeatMs":0}}]}', 'at least 1 for "repeatMs"'],
  ['{"faults":[{"after":1,"fault":{"kind":"callbacks","what":"lose","of":["fills"]}}]}', '"of" to be a list of'],
  ['{"faults":[{"after":1,"fault":{"kind":"raw","hex":"abc"}}]}', 'pairs of hex digits'],
  ['{"faults":[{"after":1,"fault":{"kind":"notice","code":1100,"text":5}}]}', 'a text for "text"'],
])('the script %s is refused', (text, message) => {
  expect(() => readFaultScript(text, 'faults.json')).toThrow(message)
})
