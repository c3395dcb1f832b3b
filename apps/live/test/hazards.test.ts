import { type ApprovedOrder, type OrderNumber, type Strategy, defineStrategy } from '@onetape/core'
import { percentFee } from '@onetape/costs'
import { type Gateway, type GatewayOptions, startGateway } from '@onetape/ibkr-simulator'
import { loadStrategy } from '@onetape/strategies'
import { afterEach, expect, test } from 'vitest'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { EMBEDDED_START } from '../src/link/embedded-gateway.ts'
import { openIbkrLink } from '../src/link/ibkr-link.ts'
import { liveConfigSchema } from '../src/config/live-config.ts'
import { noLog } from '../src/log/live-log.ts'
import { FileTape, readTape } from '../src/tape/file-tape.ts'
import { Trader } from '../src/trader/trader.ts'
import { until } from './support/live-process.ts'
import { type Trading, newFolder, seededGateway, trade } from './support/trading.ts'

// Rows of docs/reference/live-hazards.md that take the whole trader and the simulator to show.

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close()
})

async function market(options: GatewayOptions = {}): Promise<Gateway> {
  const gateway = await seededGateway(options)
  closers.push(() => gateway.close())
  return gateway
}

async function trading(
  gateway: Gateway,
  strategy: Strategy,
  settings: Parameters<typeof trade>[3] = {},
  folder = newFolder(),
): Promise<Trading> {
  const run = await trade(gateway, strategy, folder, settings)
  closers.push(() => run.crash())
  return run
}

/** What a strategy does at its bars, counted from 1. */
function scripted(name: string, steps: (bar: number) => 'buy' | 'sell' | 'rest' | 'move' | undefined): Strategy {
  return defineStrategy({
    name,
    create() {
      let count = 0
      let resting: OrderNumber | undefined
      return {
        onBar(bar, { orders }) {
          const step = steps(++count)
          if (step === 'buy') orders.market(bar.instrument, 10)
          else if (step === 'sell') orders.market(bar.instrument, -10)
          else if (step === 'rest') resting = orders.limit(bar.instrument, 10, Math.round(bar.close * 60) / 100)
          else if (step === 'move' && resting !== undefined)
            orders.modify(resting, { limitPrice: Math.round(bar.close * 55) / 100 })
        },
      }
    },
  })
}

const buyOnce = scripted('buy-once', (n) => (n === 2 ? 'buy' : undefined))
const buyAlways = scripted('buy-always', () => 'buy')
const buyLater = scripted('buy-later', (n) => (n >= 20 && n % 5 === 0 ? 'buy' : undefined))
const nothing = scripted('nothing', () => undefined)

function atBroker(gateway: Gateway, symbol = 'AAPL'): number {
  return gateway.state().accounts[0]!.positions.find((p) => p.symbol === symbol)?.quantity ?? 0
}

const ours = ({ trader }: Trading): number => trader.run.books.positions.get('AAPL')!

/** Our books have the position that the broker has. */
async function agree(gateway: Gateway, run: Trading, quantity: number): Promise<void> {
  await until(
    () => atBroker(gateway) === quantity && ours(run) === quantity,
    5_000,
    () => `${quantity} shares, found ${ours(run)} of ours and ${atBroker(gateway)} at the broker`,
  )
}

test('L1: without a single orderStatus the executions alone book the position', async () => {
  const gateway = await market()
  gateway.fault({ kind: 'callbacks', what: 'lose', of: ['orderStatus'], probability: 1 })
  const run = await trading(gateway, buyOnce)
  await agree(gateway, run, 10)
  expect(run.trader.run.openOrders).toBe(0)
})

test('L3: questions without an answer are not no positions: the books stay, and entries wait', async () => {
  const gateway = await market()
  const run = await trading(gateway, buyOnce)
  await agree(gateway, run, 10)
  gateway.fault({ kind: 'broker-link', ms: 60_000 })
  await until(() => run.trader.status.connection === 'DISCONNECTED', 5_000)
  await run.trader.check()
  expect(run.trader.status.entries).toContain('books')
  expect(ours(run)).toBe(10)
  expect(run.trader.status.fills).toBe(1)
})

