import { calendar } from '@onetape/calendar'
import { type BarColumns, instrument, OrderTypeCode, seededRandom, TimeInForceCode } from '@onetape/core'
import { volumeShare } from '@onetape/costs'
import { beforeEach, expect, test } from 'vitest'
import type { VenueOrder } from '../order/venue-order.ts'
import type { VenueOptions } from './venue-options.ts'
import { Venue } from './venue.ts'

const MINUTE = 60_000
const log: string[] = []
beforeEach(() => void (log.length = 0))

const listener = {
  accepted: (o: VenueOrder, time: number) => void log.push(`accepted ${o.number} at ${time}`),
  triggered: (o: VenueOrder) => void log.push(`triggered ${o.number}`),
  affordable: (_o: VenueOrder, quantity: number) => quantity,
  sizeAtFill: () => 0,
  filled: (o: VenueOrder, quantity: number, price: number) =>
    void log.push(`filled ${o.number} ${quantity} @ ${price}`),
  ended: (o: VenueOrder, _state: number, code: string, time: number) =>
    void log.push(`ended ${o.number} ${code} at ${time}`),
  replaced: (o: VenueOrder) => void log.push(`replaced ${o.number} ${o.quantity}`),
  replaceRejected: (o: VenueOrder, code: string) => void log.push(`refused ${o.number} ${code}`),
}

function venueOf(options: Partial<VenueOptions> = {}, instruments = 1, finer?: BarColumns): Venue {
  const venue = new Venue(options, listener)
  for (let id = 0; id < instruments; id++)
    venue.addInstrument({ ...instrument(`X${id}`, { calendar: '24/7' }), id }, calendar('24/7'), finer)
  return venue
}

/** Rows of open, high, low, close, volume, one a minute (or `length` ms). */
function columns(rows: readonly (readonly number[])[], length: number = MINUTE, from: number = 0): BarColumns {
  const at = (k: number): Float64Array => Float64Array.from(rows, (row) => row[k] ?? 1e6)
  const time = Float64Array.from(rows, (_row, i) => from + i * length)
  return { time, end: time.map((t) => t + length), open: at(0), high: at(1), low: at(2), close: at(3), volume: at(4) }
}

function send(venue: Venue, number: number, time: number, fields: Partial<VenueOrder> = {}): void {
  venue.submit(
    Object.assign(venue.order(), { number, instrument: 0, quantity: 100, tif: TimeInForceCode.gtc }, fields),
    time,
  )
}

const FLAT = [10, 11, 9, 10]

test('an order of an instrument that was never added is a bug of the caller', () => {
  expect(() => send(venueOf(), 0, 0, { instrument: 3 })).toThrow('Expected a registered instrument, found id 3')
})

test('two open orders of one number are a bug of the caller', () => {
  const venue = venueOf()
  send(venue, 5, 0)
  expect(() => send(venue, 5, 0)).toThrow('Expected a number that no open order has, found 5')
})

test('instruments are added in order of their ids', () => {
  const venue = venueOf()
  expect(() => venue.addInstrument({ ...instrument('Y'), id: 2 }, calendar('XNYS'))).toThrow('Expected instrument id 1')
})

test.each([
  ['no quantity', { quantity: Number.NaN }, 'invalid_quantity'],
  ['a negative quantity', { quantity: -1 }, 'invalid_quantity'],
  ['a limit order without limit', { type: OrderTypeCode.limit }, 'invalid_price'],
  ['a stop order without stop', { type: OrderTypeCode.stop }, 'invalid_price'],
  ['a trailing stop without distance', { type: OrderTypeCode.trailingStop }, 'invalid_price'],
  ['a market order outside regular hours', { outsideRth: true }, 'outside_rth_type'],
  ['a stop for the opening auction', { type: OrderTypeCode.stop, stop: 9, tif: TimeInForceCode.opg }, 'opg_type'],
  ['an end that has passed', { tif: TimeInForceCode.gtd, goodTill: 0 }, 'gtd_reached'],
  ['a parent that does not exist', { parent: 77 }, 'bad_link'],
])('refuses %s', (_what, fields, code) => {
  const venue = venueOf()
  send(venue, 0, 5, fields)
  expect(log).toEqual([`ended 0 ${code} at 5`])
  expect(venue.working()).toEqual([])
})

test.each([
  [{ participation: 0 }, 'Expected participation > 0 (Infinity = no cap), found 0.'],
  [{ participation: Number.NaN }, 'Expected participation > 0 (Infinity = no cap), found NaN.'],
  [{ limitFillProbability: 1.1 }, 'Expected limitFillProbability from 0 to 1, found 1.1.'],
  [{ latencyMs: { min: 5, max: 1 } }, 'Expected latencyMs 0 <= min <= max, found 5 to 1.'],
])('refuses the options %j', (options, message) => expect(() => venueOf(options)).toThrow(message))

test("the ledger's arrays are kept as they are", () => {
  const venue = new Venue({}, listener)
  const position = new Float64Array(2)
  venue.position = position
  for (const id of [0, 1]) venue.addInstrument({ ...instrument(`X${id}`), id }, calendar('XNYS'))
  expect(venue.position).toBe(position)
})

