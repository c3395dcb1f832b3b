import { type EpochMs, InputError, MS_PER_DAY, type QuoteSeries, type TradeSeries } from '@onetape/core'
import { calendar } from '@onetape/calendar'
import { BarGrid } from './bar-grid.ts'
import { FIVE_SECONDS, type MarketBar } from './five-seconds.ts'
import { type Listing, makeListing } from './listing.ts'
import { type Market, rowAt } from './market.ts'
import type { MarketTick, StandingQuote } from './quote.ts'

/** Recorded trades of one stock, with its quotes where there are any. */
export interface RecordedTicks {
  readonly trades: TradeSeries
  readonly quotes?: QuoteSeries | undefined
}

/**
 * A market that plays recorded trades and quotes; bars are made of the trades.
 * @throws {InputError} `simulator.series` without a trade
 */
export function tickMarket(recorded: readonly RecordedTicks[]): Market {
  if (recorded.length === 0 || recorded.some(({ trades }) => trades.length === 0))
    throw new InputError('simulator.series', 'Expected recorded trades, found none.')
  const listings = recorded.map(({ trades: { instrument } }, i) =>
    makeListing(i, instrument, calendar(instrument.calendar)),
  )
  const of = (listing: Listing): RecordedTicks => recorded[listing.index]!

  /** Adds the trades in `[from, to)` to a grid, by the five seconds in which they happened. */
  const collect = (listing: Listing, grid: BarGrid, from: EpochMs, to: EpochMs, useRth: boolean): void => {
    const { time, price, size } = of(listing).trades.columns
    for (let i = rowAt(time, from - 1) + 1; i < time.length && time[i]! < to; i++) {
      if (useRth && !listing.calendar.isOpen(time[i]!)) continue
      const start = Math.floor(time[i]! / FIVE_SECONDS) * FIVE_SECONDS
      grid.add(start, price[i]!, price[i]!, price[i]!, price[i]!, size[i]!)
    }
  }

  const bars: Market['bars'] = (listing, intervalMs, from, to, useRth, limit) => {
    const grid = new BarGrid(intervalMs, listing.calendar, limit)
    collect(listing, grid, from, to, useRth)
    return grid.result()
  }

  return {
    listings,
    matching: 'ticks',
    start: Math.floor(Math.min(...recorded.map((r) => r.trades.columns.time[0]!)) / FIVE_SECONDS) * FIVE_SECONDS,
    fiveSeconds: (listing, time) => bars(listing, FIVE_SECONDS, time, time + FIVE_SECONDS, false, 1)[0],
    ticks(listing, time) {
      const { trades, quotes } = of(listing)
      const found: MarketTick[] = []
      for (let i = rowAt(trades.columns.time, time - 1) + 1; i < trades.length; i++) {
        const at = trades.columns.time[i]! - time
        if (at >= FIVE_SECONDS) break
        found.push({ at, trade: { price: trades.columns.price[i]!, size: trades.columns.size[i]! }, quote: undefined })
      }
      if (quotes === undefined) return found
      for (let i = rowAt(quotes.columns.time, time - 1) + 1; i < quotes.length; i++) {
        const at = quotes.columns.time[i]! - time
        if (at >= FIVE_SECONDS) break
        found.push({ at, trade: undefined, quote: quoteRow(quotes, i) })
      }
      // Of one moment the quotes come first: a trade happens at a quote that stands.
      return found.toSorted((a, b) => a.at - b.at || Number(a.quote === undefined) - Number(b.quote === undefined))
    },
    nextStep(time) {
      const step = Math.ceil(time / FIVE_SECONDS) * FIVE_SECONDS
      let next = Infinity
      for (const { trades, quotes } of recorded)
        for (const times of [trades.columns.time, ...(quotes === undefined ? [] : [quotes.columns.time])]) {
          // From the five seconds before, whose bar ends here.
          const first = times[rowAt(times, step - FIVE_SECONDS - 1) + 1]
          if (first !== undefined)
            next = Math.min(next, Math.max(step, Math.floor(first / FIVE_SECONDS) * FIVE_SECONDS))
        }
      return next
    },
    barEnding: () => undefined,
    bars,
    dailyBars(listing, from, to) {
      const days: MarketBar[] = []
      for (const session of listing.calendar.sessions(Math.max(from, of(listing).trades.columns.time[0]!), to)) {
        if (session.open < from) continue
        const [bar] = bars(listing, MS_PER_DAY, session.open, Math.min(session.close, to), true, 1)
        if (bar !== undefined) days.push({ ...bar, time: session.open })
      }
      return days
    },
    earliest: (listing) => of(listing).trades.columns.time[0]!,
    lastPrice(listing, time) {
      const { columns } = of(listing).trades
      return columns.price[rowAt(columns.time, time)] ?? Number.NaN
    },
  }
}

function quoteRow({ columns }: QuoteSeries, i: number): StandingQuote {
  return {
    bid: columns.bid[i]!,
    ask: columns.ask[i]!,
    bidSize: columns.bidSize[i]!,
    askSize: columns.askSize[i]!,
  }
}
