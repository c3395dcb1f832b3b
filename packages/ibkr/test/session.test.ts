import { afterEach, describe, expect, test } from 'vitest'
import fc from 'fast-check'
import type { IbkrNotice } from '../src/session/notice.ts'
import { type SessionState, TwsSession, type TwsSessionOptions } from '../src/session/tws-session.ts'
import { systemTiming } from '../src/session/timing.ts'
import { type Answers, frame, type Peer, ScriptedGateway, until } from './scripted-gateway.ts'

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close()
})

async function gatewayOf(answers: Answers = {}): Promise<ScriptedGateway> {
  const gateway = await ScriptedGateway.open(answers)
  closers.push(() => gateway.close())
  return gateway
}

interface Watched {
  readonly session: TwsSession
  readonly states: SessionState[]
  readonly notices: IbkrNotice[]
}

function sessionOf(port: number, own: Partial<TwsSessionOptions> = {}): Watched {
  const session = new TwsSession({
    port,
    clientId: 7,
    handshakeMs: 300,
    heartbeatMs: 5_000,
    heartbeatDeadlineMs: 300,
    backOff: { firstMs: 20, maxMs: 40 },
    ...own,
  })
  const states: SessionState[] = []
  const notices: IbkrNotice[] = []
  session.states.subscribe((state) => states.push(state))
  session.notices.subscribe((notice) => notices.push(notice))
  closers.push(() => session.stop())
  return { session, states, notices }
}

/** A message about the session. */
const say = (peer: Peer, code: number, text: string): void => peer.send(4, 2, -1, code, text, '')

const reasons = (states: readonly SessionState[]): string[] =>
  states.flatMap((state) => (state.kind === 'waiting' ? state.reason : []))

describe('getting in', () => {
  test('handshake, accounts, order id', async () => {
    const gateway = await gatewayOf()
    const { session, states } = sessionOf(gateway.port)
    session.start()
    expect(await session.online()).toEqual(['DU1234567'])
    expect(states.map(({ kind }) => kind)).toEqual(['stopped', 'connecting', 'online'])
    expect(gateway.peer.clientId).toBe(7)
    expect(session.serverVersion).toBe(193)
    expect(Math.abs(session.clockOffsetMs)).toBeLessThan(1_100)
  })

  test('a port where nobody listens: the reason names host and port', async () => {
    const gateway = await ScriptedGateway.open()
    const { port } = gateway
    await gateway.close()
    const { session } = sessionOf(port)
    session.start()
    await expect(session.online(100)).rejects.toThrow(
      new RegExp(`Gateway at 127\\.0\\.0\\.1:${port} to let client 7 in, found: connect ECONNREFUSED`),
    )
  })

  test('a gateway that accepts and stays silent is given up at the deadline', async () => {
    const gateway = await gatewayOf()
    gateway.greet(() => undefined)
    const { session, states } = sessionOf(gateway.port)
    session.start()
    await until('a second attempt', () => gateway.peers.length >= 2)
    expect(reasons(states)[0]).toBe('the handshake was not finished in time')
    gateway.greet((peer) => peer.send(193, 'now'))
    await session.online()
  })

  test('one that stops after the version is given up too', async () => {
    const gateway = await gatewayOf({ 71: (peer) => peer.send(9, 1, 1) }) // no accounts
    const { session } = sessionOf(gateway.port)
    session.start()
    await until('a second attempt', () => gateway.peers.length >= 2)
    expect(session.state.kind).not.toBe('online')
  })

  test('a client id in use: waited, then the same id again', async () => {
    let refusals = 2
    const gateway = await gatewayOf({
      71: (peer) => {
        if (refusals-- > 0) {
          peer.send(4, 2, -1, 326, 'Unable to connect as the client id is already in use.', '')
          peer.socket.end()
        } else {
          peer.send(15, 1, 'DU1')
          peer.send(9, 1, 1)
        }
      },
    })
    // Only the waits are shortened; 5 s and more are what they are.
    const waits: number[] = []
    const timing = {
      ...systemTiming,
      after: (ms: number, run: () => void) => {
        if (ms >= 2_500 && ms < 5_000) waits.push(ms)
        return systemTiming.after(ms >= 2_500 ? 20 : ms, run)
      },
      random: () => 0.9,
    }
    const { session, states } = sessionOf(gateway.port, { timing, heartbeatMs: 2_000 })
    session.start()
    await session.online(2_000)
    expect(gateway.peers.map((peer) => peer.clientId)).toEqual([7, 7, 7])
    expect(reasons(states)[0]).toMatch(/client id 7 is in use/)
    expect(waits[0]).toBeGreaterThanOrEqual(2_500)
  })

  test('a version that the client cannot speak is final', async () => {
    const gateway = await gatewayOf()
    gateway.greet((peer) => peer.send(222, 'now'))
    const { session } = sessionOf(gateway.port)
    session.start()
    await expect(session.online()).rejects.toThrow(/Unsupported Version 222/)
    expect(session.state.kind).toBe('failed')
  })
})