test('L4: the counter of the gateway falls back over a reconnect, and no id is used twice', async () => {
  const gateway = await market()
  const run = await trading(gateway, buyAlways)
  await until(() => gateway.state().orders.length >= 5, 5_000)
  gateway.fault({ kind: 'id-roll-back', by: 4 })
  gateway.fault({ kind: 'drop', how: 'rst' })
  const { length } = gateway.state().orders
  await until(() => gateway.state().orders.length > length + 3, 5_000)
  const ids = gateway.state().orders.map(({ orderId }) => orderId)
  expect(ids).toEqual([...new Set(ids)].toSorted((a, b) => a - b))
  expect(run.lines.filter((line) => line.includes('rejected'))).toEqual([])
})

test('L5: an order entered in TWS, with the id 0, is not ours: nothing is booked, and entries wait', async () => {
  const gateway = await market()
  const run = await trading(gateway, nothing)
  gateway.fault({ kind: 'manual-order', symbol: 'AAPL', action: 'BUY', quantity: 7 })
  await until(() => atBroker(gateway) === 7, 5_000)
  await run.trader.check()
  expect(ours(run)).toBe(0)
  expect(run.trader.status.entries).toContain('books')
  expect(run.lines).toContainEqual(expect.stringContaining('we hold 0 AAPL, the broker says 7'))
})

test('L6: a change that leaves two live orders: one is cancelled, and somebody is told', async () => {
  const gateway = await market()
  const run = await trading(
    gateway,
    scripted('rest-and-move', (n) => (n === 2 ? 'rest' : n === 12 ? 'move' : undefined)),
  )
  await until(() => gateway.state().orders.length === 1, 5_000)
  gateway.fault({ kind: 'twin-modify' })
  await until(() => gateway.state().orders.length === 2, 5_000)
  const working = (): number => gateway.state().orders.filter(({ status }) => status === 'Submitted').length
  await until(() => working() === 1, 5_000)
  expect(run.lines).toContainEqual(expect.stringContaining('ibkr.doubled'))
})

test('L7: executions that come after the states are booked, once', async () => {
  const gateway = await market()
  gateway.fault({ kind: 'callbacks', what: 'late', of: ['execution'], probability: 1, ms: 20_000 })
  gateway.fault({ kind: 'callbacks', what: 'duplicate', probability: 0.5 })
  const run = await trading(gateway, buyOnce)
  await agree(gateway, run, 10)
  expect(run.trader.status.fills).toBe(1)
})

test('L8: commissions that were told while the trader was away are booked at its restart', async () => {
  const gateway = await market({ fees: percentFee({ percent: 1 }) }) // far from the estimate
  gateway.fault({ kind: 'callbacks', what: 'lose', of: ['commission'], probability: 1 })
  const folder = newFolder()
  const first = await trade(gateway, buyOnce, folder)
  await agree(gateway, first, 10)
  const { price, commission } = gateway.state().executions[0]!
  expect(commission).toBeCloseTo(price / 10, 6)
  const cash = 1_000_000 - 10 * price - commission
  expect(Math.abs(first.trader.status.cash - cash)).toBeGreaterThan(5)
  await first.crash()
  gateway.clearFaults()
  const second = await trading(gateway, buyOnce, {}, folder)
  await until(() => Math.abs(second.trader.status.cash - cash) < 1e-6, 5_000)
})

test('L9: on the next day the broker knows of no executions, and the tape still does', async () => {
  const folder = newFolder()
  const stateFile = join(folder, 'gateway.json')
  const first = await seededGateway({ stateFile })
  const before = await trade(first, buyOnce, folder)
  await agree(first, before, 10)
  await before.crash()
  await first.close()
  const next = await market({ stateFile, start: EMBEDDED_START + 24 * 3_600_000 })
  expect(next.state().executions).toEqual([])
  const run = await trading(next, buyOnce, {}, folder)
  await agree(next, run, 10)
  expect(run.trader.status.fills).toBe(1)
  expect(run.trader.status.entries).toBe('allowed')
  expect(run.lines.filter((line) => line.includes('missed') || line.includes('we hold'))).toEqual([])
})

test('L12: a short sale held for its shares stays open, and fills when they are found', async () => {
  const gateway = await market()
  gateway.fault({ kind: 'locate-hold', symbol: 'AAPL', ms: 60_000 })
  const run = await trading(
    gateway,
    scripted('sell-once', (n) => (n === 2 ? 'sell' : undefined)),
  )
  await until(() => gateway.state().orders.length === 1, 5_000)
  await run.trader.check()
  expect(run.trader.run.openOrders).toBe(1)
  await agree(gateway, run, -10)
})

