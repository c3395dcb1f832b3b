import type { BarInterval, MarketEvent } from '@onetape/core'
import { afterEach, describe, expect, test } from 'vitest'
import { IbkrDataFeed, type IbkrDataFeedOptions } from '../src/feed/ibkr-data-feed.ts'
import type { IbkrNotice } from '../src/session/notice.ts'
import { systemTiming, type Timing } from '../src/session/timing.ts'
import { TwsSession } from '../src/session/tws-session.ts'
import { type Answers, type Peer, ScriptedGateway, until } from './scripted-gateway.ts'
import { contractData } from './tws-frames.ts'

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close()
})

const MINUTE = 60_000
/** Thursday, 2026-11-19, 10:00 in New York. */
const TEN = Date.UTC(2026, 10, 19, 15)

/** Waits of 2 to 60 s are over at once, `jump` moves the clock with them; it stands where a test wants it. */
function timingAt(now: number): Timing & { shift: number; jump: boolean } {
  const timing = {
    shift: now - Date.now(),
    jump: false,
    now: () => Date.now() + timing.shift,
    after(ms: number, run: () => void) {
      if (ms < 2_000 || ms >= 60_000) return systemTiming.after(ms, run)
      return systemTiming.after(30, () => {
        if (timing.jump) timing.shift += ms
        run()
      })
    },
    random: () => 0.5,
  }
  return timing
}

interface Desk {
  readonly gateway: ScriptedGateway
  readonly session: TwsSession
  readonly feed: IbkrDataFeed
  readonly timing: ReturnType<typeof timingAt>
  readonly bars: (readonly [symbol: string, interval: BarInterval, minute: number, close: number, late: boolean])[]
  readonly notices: IbkrNotice[]
}

async function desk(answers: Answers = {}, options: IbkrDataFeedOptions = {}, now = TEN): Promise<Desk> {
  const timing = timingAt(now)
  const gateway = await ScriptedGateway.open({
    49: (peer) => peer.send(49, 1, Math.floor(timing.now() / 1000)),
    9: (peer, fields) => {
      peer.send(...contractData(fields[2]!, fields[4]!, { conId: fields[4]!.charCodeAt(0) }))
      peer.send(52, 1, fields[2]!)
    },
    ...answers,
  })
  closers.push(() => gateway.close())
  const session = new TwsSession({
    port: gateway.port,
    clientId: 7,
    timing,
    heartbeatMs: 120_000,
    heartbeatDeadlineMs: 120_000,
    handshakeMs: 120_000,
    requestMs: 1_500,
  })
  closers.push(() => session.stop())
  const feed = new IbkrDataFeed(session, { historyMs: 1_500, ...options })
  const bars: Desk['bars'] = []
  const notices: IbkrNotice[] = []
  feed.events.subscribe((event: MarketEvent) => {
    if (event.kind === 'bar')
      bars.push([event.symbol, event.interval, (event.bar.time - TEN) / MINUTE, event.bar.close, event.bar.late])
  })
  session.notices.subscribe((notice) => notices.push(notice))
  session.start()
  await session.online(60_000)
  return { gateway, session, feed, timing, bars, notices }
}

/** Answers with all bars of regular hours of one length that lie in the range asked for, minute `n` closing at `n`. */
function history(stepMinutes: number, most = Infinity): Answers {
  return {
    20: (peer, fields) => {
      const end = Date.parse(fields[15]!.replace(/(\d{4})(\d\d)(\d\d)-(.*)/, '$1-$2-$3T$4Z'))
      const [count, unit] = fields[17]!.split(' ')
      const span = Number(count) * (unit === 'D' ? 86_400_000 : 1000)
      const rows: (string | number)[] = []
      let n = 0
      for (let t = end - span; t < end; t += stepMinutes * MINUTE) {
        const of = Math.floor(t / (stepMinutes * MINUTE)) * stepMinutes * MINUTE
        const minuteOfDay = (of % 86_400_000) / MINUTE
        const weekday = new Date(of).getUTCDay() % 6 !== 0
        if (!weekday || minuteOfDay < 870 || minuteOfDay >= 1_260 || n >= most) continue // 14:30 to 21:00 UTC
        rows.push(of / 1000, 10, 20, 5, 10, 100, 10, 3)
        n++
      }
      peer.send(17, fields[1]!, 'from', 'to', n, ...rows)
    },
  }
}

function realTimeBar(
  peer: Peer,
  id: string,
  time: number,
  close: number,
  own: { volume?: number; count?: number } = {},
): void {
  peer.send(50, 3, id, time / 1000, close, close + 1, close - 1, close, own.volume ?? 10, close, own.count ?? 1)
}

