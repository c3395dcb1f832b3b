import { calendar, type TradingCalendar } from '@onetape/calendar'
import {
  type BarColumns,
  instrument,
  OrderTypeCode,
  type OrderType,
  ORDER_TYPES,
  OrderStateCode,
  TIMES_IN_FORCE,
  type TimeInForce,
} from '@onetape/core'
import { FillFlag, Venue, type VenueListener, type VenueOptions, type VenueOrder } from '../../src/index.ts'

/**
 * One case of the simulated venue as data. Steps in order of time:
 * - `A buy 100 limit limit=99 tif=day` sends order A (keys: limit stop trail percent offset tif till oca parent on; flags: reduce outside sized)
 * - `bar 10 11 9 10.5 [volume]` a minute bar from now on; `day 2024-03-05 o h l c [v]` the bar of a session
 * - `bars X 10 11 9 10 | Y 20 21 19 20` bars of several instruments that end together
 * - `quote bid ask bidSize askSize`, `trade price size`
 * - `at 2024-03-05 09:29` moves the clock (exchange time)
 * - `cancel A`, `modify A quantity=50`, `split 2`, `delist`, `position 100`, `afford A 30`, `size A 70`
 */
export interface Scenario {
  readonly rule: string
  readonly name: string
  readonly why: string
  /** Default `24/7`. */
  readonly calendar?: 'XNYS' | 'XNAS' | '24/7'
  readonly options?: Partial<VenueOptions>
  readonly lot?: number
  readonly tick?: number
  readonly hasVolume?: boolean
  /** Official open and close of sessions, besides those of `day` steps: `2024-03-05 10.1 12.3`. */
  readonly official?: readonly string[]
  readonly steps: readonly string[]
  /** What the venue says, each line with the number of the event that it followed (0 = before the first). */
  readonly expect: readonly string[]
}

const MINUTE = 60_000

/** Plays a scenario and gives the venue's words in the form of {@link Scenario.expect}. */
export function play(scenario: Scenario): string[] {
  return new Player(scenario).run()
}

class Player {
  readonly #scenario: Scenario
  readonly #said: string[] = []
  readonly #names = new Map<string, number>()
  readonly #affordable = new Map<string, number>()
  readonly #sizes = new Map<string, number>()
  readonly #symbols: string[] = []
  readonly #calendar: TradingCalendar
  readonly #venue: Venue
  #now: number
  #event: number = 0

  constructor(scenario: Scenario) {
    this.#scenario = scenario
    this.#calendar = calendar(scenario.calendar ?? '24/7')
    this.#now = this.#calendar.toUtc('2024-03-05', '09:30')
    this.#venue = new Venue({ ...scenario.options }, this.#listener())
  }

  run(): string[] {
    for (const step of this.#scenario.steps) this.#step(step)
    return this.#said
  }

  #listener(): VenueListener {
    const name = (order: VenueOrder): string => [...this.#names].find(([, n]) => n === order.number)?.[0] ?? '?'
    const say = (text: string): void => void this.#said.push(`${this.#event}: ${text}`)
    return {
      accepted: () => {},
      triggered: (order) => say(`${name(order)} triggered`),
      affordable: (order, quantity) => Math.min(quantity, this.#affordable.get(name(order)) ?? Infinity),
      sizeAtFill: (order) => this.#sizes.get(name(order)) ?? 0,
      filled: (order, quantity, price, _time, flags) => {
        const marks = (flags & FillFlag.ambiguous ? ' ambiguous' : '') + (flags & FillFlag.official ? ' official' : '')
        say(`${name(order)} ${quantity} @ ${Math.round(price * 1e6) / 1e6}${marks}`)
        this.#venue.position[order.instrument]! += order.side * quantity
      },
      ended: (order, state, code) => {
        const word =
          state === OrderStateCode.cancelled ? 'cancelled' : state === OrderStateCode.expired ? 'expired' : 'rejected'
        say(`${name(order)} ${word} ${code}`)
      },
      replaced: (order) => say(`${name(order)} now ${order.quantity}`),
      replaceRejected: (order, code) => say(`${name(order)} refused ${code}`),
    }
  }

  #id(symbol: string): number {
    const known = this.#symbols.indexOf(symbol)
    if (known >= 0) return known
    const { calendar: name = '24/7', lot = 1, tick = 0, hasVolume = true } = this.#scenario
    const id = this.#symbols.push(symbol) - 1
    const spec = { ...instrument(symbol, { calendar: name, lot, tick, hasVolume }), id }
    this.#venue.addInstrument(spec, this.#calendar, undefined, this.#sessions())
    return id
  }

  /** The daily bars that carry the official prices. */
  #sessions(): BarColumns | undefined {
    const { official = [], steps } = this.#scenario
    const days = steps.filter((step) => step.startsWith('day ')).map((step) => step.split(' ').slice(1))
    const known = [...official.map((each) => each.split(' ')), ...days.map((day) => [day[0]!, day[1]!, day[4]!])]
    if (known.length === 0) return undefined
    const session = (day: readonly string[]) => this.#calendar.sessionOn(day[0]!)!
    const column = (of: (day: readonly string[]) => number): Float64Array =>
      Float64Array.from(known.toSorted((a, b) => session(a).open - session(b).open).map(of))
    const [open, close] = [column((day) => Number(day[1])), column((day) => Number(day[2]))]
    return {
      time: column((day) => session(day).open),
      end: column((day) => session(day).close),
      open,
      high: open,
      low: close,
      close,
      volume: column(() => 1),
    }
  }

