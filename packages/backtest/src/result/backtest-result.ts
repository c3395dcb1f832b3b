import {
  type Figures,
  type Interval,
  type IntervalKey,
  type SessionNav,
  type SummaryInput,
  figureIntervals,
  navAtSessionCloses,
  summarize,
} from '@onetape/analytics'
import { type Session, calendar } from '@onetape/calendar'
import {
  type BarSeries,
  type DenialCode,
  type EpochMs,
  MS_PER_DAY,
  type QuoteSeries,
  type TradeSeries,
  type Usd,
  seededRandom,
} from '@onetape/core'
import { Booking, type Engine, type EngineResult, type LogLine } from '@onetape/engine'
import type { BacktestOptions } from '../options.ts'
import { type ResolvedOptions, optionsInForce } from '../run/resolved-options.ts'
import type { SimulatedExecution } from '../venue/simulated-execution.ts'
import { buyAndHold } from './benchmark.ts'
import { type RunCosts, costsOf } from './costs.ts'
import { netExposure } from './net-exposure.ts'
import { noticesOf, warningsOf } from './notices.ts'
import {
  type BookingRecord,
  type FillRecord,
  type OrderRecord,
  bookingRecords,
  fillRecords,
  orderRecords,
} from './records.ts'
import { lotsOf } from './lots.ts'
import { type OpenPosition, type TradeResult, tradesOf } from './trades.ts'

/** Version of the layout of {@link BacktestResult.toJSON}. */
export const RESULT_SCHEMA = 'onetape.result/1'

/** What a result knows of its strategies. */
export interface StrategyInfo {
  readonly id: string
  readonly name: string
  readonly params: Readonly<Record<string, string | number | boolean>>
  readonly allocation: number
}

/** What a result knows of its quotes and trades. */
export interface TickInfo {
  readonly symbol: string
  readonly kind: 'quotes' | 'trades'
  readonly count: number
  readonly source: string
}

/** NAV at session closes, from one session before the first, with buy and hold on the same grid. */
export interface SessionSeries extends SessionNav {
  readonly benchmark: Float64Array | undefined
  readonly benchmarkSymbol: string | undefined
}

export interface RunCounts {
  /** Bars taken in, and quotes and trades where there are any. */
  readonly bars: number
  readonly orders: number
  readonly fills: number
  readonly denied: number
  /** Bars in which several exits were reached and a rule decided which filled. */
  readonly ambiguousBars: number
  /** Auction orders filled at an official price, and at the first or last price of the session instead. */
  readonly officialAuctionFills: number
  readonly unofficialAuctionFills: number
}

/** The outcome of one run. Records are made when they are first read; the columns behind them are there at once. */
export class BacktestResult {
  readonly tapeHash: string
  readonly strategies: readonly StrategyInfo[]
  readonly symbols: readonly string[]
  /** First and last knowable time. */
  readonly from: EpochMs
  readonly to: EpochMs
  /** Equity after every knowable time. USD. */
  readonly equity: { readonly time: Float64Array; readonly equity: Float64Array }
  readonly initialCash: Usd
  readonly finalEquity: Usd
  readonly finalCash: Usd
  readonly totalFees: Usd
  readonly options: ReturnType<typeof optionsInForce>
  readonly counts: RunCounts
  /** Denied orders by code. */
  readonly denials: Readonly<Partial<Record<DenialCode, number>>>
  readonly warmUp: EngineResult['warmUp']
  /** What the reader has to know before comparing the figures; {@link warnings} are among them. */
  readonly notices: readonly string[]
  /** What no live account could have done. */
  readonly warnings: readonly string[]
  readonly log: readonly LogLine[]
  readonly data: readonly BarSeries[]
  /** Quotes and trades that were given. */
  readonly ticks: readonly TickInfo[]
  readonly #engine: Engine
  readonly #given: BacktestOptions<any>
  readonly #resolved: ResolvedOptions
  readonly #sessions: readonly Session[]
  #fills: readonly FillRecord[] | undefined
  #orders: readonly OrderRecord[] | undefined
  #bookings: readonly BookingRecord[] | undefined
  #trades: ReturnType<typeof tradesOf> | undefined
  #nav: SessionSeries | undefined
  #figures: Figures | undefined
  #intervals: Readonly<Record<IntervalKey, Interval>> | undefined
  #costs: RunCosts | undefined
  #exposure: Float64Array | undefined