test('an order ends at its own time, before the events of a later group', () => {
  const venue = venueOf()
  send(venue, 0, 0, { type: OrderTypeCode.limit, limit: 5, tif: TimeInForceCode.gtd, goodTill: 90_000 })
  expect(venue.nextExpiry).toBe(90_000)
  venue.expire(120_000, false)
  expect(log.at(-1)).toBe('ended 0 gtd_reached at 90000')
  expect(venue.nextExpiry).toBe(Infinity)
})

test('an event of the group that began before the end of an order still counts for it', () => {
  const venue = venueOf()
  const bars = columns([FLAT, FLAT])
  send(venue, 0, 0, { type: OrderTypeCode.limit, limit: 10.5, tif: TimeInForceCode.gtd, goodTill: 90_000 })
  venue.beginGroup(120_000)
  venue.addBar(0, bars, 1)
  venue.expire(120_000, false)
  venue.matchGroup()
  expect(log.at(-1)).toBe('filled 0 100 @ 10')
})

test.each([
  ['a plain market order', {}],
  ['another order', { type: OrderTypeCode.limit, limit: 10 }],
])('%s meets nothing that begins after its end, also before it was swept', (_what, fields) => {
  const venue = venueOf()
  const day = 86_400_000
  send(venue, 0, 0, { ...fields, tif: TimeInForceCode.day })
  expect(venue.nextExpiry).toBe(day)
  venue.onBar(0, columns([FLAT], MINUTE, day), 0, day + MINUTE)
  venue.expire(day + MINUTE, true)
  expect(log.at(-1)).toBe(`ended 0 day_end at ${day + MINUTE}`)
  expect(log.length).toBe(2)
})

test('a dormant child ends at its time as well', () => {
  const venue = venueOf()
  send(venue, 0, 0, { type: OrderTypeCode.limit, limit: 5 })
  send(venue, 1, 0, { type: OrderTypeCode.stop, stop: 4, side: -1, parent: 0, tif: TimeInForceCode.gtd, goodTill: 100 })
  venue.expire(100, true)
  expect(log.at(-1)).toBe('ended 1 gtd_reached at 100')
})

test('latency: an order that arrives inside a bar waits for the next', () => {
  const venue = venueOf({ latencyMs: { min: 200, max: 200 } })
  const bars = columns([FLAT, [12, 13, 11, 12], [14, 15, 13, 14]])
  send(venue, 0, MINUTE)
  for (const i of [1, 2]) venue.onBar(0, bars, i, bars.end[i]!)
  expect(log).toEqual(['accepted 0 at 60200', 'filled 0 100 @ 14'])
  expect(venue.busy[0]).toBe(0)
})

test('latency: until a cancel arrives the order can fill at the open of the bar, not inside of it', () => {
  const venue = venueOf({ latencyMs: { min: 200, max: 200 } })
  const bars = columns([FLAT, FLAT, FLAT])
  send(venue, 0, 0, { type: OrderTypeCode.limit, limit: 9.5 })
  send(venue, 1, 0, { type: OrderTypeCode.limit, limit: 8 })
  venue.expire(MINUTE, true)
  venue.cancel(0, MINUTE, 'requested')
  expect(venue.nextExpiry).toBe(MINUTE + 200)
  venue.onBar(0, bars, 1, bars.end[1]!)
  venue.expire(bars.end[1]!, true)
  expect(log.slice(2)).toEqual(['ended 0 requested at 120000'])
  expect(venue.busy[0]).toBe(1)
})

test('latency is drawn from the seeded source: the same seed, the same times', () => {
  const times = [1, 1, 2].map((seed) => {
    log.length = 0
    const venue = venueOf({ latencyMs: { min: 1, max: 1000 }, random: seededRandom(seed) })
    for (let n = 0; n < 20; n++) send(venue, n, 0)
    venue.expire(1000, true)
    return log.join()
  })
  expect(times[0]).toBe(times[1])
  expect(times[0]).not.toBe(times[2])
})

test('a chance of one half lets about half of the resting limits fill, and always the same ones', () => {
  const fills = [3, 3].map((seed) => {
    log.length = 0
    const venue = venueOf({ limitFillProbability: 0.5, random: seededRandom(seed) })
    for (let n = 0; n < 1000; n++) send(venue, n, 0, { quantity: 1, type: OrderTypeCode.limit, limit: 9.5 })
    venue.onBar(0, columns([FLAT]), 0, MINUTE)
    return log.filter((line) => line.startsWith('filled')).join()
  })
  expect(fills[0]).toBe(fills[1])
  const count = fills[0]!.split(',').length
  expect(count).toBeGreaterThan(440)
  expect(count).toBeLessThan(560)
})