  #step(step: string): void {
    const [word = '', ...rest] = step.split(' ')
    const numbers = rest.map(Number)
    const x = this.#id('X')
    switch (word) {
      case 'bar':
        return this.#bars([['X', ...rest]], this.#now, this.#now + MINUTE)
      case 'hour':
        return this.#bars([['X', ...rest]], this.#now, this.#now + 60 * MINUTE)
      case 'bars':
        return this.#bars(
          rest
            .join(' ')
            .split(' | ')
            .map((part) => part.split(' ')),
          this.#now,
          this.#now + MINUTE,
        )
      case 'day': {
        const session = this.#calendar.sessionOn(rest[0]!)!
        return this.#bars([['X', ...rest.slice(1)]], session.open, session.close)
      }
      case 'quote':
      case 'trade': {
        this.#event++
        this.#now += 1000
        if (this.#venue.nextExpiry < this.#now) this.#venue.expire(this.#now, false)
        if (word === 'trade') this.#venue.onTrade(x, numbers[0]!, numbers[1]!, this.#now)
        else this.#venue.onQuote(x, numbers[0]!, numbers[1]!, numbers[2]!, numbers[3]!, this.#now)
        return this.#expire()
      }
      case 'at':
        this.#now = this.#calendar.toUtc(rest[0]!, rest[1]!)
        return this.#expire()
      case 'cancel':
        return void this.#venue.cancel(this.#names.get(rest[0]!)!, this.#now, 'requested')
      case 'modify':
        return void this.#venue.modify(this.#names.get(rest[0]!)!, pairs(rest.slice(1)), this.#now)
      case 'split':
        return this.#venue.split(x, numbers[0]!, this.#now)
      case 'delist':
        return this.#venue.delist(x, this.#now)
      case 'position':
        this.#venue.position[x] = numbers[0]!
        return
      case 'price':
        this.#venue.lastPrice[x] = numbers[0]!
        return
      case 'afford':
        return void this.#affordable.set(rest[0]!, numbers[1]!)
      case 'size':
        return void this.#sizes.set(rest[0]!, numbers[1]!)
      default:
        return this.#send(word, rest)
    }
  }

  #bars(parts: readonly (readonly string[])[], start: number, end: number): void {
    this.#event++
    const venue = this.#venue
    this.#now = end
    const bars = parts.map(([symbol, ...values]) => ({ id: this.#id(symbol!), columns: oneBar(values, start, end) }))
    if (bars.length === 1) {
      if (venue.nextExpiry < start) venue.expire(start, false)
      const { id, columns } = bars[0]!
      if (venue.busy[id] !== 0) venue.onBar(id, columns, 0, end)
    } else {
      venue.beginGroup(end)
      for (const { id, columns } of bars) venue.addBar(id, columns, 0)
      if (venue.nextExpiry < end) venue.expire(end, false)
      venue.matchGroup()
    }
    this.#expire()
  }

  #expire(): void {
    if (this.#venue.nextExpiry <= this.#now) this.#venue.expire(this.#now, true)
  }

  #send(name: string, [side, quantity, type, ...rest]: readonly string[]): void {
    const options = new Map(rest.map((part) => part.split('=') as [string, string | undefined]))
    const number = (key: string): number => Number(options.get(key) ?? Number.NaN)
    const order = this.#venue.order()
    const id = this.#names.size
    this.#names.set(name, id)
    order.number = id
    order.instrument = this.#id(options.get('on') ?? 'X')
    order.side = side === 'buy' ? 1 : -1
    order.quantity = Number(quantity)
    order.type = ORDER_TYPES.indexOf(type as OrderType)
    order.tif = TIMES_IN_FORCE.indexOf((options.get('tif') ?? 'gtc') as TimeInForce)
    order.limit = number('limit')
    order.stop = number('stop')
    order.trailAmount = number('trail')
    order.trailPercent = number('percent')
    order.limitOffset = number('offset')
    order.goodTill = this.#now + number('till') * MINUTE
    order.ocaGroup = options.has('oca') ? number('oca') : -1
    order.parent = options.has('parent') ? this.#names.get(options.get('parent')!)! : -1
    order.reduceOnly = options.has('reduce')
    order.outsideRth = options.has('outside')
    order.sizeAtFill = options.has('sized')
    if (order.type < OrderTypeCode.market) throw new Error(`Expected an order type, found ${type}`)
    this.#venue.submit(order, this.#now)
  }
}

function pairs(parts: readonly string[]): Record<string, number> {
  return Object.fromEntries(parts.map((part) => part.split('=')).map(([key, value]) => [key!, Number(value)]))
}

function oneBar(values: readonly string[], start: number, end: number): BarColumns {
  const [open, high, low, close, volume = 1_000_000] = values.map(Number)
  return {
    time: one(start),
    end: one(end),
    open: one(open),
    high: one(high),
    low: one(low),
    close: one(close),
    volume: one(volume),
  }
}

function one(value: number | undefined): Float64Array {
  return Float64Array.of(value!)
}