test('L12: a held order is still open after a restart, and its fill is booked', async () => {
  const gateway = await market()
  gateway.fault({ kind: 'locate-hold', symbol: 'AAPL', ms: 120_000 })
  const folder = newFolder()
  const sellOnce = scripted('sell-once', (n) => (n === 2 ? 'sell' : undefined))
  const first = await trade(gateway, sellOnce, folder)
  await until(() => gateway.state().orders.length === 1, 5_000)
  await first.crash()
  const second = await trading(gateway, sellOnce, {}, folder)
  expect(second.trader.run.openOrders).toBe(1)
  await agree(gateway, second, -10)
  expect(gateway.state().orders.length).toBe(1)
})

test('L13: a competing session stops the data without a loss of the link: entries are denied', async () => {
  const gateway = await market()
  const run = await trading(gateway, nothing, { graceMs: 5_000 })
  await until(() => run.trader.status.lastBar > 0, 5_000)
  gateway.fault({ kind: 'competing-session', ms: 120_000 })
  await until(() => run.trader.status.entries.includes('stale'), 5_000)
  expect(run.trader.status.connection).toBe('connected')
})

test('L13: the data of one symbol are silent: entries in it are denied, and in no other', async () => {
  const gateway = await market()
  const subscribed = new Map<string, number>()
  gateway.onEvent((event) => {
    if (event.kind !== 'request' || event.fields[0] !== '50') return
    const symbol = event.fields.find((field) => field === 'AAPL' || field === 'MSFT')
    if (symbol !== undefined) subscribed.set(symbol, Number(event.fields[2]))
  })
  const both = defineStrategy({
    name: 'both',
    create: () => ({
      onBar(bar, { orders, instruments }) {
        if (bar.instrument.symbol === 'AAPL') for (const each of instruments) orders.market(each, 1)
      },
    }),
  })
  const run = await trading(gateway, both, { symbols: ['AAPL', 'MSFT'], graceMs: 5_000 })
  await until(() => run.trader.status.fills > 2, 10_000)
  // Nobody here knows of it: the stream is as open as before, and dead.
  const id = subscribed.get('MSFT')!
  run.link.session.send('request', [(api) => void api.cancelRealTimeBars(id)])
  const { flow } = run.trader.run.engine
  const firstDenied = (): number | undefined => {
    for (let n = 0; n < flow.table.count; n++) if (flow.view(n).code === 'stale_data') return n
    return undefined
  }
  const denied = await until(firstDenied, 20_000)
  expect(flow.view(denied).instrument.symbol).toBe('MSFT')
  // AAPL comes before it in each round, and in the next one.
  await until(() => flow.table.count > denied + 1, 10_000)
  expect(
    [flow.view(denied - 1), flow.view(denied + 1)].map(({ instrument, code }) => [instrument.symbol, code]),
  ).toEqual([
    ['AAPL', undefined],
    ['AAPL', undefined],
  ])
  // It is asked for again by itself.
  await until(() => run.trader.status.entries === 'allowed', 30_000)
})

test('L14: the health file says within its interval that the link is gone', async () => {
  const gateway = await market()
  const folder = newFolder()
  await trading(gateway, nothing, { health: { everySeconds: 0.05 } }, folder)
  const health = (): Record<string, unknown> =>
    JSON.parse(readFileSync(join(folder, 'health.json'), 'utf8')) as Record<string, unknown>
  expect(health()).toMatchObject({ state: 'running', connection: 'connected', everySeconds: 0.05 })
  gateway.fault({ kind: 'drop', refuseMs: 3_600_000 })
  await until(() => health()['connection'] === 'DISCONNECTED', 5_000)
  expect(health()['entries']).toContain('link')
})

test('L18: an execution is lost on a healthy link, and a check finds it', async () => {
  const gateway = await market()
  gateway.fault({ kind: 'callbacks', what: 'lose', of: ['execution', 'commission'], probability: 1, count: 2 })
  const run = await trading(gateway, buyOnce)
  await until(() => atBroker(gateway) === 10, 5_000)
  gateway.clearFaults()
  await run.link.session.settled()
  expect(ours(run)).toBe(0)
  await run.trader.check()
  await agree(gateway, run, 10)
  expect(run.trader.status.entries).toBe('allowed')
})

