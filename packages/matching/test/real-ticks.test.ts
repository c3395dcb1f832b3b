import { calendar } from '@onetape/calendar'
import { instrument, OrderTypeCode, seededRandom, TimeInForceCode } from '@onetape/core'
import { expect, test } from 'vitest'
import { Venue } from '../src/index.ts'
import { sharedRows } from './shared-data.ts'
import { type SlowTick, slowTicks, type SlowTickOrder } from './slow-ticks.ts'

const DAY = 'us_lean/tick/IBM_20131007'
const quotes = sharedRows(`${DAY}_quote.csv.gz`, 'quotes and trades of IBM')
const trades = sharedRows(`${DAY}_trade.csv.gz`, 'trades of IBM')
const nyse = calendar('XNYS')
const WINDOW = 200

/** One day of regular hours in order of time: quotes of one exchange, with the side that a row leaves out carried on. */
function readDay(): { ticks: SlowTick[]; times: number[] } {
  const midnight = nyse.toUtc('2013-10-07', '00:00')
  let last = { bid: 0, ask: 0, bidSize: 0, askSize: 0 }
  const rows: { time: number; tick: SlowTick }[] = []
  for (const [ms, bid, bidSize, ask, askSize, exchange] of quotes!()) {
    if (exchange !== 'N') continue
    last = Number(bid) > 0 ? { ...last, bid: Number(bid), bidSize: Number(bidSize) } : last
    last = Number(ask) > 0 ? { ...last, ask: Number(ask), askSize: Number(askSize) } : last
    const whole = last.bid > 0 && last.ask > last.bid
    if (whole) rows.push({ time: midnight + Number(ms), tick: { kind: 'quote', ...last } })
  }
  for (const [ms, price, size] of trades!())
    rows.push({ time: midnight + Number(ms), tick: { kind: 'trade', price: Number(price), size: Number(size) } })
  const regular = rows.filter(({ time }) => nyse.isOpen(time)).toSorted((a, b) => a.time - b.time)
  return { ticks: regular.map((row) => row.tick), times: regular.map((row) => row.time) }
}

function cents(price: number): number {
  return Math.round(price * 100) / 100
}

function randomTickOrders(seed: number, ticks: readonly SlowTick[]): SlowTickOrder[] {
  const random = seededRandom(seed)
  return Array.from({ length: 12 }, (_, n) => {
    const before = Math.floor((n * ticks.length) / 14)
    const tick = ticks[before]!
    const near = tick.kind === 'trade' ? tick.price : tick.bid
    return {
      n,
      side: random.next() < 0.5 ? 'buy' : 'sell',
      type: (['market', 'limit', 'stop'] as const)[random.int(0, 2)]!,
      quantity: random.int(1, 300),
      limit: cents(near + random.int(-4, 4) / 100),
      stop: cents(near + random.int(-4, 4) / 100),
      ioc: random.next() < 0.2,
      before,
    }
  })
}

function runVenue(orders: readonly SlowTickOrder[], ticks: readonly SlowTick[], times: readonly number[]): string[] {
  const out: string[] = []
  let index = 0
  const venue = new Venue(
    {},
    {
      accepted: () => {},
      triggered: () => {},
      affordable: (_order, quantity) => quantity,
      sizeAtFill: () => 0,
      filled: (order, quantity, price) => {
        out.push(`${index}: ${order.number} ${quantity} @ ${price.toFixed(6)}`)
        venue.position[0]! += order.side * quantity
      },
      ended: () => {},
      replaced: () => {},
      replaceRejected: () => {},
    },
  )
  venue.addInstrument({ ...instrument('IBM'), id: 0 }, nyse)
  for (index = 0; index < ticks.length; index++) {
    const tick = ticks[index]!
    for (const order of orders)
      if (order.before === index) {
        const o = venue.order()
        o.number = order.n
        o.instrument = 0
        o.side = order.side === 'buy' ? 1 : -1
        o.type = OrderTypeCode[order.type]
        o.tif = order.ioc ? TimeInForceCode.ioc : TimeInForceCode.gtc
        o.quantity = order.quantity
        o.limit = order.limit
        o.stop = order.stop
        venue.submit(o, times[index]!)
      }
    if (tick.kind === 'trade') venue.onTrade(0, tick.price, tick.size, times[index]!)
    else venue.onQuote(0, tick.bid, tick.ask, tick.bidSize, tick.askSize, times[index]!)
  }
  return out
}

test.skipIf(quotes === undefined || trades === undefined)(
  'on a day of quotes and trades the venue fills like a second matcher',
  () => {
    const { ticks, times } = readDay()
    let fills = 0
    for (let from = 0; from + WINDOW < ticks.length; from += WINDOW) {
      const part = ticks.slice(from, from + WINDOW)
      const orders = randomTickOrders(from + 1, part)
      const found = runVenue(orders, part, times.slice(from, from + WINDOW))
      expect(found, `ticks from ${from}`).toEqual(slowTicks(orders, part, 0.01))
      fills += found.length
    }
    console.log(`IBM 2013-10-07: ${ticks.length} ticks, ${fills} fills compared`)
    expect(fills).toBeGreaterThan(1000)
  },
)
