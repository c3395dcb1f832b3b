import { type EpochMs, exp, instrument, log, MS_PER_DAY, seededRandom } from '@onetape/core'
import { calendar } from '@onetape/calendar'
import { BarGrid } from './bar-grid.ts'
import { FIVE_SECONDS, type MarketBar } from './five-seconds.ts'
import { type Listing, makeListing, SEEDED_SYMBOLS, startPrice, textHash } from './listing.ts'
import type { Market } from './market.ts'
import { ticksOf } from './quote.ts'

/** First day of every history: 2015-01-01. */
const FIRST_DAY = 16_436
const STEPS = MS_PER_DAY / FIVE_SECONDS
const DAILY_VOLATILITY = 0.015
/** Share of the distance to its long-run level that a price comes back in a day: keeps years of history plausible. */
const PULL = 0.01

/** A day of five-second bars; the open of a bar is the close of the one before. */
interface Day {
  readonly open: number
  readonly close: Float64Array
  readonly high: Float64Array
  readonly low: Float64Array
  readonly volume: Float64Array
}

export interface SeededMarketOptions {
  readonly seed: number
  /** Default {@link SEEDED_SYMBOLS}. */
  readonly symbols?: readonly string[] | undefined
}

/**
 * A market that never closes, with years of history behind it: each stock walks at random, drawn from the seed, its
 * symbol and the day. Any moment of it can be computed alone, so history and stream always agree.
 */
