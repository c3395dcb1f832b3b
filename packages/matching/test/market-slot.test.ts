import { calendar } from '@onetape/calendar'
import {
  type BarColumns,
  instrument,
  ORDER_TYPES,
  OrderTypeCode,
  type Random,
  seededRandom,
  type Sign,
  TimeInForceCode,
} from '@onetape/core'
import { basisPoints, volumeShare } from '@onetape/costs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type MarketListener, Venue, type VenueListener, type VenueOrder } from '../src/index.ts'
import { randomBars, toColumns } from './random-market.ts'

const seeds = fc.integer({ min: 1, max: 2 ** 31 - 1 })
const INSTRUMENTS = [0, 1, 2]
const BARS = 40
const STEPS = 60
/** Bars from the last hour of a Tuesday into Wednesday morning, so that DAY orders end between them. */
const XNYS = calendar('XNYS')
const STARTS = Array.from({ length: BARS }, (_, i) =>
  i < BARS / 2
    ? XNYS.toUtc('2024-03-05', '15:50') + i * 60_000
    : XNYS.toUtc('2024-03-06', '09:25') + (i - BARS / 2) * 60_000,
)

const TALLY = { fills: 0, ends: 0, inSlot: 0, partly: 0, misdated: 0 }

/** A random history of three instruments: everything that can happen to a plain market order, and beside it. */
class History {
  readonly said: string[] = []
  readonly #random: Random
  /** Answers of the listener, which must not depend on how often it is asked about anything else. */
  readonly #seed: number
  readonly #venue: Venue
  readonly #columns: readonly BarColumns[]
  readonly #slots: boolean
  readonly #sides = new Map<number, { readonly id: number; readonly side: number }>()
  #numbers = 0
  #depth = 0
  #bar = 0
  #now = STARTS[0]!

