import { calendar } from '@onetape/calendar'
import { type BarColumns, instrument, ORDER_TYPES, type OrderType, seededRandom, TIMES_IN_FORCE } from '@onetape/core'
import { basisPoints } from '@onetape/costs'
import { Venue, type VenueListener, type VenueOrder } from '../src/index.ts'
import type { SlowBar, SlowOptions, SlowOrder } from './slow-matcher.ts'

const MINUTE = 60_000

const TYPES: readonly OrderType[] = [
  'market',
  'limit',
  'stop',
  'stop-limit',
  'trailing-stop',
  'trailing-stop-limit',
  'market-if-touched',
  'limit-if-touched',
]

/** A case for both matchers: orders around the prices of the bars, groups, brackets, small volumes. */
export interface RandomCase {
  readonly bars: readonly SlowBar[]
  readonly orders: readonly SlowOrder[]
  readonly options: SlowOptions
}

/** Gridded prices with gaps, ties and halts. */
export function randomBars(seed: number, count: number): SlowBar[] {
  const random = seededRandom(seed)
  let price = 1000
  return Array.from({ length: count }, () => {
    const at = (spread: number): number => random.int(-spread, spread)
    const open = price + at(random.next() < 0.2 ? 12 : 2)
    const close = open + at(6)
    const high = Math.max(open, close) + random.int(0, 5)
    const low = Math.min(open, close) - random.int(0, 5)
    price = close
    const volume = random.next() < 0.07 ? 0 : random.int(0, 3) * random.int(0, 900)
    return { open: open / 100, high: high / 100, low: low / 100, close: close / 100, volume }
  })
}

function cents(price: number): number {
  return Math.round(price * 100) / 100
}

/** Orders sent before random bars, priced near the close of the bar before. */
export function randomOrders(seed: number, bars: readonly SlowBar[], count: number): SlowOrder[] {
  const random = seededRandom(seed ^ 0x5f3759df)
  const orders: SlowOrder[] = []
  const pick = <T>(values: readonly T[]): T => values[random.int(0, values.length - 1)]!
  let before = 0
  for (let n = 0; n < count; n++) {
    before = Math.min(bars.length - 1, before + (random.next() < 0.5 ? 0 : random.int(0, 2)))
    const near = before === 0 ? bars[0]!.open : bars[before - 1]!.close
    const price = (): number => cents(near + random.int(-9, 9) / 100)
    const bracketOf = orders.findLast((order) => order.before === before && order.parent === undefined)
    const parent = bracketOf !== undefined && random.next() < 0.45 ? bracketOf : undefined
    const type = pick(TYPES)
    const trailing = type.startsWith('trailing')
    orders.push({
      n,
      side: parent === undefined ? pick(['buy', 'sell']) : parent.side === 'buy' ? 'sell' : 'buy',
      type,
      quantity: parent !== undefined && random.next() < 0.8 ? parent.quantity : random.int(1, 120),
      limit: type === 'limit' || (type.includes('limit') && !trailing) ? price() : undefined,
      stop:
        type.startsWith('stop') || type.endsWith('touched') || (trailing && random.next() < 0.3) ? price() : undefined,
      trail: trailing ? random.int(1, 8) / 100 : undefined,
      offset: type === 'trailing-stop-limit' ? random.int(0, 4) / 100 : undefined,
      tif: random.next() < 0.8 ? 'gtc' : pick(['ioc', 'fok']),
      oca: parent === undefined ? (random.next() < 0.3 ? random.int(0, 1) : undefined) : 100 + parent.n,
      parent: parent?.n,
      before,
    })
  }
  return orders
}

export function randomCase(seed: number): RandomCase {
  const random = seededRandom(seed + 77)
  const bars = randomBars(seed, random.int(2, 14))
  return {
    bars,
    orders: randomOrders(seed, bars, random.int(1, 10)),
    options: {
      participation: [0.1, 0.5, Infinity][random.int(0, 2)]!,
      touch: random.next() < 0.3,
      exits: (['pessimistic', 'optimistic', 'path'] as const)[random.int(0, 2)]!,
      slippageBps: random.int(0, 1) * 5,
      tick: 0.01,
    },
  }
}