describe('losing it', () => {
  test('a half-open link is found out by the heartbeat', async () => {
    const gateway = await gatewayOf()
    const { session, states } = sessionOf(gateway.port, { heartbeatMs: 50 })
    session.start()
    await session.online()
    gateway.answer({ 49: () => undefined })
    await until('the loss', () => reasons(states).length > 0)
    expect(reasons(states)[0]).toBe('the heartbeat was not answered')
    gateway.answer({ 49: (peer) => peer.send(49, 1, 1_795_000_000) })
    await until('a new connection', () => session.state.kind === 'online')
  })

  test('what is sent while away is refused, and nothing of it ever arrives', async () => {
    const gateway = await gatewayOf()
    const { session, states } = sessionOf(gateway.port, { messagesPerSecond: 3, backOff: { firstMs: 200 } })
    session.start()
    await session.online()
    let dropped = 0
    // The heartbeat took one of three; three of these wait when the link dies.
    for (let i = 0; i < 5; i++)
      expect(session.send('request', [(api) => api.reqMarketRule(i)], () => dropped++)).toBe(true)
    await until('the two that fit', () => gateway.peer.of(91).length === 2)
    gateway.peer.socket.destroy()
    await until('the loss', () => session.state.kind === 'waiting')
    expect(dropped).toBe(3)
    expect(session.send('order', [(api) => api.reqMarketRule(99)])).toBe(false)
    await expect(session.ask({ what: 'x', send: () => undefined, event: () => undefined })).rejects.toMatchObject({
      code: 'ibkr.link',
    })
    await until('a new connection', () => session.state.kind === 'online')
    await session.settled()
    expect(gateway.peer.of(91)).toEqual([])
    expect(states.filter(({ kind }) => kind === 'online').length).toBe(2)
  })

  test('a stop sends what waits for its turn first', async () => {
    const gateway = await gatewayOf()
    const { session } = sessionOf(gateway.port, { messagesPerSecond: 3 })
    session.start()
    await session.online()
    for (let i = 0; i < 4; i++) session.send('cancel', [(api) => api.reqMarketRule(i)])
    await session.stop()
    await until('all four', () => gateway.peer.of(91).length === 4)
    expect(session.state.kind).toBe('stopped')
  })

  test('questions under way fail, streams are told, and a restoration is announced', async () => {
    const gateway = await gatewayOf()
    const { session } = sessionOf(gateway.port)
    session.start()
    await session.online()
    const told: string[] = []
    session.restored.subscribe(({ dataLost }) => told.push(`restored ${dataLost}`))
    const question = session.ask({
      what: 'the contract',
      send: (api, id) => api.reqHeadTimestamp(id, {}, 'TRADES', true, 2),
      event: () => undefined,
    })
    const plain = session.askPlain('positions', {
      what: 'positions',
      send: (api) => api.reqPositions(),
      listen: () => () => undefined,
    })
    session.stream({
      what: 'bars',
      send: (api, id) => api.reqMktData(id, {}, '', false, false),
      cancel: () => undefined,
      event: () => undefined,
      ended: (_code, text) => told.push(text),
    })
    const both = Promise.allSettled([question, plain])
    await session.settled()
    gateway.peer.socket.destroy()
    expect(
      (await both).map((outcome) => (outcome.status === 'rejected' ? (outcome.reason as Error).message : '')),
    ).toEqual([
      'Expected an answer to the contract, found the connection lost.',
      'Expected an answer to positions, found the connection lost.',
    ])
    await until('the restoration', () => told.includes('restored true'))
    expect(told).toEqual(['the connection was lost', 'restored true'])
  })
})