  constructor(seed: number, slots: boolean) {
    this.#random = seededRandom(seed)
    this.#seed = seed
    this.#slots = slots
    this.#columns = INSTRUMENTS.map((id) => ({
      ...toColumns(randomBars(seed + id, BARS), STARTS),
      end: Float64Array.from(STARTS, (start) => start + 60_000),
    }))
    const participation = [0.1, 0.5, Infinity][seed % 3]!
    const slippage = [basisPoints(0), basisPoints(5), volumeShare()][(seed >> 2) % 3]!
    const marketFill = (seed >> 4) % 3 === 0 ? 'close' : 'open'
    this.#venue = new Venue({ participation, slippage, marketFill }, this.#listener(), this.#marketListener())
    const name = (seed >> 6) % 2 === 0 ? 'XNYS' : '24/7'
    for (const id of INSTRUMENTS)
      this.#venue.addInstrument(
        { ...instrument(`X${id}`, { calendar: name, tick: 0.01, hasVolume: id !== 2 }), id },
        calendar(name),
      )
    this.#venue.lastPrice.fill(10)
  }

  run(): readonly string[] {
    for (let step = 0; step < STEPS; step++) {
      this.#step()
      this.#say(`busy ${this.#venue.busy.slice(0, 3).join(' ')}`)
    }
    const evening = XNYS.toUtc('2024-03-06', '20:00')
    if (this.#venue.nextExpiry <= evening) this.#venue.expire(evening, true)
    for (const order of this.#venue.working()) this.#say(`left ${describe(order)}`)
    return this.said
  }

  #say(text: string): void {
    this.said.push(`${this.#bar}: ${text}`)
  }

  #isPlain(o: { readonly type: number; readonly tif: number; readonly parent: number; readonly oca: number }): boolean {
    return o.type === OrderTypeCode.market && o.tif <= TimeInForceCode.gtc && o.parent < 0 && o.oca < 0
  }

  #step(): void {
    const venue = this.#venue
    const random = this.#random
    const chance = random.next()
    const id = random.int(0, 2)
    const recent = Math.max(0, this.#numbers - 1 - random.int(0, 4))
    if (chance < 0.35) this.#send(true)
    else if (chance < 0.45) this.#send(false)
    else if (chance < 0.5) this.#say(`cancelled ${venue.cancel(recent, this.#now, 'requested')}`)
    else if (chance < 0.53) this.#say(`modified ${venue.modify(recent, { quantity: 5 + (recent % 90) }, this.#now)}`)
    else if (chance < 0.55) this.#say(`found ${describe(venue.find(recent))}`)
    else if (chance < 0.56) this.#say(`working ${venue.working(id).map(describe).join()}`)
    else if (chance < 0.57) venue.split(id, 2, this.#now)
    else if (chance < 0.58) venue.delist(id, this.#now)
    else if (chance < 0.61) {
      const price = Math.round(this.#columns[id]!.close[this.#bar]! * 100) / 100
      if (chance < 0.595) venue.onTrade(id, price, 200, this.#now)
      else venue.onQuote(id, price - 0.01, price + 0.01, 90, 90, this.#now)
    } else if (this.#bar < BARS) this.#match(chance < 0.8 ? [id] : INSTRUMENTS.filter((k) => k !== id || chance > 0.9))
  }

  #match(ids: readonly number[]): void {
    const venue = this.#venue
    const i = this.#bar
    const end = this.#columns[0]!.end[i]!
    this.#now = end
    // The venue itself keeps ended orders from matching, too.
    const late = this.#random.next() < 0.1
    if (ids.length === 1) {
      if (!late && venue.nextExpiry < end) venue.expire(end, false)
      if (venue.busy[ids[0]!] !== 0) venue.onBar(ids[0]!, this.#columns[ids[0]!]!, i, end)
    } else {
      venue.beginGroup(end)
      for (const id of ids) if (venue.busy[id] !== 0) venue.addBar(id, this.#columns[id]!, i)
      if (!late && venue.nextExpiry < end) venue.expire(end, false)
      venue.matchGroup()
    }
    if (venue.nextExpiry <= end) venue.expire(end, true)
    this.#bar++
    if (this.#bar < BARS) this.#now = Math.max(this.#now, STARTS[this.#bar]!)
  }

  #send(plain: boolean): void {
    const random = this.#random
    const number = this.#numbers++
    const id = random.int(0, 2)
    const side: Sign = random.next() < 0.5 ? 1 : -1
    const quantity = random.int(1, 120)
    const linked = !plain && random.next() < 0.6
    const o = {
      type: plain || random.next() < 0.3 ? OrderTypeCode.market : random.int(0, ORDER_TYPES.indexOf('stop')),
      tif: plain ? random.int(0, 1) : random.int(0, 3),
      parent: linked && number > 0 ? number - 1 - (random.next() < 0.3 ? 1 : 0) : -1,
      oca: !plain && random.next() < 0.3 ? random.int(0, 1) : -1,
    }
    const near = Math.round(this.#columns[id]!.open[Math.min(this.#bar, BARS - 1)]! * 100) / 100
    const reduceOnly = linked && o.parent >= 0 && random.next() < 0.2
    const price = near + random.int(-4, 4) / 100
    this.#sides.set(number, { id, side })
    this.#say(`send ${number} of ${id}: ${side * quantity} type ${o.type} tif ${o.tif} parent ${o.parent} oca ${o.oca}`)
    if (this.#slots && this.#isPlain(o)) {
      this.#venue.submitMarket(number, id, side, quantity, o.tif, this.#now)
      return
    }
    const order = this.#venue.order()
    Object.assign(order, { number, instrument: id, side, quantity, type: o.type, tif: o.tif, parent: o.parent })
    order.ocaGroup = o.oca
    order.limit = price
    order.stop = price
    order.reduceOnly = reduceOnly
    this.#venue.submit(order, this.#now)
  }

  /** Rarely the listener acts on what it hears, in the middle of the venue's work. */
  #act(number: number, works: boolean): void {
    if (this.#depth > 0 || this.#numbers > 60) return
    const kind = (this.#seed ^ (number * 7919)) % 13
    // Between its acceptance and its place in the book an order can only be found and cancelled.
    if (!works && kind < 3) return
    this.#depth++
    if (kind === 1) this.#send(true)
    else if (kind === 2) this.#send(false)
    else if (kind === 3) this.#say(`cancelled ${this.#venue.cancel(number, this.#now, 'requested')}`)
    else if (kind === 4) this.#say(`found ${describe(this.#venue.find(number))}`)
    else if (kind === 5 && works) this.#say(`working ${this.#venue.working().map(describe).join()}`)
    this.#depth--
  }

  #affordable(number: number, quantity: number, price: number): number {
    const kind = (this.#seed ^ (number * 104_729)) % 11
    const part = kind === 0 ? 0 : kind === 1 ? quantity / 2 : quantity
    this.#say(`${number} asks ${quantity} @ ${price}: ${part}`)
    if (part < quantity) TALLY.partly++
    return part
  }

  #accepted(number: number, time: number): void {
    this.#say(`${number} accepted ${time}`)
    this.#act(number, false)
  }

  #filled(number: number, quantity: number, price: number, time: number, flags: number): void {
    const { id, side } = this.#sides.get(number)!
    TALLY.fills++
    this.#say(`${number} fills ${quantity} @ ${price} at ${time}, ${flags}`)
    this.#venue.position[id]! += side * quantity
    this.#act(number, true)
  }

  #marketListener(): MarketListener {
    return {
      acceptedMarket: (number, time) => this.#accepted(number, time),
      affordableMarket: (number, quantity, price) => this.#affordable(number, quantity, price),
      filledMarket: (number, quantity, price, time, flags, since) => {
        TALLY.inSlot++
        if (since !== STARTS[this.#bar]) TALLY.misdated++
        this.#filled(number, quantity, price, time, flags)
      },
    }
  }

  #listener(): VenueListener {
    return {
      accepted: (order, time) => this.#accepted(order.number, time),
      triggered: (order) => this.#say(`${order.number} triggered`),
      affordable: (order, quantity, price) => this.#affordable(order.number, quantity, price),
      sizeAtFill: () => 0,
      filled: (order, quantity, price, time, flags) => this.#filled(order.number, quantity, price, time, flags),
      ended: (order, state, code, time) => {
        TALLY.ends++
        this.#say(`${order.number} ended ${state} ${code} at ${time}, ${describe(order)}`)
      },
      replaced: (order, time) => this.#say(`${order.number} now ${order.quantity} at ${time}`),
      replaceRejected: (order, code) => this.#say(`${order.number} refused ${code}`),
    }
  }
}

function describe(o: VenueOrder | undefined): string {
  if (o === undefined) return 'none'
  const { number, instrument: id, side, type, tif, works, quantity, filled, acceptedAt, expiresAt, seq, released } = o
  return [number, id, side, type, tif, works, quantity, filled, acceptedAt, expiresAt, seq, released].join(' ')
}

test('a plain market order handed over by its number alone fares as one of the pool', () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const pooled = new History(seed, false).run()
      const slotted = new History(seed, true).run()
      // Compared as text, which is quicker than line by line.
      expect(slotted.join('\n')).toBe(pooled.join('\n'))
    }),
    { numRuns: 3000 },
  )
  expect(TALLY.inSlot).toBeGreaterThan(5000)
  expect(TALLY.misdated).toBe(0)
  expect(TALLY.ends).toBeGreaterThan(1000)
  expect(TALLY.partly).toBeGreaterThan(1000)
})
