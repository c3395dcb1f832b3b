import { defineStrategy } from '@onetape/core'
import { loadStrategy } from '@onetape/strategies'
import { expect, test } from 'vitest'
import { LiveProcess, freePort, until } from './support/live-process.ts'
import { newFolder, seededGateway, trade } from './support/trading.ts'
import type { Gateway } from '@onetape/ibkr-simulator'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readTape } from '../src/tape/file-tape.ts'

const sma = (await loadStrategy('sma-cross', import.meta.dirname)).strategy
const FAST = { fast: 2, slow: 5 }

/** Buys 3,000 shares at the second bar: more than the displayed size, so that the fill takes a while. */
const oneLargeOrder = defineStrategy({
  name: 'one-large-order',
  create() {
    let bars = 0
    return {
      onBar(bar, { orders }) {
        if (++bars === 2) orders.market(bar.instrument, 3000, { tif: 'gtc' })
      },
    }
  },
})

/** Rests below the market and never fills. */
const oneRestingOrder = defineStrategy({
  name: 'one-resting-order',
  create() {
    let bars = 0
    return {
      onBar(bar, { orders }) {
        if (++bars === 2) orders.limit(bar.instrument, 10, Math.round(bar.close * 60) / 100, { tif: 'gtc' })
      },
    }
  },
})

const ALTERNATING = join(import.meta.dirname, 'support', 'alternating.ts')
const FIVE_SECONDS = ['--strategy', ALTERNATING, '--interval', '5s']
const PLACE_ORDER = '3'

function references(gateway: Gateway): readonly string[] {
  return gateway.state().orders.map((order) => order.orderRef)
}

function position(gateway: Gateway): number {
  return gateway.state().accounts[0]!.positions.find((p) => p.symbol === 'AAPL')?.quantity ?? 0
}

test('a restart goes on with the run: ids, books and orders of before', async () => {
  const gateway = await seededGateway()
  const folder = newFolder()
  const first = await trade(gateway, sma, folder, {}, FAST)
  await until(() => gateway.state().orders.length >= 3, 20_000)
  await first.crash()
  const before = references(gateway)

  const second = await trade(gateway, sma, folder, {}, FAST)
  expect(second.lines.some((line) => line.startsWith('Resumed run'))).toBe(true)
  await until(() => gateway.state().orders.length >= before.length + 2, 20_000)
  // What the replay repeats is not news.
  expect(second.lines.filter((line) => line.includes(`(${before[0]!})`))).toEqual([])
  const all = references(gateway)
  expect(new Set(all).size).toBe(all.length)
  const counters = all.map((reference) => Number(reference.split('-').at(-1)))
  expect(counters).toEqual(counters.toSorted((a, b) => a - b))
  // What is filling now is told soon: then the books agree.
  await until(() => second.trader.run.books.positions.get('AAPL') === position(gateway), 10_000)
  await second.crash()
  await gateway.close()
})

test('fills while nobody listened are booked at the restart, once', async () => {
  const gateway = await seededGateway()
  const folder = newFolder()
  const first = await trade(gateway, oneLargeOrder, folder)
  await until(() => gateway.state().executions.length > 0, 20_000)
  await first.crash()
  const known = first.trader.run.books.positions.get('AAPL')!
  await until(() => position(gateway) === 3000, 20_000)
  expect(known).toBeLessThan(3000)

  const second = await trade(gateway, oneLargeOrder, folder)
  await until(() => second.trader.run.books.positions.get('AAPL') === 3000, 10_000)
  expect(references(gateway)).toHaveLength(1)
  expect(second.trader.status.entries).toBe('allowed')
  await second.crash()
  await gateway.close()
})

test('an order that the broker ended in the meantime ends in our books', async () => {
  const gateway = await seededGateway()
  const folder = newFolder()
  const first = await trade(gateway, oneRestingOrder, folder)
  await until(() => first.trader.run.engine.flow.table.state[0] === 4, 20_000)
  await first.crash()
  const other = await trade(gateway, oneRestingOrder, folder) // adopts it, and its stop cancels it
  expect(other.trader.run.openOrders).toBe(1)
  await other.trader.stop('cancel')
  expect(other.trader.run.openOrders).toBe(0)
  expect(gateway.state().orders[0]!.status).toMatch(/Cancelled/)
  await other.link.close()
  other.tape.close()
  await gateway.close()
})

