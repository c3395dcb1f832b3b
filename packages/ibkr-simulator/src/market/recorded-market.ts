import {
  type BarSeries,
  type EpochMs,
  InputError,
  intervalMs,
  isSessionInterval,
  MS_PER_DAY,
  seededRandom,
  usEquityTick,
} from '@onetape/core'
import { calendar } from '@onetape/calendar'
import { BarGrid } from './bar-grid.ts'
import { FIVE_SECONDS, type MarketBar, splitBar } from './five-seconds.ts'
import { type Listing, makeListing, textHash } from './listing.ts'
import { type Market, rowAt } from './market.ts'
import { ticksOf } from './quote.ts'

/** What is recorded of one stock. */
interface Tape {
  readonly base: BarSeries
  readonly baseMs: number
  readonly daily: BarSeries | undefined
  /** The bars of five seconds of the recorded bar that was asked for last. */
  split: { row: number; bars: readonly MarketBar[] }
}

/**
 * A market that plays recorded bars: those of the shortest interval of each stock are served as five-second bars whose
 * aggregate is the recorded bar, bit for bit, and orders meet the recorded bars. Bars of a day, where they are given
 * too, are its daily history; else it is made of the shorter ones.
 *
 * @throws {InputError} `simulator.series` without a series, or for a stock without bars shorter than a day
 */