describe('the gateway’s own troubles', () => {
  test('1100 repeated, then 1102: the link stays, nothing is sent meanwhile', async () => {
    const gateway = await gatewayOf()
    const { session, states, notices } = sessionOf(gateway.port)
    session.start()
    await session.online()
    const restored: boolean[] = []
    session.restored.subscribe(({ dataLost }) => restored.push(dataLost))
    for (let i = 0; i < 5; i++)
      say(gateway.peer, 1100, 'Connectivity between IBKR and Trader Workstation has been lost.')
    await until('offline', () => session.state.kind === 'offline')
    expect(session.send('order', [() => undefined])).toBe(false)
    say(gateway.peer, 1102, 'Connectivity has been restored - data maintained.')
    await until('online', () => session.state.kind === 'online')
    say(gateway.peer, 1101, 'Connectivity has been restored - data lost.') // also without a 1100 before
    await until('both', () => restored.length === 2)
    expect(restored).toEqual([false, true])
    expect(states.map(({ kind }) => kind)).toEqual(['stopped', 'connecting', 'online', 'offline', 'online'])
    expect(notices.filter(({ severity }) => severity === 'warning').length).toBe(5)
    expect(gateway.peers.length).toBe(1)
  })

  test('farms go down and up by name; 2119 is no proof', async () => {
    const gateway = await gatewayOf()
    const { session, notices } = sessionOf(gateway.port)
    session.start()
    await session.online()
    say(gateway.peer, 2103, 'Market data farm connection is broken:usfarm')
    say(gateway.peer, 2105, 'HMDS data farm connection is broken:ushmds')
    say(gateway.peer, 2119, 'Market data farm is connecting:usfarm')
    await until('both down', () => notices.length === 3)
    expect(session.farmsDown).toEqual(['usfarm', 'ushmds'].toSorted())
    let restored = 0
    session.restored.subscribe(() => restored++)
    say(gateway.peer, 2104, 'Market data farm connection is OK:usfarm')
    await until('one up', () => session.farmsDown.length === 1)
    say(gateway.peer, 2104, 'Market data farm connection is OK:eufarm') // was never down
    await session.settled()
    expect(restored).toBe(1)
    expect(session.state.kind).toBe('online')
  })

  test('a read-only API is remembered', async () => {
    const gateway = await gatewayOf()
    const { session } = sessionOf(gateway.port)
    session.start()
    await session.online()
    say(gateway.peer, 321, 'The API interface is currently in Read-Only mode.')
    expect(await until('read-only', () => session.readOnly)).toBe(true)
  })

  test('an unknown code surfaces and does nothing', async () => {
    const gateway = await gatewayOf()
    const { session, notices } = sessionOf(gateway.port)
    session.start()
    await session.online()
    say(gateway.peer, 9_876, 'something new')
    await until('the notice', () => notices.length === 1)
    expect(notices[0]).toMatchObject({ code: 'ibkr.9876', severity: 'warning' })
    expect(notices[0]!.message).toContain('not known here')
    expect(session.state.kind).toBe('online')
  })
})