  constructor(parts: {
    engine: Engine
    execution: SimulatedExecution
    run: EngineResult
    given: BacktestOptions<any>
    resolved: ResolvedOptions
    strategies: readonly StrategyInfo[]
    data: readonly BarSeries[]
  }) {
    const { engine, execution, run, given, resolved } = parts
    this.#engine = engine
    this.#given = given
    this.#resolved = resolved
    this.tapeHash = run.tapeHash
    this.strategies = parts.strategies
    this.symbols = engine.instruments.map((i) => i.symbol)
    this.data = parts.data
    this.ticks = [...ticksOf('quotes', given.quotes), ...ticksOf('trades', given.trades)]
    this.from = run.times[0] ?? NaN
    this.to = run.times.at(-1) ?? NaN
    this.equity = { time: run.times, equity: run.equity }
    this.initialCash = resolved.cash
    this.finalEquity = run.equity.at(-1) ?? resolved.cash
    this.finalCash = engine.ledger.cash
    this.totalFees = engine.ledger.fees
    this.options = optionsInForce(given, resolved)
    const { log } = engine.ledger
    let fills = 0
    for (let row = 0; row < log.count; row++) if (log.kind[row] === Booking.fill) fills++
    this.counts = {
      bars: run.events,
      orders: engine.flow.table.count,
      fills,
      denied: [...engine.flow.denials.values()].reduce((a, b) => a + b, 0),
      ambiguousBars: execution.ambiguousBars,
      officialAuctionFills: execution.officialFills,
      unofficialAuctionFills: execution.unofficialFills,
    }
    this.denials = Object.fromEntries(engine.flow.denials)
    this.warmUp = run.warmUp
    this.log = run.log
    this.warnings = warningsOf(resolved)
    this.notices = [...run.notices, ...this.warnings, ...noticesOf(engine, resolved, parts.data)]
    this.#sessions = sessionsOf(engine, run)
  }