const text = (t: number): string => new Date(t).toISOString().slice(11, 16)

/** A whole minute of five-second bars. */
function minute(peer: Peer, id: string, n: number, close: number): void {
  for (let s = 0; s < 60; s += 5) realTimeBar(peer, id, TEN + n * MINUTE + s * 1000, close)
}

describe('the past', () => {
  test('is read backwards in chunks, joined without a double, and told on the way', async () => {
    const progress: number[] = []
    const { feed, gateway } = await desk(history(1), { onProgress: ({ rows }) => progress.push(rows) })
    const from = Date.UTC(2026, 10, 2, 14, 30)
    const series = await feed.getHistoricalData({ symbol: 'AAPL', interval: '1m', from, to: TEN })
    // 13 whole sessions from November 2 to 18 and half an hour of the 19th.
    expect(series.length).toBe(13 * 390 + 30)
    expect(new Date(series.columns.time[0]!).toISOString()).toBe('2026-11-02T14:30:00.000Z')
    expect(series.columns.end.at(-1)).toBe(TEN)
    expect(series).toMatchObject({ interval: '1m', prices: 'split-adjusted' })
    expect(series.instrument).toMatchObject({ symbol: 'AAPL', calendar: 'XNAS' })
    expect(gateway.peer.of(20).length).toBeGreaterThan(1)
    expect(gateway.peer.of(20)[0]).toMatchObject({
      15: '20261119-15:00:00',
      16: '1 min',
      17: '5 D',
      18: '1',
      19: 'TRADES',
      20: '2',
    })
    expect(progress).toEqual(progress.toSorted((a, b) => a - b))
  })

  test('hours are made of half hours from the open on, cut at the close', async () => {
    const { feed, gateway } = await desk(history(30))
    const day = { from: Date.UTC(2026, 10, 18), to: Date.UTC(2026, 10, 19) }
    const series = await feed.getHistoricalData({ symbol: 'AAPL', interval: '1h', ...day })
    expect([...series.columns.time].map(text)).toEqual(['14:30', '15:30', '16:30', '17:30', '18:30', '19:30', '20:30'])
    expect(text(series.columns.end.at(-1)!)).toBe('21:00')
    expect(gateway.peer.of(20)[0]![16]).toBe('30 mins')
  })

  test('days run from open to close; the day in hand is left out', async () => {
    const { feed } = await desk({
      20: (peer, fields) =>
        peer.send(
          17,
          fields[1]!,
          '',
          '',
          3,
          '20261117',
          1,
          2,
          1,
          2,
          9,
          1,
          1,
          '20261118',
          2,
          3,
          2,
          3,
          9,
          1,
          1,
          '20261119',
          3,
          4,
          3,
          4,
          9,
          1,
          1,
        ),
    })
    const series = await feed.getHistoricalData({ symbol: 'AAPL', interval: '1d', from: Date.UTC(2026, 10, 17) })
    expect([...series.columns.close]).toEqual([2, 3])
    expect(new Date(series.columns.time[0]!).toISOString()).toBe('2026-11-17T14:30:00.000Z')
    expect(new Date(series.columns.end[1]!).toISOString()).toBe('2026-11-18T21:00:00.000Z')
  })

  test('bars that make no sense are left out, and told', async () => {
    const { feed, notices } = await desk({
      20: (peer, fields) =>
        peer.send(
          17,
          fields[1]!,
          '',
          '',
          3,
          TEN / 1000 - 180,
          1,
          2,
          1,
          2,
          -1,
          1,
          1,
          TEN / 1000 - 120,
          1,
          0.5,
          1,
          1,
          9,
          1,
          1,
          'soon',
          1,
          1,
          1,
          1,
          9,
          1,
          1,
        ),
    })
    const series = await feed.getHistoricalData({ symbol: 'AAPL', interval: '1m', from: TEN - 3 * MINUTE })
    expect([...series.columns.volume]).toEqual([0])
    expect(notices).toMatchObject([{ code: 'ibkr.bad_bar', message: expect.stringContaining('2 bars') }])
  })

  test('a violation of pacing is waited out; "no data" is the end, not a failure', async () => {
    let violations = 2
    const { feed, gateway, timing } = await desk({
      20: (peer, fields) => {
        const said =
          violations-- > 0 ? 'Historical data request pacing violation' : 'HMDS query returned no data: X@SMART Trades'
        peer.send(4, 2, fields[1]!, 162, `Historical Market Data Service error message:${said}`, '')
      },
    })
    timing.jump = true
    const series = await feed.getHistoricalData({ symbol: 'AAPL', interval: '1d', from: Date.UTC(2026, 9, 1) })
    expect(series.length).toBe(0)
    expect(gateway.peer.of(20).length).toBe(3)
  })

  test('a refusal names symbol, range and reason; an unknown symbol is told', async () => {
    const { feed, gateway } = await desk({
      20: (peer, fields) =>
        peer.send(4, 2, fields[1]!, 162, 'Historical Market Data Service error message:No market data permissions', ''),
    })
    const ask = { interval: '1m', from: TEN - MINUTE } as const
    await expect(feed.getHistoricalData({ symbol: 'AAPL', ...ask })).rejects.toThrow(
      /the history of AAPL \(1 min\) up to 2026-11-19T15:00.*No market data permissions/,
    )
    gateway.answer({
      9: (peer, fields) => peer.send(4, 2, fields[2]!, 200, 'No security definition has been found', ''),
    })
    await expect(feed.getTickerInfo('XYZW')).rejects.toMatchObject({ code: 'ibkr.200' })
    await expect(feed.getHistoricalData({ symbol: 'AAPL', interval: '3d' })).rejects.toThrow(/found 3d/)
  })

  test('without a beginning, everything since the first bar that TWS has', async () => {
    const { feed } = await desk({ ...history(1), 87: (peer, fields) => peer.send(88, fields[1]!, '20261118-20:58:00') })
    const series = await feed.getHistoricalData({ symbol: 'AAPL', interval: '1m', to: TEN - 30 * MINUTE })
    expect(series.length).toBe(2)
  })

  test('a download of some ten thousand bars leaves the event loop free between its chunks', async () => {
    const { feed } = await desk(history(1))
    let longest = 0
    let last = performance.now()
    const timer = setInterval(() => {
      longest = Math.max(longest, performance.now() - last)
      last = performance.now()
    }, 1)
    await feed.getHistoricalData({ symbol: 'AAPL', interval: '1m', from: Date.UTC(2026, 9, 1, 14, 30) })
    clearInterval(timer)
    // An upper bound with room for the scripted gateway, which makes its answers in the same loop.
    expect(longest).toBeLessThan(200)
  })
})

