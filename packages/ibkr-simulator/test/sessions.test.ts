import { connect } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Gateway, type GatewayEvent, type GatewayOptions, startGateway } from '../src/index.ts'
import { flat, MINUTE, minutes, OPEN } from './recorded.ts'
import { framed, placeOrder, stock, WireClient } from './wire-client.ts'

let gateway: Gateway
let events: GatewayEvent[]
const clients: WireClient[] = []

async function begin(options: GatewayOptions = {}): Promise<void> {
  gateway = await startGateway({ series: [minutes('AAPL', flat(30))], speed: 0, repeats: false, ...options })
  events = []
  gateway.onEvent((event) => events.push(event))
}

async function join(clientId: number, range?: string): Promise<WireClient> {
  const client = await WireClient.start(gateway.port, clientId, range)
  clients.push(client)
  return client
}

beforeEach(async () => await begin())
afterEach(async () => {
  for (const client of clients.splice(0)) client.close()
  await gateway.close()
})

async function again(options: GatewayOptions): Promise<void> {
  await gateway.close()
  await begin(options)
}

test.each([
  ['v100..193', 193, '193'],
  ['v157..178', 193, '178'],
  ['v100..225', 193, '193'],
  ['v187', 193, '187'],
  ['v100..193 +PACEAPI', 176, '176'],
])('%s and at most %d agree on %s', async (range, serverVersion, agreed) => {
  await again({ serverVersion })
  const client = new WireClient(gateway.port)
  clients.push(client)
  const answer = await client.hello(range)
  expect(answer[0]).toBe(agreed)
  expect(answer).toHaveLength(2)
})

test('a client that is too old or too new is let go', async () => {
  for (const range of ['v100..150', 'v200..225', 'hello']) {
    const client = new WireClient(gateway.port)
    await expect(client.hello(range)).rejects.toThrow('The connection ended')
  }
})

test('after startApi come accounts, the next id and the farms', async () => {
  const client = await join(5)
  expect(client.heard.slice(1, 3)).toEqual([
    ['15', '1', 'DU1234567'],
    ['9', '1', '1'],
  ])
  expect(client.heard.slice(3, -1).map((m) => m[3])).toEqual(['2104', '2104', '2104', '2104', '2106', '2158'])
})

test('a client id that is in use is refused with 326 and a closed connection', async () => {
  await join(5)
  const second = new WireClient(gateway.port)
  clients.push(second)
  await second.hello('v100..193')
  second.send('71', '2', '5', '')
  const error = await second.until((m) => m[0] === '4')
  expect(error.slice(2, 4)).toEqual(['-1', '326'])
  await second.end()
  expect(second.closed).toBe(true)
})

test('orders are told to their own client and to the master; all can ask for all', async () => {
  await again({ masterClientId: 9 })
  const [own, other, master] = [await join(1), await join(2), await join(9)]
  own.send(...placeOrder(1, 'AAPL', { type: 'LMT', limit: 90, ref: 'x' }))
  await own.sync()
  await Promise.all([other.sync(), master.sync()])
  const told = [own, other, master].map((c) => c.take('5').length > 0)
  expect(told).toEqual([true, false, true])
  other.send('5', '1')
  await other.sync()
  expect(other.take('5', '53').map((m) => m[0])).toEqual(['53'])
  other.send('16', '1')
  await other.sync()
  expect(other.take('5', '3', '53').map((m) => m[0])).toEqual(['5', '3', '53'])
  other.send('4', '1', '', '', '2147483647')
  await other.sync()
  expect(other.take('4').map((m) => m[3])).toEqual(['10147'])
  other.send('15', '1', '1')
  await other.sync()
  expect(other.take('4').map((m) => m[3])).toEqual(['327'])
})

test('across clients an order can be cancelled where that is switched on', async () => {
  await again({ crossClientCancel: true })
  const [own, other] = [await join(1), await join(2)]
  own.send(...placeOrder(1, 'AAPL', { type: 'LMT', limit: 90 }))
  await own.sync()
  other.send('4', '1', '', '', '2147483647')
  await other.sync()
  expect(gateway.state().orders[0]?.status).toBe('Cancelled')
})

test('a client that comes back hears of its working orders before anything else', async () => {
  const first = await join(1)
  first.send(...placeOrder(1, 'AAPL', { type: 'LMT', limit: 90, ref: 'x' }))
  await first.sync()
  first.close()
  await gateway.advance(1000)
  await first.end()
  await new Promise((resolve) => {
    setTimeout(resolve, 20)
  })
  const back = await join(1)
  expect(back.heard.slice(1, 6).map((m) => m[0])).toEqual(['5', '3', '53', '15', '9'])
  expect(back.heard.find((m) => m[0] === '9')![2]).toBe('2')
})