  /** Every fill, in order. */
  get fills(): readonly FillRecord[] {
    return (this.#fills ??= fillRecords(this.#engine))
  }

  /** Every order, denied ones included, in order of placement. */
  get orders(): readonly OrderRecord[] {
    return (this.#orders ??= orderRecords(this.#engine))
  }

  /** Dividends, splits, interest and other bookings that are no trades. */
  get bookings(): readonly BookingRecord[] {
    return (this.#bookings ??= bookingRecords(this.#engine))
  }

  /** Closed round trips, in order of their end. */
  get trades(): readonly TradeResult[] {
    return this.#roundTrips.trades
  }

  get openPositions(): readonly OpenPosition[] {
    return this.#roundTrips.open
  }

  get #roundTrips(): ReturnType<typeof tradesOf> {
    const made = this.#resolved.lots === 'fifo' ? lotsOf : tradesOf
    return (this.#trades ??= made(this.#engine))
  }

  /** NAV at each session's close. */
  get nav(): SessionSeries {
    if (this.#nav === undefined) {
      const nav = navAtSessionCloses(this.equity.time, this.equity.equity, this.#sessions, this.initialCash)
      const series = this.#benchmark
      this.#nav = {
        ...nav,
        benchmark: series === undefined ? undefined : buyAndHold(series, nav.time, this.initialCash),
        benchmarkSymbol: series?.instrument.symbol,
      }
    }
    return this.#nav
  }

  /** Buy and hold of the benchmark at each time of {@link equity}; undefined without one. USD. */
  get benchmarkEquity(): Float64Array | undefined {
    const series = this.#benchmark
    if (series === undefined) return undefined
    // As in `nav`, it begins with the cash one session before the first.
    const grid = new Float64Array(this.equity.time.length + 1)
    grid[0] = this.nav.time[0] ?? NaN
    grid.set(this.equity.time, 1)
    return buyAndHold(series, grid, this.initialCash).subarray(1)
  }

  get #benchmark(): BarSeries | undefined {
    const { benchmark } = this.#given
    return benchmark === false ? undefined : (benchmark ?? this.data[0])
  }

  /** The table of figures in the chosen convention; `FIGURES` of analytics describes them. */
  get figures(): Figures {
    return (this.#figures ??= summarize(this.#summaryInput()))
  }

  /**
   * 95 % confidence intervals of the figures that depend on returns, by stationary block bootstrap from the run's seed:
   * the same run has the same intervals. Not in {@link toJSON}: it takes a thousand resampled runs to make them.
   */
  get intervals(): Readonly<Record<IntervalKey, Interval>> {
    return (this.#intervals ??= figureIntervals(this.#summaryInput(), { random: seededRandom(this.#resolved.seed) }))
  }

  #summaryInput(): SummaryInput {
    const { nav } = this
    return {
      navTime: nav.time,
      nav: nav.nav,
      trades: this.trades,
      openTrades: this.openPositions,
      traded: this.#traded(),
      periodsPerYear: this.periodsPerYear,
      riskFree: this.#resolved.riskFree,
      benchmark: nav.benchmark,
      convention: this.#resolved.convention,
    }
  }

  /** What the run paid, by kind. */
  get costs(): RunCosts {
    return (this.#costs ??= costsOf(this.#engine, this.#resolved.fees))
  }

  /** Value of all positions over equity at each time of {@link equity}, longs less shorts. */
  get exposure(): Float64Array {
    return (this.#exposure ??= netExposure(this.#engine, this.equity.time, this.equity.equity))
  }

  get periodsPerYear(): number {
    return this.#given.periodsPerYear ?? calendar(this.#engine.instruments[0]!.calendar).sessionsPerYear
  }

  /** Value bought and sold over the run. */
  #traded(): Usd {
    const { log } = this.#engine.ledger
    let sum = 0
    for (let row = 0; row < log.count; row++)
      if (log.kind[row] === Booking.fill)
        sum +=
          Math.abs(log.quantity[row]! * log.price[row]!) * this.#engine.instruments[log.instrument[row]!]!.multiplier
    return sum
  }

  /** What `result.json` holds. Times are epoch milliseconds UTC, money USD; NaN and Infinity become null. */
  toJSON(): Record<string, unknown> {
    return {
      schema: RESULT_SCHEMA,
      tapeHash: this.tapeHash,
      strategies: this.strategies,
      symbols: this.symbols,
      data: this.data.map((s) => ({
        symbol: s.instrument.symbol,
        interval: s.interval,
        bars: s.length,
        prices: s.prices,
        source: s.source,
      })),
      ticks: this.ticks,
      from: this.from,
      to: this.to,
      initialCash: this.initialCash,
      finalEquity: this.finalEquity,
      finalCash: this.finalCash,
      totalFees: this.totalFees,
      costs: this.costs,
      figures: this.figures,
      convention: this.#resolved.convention,
      periodsPerYear: this.periodsPerYear,
      options: Object.fromEntries(Object.entries(this.options).map(([name, { value }]) => [name, value])),
      counts: this.counts,
      denials: this.denials,
      warmUp: this.warmUp,
      notices: this.notices,
      trades: this.trades,
      openPositions: this.openPositions,
      workingOrders: this.orders.filter((o) => o.state === 'working' || o.state === 'parked'),
      fills: this.fills,
      bookings: this.bookings,
      nav: {
        time: Array.from(this.nav.time),
        nav: Array.from(this.nav.nav),
        benchmark: this.nav.benchmark === undefined ? null : Array.from(this.nav.benchmark),
      },
      log: this.log,
    }
  }
}

function ticksOf(kind: TickInfo['kind'], series: readonly (QuoteSeries | TradeSeries)[] = []): readonly TickInfo[] {
  return series.map(({ instrument, length, source }) => ({ symbol: instrument.symbol, kind, count: length, source }))
}

function sessionsOf(engine: Engine, run: EngineResult): readonly Session[] {
  const first = run.times[0]
  const last = run.times.at(-1)
  if (first === undefined || last === undefined) return []
  const cal = calendar(engine.instruments[0]!.calendar)
  // Ten days reach over every row of closed days, so the session before the first one is there.
  const low = cal.toUtc(cal.firstDate, '00:00')
  return cal.sessions(Math.max(low, first - 10 * MS_PER_DAY), last + 1)
}