test.each([
  [
    'the stop, reached in the second shorter bar',
    [
      [10, 10.5, 9.5, 10],
      [10, 10, 8.9, 9],
      [9, 12, 9, 11],
    ],
    'filled 1 100 @ 9',
  ],
  [
    'the target, reached in the first',
    [
      [10, 11.5, 9.5, 11],
      [11, 11, 8.9, 9],
      [9, 12, 9, 11],
    ],
    'filled 0 100 @ 11',
  ],
  [
    'the stop at the open of a shorter bar beyond it',
    [
      [10, 10.5, 9.5, 10],
      [8.5, 9, 8, 9],
      [9, 12, 9, 11],
    ],
    'filled 1 100 @ 8.5',
  ],
  [
    'the stop when one shorter bar has both',
    [
      [10, 10, 10, 10],
      [10, 12, 8, 10],
      [10, 10, 10, 10],
    ],
    'filled 1 100 @ 9',
  ],
])('finer bars say which exit came first: %s', (_what, rows, fill) => {
  const venue = venueOf({ exits: 'finer' }, 1, columns(rows, 20_000))
  send(venue, 0, 0, { side: -1, type: OrderTypeCode.limit, limit: 11, ocaGroup: 1 })
  send(venue, 1, 0, { side: -1, type: OrderTypeCode.stop, stop: 9, ocaGroup: 1 })
  venue.onBar(0, columns([[10, 12, 8, 11]]), 0, MINUTE)
  expect(log.filter((line) => line.startsWith('filled'))).toEqual([fill])
})

test('a fill at a price of the caller takes slippage, volume and children along', () => {
  const venue = venueOf({ slippage: volumeShare({ limit: 0.1, impact: 0.1 }) })
  send(venue, 0, 0)
  send(venue, 1, 0, { side: -1, type: OrderTypeCode.stop, stop: 9, parent: 0 })
  expect(venue.fillNow(venue.find(0)!, 10, 40.9, 0)).toBe(40)
  expect(venue.find(1)!.leaves()).toBe(40)
  expect(venue.find(0)!.leaves()).toBe(60)
  venue.position[0] = 40
  venue.onBar(0, columns([[8, 8, 8, 8]]), 0, MINUTE)
  const fills = log.filter((line) => line.startsWith('filled')).map((line) => line.split(' ').slice(0, 3).join(' '))
  expect(fills).toEqual(['filled 0 40', 'filled 1 40', 'filled 0 60'])
})

test('an absent side of a quote neither fills nor fires', () => {
  const venue = venueOf()
  send(venue, 0, 0)
  send(venue, 1, 0, { side: -1, type: OrderTypeCode.stop, stop: 9 })
  venue.onQuote(0, 0, 0, 0, 0, 1000)
  venue.onQuote(0, 10, 0, 500, 0, 2000)
  expect(log.length).toBe(2)
  venue.onQuote(0, 10, 10.1, 500, 500, 3000)
  expect(log.at(-1)).toBe('filled 0 100 @ 10.1')
})

test('two ticks of one instrument in a group come one after the other', () => {
  const venue = venueOf()
  send(venue, 0, 0, { quantity: 150 })
  venue.beginGroup(1000)
  venue.addQuote(0, 9.9, 10.1, 100, 100)
  venue.addQuote(0, 9.9, 10.2, 100, 100)
  venue.matchGroup()
  expect(log.slice(1)).toEqual(['filled 0 100 @ 10.1', 'filled 0 50 @ 10.2'])
})

test('what the listener does while the venue matches takes effect and breaks nothing', () => {
  const said: string[] = []
  const venue: Venue = new Venue(
    { participation: Infinity },
    {
      ...listener,
      filled: (o, quantity, price) => {
        said.push(`filled ${o.number} ${quantity} @ ${price}`)
        if (o.number === 0) {
          venue.cancel(1, MINUTE, 'requested')
          send(venue, 2, MINUTE)
        }
      },
      ended: (o, _state, code) => void said.push(`ended ${o.number} ${code}`),
    },
  )
  venue.addInstrument({ ...instrument('X', { calendar: '24/7' }), id: 0 }, calendar('24/7'))
  const bars = columns([FLAT, [12, 13, 11, 12]])
  send(venue, 0, 0)
  send(venue, 1, 0)
  for (const i of [0, 1]) venue.onBar(0, bars, i, bars.end[i]!)
  expect(said).toEqual(['filled 0 100 @ 10', 'ended 1 requested', 'filled 2 100 @ 12'])
  expect(venue.busy[0]).toBe(0)
})

test('working orders are listed in order of acceptance, dormant children included', () => {
  const venue = venueOf({}, 2)
  send(venue, 3, 0, { type: OrderTypeCode.limit, limit: 5, instrument: 1 })
  send(venue, 1, 0, { type: OrderTypeCode.limit, limit: 5 })
  send(venue, 2, 0, { type: OrderTypeCode.stop, stop: 4, side: -1, parent: 1 })
  expect(venue.working().map((o) => o.number)).toEqual([3, 1, 2])
  expect(venue.working(0).map((o) => o.number)).toEqual([1, 2])
  venue.delist(0, 9)
  expect(log.slice(3)).toEqual(['ended 1 delisted at 9', 'ended 2 parent_ended at 9'])
})