test('several accounts: the order names one, positions are kept apart', async () => {
  await again({
    accounts: [
      { id: 'DU1', cash: 100_000 },
      { id: 'DU2', cash: 50_000 },
    ],
  })
  const client = await join(1)
  client.send(...placeOrder(1, 'AAPL', {}))
  client.send(...placeOrder(2, 'AAPL', { account: 'DU2', quantity: 10 }))
  await client.sync()
  expect(
    client
      .take('4')
      .filter((m) => m[2] === '1')
      .map((m) => m[3]),
  ).toEqual(['435'])
  await gateway.advance(MINUTE)
  client.send('61', '1')
  await client.sync()
  expect(client.take('61').map((m) => [m[2], m[14]])).toEqual([['DU2', '10']])
})

test('positions are told again as they change, a closed one as 0', async () => {
  const client = await join(1)
  client.send('61', '1')
  client.send(...placeOrder(1, 'AAPL', {}))
  await client.sync()
  await gateway.advance(MINUTE)
  client.send(...placeOrder(2, 'AAPL', { action: 'SELL' }))
  await client.sync()
  await gateway.advance(MINUTE)
  await client.sync()
  expect(client.take('61').map((m) => [m[14], Number(m[15])])).toEqual([
    ['100', expect.closeTo(100.010_003, 6)],
    ['0', 0],
  ])
  const { figures, positions } = gateway.state().accounts[0]!
  expect(positions).toMatchObject([{ quantity: 0 }])
  expect(figures.netLiquidation).toBe(figures.cash)
})

test('limits: lines of market data, summaries, duplicate ids, unknown ids', async () => {
  await again({ limits: { marketDataLines: 2 } })
  const client = await join(1)
  const line = (id: number): void => client.send('1', '11', id, ...stock('AAPL'), '0', '', '0', '0', '')
  for (const id of [1, 2, 3, 1]) line(id)
  client.send('2', '1', '77')
  for (const id of [11, 12, 13]) client.send('62', '1', id, 'All', 'NetLiquidation')
  await client.sync()
  expect(
    client
      .take('4')
      .filter((m) => m[2] !== '-1')
      .map((m) => [m[2], m[3]]),
  ).toEqual([
    ['3', '101'],
    ['1', '322'],
    ['77', '300'],
    ['13', '322'],
  ])
})

test('more than 50 messages a second are refused, then the client is let go', async () => {
  await again({ speed: 1 })
  const client = await join(1)
  for (let i = 0; i < 80; i++) client.send('49', '1')
  await client.end()
  const codes = client.take('4').map((m) => m[3])
  expect(codes.filter((c) => c === '0')).toHaveLength(1)
  expect(codes.filter((c) => c === '100').length).toBeGreaterThanOrEqual(3)
  expect(client.closed).toBe(true)
})

test('who asks to be paced is slowed down instead', async () => {
  await again({ speed: 1 })
  const client = new WireClient(gateway.port)
  clients.push(client)
  await client.hello('v100..193 +PACEAPI')
  client.send('71', '2', '1', '')
  for (let i = 0; i < 80; i++) client.send('49', '1')
  await client.until(() => client.heard.filter((m) => m[0] === '49').length === 80)
  expect(client.heard.filter((m) => m[3] === '100')).toEqual([])
})

test('who is slowed down waits with its messages: they do not pile up in the gateway', async () => {
  await again({ paced: true })
  const client = await join(1, 'v100..193 +PACEAPI')
  const bytes = framed(Buffer.from(`81\x007\0${'x'.repeat(50_000)}\0`))
  for (let i = 0; i < 2000; i++) client.socket.write(bytes)
  await new Promise((resolve) => {
    setTimeout(resolve, 500)
  })
  expect(client.socket.writableLength).toBeGreaterThan(25_000_000)
})

test('small bars: the same request within 15 seconds violates pacing', async () => {
  await again({ speed: 1, start: OPEN + 10 * MINUTE })
  const client = await join(1)
  for (const id of [1, 2])
    client.send('20', id, ...stock('AAPL'), '0', '', '5 secs', '60 S', '0', 'TRADES', '1', '0', '')
  await client.sync()
  expect(client.heard.filter((m) => m[0] === '17' && m[1] === '1')).toHaveLength(1)
  expect(client.heard.filter((m) => m[0] === '4' && m[2] === '2').map((m) => m[3])).toEqual(['162'])
})