test('an order that was decided and never sent ends as never sent, and is not sent later', async () => {
  const gateway = await seededGateway()
  const folder = newFolder()
  const first = await trade(gateway, oneRestingOrder, folder)
  await until(() => first.trader.run.openOrders === 1, 20_000)
  await first.crash()
  // As if the process had died before the order left it: the broker never saw it.
  const path = join(folder, 'tape.ndjson')
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n')
  const at = lines.findIndex((line) => line.startsWith('{"kind":"submitting"'))
  writeFileSync(path, `${lines.slice(0, at).join('\n')}\n`)
  await gateway.close()

  const forgetful = await seededGateway({ start: gateway.now() })
  const second = await trade(forgetful, oneRestingOrder, folder)
  expect(second.trader.run.openOrders).toBe(0)
  const order = second.trader.run.engine.flow.view(0)
  expect([order.state, order.code]).toEqual(['expired', 'never_sent'])
  expect(second.trader.status.entries).toBe('allowed')
  expect(references(forgetful)).toEqual([])
  await second.crash()
  await forgetful.close()
})

test('a strategy that buys at every bar opens nothing while a shutdown flattens, and is flat then', async () => {
  const gateway = await seededGateway()
  const buyer = defineStrategy({
    name: 'buyer',
    create: () => ({
      onBar(bar, { orders }) {
        orders.market(bar.instrument, 10)
      },
    }),
  })
  const { trader, link, tape } = await trade(gateway, buyer, newFolder())
  await until(() => position(gateway) >= 50, 20_000)
  const { submitted } = trader.run
  const { length } = submitted
  await trader.stop('flatten')
  expect(submitted.slice(length).filter(({ side }) => side === 'buy')).toEqual([])
  expect([position(gateway), trader.run.openOrders]).toEqual([0, 0])
  await link.close()
  tape.close()
  await gateway.close()
})

test('a new run under a name that the broker knows is refused', async () => {
  const gateway = await seededGateway()
  const first = await trade(gateway, oneRestingOrder, newFolder(), { run: 'same' })
  await until(() => gateway.state().orders.length === 1, 20_000)
  await first.crash()
  await expect(trade(gateway, oneRestingOrder, newFolder(), { run: 'same' })).rejects.toThrow(/orders of "same"/)
  const other = await trade(gateway, oneRestingOrder, newFolder())
  expect(other.trader.run.header.run).toMatch(/^r[0-9a-z]+$/)
  await other.crash()
  await gateway.close()
})

test('a tape of another strategy or other parameters is refused', async () => {
  const gateway = await seededGateway()
  const folder = newFolder()
  await (await trade(gateway, sma, folder, {}, FAST)).crash()
  await expect(trade(gateway, oneLargeOrder, folder)).rejects.toThrow(/Expected strategy "sma-cross" as on the tape/)
  await expect(trade(gateway, sma, folder, {}, { fast: 3, slow: 5 })).rejects.toThrow(/Expected parameters/)
  await expect(trade(gateway, sma, folder, { leverage: 2 }, FAST)).rejects.toThrow(/Expected settings/)
  await gateway.close()
})

test('positions of before are refused at a first start, or left beside', async () => {
  const gateway = await seededGateway()
  const first = await trade(gateway, oneLargeOrder, newFolder())
  await until(() => position(gateway) === 3000, 20_000)
  await first.crash()
  const folder = newFolder()
  await expect(trade(gateway, sma, folder, { run: 'other' }, FAST)).rejects.toThrow(/found 3000 AAPL/)
  const beside = await trade(gateway, sma, folder, { run: 'other', foreignPositions: 'leave' }, FAST)
  expect(beside.trader.run.books.positions.get('AAPL')).toBe(3000)
  expect(beside.trader.status.positions).toMatchObject([{ symbol: 'AAPL', quantity: 0 }])
  await beside.crash()
  await gateway.close()
})