describe('the present', () => {
  test('five-second bars become minutes, given out with their last part', async () => {
    const { feed, gateway, bars, session } = await desk()
    await feed.subscribe('AAPL', '1m')
    await feed.subscribe('AAPL', '5m')
    await session.settled()
    const id = gateway.peer.of(50)[0]![2]!
    expect(gateway.peer.of(50)).toHaveLength(1) // one stream for both
    for (let n = 1; n <= 5; n++) minute(gateway.peer, id, n, 100 + n)
    await until('five minutes', () => bars.length === 5)
    expect(bars.map(([, interval, n, close, late]) => [interval, n, close, late])).toEqual(
      [1, 2, 3, 4, 5].map((n) => ['1m', n, 100 + n, false]),
    )
    const latest = feed.latest('AAPL')
    expect(latest).toMatchObject({
      stale: false,
      bar: { close: 105, count: 5, interval: '1m', instrument: { symbol: 'AAPL' } },
    })
    expect(latest.bar!.before(2).close).toBe(103)
    expect(latest.bar!.copy()).toMatchObject({ close: 105 })
    expect(() => latest.bar!.before(9)).toThrow('Expected 9 bars before')
  })

  test('the bar in which the subscription fell, and the five minutes around it, come from history', async () => {
    const { feed, gateway, bars, session } = await desk(history(1))
    await feed.subscribe('AAPL', '1m')
    await session.settled()
    const id = gateway.peer.of(50)[0]![2]!
    for (let s = 30; s < 60; s += 5) realTimeBar(gateway.peer, id, TEN - MINUTE + s * 1000, 77) // half a minute
    minute(gateway.peer, id, 0, 100)
    await until('both', () => bars.length === 2)
    expect(bars.map(([, , n, close, late]) => [n, close, late])).toEqual([
      [-1, 10, true],
      [0, 100, false],
    ])
  })

  test('after a loss everything is asked for under new ids, and the gap is filled before anything newer', async () => {
    const { feed, gateway, bars, session, timing } = await desk(history(1))
    await feed.subscribe('AAPL', '1m')
    await session.settled()
    const first = gateway.peer.of(50)[0]![2]!
    minute(gateway.peer, first, 0, 100)
    await until('the first', () => bars.length === 1)
    timing.shift += 4 * MINUTE
    gateway.peer.socket.destroy()
    await until('the second connection', () => gateway.peers.length === 2 && session.state.kind === 'online')
    await until('the stream', () => gateway.peer.of(50).length === 1)
    const second = gateway.peer.of(50)[0]![2]!
    expect(second).not.toBe(first)
    minute(gateway.peer, second, 4, 104)
    minute(gateway.peer, second, 5, 105)
    await until('all', () => bars.length === 6)
    expect(bars.map(([, , n, close, late]) => [n, close, late])).toEqual([
      [0, 100, false],
      [1, 10, true],
      [2, 10, true],
      [3, 10, true],
      [4, 104, false],
      [5, 105, false],
    ])
  })

  test('1101 asks anew under a new id, 1102 does not', async () => {
    const { feed, gateway, session } = await desk()
    await feed.subscribe('AAPL', '1m')
    for (const [code, asked] of [
      [1102, 1],
      [1101, 2],
    ] as const) {
      gateway.peer.send(4, 2, -1, code, 'restored', '')
      await session.settled()
      await session.settled()
      expect(gateway.peer.of(50).length).toBe(asked)
    }
    expect(gateway.peer.of(51).map(([, , id]) => id)).toEqual([gateway.peer.of(50)[0]![2]])
  })

  test.each([
    ['1102', 1102, 'restored - data maintained'],
    ['a farm that was away', 2104, 'Market data farm connection is OK:usfarm'],
  ])('after %s the stream goes on, and the bar with the hole comes from history', async (_, code, said) => {
    const { feed, gateway, bars, session } = await desk(history(1), {}, TEN + MINUTE / 2)
    await feed.subscribe('AAPL', '1m')
    await session.settled()
    const id = gateway.peer.of(50)[0]![2]!
    for (let s = 0; s < 30; s += 5) realTimeBar(gateway.peer, id, TEN + s * 1000, 100)
    gateway.peer.send(4, 2, -1, 2103, 'Market data farm connection is broken:usfarm', '')
    gateway.peer.send(4, 2, -1, code, said, '')
    for (let s = 40; s < 60; s += 5) realTimeBar(gateway.peer, id, TEN + s * 1000, 100)
    minute(gateway.peer, id, 1, 101)
    await until('both', () => bars.length === 2)
    expect(bars.map(([, , n, close, late]) => [n, close, late])).toEqual([
      [0, 10, true],
      [1, 101, false],
    ])
    expect(gateway.peer.of(50).length).toBe(1)
  })

  test('silence while the market trades makes it ask again, and counts as stale; a closed market does not', async () => {
    const { feed, gateway, timing, notices, session } = await desk()
    await feed.subscribe('AAPL', '1m')
    await session.settled()
    realTimeBar(gateway.peer, gateway.peer.of(50)[0]![2]!, TEN, 100)
    await session.settled()
    expect(feed.latest('AAPL').stale).toBe(false)
    timing.shift += 31_000
    expect(feed.latest('AAPL').stale).toBe(true)
    await until('a second stream', () => gateway.peer.of(50).length === 2)
    expect(notices.some(({ code }) => code === 'ibkr.silent')).toBe(true)
    const night = await desk({}, {}, Date.UTC(2026, 10, 20, 3))
    await night.feed.subscribe('AAPL', '1m')
    night.timing.shift += 3_600_000
    await new Promise((resolve) => setTimeout(resolve, 150))
    expect(night.gateway.peer.of(50).length).toBe(1)
  })

  test('a clock that jumps ahead is no silence until the data of that time had a chance to come', async () => {
    const { feed, gateway, timing, notices, session } = await desk()
    const checks: (() => void)[] = []
    const after: Timing['after'] = timing.after.bind(timing)
    timing.after = (ms, run) => {
      if (ms !== 5_000) return after(ms, run)
      checks.push(run)
      return () => undefined
    }
    await feed.subscribe('AAPL', '1m')
    await session.settled()
    const silences = (): number => notices.filter(({ code }) => code === 'ibkr.silent').length
    for (let turn = 0; turn < 3; turn++) {
      realTimeBar(gateway.peer, gateway.peer.of(50)[0]![2]!, TEN + turn * 5000, 100)
      await session.settled()
      timing.shift += 31_000
      checks.shift()!()
      expect(silences()).toBe(0)
    }
    checks.shift()!()
    expect(silences()).toBe(1)
  })

  test.each([
    [10197, 'No market data during competing live session', true],
    [10225, 'Bust event occurred, current subscription is deactivated', true],
    [420, 'Invalid Real-time Query:Historical data request pacing violation', true],
    [420, 'Invalid Real-time Query:No market data permissions for NYSE STK', false],
    [354, 'Requested market data is not subscribed.', false],
  ])('a stream that ends with %d "%s" is asked for again: %s', async (code, said, again) => {
    const { feed, gateway, notices } = await desk({ 50: (peer, fields) => peer.send(4, 2, fields[2]!, code, said, '') })
    await feed.subscribe('AAPL', '1m')
    await until('the end', () => notices.some((notice) => notice.code === `ibkr.${code}`))
    expect(feed.latest('AAPL').stale).toBe(true)
    await new Promise((resolve) => setTimeout(resolve, 150))
    expect(gateway.peer.of(50).length > 1).toBe(again)
  })

  test('beyond the limit, bars come from ticks', async () => {
    const { feed, gateway, bars, session, notices } = await desk({}, { realTimeBars: 1 })
    await feed.subscribe('AAPL', '1m')
    await feed.subscribe('MSFT', '1m')
    await session.settled()
    expect([gateway.peer.of(50).length, gateway.peer.of(1).length]).toEqual([1, 1])
    expect(notices.find(({ code }) => code === 'ibkr.ticks')?.message).toContain('MSFT')
    const id = gateway.peer.of(1)[0]![2]!
    const trade = (ms: number, price: number): void =>
      gateway.peer.send(46, 6, id, 48, `${price};5;${TEN + ms};100;${price};true`)
    trade(60_001, 10)
    trade(90_000, 12)
    trade(119_999, 11)
    trade(120_000, 13)
    await until('the bar', () => bars.length === 1)
    expect(bars).toEqual([['MSFT', '1m', 1, 11, false]])
  })

  test('a bar whose last part never comes is given out after the grace', async () => {
    const { feed, gateway, bars, session } = await desk({}, { graceMs: 50 }, TEN + MINUTE - 100)
    await feed.subscribe('AAPL', '1m')
    await session.settled()
    realTimeBar(gateway.peer, gateway.peer.of(50)[0]![2]!, TEN, 100)
    await until('the bar', () => bars.length === 1)
    expect(bars).toEqual([['AAPL', '1m', 0, 100, false]])
  })

  test('quotes are events when asked for, on a line of their own', async () => {
    const { feed, gateway, session } = await desk({}, { quotes: true })
    const quotes: MarketEvent[] = []
    feed.events.subscribe((event) => quotes.push(event))
    await feed.subscribe('AAPL', '1m')
    await session.settled()
    const id = gateway.peer.of(1)[0]![2]!
    gateway.peer.send(1, 6, id, 1, 189.99, 300, 1)
    gateway.peer.send(1, 6, id, 2, 190.01, 200, 1)
    await session.settled()
    expect(quotes.at(-1)).toMatchObject({
      kind: 'quote',
      symbol: 'AAPL',
      quote: { bid: 189.99, ask: 190.01, askSize: 200 },
    })
    expect(feed.latest('AAPL').quote).toMatchObject({ bid: 189.99 })
  })

  test('what is no longer wanted is cancelled', async () => {
    const { feed, gateway, session } = await desk()
    await feed.subscribe('AAPL', '1m')
    await feed.subscribe('AAPL', '5m')
    await feed.unsubscribe('AAPL', '1m')
    await session.settled()
    expect(gateway.peer.of(51)).toEqual([])
    await feed.unsubscribe('AAPL', '5m')
    await session.settled()
    expect(gateway.peer.of(51).length).toBe(1)
    expect(feed.latest('AAPL').stale).toBe(true)
  })
})

describe('without a connection', () => {
  test('the last bars are served as stale; what was never read is refused', async () => {
    const { feed, gateway, session } = await desk(history(1))
    const ask = { symbol: 'AAPL', interval: '1m', from: TEN - 20 * MINUTE } as const
    expect((await feed.getHistoricalData(ask)).length).toBe(20)
    gateway.greet(() => undefined)
    gateway.peer.socket.destroy()
    await until('the loss', () => session.state.kind !== 'online')
    expect(feed.mode).toBe('cached')
    const cached = await feed.getHistoricalData({ ...ask, from: TEN - 5 * MINUTE })
    expect(cached.length).toBe(5)
    expect(cached.source).toMatch(/stale: no connection since 2026-11-19T15:00/)
    await expect(feed.getHistoricalData({ ...ask, interval: '5m' })).rejects.toMatchObject({ code: 'ibkr.link' })
    gateway.greet((peer) => peer.send(193, 'now'))
    await feed.reconnect()
    expect(feed.mode).toBe('live')
  })
})