test.each([
  ['an unknown message', ['999', '1'], '320'],
  ['an unreadable id', ['20', 'abc'], '320'],
  ['an id beyond 32 bits', placeOrder(2_147_483_648, 'AAPL', {}), '320'],
  [
    'a date that does not exist',
    ['20', '7', ...stock('AAPL'), '0', '20261340 10:00:00', '1 min', '1 D', '0', 'TRADES', '1', '0', ''],
    '10314',
  ],
  [
    'a date beyond all calendars',
    ['20', '7', ...stock('AAPL'), '0', '00010101 10:00:00', '1 min', '1 D', '0', 'TRADES', '1', '0', ''],
    '321',
  ],
  [
    'a kind of bars that is not kept here',
    ['20', '7', ...stock('AAPL'), '0', '', '1 day', '1 M', '0', 'HISTORICAL_VOLATILITY', '1', '0', ''],
    '162',
  ],
  [
    'a duration that is too long for its unit',
    ['20', '7', ...stock('AAPL'), '0', '', '1 day', '366 D', '0', 'TRADES', '1', '0', ''],
    '321',
  ],
  [
    'a bar size that does not exist',
    ['20', '7', ...stock('AAPL'), '0', '', '7 mins', '1 D', '0', 'TRADES', '1', '0', ''],
    '321',
  ],
])('%s is answered and the connection lives on', async (_, fields, code) => {
  const client = await join(1)
  client.take()
  client.send(...fields)
  await client.sync()
  expect(client.take('4').map((m) => m[3])).toEqual([code])
})

test('whatever bytes come in, the gateway lives and says what was wrong', async () => {
  const bad = [
    Buffer.from('GET / HTTP/1.1\r\n\r\n'),
    Buffer.from('API\0\xff\xff\xff\xff', 'latin1'),
    framed(Buffer.from('API')),
  ]
  for (const bytes of bad) {
    const socket = connect(gateway.port, '127.0.0.1')
    socket.on('error', () => {})
    await new Promise<void>((resolve) => {
      socket.on('close', () => resolve())
      socket.write(bytes)
    })
  }
  const found = events.filter((e) => e.kind === 'bad-frame')
  expect(found.map((e) => e.hex)).toEqual([bad[0]!.toString('hex'), 'ffffffff', bad[2]!.toString('hex')])
  const client = await join(1)
  client.socket.write(framed(Buffer.alloc(0)))
  // No UTF-8, and no zero byte at the end: reported as it came.
  const odd = framed(Buffer.from('20\0ab\xff\xfe', 'latin1'))
  client.socket.write(odd)
  await client.sync()
  expect(events.findLast((e) => e.kind === 'bad-frame')).toMatchObject({
    clientId: 1,
    hex: odd.toString('hex'),
  })
})

test('mutated frames never end the gateway', async () => {
  let seed = 12_345
  const random = (n: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0
    return Math.floor((seed / 4_294_967_296) * n)
  }
  const samples = [
    placeOrder(1, 'AAPL', { type: 'LMT', limit: 99 }),
    ['20', '7', ...stock('AAPL'), '0', '', '1 min', '1 D', '0', 'TRADES', '1', '0', ''],
    ['1', '11', '8', ...stock('AAPL'), '0', '', '0', '0', ''],
    ['62', '1', '9', 'All', 'NetLiquidation,$LEDGER:ALL'],
    ['96', '7', ...stock('AAPL'), '0', '20260810 09:30:00', '', '100', 'TRADES', '1', '0', ''],
    ['7', '3', '901', '0', '', '', '', '', '', ''],
    ['4', '1', '', '', '2147483647'],
  ]
  for (let round = 0; round < 30; round++) {
    const client = await join(100 + round)
    for (let i = 0; i < 40; i++) {
      const bytes = Buffer.from(`${samples[random(samples.length)]!.join('\0')}\0`)
      for (let k = random(4); k >= 0; k--) {
        const at = random(bytes.length)
        bytes[at] = random(3) === 0 ? 0 : random(256)
      }
      client.socket.write(framed(random(5) === 0 ? bytes.subarray(0, random(bytes.length)) : bytes))
    }
    await client.sync()
    client.close()
    await gateway.advance(MINUTE)
  }
  expect(events.filter((e) => e.kind === 'failure')).toEqual([])
  expect(events.filter((e) => e.kind === 'bad-frame').length).toBeGreaterThan(100)
})