export function recordedMarket(series: readonly BarSeries[], seed: number): Market {
  const bySymbol = Map.groupBy(series, (s) => s.instrument.symbol)
  if (bySymbol.size === 0) throw new InputError('simulator.series', 'Expected at least one series of bars, found none.')
  const tapes: Tape[] = []
  const listings: Listing[] = []
  for (const [symbol, all] of bySymbol) {
    const short = all.filter((s) => !isSessionInterval(s.interval) && s.length > 0)
    const base = short.toSorted((a, b) => intervalMs(a.interval) - intervalMs(b.interval))[0]
    if (base === undefined || intervalMs(base.interval) % FIVE_SECONDS !== 0)
      throw new InputError(
        'simulator.series',
        `Expected bars of ${symbol} of some multiple of five seconds below a day, found ${all.map((s) => s.interval).join(', ')}.`,
      )
    listings.push(makeListing(listings.length, base.instrument, calendar(base.instrument.calendar)))
    tapes.push({
      base,
      baseMs: intervalMs(base.interval),
      daily: all.find((s) => s.interval === '1d'),
      split: { row: -1, bars: [] },
    })
  }

  const splitOf = (listing: Listing, row: number): readonly MarketBar[] => {
    const tape = tapes[listing.index]!
    if (tape.split.row === row) return tape.split.bars
    const bar = barOf(tape.base, row)
    const tick = listing.spec.tick > 0 ? listing.spec.tick : usEquityTick(bar.close, bar.time)
    const random = seededRandom(Math.imul(seed ^ textHash(listing.symbol), 0x9e3779b1) ^ row)
    const bars = splitBar(bar, tape.base.columns.end[row]! - bar.time, tick, random)
    tape.split = { row, bars }
    return bars
  }

  const fiveSeconds = (listing: Listing, time: EpochMs): MarketBar | undefined => {
    const { base } = tapes[listing.index]!
    const row = rowAt(base.columns.time, time)
    if (row < 0 || time >= base.columns.end[row]!) return undefined
    return splitOf(listing, row)[(time - base.columns.time[row]!) / FIVE_SECONDS]
  }

  /** Adds the recorded bars in `[from, to)` to a grid, the five-second bars of the one that `to` cuts. */
  const collect = (listing: Listing, grid: BarGrid, from: EpochMs, to: EpochMs, useRth: boolean): void => {
    const { time, end, open, high, low, close, volume } = tapes[listing.index]!.base.columns
    for (let i = Math.max(0, rowAt(time, from - 1) + 1); i < time.length && time[i]! < to; i++) {
      if (useRth && !listing.calendar.isOpen(time[i]!)) continue
      if (end[i]! <= to) grid.add(time[i]!, open[i]!, high[i]!, low[i]!, close[i]!, volume[i]!)
      else for (const bar of splitOf(listing, i)) if (bar.time + FIVE_SECONDS <= to) grid.addBar(bar)
    }
  }

  return {
    listings,
    matching: 'bars',
    start: Math.min(...tapes.map((t) => t.base.columns.time[0]!)),
    fiveSeconds,
    ticks: (listing, time) => ticksOf(listing, fiveSeconds(listing, time)),
    nextStep(time) {
      const step = Math.ceil(time / FIVE_SECONDS) * FIVE_SECONDS
      let next = Infinity
      for (const { base } of tapes) {
        const row = rowAt(base.columns.time, step)
        // The end of a bar is a step of its own: what it completes is told then.
        if (row >= 0 && step <= base.columns.end[row]!) return step
        const following = base.columns.time[row + 1]
        if (following !== undefined && following < next) next = following
      }
      return next
    },
    barEnding(listing, time) {
      const { columns } = tapes[listing.index]!.base
      const row = rowAt(columns.end, time)
      return row >= 0 && columns.end[row] === time ? { columns, row } : undefined
    },
    bars(listing, interval, from, to, useRth, limit) {
      const tape = tapes[listing.index]!
      const grid = new BarGrid(interval, listing.calendar, limit)
      if (interval >= tape.baseMs) collect(listing, grid, from, to, useRth)
      else {
        const { time } = tape.base.columns
        for (let i = Math.max(0, rowAt(time, from)); i < time.length && time[i]! < to; i++) {
          if (useRth && !listing.calendar.isOpen(time[i]!)) continue
          for (const bar of splitOf(listing, i)) if (bar.time >= from && bar.time + FIVE_SECONDS <= to) grid.addBar(bar)
        }
      }
      return grid.result()
    },
    dailyBars(listing, from, to) {
      const { base, daily } = tapes[listing.index]!
      const bars: MarketBar[] = []
      let since = from
      if (daily !== undefined)
        for (let i = Math.max(0, rowAt(daily.columns.time, from - 1) + 1); i < daily.length; i++) {
          if (daily.columns.end[i]! > to) break
          bars.push(barOf(daily, i))
          since = daily.columns.end[i]!
        }
      if (base.columns.time.at(-1)! < since) return bars
      let session: MarketBar | undefined
      let sessionEnd = -Infinity
      const grid = new BarGrid(tapes[listing.index]!.baseMs, listing.calendar, Infinity)
      collect(listing, grid, since, to, true)
      for (const bar of grid.bars) {
        if (session === undefined || bar.time >= sessionEnd) {
          const found = listing.calendar.sessionOf(bar.time)
          sessionEnd = found?.close ?? (Math.floor(bar.time / MS_PER_DAY) + 1) * MS_PER_DAY
          session = { ...bar, time: found?.open ?? bar.time }
          bars.push(session)
          continue
        }
        if (bar.high > session.high) session.high = bar.high
        if (bar.low < session.low) session.low = bar.low
        session.close = bar.close
        session.volume += bar.volume
      }
      return bars
    },
    earliest(listing) {
      const { base, daily } = tapes[listing.index]!
      return Math.min(base.columns.time[0]!, daily?.columns.time[0] ?? Infinity)
    },
    lastPrice(listing, time) {
      const { base } = tapes[listing.index]!
      const row = rowAt(base.columns.time, time)
      if (row < 0) return Number.NaN
      if (time >= base.columns.end[row]!) return base.columns.close[row]!
      const inside = splitOf(listing, row).findLast((bar) => bar.time + FIVE_SECONDS <= time)
      return inside === undefined ? base.columns.open[row]! : inside.close
    },
  }
}

function barOf({ columns: c }: BarSeries, i: number): MarketBar {
  return {
    time: c.time[i]!,
    open: c.open[i]!,
    high: c.high[i]!,
    low: c.low[i]!,
    close: c.close[i]!,
    volume: c.volume[i]!,
  }
}