test('L21: a corrected price moves cash, a bust takes the shares back, and both are told', async () => {
  const gateway = await market()
  const run = await trading(gateway, buyOnce)
  await agree(gateway, run, 10)
  const { price } = gateway.state().executions[0]!
  const { cash } = run.trader.status
  gateway.fault({ kind: 'correct-execution', price: price - 1 })
  await until(() => Math.abs(run.trader.status.cash - cash - 10) < 1e-6, 5_000)
  gateway.fault({ kind: 'correct-execution', shares: 0 })
  await agree(gateway, run, 0)
  expect(run.lines.filter((line) => line.startsWith('ibkr.corrected')).length).toBe(2)
})

test('L21: a correction and a bust while the trader is away are found at its restart', async () => {
  const gateway = await market()
  const folder = newFolder()
  const first = await trade(gateway, buyOnce, folder)
  await agree(gateway, first, 10)
  const { price } = gateway.state().executions[0]!
  const { cash } = first.trader.status
  await first.crash()
  gateway.fault({ kind: 'correct-execution', price: price - 1 })
  const second = await trade(gateway, buyOnce, folder)
  await agree(gateway, second, 10)
  expect(second.trader.status.cash - cash).toBeCloseTo(10, 6)
  await second.crash()
  gateway.fault({ kind: 'correct-execution', shares: 0 })
  const third = await trading(gateway, buyOnce, {}, folder)
  await agree(gateway, third, 0)
  expect(third.trader.status.entries).toBe('allowed')
})

test('L22: a rejection carries the words of TWS to the person who reads', async () => {
  const gateway = await market()
  const text = 'Order rejected - reason:Available Funds are in sufficient'
  gateway.fault({ kind: 'reject', on: 'place', code: 201, text, count: 1 })
  const run = await trading(gateway, buyOnce)
  await until(() => run.lines.some((line) => line.includes('ibkr.201') && line.includes('Available Funds')), 5_000)
  expect(run.trader.run.openOrders).toBe(0)
  expect(ours(run)).toBe(0)
})

test('L23: a gateway whose clock is an hour off denies entries, and says so', async () => {
  const gateway = await startGateway({ start: Date.now() - 3_600_000, symbols: ['AAPL'] })
  closers.push(() => gateway.close())
  const folder = newFolder()
  const { port } = gateway
  const link = await openIbkrLink({ config: { mode: 'paper' }, host: '127.0.0.1', port, clientId: 7, folder })
  closers.push(() => link.close())
  const tape = new FileTape(join(folder, 'tape.ndjson'))
  const lines: string[] = []
  const trader = await Trader.start({
    config: liveConfigSchema.parse({ mode: 'paper', symbols: ['AAPL'], folder }),
    strategy: nothing,
    params: {},
    interval: '5s',
    link,
    tape,
    folder,
    log: noLog,
    view: { line: (_, text) => void lines.push(text), status: () => undefined },
  })
  await until(() => trader.status.entries.includes('clock'), 5_000)
  expect(lines).toContainEqual(expect.stringMatching(/clock is -3[56]\d\d s off ours: entries are denied/))
  trader.abandon()
  tape.close()
})

test('L24: in the window of the daily restart entries are denied; after it and a restart they go on', async () => {
  // The market of the test begins at 10:00 in New York.
  const gateway = await market()
  const run = await trading(gateway, buyLater, { restartWindow: { from: '10:00', to: '10:04' } })
  await until(() => run.trader.status.entries.includes('window'), 5_000)
  gateway.fault({ kind: 'restart', ms: 30_000 })
  await until(() => run.trader.status.connection === 'DISCONNECTED', 5_000)
  expect(gateway.state().orders).toEqual([])
  await until(() => run.trader.status.entries === 'allowed', 8_000)
  expect(run.trader.status.connection).toBe('connected')
  await until(() => gateway.state().orders.length > 0, 5_000)
}, 20_000)

test('T3: mode paper refuses an account of real money, whatever the port', async () => {
  const gateway = await startGateway({ accounts: [{ id: 'U1234567', cash: 1_000_000 }] })
  closers.push(() => gateway.close())
  const link = openIbkrLink({ config: { mode: 'paper' }, host: '127.0.0.1', port: gateway.port, clientId: 7 })
  await expect(link).rejects.toThrow(/accounts that begin with D, found U1234567/)
})