test.each([
  ['live', 1, [], true],
  ['delayed', 1, ['10089', '420', '10189'], false],
  ['delayed', 3, ['10167', '420', '10189'], true],
  ['none', 3, ['10168', '420', '10189'], false],
] as const)('market data is %s, of type %d: %j', async (subscriptions, type, codes, ticks) => {
  await again({ subscriptions })
  const client = await join(1)
  client.take()
  client.send('59', '1', type)
  client.send('1', '11', '7', ...stock('AAPL'), '0', '', '0', '0', '')
  client.send('50', '3', '8', ...stock('AAPL'), '5', 'TRADES', '0', '')
  client.send('97', '9', ...stock('AAPL'), 'Last', '0', '0')
  await client.sync()
  expect(client.heard.filter((m) => m[0] === '4').map((m) => m[3])).toEqual(codes)
  const prices = client.take('1').map((m) => m[3])
  expect(prices.includes(type === 3 ? '68' : '4')).toBe(ticks)
})

test('generic ticks: each trade with the volume of the day, what can be borrowed; an unknown one is refused', async () => {
  const client = await join(1)
  client.take()
  client.send('1', '11', '7', ...stock('AAPL'), '0', '233,236,292:BRFG', '0', '0', '')
  client.send('1', '11', '8', ...stock('AAPL'), '0', '233,9999', '0', '0', '')
  await client.sync()
  expect(client.heard.filter((m) => m[0] === '45').map((m) => m[3])).toEqual(['49', '46'])
  expect(client.take('4').map((m) => m.slice(2, 4))).toEqual([['8', '321']])
  await gateway.advance(MINUTE)
  await client.sync()
  const volumes = client.take('46').flatMap((m) => (m[3] === '48' ? [m[4]!.split(';')] : []))
  expect(volumes.length).toBeGreaterThan(10)
  const traded = volumes.reduce((sum, [, size]) => sum + Number(size), 0)
  expect(Number(volumes.at(-1)![3])).toBe(traded)
  expect(Number(volumes.at(-1)![4])).toBeCloseTo(100, 0)
  expect(volumes[0]!.at(-1)).toBe('true')
})

test('a read-only Gateway refuses orders, one with precautions does not answer them', async () => {
  await again({ readOnly: true })
  const client = await join(1)
  client.take()
  client.send(...placeOrder(1, 'AAPL', {}))
  await client.sync()
  expect(client.take('3', '4', '5').map((m) => m.slice(2, 4))).toEqual([['-1', '321']])
  client.close()
  await again({ orderPrecautions: true })
  const other = await join(1)
  other.take()
  other.send(...placeOrder(1, 'AAPL', {}))
  await other.sync()
  expect(other.take('3', '4', '5')).toEqual([])
})

test('the zone of times is a setting', async () => {
  await again({ timeZone: 'UTC', start: OPEN })
  const client = new WireClient(gateway.port)
  clients.push(client)
  expect((await client.hello('v100..193'))[1]).toBe('20260810 13:30:00 UTC')
})

test('bars of one second join to those of five', async () => {
  await again({ start: OPEN + 5 * MINUTE })
  const client = await join(1)
  const ask = async (id: number, size: string): Promise<number[][]> => {
    client.send('20', id, ...stock('AAPL'), '0', '', size, '60 S', '0', 'TRADES', '2', '0', '')
    const answer = await client.until((m) => m[0] === '17' && m[1] === String(id))
    const rows = answer.slice(5).map(Number)
    return Array.from({ length: Number(answer[4]) }, (_, i) => rows.slice(i * 8, i * 8 + 8))
  }
  const [seconds, fives] = [await ask(5, '1 secs'), await ask(6, '5 secs')]
  expect([seconds.length, fives.length]).toEqual([60, 12])
  const joined = fives.map((_, i) => {
    const part = seconds.slice(i * 5, i * 5 + 5)
    const sum = part.reduce((total, b) => total + b[5]!, 0)
    return [
      part[0]![0],
      part[0]![1],
      Math.max(...part.map((b) => b[2]!)),
      Math.min(...part.map((b) => b[3]!)),
      part[4]![4],
      sum,
    ]
  })
  expect(joined).toEqual(fives.map((b) => b.slice(0, 6)))
})

test('a port that is taken is an error', async () => {
  await expect(startGateway({ port: gateway.port })).rejects.toThrow('EADDRINUSE')
})

test('options out of their range are refused', async () => {
  await expect(startGateway({ serverVersion: 200 })).rejects.toThrow(
    'Expected serverVersion from 157 to 193, found 200.',
  )
})