test('the link is lost in the middle of an order: no entries meanwhile, then the books agree and go on', async () => {
  const gateway = await seededGateway()
  const trading = await trade(gateway, sma, newFolder(), {}, FAST)
  await until(() => gateway.state().executions.length > 0, 20_000)
  gateway.fault({ kind: 'drop', how: 'rst', refuseMs: 60_000 })
  await until(() => trading.trader.status.connection === 'DISCONNECTED', 5_000)
  expect(trading.trader.status.entries).toContain('denied')
  await until(() => trading.trader.status.entries === 'allowed', 20_000)
  const { length } = gateway.state().orders
  await until(() => gateway.state().orders.length > length, 20_000)
  const all = references(gateway)
  expect(new Set(all).size).toBe(all.length)
  await until(() => trading.trader.run.books.positions.get('AAPL') === position(gateway), 10_000)
  await trading.crash()
  await gateway.close()
})

test('a half-open link is noticed by the heartbeat and made anew', async () => {
  const gateway = await seededGateway()
  const trading = await trade(gateway, sma, newFolder(), {}, FAST)
  gateway.fault({ kind: 'half-open' })
  await until(() => trading.trader.status.connection === 'DISCONNECTED', 10_000)
  await until(() => trading.trader.status.entries === 'allowed', 20_000)
  expect(trading.trader.status.connection).toBe('connected')
  await trading.crash()
  await gateway.close()
})

test('1101 loses the data: they are subscribed again and nobody is asked to', async () => {
  const gateway = await seededGateway()
  const trading = await trade(gateway, sma, newFolder(), {}, FAST)
  gateway.fault({ kind: 'broker-link', ms: 20_000, data: 'lost' })
  await until(() => trading.trader.status.connection === 'DISCONNECTED', 10_000)
  await until(() => trading.trader.status.entries === 'allowed', 20_000)
  const { time } = trading.trader.status
  await until(() => trading.trader.status.lastBar > time + 30_000, 20_000)
  expect(trading.trader.status.entries).toBe('allowed')
  await trading.crash()
  await gateway.close()
})

test('kill -9 of the gateway in the middle of an order, and its restart: no order twice, positions agree', async () => {
  const folder = newFolder()
  const port = await freePort()
  const gatewayArgs = ['gateway', '--port', String(port), '--symbols', 'AAPL']
  const gateway = new LiveProcess(...gatewayArgs)
  await gateway.says(/Gateway on/)
  const live = new LiveProcess('--port', String(port), '--folder', folder, '--strategy', ALTERNATING)
  await live.says(/submitting/, 60_000)
  await gateway.kill('SIGKILL')
  await live.says(/Connection lost/)
  const again = new LiveProcess(...gatewayArgs)
  await again.says(/client 7 connected/, 30_000)
  await live.says(/Connected\.\n/, 30_000)
  // The order of before fills, or ends as unsent or cancelled; the next one is another one.
  await live.says(/submitting[^]*submitting/, 60_000)
  expect(await live.kill('SIGTERM')).toBe(0)
  expect(await again.kill('SIGTERM')).toBe(0)

  const { lines } = readTape(join(folder, 'tape.ndjson'))
  const submitted = lines.flatMap((line) => (line.kind === 'submitting' ? [line.orderId] : []))
  expect(new Set(submitted).size).toBe(submitted.length)
  expect(live.output).not.toMatch(/we hold/)
}, 120_000)

test('kill -9 of the trader with its order on the wire: each was on the tape before it came, and none comes twice', async () => {
  const gateway = await seededGateway()
  const folder = newFolder()
  const tape = join(folder, 'tape.ndjson')
  const came: string[] = []
  const early: string[] = []
  let live: LiveProcess | undefined
  let last = 0
  gateway.onEvent((event) => {
    if (event.kind !== 'request' || event.fields[0] !== PLACE_ORDER) return
    const reference = event.fields.find((field) => field.includes('-alternating-'))!
    came.push(reference)
    const { lines } = readTape(tape)
    if (!lines.some((line) => line.kind === 'submitting' && line.orderId === reference)) early.push(reference)
    if (came.length >= last) live!.child.kill('SIGKILL')
  })
  for (let life = 1; life <= 3; life++) {
    last = came.length + life
    live = new LiveProcess('--mode', 'paper', '--port', String(gateway.port), '--folder', folder, ...FIVE_SECONDS)
    // oxlint-disable-next-line no-await-in-loop
    await live.exited
    if (live.child.signalCode !== 'SIGKILL') throw new Error(`Expected to be killed, found:\n${live.output}`)
  }
  expect(came.length).toBeGreaterThanOrEqual(6)
  expect(early).toEqual([])
  expect(new Set(came).size).toBe(came.length)
  await gateway.close()
}, 120_000)