describe('questions', () => {
  test('a message with the id fails it, with what was asked and the code', async () => {
    const gateway = await gatewayOf({
      87: (peer, fields) =>
        peer.send(4, 2, fields[1]!, 200, 'No security definition has been found for the request', ''),
    })
    const { session } = sessionOf(gateway.port)
    session.start()
    await session.online()
    const asked = session.ask({
      what: 'the first bar of XYZW',
      send: (api, id) => api.reqHeadTimestamp(id, { symbol: 'XYZW' }, 'TRADES', true, 2),
      event: () => undefined,
    })
    await expect(asked).rejects.toMatchObject({ code: 'ibkr.200', ibCode: 200 })
    await expect(asked).rejects.toThrow(/first bar of XYZW/)
  })

  test('a duplicate id is asked again under another one; silence ends at the deadline and takes the question back', async () => {
    const ids: string[] = []
    const gateway = await gatewayOf({
      87: (peer, fields) => {
        ids.push(fields[1]!)
        if (ids.length === 1)
          peer.send(4, 2, fields[1]!, 322, "Error processing request.-'bO' : cause - Duplicate ticker id", '')
      },
    })
    const { session } = sessionOf(gateway.port)
    session.start()
    await session.online()
    const asked = session.ask({
      what: 'a head',
      timeoutMs: 150,
      send: (api, id) => api.reqHeadTimestamp(id, { symbol: 'X' }, 'TRADES', true, 2),
      cancel: (api, id) => api.cancelHeadTimestamp(id),
      event: () => undefined,
    })
    await expect(asked).rejects.toMatchObject({ code: 'ibkr.timeout' })
    await session.settled()
    expect(new Set(ids).size).toBe(2)
    expect(gateway.peer.of(90).map(([, id]) => id)).toEqual([ids[1]])
  })

  test('a warning or an unknown code does not fail it', async () => {
    const gateway = await gatewayOf({
      87: (peer, fields) => {
        peer.send(4, 2, fields[1]!, 2174, 'Warning: no time zone', '')
        peer.send(4, 2, fields[1]!, 9_876, 'something new', '')
        peer.send(88, fields[1]!, '19801212-14:30:00')
      },
    })
    const { session, notices } = sessionOf(gateway.port)
    session.start()
    await session.online()
    const head = session.ask<string>({
      what: 'a head',
      send: (api, id) => api.reqHeadTimestamp(id, { symbol: 'X' }, 'TRADES', true, 1),
      event: (_name, args, done) => done(String(args[0])),
    })
    expect(await head).toBe('19801212-14:30:00')
    expect(notices.map(({ code }) => code)).toEqual(['ibkr.9876'])
  })

  test('a frame that is too short, one with bad JSON and one of no known kind are reported with their bytes', async () => {
    const gateway = await gatewayOf()
    const { session, notices } = sessionOf(gateway.port)
    session.start()
    await session.online()
    gateway.peer.send(10, 1_500_000_000, 'AAPL', 'STK') // too short
    gateway.peer.send(4, 2, 5, 201, 'Order rejected', '{not json')
    gateway.peer.send(250, 1, 2)
    gateway.peer.send('hello', 1, 2)
    gateway.peer.send(17, 1_500_000_000, 'from', 'to', 3, 1, 2, 3) // three bars in three fields
    await session.settled() // the gateway still gets through
    expect(notices.map(({ code }) => code)).toEqual(Array<string>(5).fill('ibkr.bad_frame'))
    expect(notices[0]!.message).toContain('10|1500000000|AAPL|STK|')
    expect(notices[1]!.message).toContain('{not json')
    expect(notices[2]!.message).toContain('250|1|2|')
    expect(notices[3]!.message).toContain('hello|1|2|')
    expect(notices[4]!.message).toContain('3 bars in 8 fields')
    expect(session.state.kind).toBe('online')
  })

  test('bytes in any pieces', async () => {
    const gateway = await gatewayOf({
      71: (peer) => void dribble(peer, Buffer.concat([frame(15, 1, 'DU1'), frame(9, 1, 42)])),
    })
    const { session } = sessionOf(gateway.port, { handshakeMs: 2_000 })
    session.start()
    await session.online()
    expect(session.orderIds.next).toBe(42)
  })
})

async function dribble(peer: Peer, bytes: Buffer): Promise<void> {
  peer.socket.setNoDelay(true)
  for (const byte of bytes) {
    peer.socket.write(Buffer.from([byte]))
    await new Promise((resolve) => setImmediate(resolve))
  }
}

test('garbage instead of frames: the link is made anew, and the process lives', async () => {
  const gateway = await gatewayOf()
  const { session } = sessionOf(gateway.port, { backOff: { firstMs: 1, maxMs: 2 } })
  session.start()
  // Lengths below zero would send the client's own reader round and round.
  const nasty = fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    fc.constant(Buffer.from('fffffffc', 'hex')),
    fc.constant(Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')),
    fc
      .array(fc.oneof(fc.nat(110).map(String), fc.constantFrom('', '-1', 'NaN', '1e400', '4294967295', '{', 'é')), {
        maxLength: 60,
      })
      .map((fields) => frame(...fields)),
    fc
      .record({ id: fc.nat(110), fields: fc.array(fc.string({ maxLength: 8 }), { maxLength: 150 }) })
      .map(({ id, fields }) => frame(id, 1, ...fields)),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(nasty, { minLength: 1, maxLength: 5 }), async (pieces) => {
      await until('online', () => session.state.kind === 'online')
      const { peer } = gateway
      for (const piece of pieces) peer.socket.write(piece)
      await new Promise((resolve) => setTimeout(resolve, 5))
    }),
    { numRuns: 60 },
  )
  // Whatever it has read: half a frame may be waiting for its other half.
  session.reconnect()
  await until('online', () => session.state.kind === 'online')
  await session.settled()
})