export function toColumns(bars: readonly SlowBar[], starts?: readonly number[]): BarColumns {
  const start = Float64Array.from(bars, (_bar, i) => starts?.[i] ?? i * MINUTE)
  const of = (key: keyof SlowBar): Float64Array => Float64Array.from(bars, (bar) => bar[key])
  return {
    time: start,
    end: start.map((t) => t + 1000),
    open: of('open'),
    high: of('high'),
    low: of('low'),
    close: of('close'),
    volume: of('volume'),
  }
}

/** One fill as the venue told it. */
interface SeenFill {
  readonly bar: number
  readonly order: number
  readonly quantity: number
  readonly price: number
  /** 0 at the open, 1 inside the bar. */
  readonly phase: number
}

export interface VenueRun {
  readonly venue: Venue
  readonly fills: readonly SeenFill[]
  readonly lines: readonly string[]
  /** Everything the venue said, in order. */
  readonly said: readonly string[]
}

export interface RunSetup {
  /** Bar by bar, or each bar as a group with a second, idle instrument. */
  readonly path?: 'single' | 'group'
  /** Start of each bar. Default minutes from 1970. */
  readonly starts?: readonly number[]
  readonly calendar?: 'XNYS' | '24/7'
}

/** Plays a case on the real venue. */
export function runVenue({ bars, orders, options }: RandomCase, setup: RunSetup = {}): VenueRun {
  const fills: SeenFill[] = []
  const said: string[] = []
  let index = -1
  const listener: VenueListener = {
    accepted: () => {},
    triggered: (order) => void said.push(`${index}: ${order.number} triggered`),
    affordable: (_order, quantity) => quantity,
    sizeAtFill: () => 0,
    filled: (order: VenueOrder, quantity, price) => {
      fills.push({ bar: index, order: order.number, quantity, price, phase: order.phase })
      said.push(`${index}: ${order.number} ${quantity} @ ${price}`)
      venue.position[order.instrument]! += order.side * quantity
    },
    ended: (order, state, code) => void said.push(`${index}: ${order.number} ended ${state} ${code}`),
    replaced: (order) => void said.push(`${index}: ${order.number} now ${order.quantity}`),
    replaceRejected: () => {},
  }
  const venue = new Venue(
    {
      participation: options.participation,
      limitFill: options.touch ? 'touch' : 'through',
      exits: options.exits,
      slippage: basisPoints(options.slippageBps),
    },
    listener,
  )
  const name = setup.calendar ?? '24/7'
  const hours = calendar(name)
  for (const id of [0, 1])
    venue.addInstrument({ ...instrument(`X${id}`, { calendar: name, tick: options.tick }), id }, hours)
  const columns = toColumns(bars, setup.starts)
  const queue = [...orders]
  for (index = 0; index < bars.length; index++) {
    const start = columns.time[index]!
    while (queue.length > 0 && queue[0]!.before === index) send(venue, queue.shift()!, start)
    const end = columns.end[index]!
    if (setup.path === 'group') {
      venue.beginGroup(end)
      venue.addBar(1, columns, index)
      venue.addBar(0, columns, index)
      venue.matchGroup()
    } else if (venue.busy[0] !== 0) venue.onBar(0, columns, index, end)
    if (hours.isOpen(start)) venue.lastPrice[0] = bars[index]!.close
  }
  return {
    venue,
    fills,
    said,
    lines: fills.map((fill) => `${fill.bar}: ${fill.order} ${fill.quantity} @ ${fill.price.toFixed(9)}`),
  }
}

/** Sends an order of the slow matcher to the venue. */
export function send(venue: Venue, order: SlowOrder, time: number): void {
  const o = venue.order()
  o.number = order.n
  o.instrument = 0
  o.side = order.side === 'buy' ? 1 : -1
  o.type = ORDER_TYPES.indexOf(order.type)
  o.tif = TIMES_IN_FORCE.indexOf(order.tif)
  o.quantity = order.quantity
  o.limit = order.limit ?? Number.NaN
  o.stop = order.stop ?? Number.NaN
  o.trailAmount = order.trail ?? Number.NaN
  o.limitOffset = order.offset ?? Number.NaN
  o.ocaGroup = order.oca ?? -1
  o.parent = order.parent ?? -1
  venue.submit(o, time)
}
