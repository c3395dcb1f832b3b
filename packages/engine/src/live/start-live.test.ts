import {
  type ApprovedOrder,
  type BarSeries,
  type BarValues,
  type BrokerEvent,
  type ExecutionId,
  type IBroker,
  type MarketEvent,
  type OrderEvent,
  type Strategy,
  type Subscribable,
  barSeries,
  defineStrategy,
  instrument,
} from '@onetape/core'
import { noFee } from '@onetape/costs'
import { expect, test } from 'vitest'
import { silentBroker } from './live-session.ts'
import { type LiveOptions, startLive } from './start-live.ts'

const START = Date.parse('2026-09-16T14:00:00Z')
const MINUTE = 60_000

class Channel<T> implements Subscribable<T> {
  readonly #listeners = new Set<(value: T) => void>()

  subscribe(observer: { next: (value: T) => void }): { unsubscribe(): void } {
    const listener = (value: T): void => observer.next(value)
    this.#listeners.add(listener)
    return { unsubscribe: () => void this.#listeners.delete(listener) }
  }

  get count(): number {
    return this.#listeners.size
  }

  next(value: T): void {
    for (const listener of this.#listeners) listener(value)
  }
}

const bar = (minute: number, close = 100): BarValues => {
  const time = START + minute * MINUTE
  return { time, end: time + MINUTE, open: close, high: close, low: close, close, volume: 1000 }
}

function history(symbol: string): BarSeries {
  const rows = [bar(-2), bar(-1)]
  const column = (key: keyof BarValues): Float64Array => Float64Array.from(rows, (row) => row[key])
  return barSeries({
    instrument: instrument(symbol, { calendar: '24/7', tick: 0.01 }),
    interval: '1m',
    columns: {
      time: column('time'),
      open: column('open'),
      high: column('high'),
      low: column('low'),
      close: column('close'),
      volume: column('volume'),
    },
  })
}

const absent = (): never => {
  throw new Error('Nobody asks for it here.')
}

/** A feed that says what it is told to say. */
class Feed {
  readonly events = new Channel<MarketEvent>()
  readonly subscribed: string[] = []
  refuses: string | undefined

  async subscribe(symbol: string): Promise<void> {
    if (symbol === this.refuses) throw new Error(`No ${symbol} here.`)
    this.subscribed.push(symbol)
  }

  async unsubscribe(symbol: string): Promise<void> {
    this.subscribed.splice(this.subscribed.indexOf(symbol), 1)
  }

  say(symbol: string, values: BarValues, late = false): void {
    this.events.next({
      kind: 'bar',
      symbol,
      interval: '1m',
      bar: { ...values, interval: '1m', late, count: 0, before: absent, copy: absent },
    })
  }
}

/** Fills what it gets, whole and at 100 USD. */
function filling(orders: ApprovedOrder[], events: Channel<BrokerEvent>): IBroker {
  return {
    ...silentBroker(),
    events,
    async executeOrder(order) {
      orders.push(order)
      const { id: orderId, quantity } = order
      queueMicrotask(() => {
        const executionId = `e${orders.length}` as ExecutionId
        events.next({ kind: 'filled', orderId, time: START, executionId, quantity, price: 100 })
      })
      return { kind: 'accepted', brokerRef: String(orders.length) }
    },
  }
}

const buyer = defineStrategy({
  name: 'buyer',
  create: () => ({
    onBar(each, { orders }) {
      orders.market(each.instrument, 10)
    },
  }),
})

/** A run on that feed and that broker, with all that can be seen of it. */
async function started(symbols: readonly string[], other: Partial<LiveOptions> = {}) {
  const feed = new Feed()
  const orders: ApprovedOrder[] = []
  const events = new Channel<BrokerEvent>()
  const told: OrderEvent['kind'][] = []
  const notices: string[] = []
  const clock = { time: START, now: () => clock.time }
  const live = await startLive({
    strategy: buyer,
    history: symbols.map(history),
    feed,
    broker: filling(orders, events),
    clock,
    cash: 100_000,
    fees: noFee(),
    onOrder: ({ kind }) => told.push(kind),
    onNotice: (code) => notices.push(code),
    ...other,
  })
  return { feed, orders, events, told, notices, clock, live }
}

test('trades on the bars of the feed and on no bar of the history, and books what the broker filled', async () => {
  const { feed, orders, told, live } = await started(['AAA'])
  expect(feed.subscribed).toEqual(['AAA'])
  expect(orders).toHaveLength(0)
  feed.say('AAA', bar(0, 101))
  await new Promise(setImmediate)
  expect(orders.map(({ side, quantity, type }) => [side, quantity, type])).toEqual([['buy', 10, 'market']])
  expect(told.filter((kind) => kind === 'filled')).toHaveLength(1)
  expect(live.engine.ledger.quantity[0]).toBe(10)
  expect(live.engine.ledger.cash).toBe(99_000)
})

test('a bar that was filled in late moves the run on, and orders on it are denied', async () => {
  const { feed, orders, told, live } = await started(['AAA'])
  feed.say('AAA', bar(0, 105), true)
  feed.say('AAA', bar(0, 106), true) // the same again
  await new Promise(setImmediate)
  expect(orders).toHaveLength(0)
  expect(told).toEqual(['denied'])
  expect([...live.engine.flow.denials]).toEqual([['late_data', 1]])
  expect(live.engine.ledger.mark[0]).toBe(105)
})

test('a minute in which one of two stocks does not trade ends with the next bar after the grace', async () => {
  const { feed, orders, notices, clock } = await started(['AAA', 'BBB'])
  feed.say('AAA', bar(0))
  await new Promise(setImmediate)
  expect(orders).toHaveLength(0)
  clock.time += MINUTE
  feed.say('AAA', bar(1))
  await new Promise(setImmediate)
  expect(orders.map((order) => order.instrument.symbol)).toEqual(['AAA'])
  expect(notices).toEqual(['slice_incomplete'])
})

test('stop lets go of feed and broker, and gives the hash', async () => {
  const { feed, orders, events, live } = await started(['AAA', 'BBB'])
  expect([feed.events.count, events.count]).toEqual([1, 1])
  expect((await live.stop()).tapeHash).toMatch(/^[0-9a-f]{32}$/)
  expect([feed.events.count, events.count]).toEqual([0, 0])
  expect(feed.subscribed).toEqual([])
  feed.say('AAA', bar(0))
  expect(orders).toHaveLength(0)
})

test('a subscription that fails leaves nothing behind', async () => {
  const feed = new Feed()
  feed.refuses = 'BBB'
  const events = new Channel<BrokerEvent>()
  await expect(started(['AAA', 'BBB'], { feed, broker: filling([], events) })).rejects.toThrow('No BBB here.')
  expect([feed.events.count, events.count, feed.subscribed]).toEqual([0, 0, []])
})

async function idAt(time: number, other: Partial<LiveOptions> = {}): Promise<string> {
  const { feed, orders } = await started(['AAA'], { clock: { now: () => time }, ...other })
  feed.say('AAA', bar(0))
  await new Promise(setImmediate)
  return orders[0]!.id
}

test('order ids of two starts differ, unless the run is named', async () => {
  expect(await idAt(START)).not.toBe(await idAt(START + 1))
  expect(await idAt(START, { run: 'mine' })).toBe(await idAt(START + 1, { run: 'mine' }))
})

test('refuses a strategy of quotes or trades, which would wait for them in vain', async () => {
  const quotes = defineStrategy({ name: 'quotes', create: () => ({ onBar() {}, onQuote() {} }) })
  await expect(started(['AAA'], { strategy: quotes })).rejects.toThrow('found onQuote or onTrade in quotes')
})

test('refuses to start without an instrument, and with a parameter that the strategy does not have', async () => {
  await expect(started([])).rejects.toThrow('Expected the history of one instrument at least, found none.')
  await expect(started(['AAA'], { params: { slow: 3 } as object })).rejects.toThrow('slow')
})

/** What is recorded, committed and sent, in its order. */
async function logged(strategy: Strategy, other: Partial<LiveOptions> = {}) {
  const steps: string[] = []
  const broker: IBroker = {
    ...silentBroker(),
    executeOrders(orders) {
      steps.push(`send ${orders.map((order) => order.instrument.symbol).join(' ')}`)
      return orders.map(() => new Promise(() => undefined))
    },
    cancelOrder(id) {
      steps.push(`cancel ${id.split('-').at(-1)}`)
      return new Promise(() => undefined)
    },
  }
  const run = await started(['AAA', 'BBB'], {
    strategy,
    broker,
    record: ({ kind }) => steps.push(kind),
    commit: (leaving) => steps.push(leaving ? 'commit for orders' : 'commit'),
    clock: { now: () => START },
    ...other,
  })
  steps.length = 0
  return { ...run, steps }
}

test('orders of a slice are on the tape together before they leave together', async () => {
  const { feed, steps } = await logged(buyer)
  feed.say('AAA', bar(0))
  expect(steps).toEqual(['event', 'commit', 'event', 'commit']) // the bar, and the clock after it
  steps.length = 0
  feed.say('BBB', bar(0))
  const slice = ['event', 'event', 'submitting', 'submitting', 'commit for orders', 'send AAA BBB']
  expect(steps).toEqual([...slice, 'event', 'commit'])
})

test('what asks for nothing new does not wait for the disk', async () => {
  const canceller = defineStrategy({
    name: 'canceller',
    create: () => ({
      onBar(each, { orders }) {
        if (each.instrument.symbol !== 'AAA') return
        if (each.time > START) orders.cancelAll()
        else orders.limit(each.instrument, 10, 90)
      },
    }),
  })
  const { feed, steps } = await logged(canceller)
  feed.say('AAA', bar(0))
  feed.say('BBB', bar(0))
  expect(steps).toContain('send AAA')
  steps.length = 0
  feed.say('AAA', bar(1))
  feed.say('BBB', bar(1))
  expect(steps.filter((step) => step !== 'event')).toEqual(['commit', 'commit', 'commit', 'cancel 0', 'commit'])
})

test('a tape that fails lets nothing leave', async () => {
  let full = false
  const steps: string[] = []
  const { feed } = await logged(buyer, {
    commit(leaving) {
      if (full && leaving) throw new Error('no space left')
    },
    broker: {
      ...silentBroker(),
      executeOrders: (orders) => (steps.push('sent'), orders.map(() => new Promise<never>(() => undefined))),
    },
  })
  feed.say('AAA', bar(0))
  full = true
  expect(() => feed.say('BBB', bar(0))).toThrow('no space left')
  full = false
  feed.say('AAA', bar(1))
  expect(steps).toEqual([])
})

test('a strategy that throws lets nothing leave of what it had asked for before, and the tape shows what led to it', async () => {
  const failing = defineStrategy({
    name: 'failing',
    create: () => ({
      onBar(each, { orders }) {
        orders.market(each.instrument, 10)
        if (each.instrument.symbol === 'BBB') throw new Error('a bug')
      },
    }),
  })
  const { feed, steps } = await logged(failing)
  feed.say('AAA', bar(0))
  steps.length = 0
  expect(() => feed.say('BBB', bar(0))).toThrow('a bug')
  expect(steps).toEqual(['event', 'event', 'submitting', 'commit'])
})

test('what comes after the end is neither recorded nor told to the strategy, which could act on it', async () => {
  const { feed, steps, live } = await logged(buyer)
  live.session.finish()
  steps.length = 0
  feed.say('AAA', bar(0))
  feed.say('BBB', bar(0))
  expect(steps).toEqual([])
})