export function seededMarket({ seed, symbols = SEEDED_SYMBOLS }: SeededMarketOptions): Market {
  const always = calendar('24/7')
  const listings = symbols.map((symbol, i) =>
    makeListing(i, instrument(symbol, { calendar: '24/7', exchange: 'NASDAQ' }), always),
  )
  const levels = listings.map(() => [] as number[])
  const days = new Map<number, Day>()
  const daily = new Map<number, MarketBar>()
  const keep = listings.length + 32

  const draw = (listing: Listing, day: number, salt: number) =>
    seededRandom(Math.imul(seed ^ textHash(listing.symbol), 0x9e3779b1) ^ Math.imul(day + salt, 0x85ebca6b))

  /** The price at which a day begins, unrounded. */
  const level = (listing: Listing, day: number): number => {
    const known = levels[listing.index]!
    const home = log(startPrice(listing.symbol))
    if (known.length === 0) known.push(home)
    for (let d = known.length; d <= day - FIRST_DAY; d++) {
      const before = known[d - 1]!
      const step = (draw(listing, FIRST_DAY + d, 17).next() - 0.5) * Math.sqrt(12) * DAILY_VOLATILITY
      known.push(before + PULL * (home - before) + step)
    }
    return exp(known[Math.max(0, day - FIRST_DAY)]!)
  }

  const draws = new Float64Array(STEPS)
  /** Fills in the five-second bars of a day; its open is the result. */
  const walk = (listing: Listing, day: number, { close, high, low, volume }: Omit<Day, 'open'>): number => {
    const from = level(listing, day)
    const to = level(listing, day + 1)
    const random = draw(listing, day, 0)
    const size = (from * DAILY_VOLATILITY * Math.sqrt(12)) / Math.sqrt(STEPS)
    // Where the walk ends is known only after all draws: then it is bent to the price at which the next day begins.
    let end = 0
    for (let i = 0; i < STEPS; i++) {
      const u = random.next()
      draws[i] = u
      end += u - 0.5
    }
    const drift = (to - from - end * size) / STEPS
    const open = Math.round(from * 100)
    const lot = 20 + (textHash(listing.symbol) % 7) * 10
    let walked = 0
    let last = open
    for (let i = 0; i < STEPS; i++) {
      const u = draws[i]!
      walked += u - 0.5
      // In cents, which are whole: a history of years is made of millions of these steps.
      const now = Math.round((i === STEPS - 1 ? to : from + walked * size + drift * (i + 1)) * 100)
      const bits = Math.floor(u * 4_294_967_296)
      close[i] = now / 100
      high[i] = ((now > last ? now : last) + ((bits >>> 3) & 3)) / 100
      low[i] = ((now < last ? now : last) - ((bits >>> 5) & 3)) / 100
      volume[i] = lot * (4 + ((bits >>> 7) & 31))
      last = now
    }
    return open / 100
  }

  const dayOf = (listing: Listing, day: number): Day => {
    const key = day * 65_536 + listing.index
    const found = days.get(key)
    if (found !== undefined) return found
    const columns = emptyDay()
    const made: Day = { ...columns, open: walk(listing, day, columns) }
    if (days.size >= keep) days.delete(days.keys().next().value!)
    days.set(key, made)
    return made
  }

  const scratch = emptyDay()
  const dailyBar = (listing: Listing, day: number): MarketBar => {
    const key = day * 65_536 + listing.index
    const found = daily.get(key)
    if (found !== undefined) return found
    const bar: MarketBar = { time: day * MS_PER_DAY, open: 0, high: -Infinity, low: Infinity, close: 0, volume: 0 }
    bar.open = walk(listing, day, scratch)
    for (let i = 0; i < STEPS; i++) {
      if (scratch.high[i]! > bar.high) bar.high = scratch.high[i]!
      if (scratch.low[i]! < bar.low) bar.low = scratch.low[i]!
      bar.volume += scratch.volume[i]!
    }
    bar.close = scratch.close[STEPS - 1]!
    daily.set(key, bar)
    return bar
  }

  /** Adds the five-second bars that end by `to` to a grid. */
  const collect = (listing: Listing, grid: BarGrid, from: EpochMs, to: EpochMs): void => {
    const first = Math.max(Math.ceil(from / FIVE_SECONDS) * FIVE_SECONDS, FIRST_DAY * MS_PER_DAY)
    let day = Math.floor(first / MS_PER_DAY)
    let i = (first - day * MS_PER_DAY) / FIVE_SECONDS
    for (; day * MS_PER_DAY < to; day++, i = 0) {
      const { open, close, high, low, volume } = dayOf(listing, day)
      const count = Math.min(STEPS, Math.floor((to - day * MS_PER_DAY) / FIVE_SECONDS))
      for (; i < count; i++)
        grid.add(
          day * MS_PER_DAY + i * FIVE_SECONDS,
          i === 0 ? open : close[i - 1]!,
          high[i]!,
          low[i]!,
          close[i]!,
          volume[i]!,
        )
    }
  }

  const fiveSeconds = (listing: Listing, time: EpochMs): MarketBar | undefined => {
    const day = Math.floor(time / MS_PER_DAY)
    if (day < FIRST_DAY) return undefined
    const d = dayOf(listing, day)
    const i = (time - day * MS_PER_DAY) / FIVE_SECONDS
    return {
      time,
      open: i === 0 ? d.open : d.close[i - 1]!,
      high: d.high[i]!,
      low: d.low[i]!,
      close: d.close[i]!,
      volume: d.volume[i]!,
    }
  }

  return {
    listings,
    matching: 'ticks',
    start: undefined,
    fiveSeconds,
    ticks: (listing, time) => ticksOf(listing, fiveSeconds(listing, time)),
    nextStep: (time) => Math.ceil(time / FIVE_SECONDS) * FIVE_SECONDS,
    barEnding: () => undefined,
    bars(listing, intervalMs, from, to, _useRth, limit) {
      const grid = new BarGrid(intervalMs, always, limit)
      // The first bar must be whole, and no more than can be asked for is computed.
      const earliest = Math.max(from, to - (limit + 1) * intervalMs)
      collect(listing, grid, Math.ceil(earliest / intervalMs) * intervalMs, to)
      return grid.result()
    },
    dailyBars(listing, from, to) {
      const bars: MarketBar[] = []
      const today = Math.floor(to / MS_PER_DAY)
      for (let day = Math.max(FIRST_DAY, Math.ceil(from / MS_PER_DAY)); day < today; day++)
        bars.push(dailyBar(listing, day))
      if (to > today * MS_PER_DAY) {
        const grid = new BarGrid(MS_PER_DAY, always, 1)
        collect(listing, grid, today * MS_PER_DAY, to)
        bars.push(...grid.result())
      }
      return bars
    },
    earliest: () => FIRST_DAY * MS_PER_DAY,
    lastPrice: (listing, time) =>
      fiveSeconds(listing, Math.floor(time / FIVE_SECONDS) * FIVE_SECONDS)?.open ?? Number.NaN,
  }
}

function emptyDay(): Omit<Day, 'open'> {
  return {
    close: new Float64Array(STEPS),
    high: new Float64Array(STEPS),
    low: new Float64Array(STEPS),
    volume: new Float64Array(STEPS),
  }
}