test('T4: the average cost of TWS contains the commission, ours does not, and the books agree', async () => {
  const gateway = await market()
  const run = await trading(gateway, buyOnce)
  await agree(gateway, run, 10)
  await run.trader.check()
  const { ledger } = run.trader.run.engine
  const theirs = gateway.state().accounts[0]!.positions[0]!.averageCost
  expect(theirs - ledger.averageCost[0]!).toBeGreaterThan(0.05) // 1 USD on 10 shares
  expect(run.trader.status.entries).toBe('allowed')
})

test('T4: cash is compared too: what others move is told, once, and denies nothing', async () => {
  const gateway = await market()
  const run = await trading(gateway, buyOnce)
  await agree(gateway, run, 10)
  const told = (): readonly string[] => run.lines.filter((line) => line.includes("account's cash"))
  const quiet = async (): Promise<void> => {
    const since = gateway.now()
    await until(() => gateway.now() > since + 200_000, 10_000) // the broker's figures have a lag
    await run.trader.check()
  }
  await quiet()
  expect(told()).toEqual([])
  const other = await openIbkrLink({ config: { mode: 'paper' }, host: '127.0.0.1', port: gateway.port, clientId: 8 })
  closers.push(() => other.close())
  const instrument = { ...(await other.feed.getTickerInfo('MSFT')), id: 0 }
  const order = { id: 'other-person-0', instrument, side: 'buy', type: 'market', quantity: 5, strategy: 'person' }
  await other.broker.executeOrder(order as unknown as ApprovedOrder)
  await until(() => gateway.state().accounts[0]!.positions.some(({ symbol }) => symbol === 'MSFT'), 5_000)
  await quiet()
  await quiet()
  expect(told()).toHaveLength(1)
  expect(run.trader.status.entries).toBe('allowed')
})

test('T5: the tape says of every bar whether it came from history or from the stream', async () => {
  const gateway = await market()
  const folder = newFolder()
  const { strategy } = await loadStrategy('sma-cross', import.meta.dirname)
  const run = await trading(gateway, strategy, {}, folder)
  await until(() => run.trader.status.lastBar > 0, 5_000)
  await run.trader.stop('leave')
  const { lines } = readTape(join(folder, 'tape.ndjson'))
  const past = lines.flatMap((line) => (line.kind === 'history' ? line.bars : []))
  const present = lines.flatMap((line) => (line.kind === 'event' && line.event.kind === 'bar' ? [line.event.bar] : []))
  expect(past.length).toBeGreaterThan(10)
  expect(present.length).toBeGreaterThan(0)
  expect(past.at(-1)![1]).toBeLessThanOrEqual(present[0]!.time)
})

test('T7: the link dies while a bracket is on its way: entry and exits are found again, none twice', async () => {
  const gateway = await market()
  const bracket = defineStrategy({
    name: 'bracket',
    create() {
      let bars = 0
      return {
        onBar(bar, { orders }) {
          const price = Math.round(bar.close)
          if (++bars === 2) orders.bracket(bar.instrument, 10, { takeProfit: price + 50, stopLoss: price - 50 })
        },
      }
    },
  })
  const run = await trading(gateway, bracket)
  let placed = 0
  gateway.onEvent((event) => {
    if (event.kind === 'request' && event.fields[0] === '3' && ++placed === 3)
      gateway.fault({ kind: 'drop', how: 'rst' })
  })
  await until(() => run.trader.status.connection === 'DISCONNECTED', 5_000)
  await until(() => run.trader.status.entries === 'allowed', 5_000)
  await agree(gateway, run, 10)
  expect(run.trader.run.openOrders).toBe(2)
  expect(placed).toBe(3)
  await run.trader.stop('flatten')
  expect(atBroker(gateway)).toBe(0)
  expect(gateway.state().orders.filter(({ status }) => /Submitted/.test(status))).toEqual([])
})

test('T9: closing what a run holds leaves the shares of others in the same account', async () => {
  const gateway = await market()
  gateway.fault({ kind: 'manual-order', symbol: 'AAPL', action: 'SELL', quantity: 7 })
  await until(() => atBroker(gateway) === -7, 5_000)
  const run = await trading(gateway, buyOnce, { foreignPositions: 'leave' })
  await agree(gateway, run, 3)
  expect(run.trader.status.positions).toMatchObject([{ quantity: 10 }])
  await run.trader.stop('flatten')
  expect(atBroker(gateway)).toBe(-7)
})
