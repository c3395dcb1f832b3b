import {
  type Bar,
  type BarInterval,
  type BarRecord,
  type BarSeries,
  barSeries,
  type BarValues,
  type ConnectionState,
  type EpochMs,
  formatInstant,
  type HistoryRequest,
  type IDataFeed,
  InputError,
  type Instrument,
  type InstrumentId,
  type InstrumentSpec,
  type LatestData,
  type MarketEvent,
  type Quote,
} from '@onetape/core'
import { type Observable, Subject } from 'rxjs'
import { isIbkrError } from '../code/ibkr-error.ts'
import { ContractBook, type ResolvedContract } from '../contract/contract-book.ts'
import type { RequestEvent } from '../session/tws-events.ts'
import type { TwsSession } from '../session/tws-session.ts'
import { BarCache } from './bar-cache.ts'
import { BarChannel } from './bar-channel.ts'
import type { TradingHours } from './bar-span.ts'
import { type HistoryKind, type HistoryProgress, HistoryReader } from './history-reader.ts'
import { MarketStream, type StreamKind } from './market-stream.ts'
import { TickReader } from './tick-reader.ts'

/** How a feed behaves; nothing is needed for US stocks in regular hours. */
export interface IbkrDataFeedOptions {
  /** Contracts, shared with the broker. */
  readonly contracts?: ContractBook | undefined
  /** The run's instrument of a symbol, for `latest`. Without it bars carry instruments with the id −1. */
  readonly instrument?: ((symbol: string) => Instrument | undefined) | undefined
  /** Default `regular`. */
  readonly hours?: TradingHours | undefined
  /** Default `TRADES`. */
  readonly show?: HistoryKind | undefined
  /** Quotes as events too: each symbol then takes a market-data line, of which a login has 100. Default false. */
  readonly quotes?: boolean | undefined
  /** Symbols that get their bars from five-second bars; those beyond get them from ticks. Default 50, TWS' limit. */
  readonly realTimeBars?: number | undefined
  /** How long after its end a bar waits for its last part. Default 1,500 ms. */
  readonly graceMs?: number | undefined
  /** Deadline of one request for history. Default 60,000 ms. */
  readonly historyMs?: number | undefined
  /** Told after each part of a download. */
  readonly onProgress?: ((progress: HistoryProgress) => void) | undefined
  /** The zone of times without one: that of the gateway's login. Default `America/New_York`. */
  readonly timeZone?: string | undefined
}

interface Line {
  readonly stream: MarketStream
  readonly channels: Map<BarInterval, BarChannel>
  quotes: MarketStream | undefined
}

/** New five-second streams that TWS takes within ten minutes. */
const NEW_BARS = { most: 60, ms: 600_000 }

/** Bars and quotes of TWS, live and of the past. */
export class IbkrDataFeed implements IDataFeed {
  readonly events: Observable<MarketEvent>
  readonly connection: Observable<ConnectionState>
  readonly #session: TwsSession
  readonly #options: IbkrDataFeedOptions
  readonly #contracts: ContractBook
  readonly #history: HistoryReader
  readonly #cache = new BarCache()
  readonly #events = new Subject<MarketEvent>()
  readonly #lines = new Map<string, Line>()
  readonly #opening = new Map<string, Promise<ResolvedContract>>()
  readonly #quotes = new Map<string, Omit<Quote, 'instrument'>>()
  readonly #counts = new Map<string, number>()
  /** Symbols that have five-second bars. */
  readonly #barSymbols = new Set<string>()
  #newBars: EpochMs[] = []
  #onlineUntil: EpochMs = NaN

  constructor(session: TwsSession, options: IbkrDataFeedOptions = {}) {
    this.#session = session
    this.#options = options
    this.#contracts = options.contracts ?? new ContractBook(session)
    this.#history = new HistoryReader(session, this.#contracts, {
      hours: options.hours ?? 'regular',
      show: options.show ?? 'TRADES',
      timeoutMs: options.historyMs ?? 60_000,
      zone: options.timeZone ?? 'America/New_York',
      onProgress: options.onProgress,
    })
    this.events = this.#events.asObservable()
    this.connection = session.connection
    session.states.subscribe(({ kind }) => {
      if (kind === 'online') this.#onlineUntil = NaN
      else if (Number.isNaN(this.#onlineUntil)) this.#onlineUntil = session.now()
    })
  }

  /** `cached` while the gateway or its servers cannot be reached: history then comes from the last 1,000 bars. */
  get mode(): 'live' | 'cached' {
    return this.#session.state.kind === 'online' ? 'live' : 'cached'
  }

  /**
   * Finished bars. While there is no connection those of the last 1,000 that fit, and `source` says that they are stale.
   *
   * @throws {IbkrError} of the contract, the request or the link
   * @throws {InputError} `ibkr.interval` for a length that cannot be had
   */
  async getHistoricalData(request: HistoryRequest): Promise<BarSeries> {
    try {
      const series = await this.#history.read(request)
      const from = Math.max(0, series.length - 1_000)
      for (let i = from; i < series.length; i++) this.#cache.add(request.symbol, request.interval, rowOf(series, i))
      return series
    } catch (error) {
      const cached = isIbkrError(error) && error.code === 'ibkr.link' ? this.#cached(request) : undefined
      if (cached === undefined) throw error
      return cached
    }
  }

  async getMultipleSymbols(
    symbols: readonly string[],
    request: Omit<HistoryRequest, 'symbol'>,
  ): Promise<readonly BarSeries[]> {
    return await Promise.all(symbols.map((symbol) => this.getHistoricalData({ ...request, symbol })))
  }

  /** @throws {IbkrError} `ibkr.200` for a symbol that TWS does not know, `ibkr.contract` for one that it knows twice */
  async getTickerInfo(symbol: string): Promise<InstrumentSpec> {
    return (await this.#contracts.resolve(symbol)).instrument
  }

  /** When TWS' data of a symbol begins. */
  async getFirstTime(symbol: string): Promise<EpochMs> {
    return await this.#history.firstTime(symbol)
  }

  /**
   * Bars of the interval as events from now on, also over losses of the connection: what was missed comes late, from
   * history. The bar in which the subscription falls comes from history too.
   *
   * @throws {IbkrError} of the contract
   * @throws {InputError} `ibkr.interval`
   */
  async subscribe(symbol: string, interval: BarInterval): Promise<void> {
    const opening = this.#opening.get(symbol) ?? this.#contracts.resolve(symbol)
    this.#opening.set(symbol, opening)
    let resolved: ResolvedContract
    try {
      resolved = await opening
    } finally {
      this.#opening.delete(symbol)
    }
    const line = this.#lines.get(symbol)
    if (line?.channels.has(interval) === true) return
    const channel = this.#channel(symbol, interval, resolved)
    if (line === undefined) this.#lines.set(symbol, this.#open(symbol, resolved, interval, channel))
    else {
      line.channels.set(interval, channel)
      channel.began()
    }
  }

  async unsubscribe(symbol: string, interval: BarInterval): Promise<void> {
    const line = this.#lines.get(symbol)
    line?.channels.get(interval)?.close()
    line?.channels.delete(interval)
    if (line === undefined || line.channels.size > 0) return
    line.stream.close()
    line.quotes?.close()
    this.#lines.delete(symbol)
    this.#barSymbols.delete(symbol)
  }

  /** The newest bar of what is subscribed, and the last quote. */
  latest(symbol: string): LatestData {
    const line = this.#lines.get(symbol)
    const newest = [...(line?.channels.keys() ?? [])]
      .flatMap((interval) => {
        const values = this.#cache.of(symbol, interval).at(-1)
        return values === undefined ? [] : [{ interval, values }]
      })
      .toSorted((a, b) => b.values.end - a.values.end)[0]
    const quote = this.#quotes.get(symbol)
    const instrument = this.#instrument(symbol)
    return {
      bar:
        newest === undefined || instrument === undefined
          ? undefined
          : { ...this.#bar(symbol, newest.interval, newest.values, false), instrument },
      quote: quote === undefined || instrument === undefined ? undefined : { ...quote, instrument },
      receivedAt: line?.stream.lastAt ?? NaN,
      stale: line?.stream.stale ?? true,
    }
  }

  /** Gives the connection up and waits for a new one. */
  async reconnect(): Promise<void> {
    this.#session.reconnect()
    await this.#session.online()
  }

  #channel(symbol: string, interval: BarInterval, resolved: ResolvedContract): BarChannel {
    return new BarChannel(this.#session, {
      symbol,
      interval,
      resolved,
      hours: this.#options.hours ?? 'regular',
      graceMs: this.#options.graceMs ?? 1_500,
      history: (from, to) => this.#history.read({ symbol, interval, from, to }, to),
      emit: (values, late) => {
        const key = `${symbol} ${interval}`
        this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1)
        this.#cache.add(symbol, interval, values)
        const bar = this.#bar(symbol, interval, values, late)
        this.#events.next({ kind: 'bar', symbol, interval, bar })
      },
    })
  }

  #open(symbol: string, resolved: ResolvedContract, interval: BarInterval, channel: BarChannel): Line {
    const channels = new Map([[interval, channel]])
    const ticks = this.#tickReader(symbol, channels)
    const hours = this.#options.hours ?? 'regular'
    const stream = new MarketStream(this.#session, {
      symbol,
      resolved,
      hours,
      kind: () => this.#kindFor(symbol),
      began: () => {
        for (const one of channels.values()) one.began()
      },
      event: (kind, name, args) => {
        if (kind === 'ticks') ticks.take(name, args)
        else if (name === 'realtimeBar') this.#realTimeBar(symbol, channels, args)
      },
    })
    return { stream, channels, quotes: this.#quoteStream(symbol, resolved, hours) }
  }

  /** Five-second bars as long as TWS gives them, then ticks. */
  #kindFor(symbol: string): StreamKind {
    const now = this.#session.now()
    this.#newBars = this.#newBars.filter((time) => time > now - NEW_BARS.ms)
    const room = this.#barSymbols.has(symbol) || this.#barSymbols.size < (this.#options.realTimeBars ?? 50)
    if (!room || this.#newBars.length >= NEW_BARS.most) {
      const text = `${symbol} gets its bars from ticks: five-second bars are limited to 50 symbols and 60 new ones in ten minutes.`
      this.#session.notify('info', 'ibkr.ticks', text)
      this.#barSymbols.delete(symbol)
      return 'ticks'
    }
    this.#barSymbols.add(symbol)
    this.#newBars.push(now)
    return 'bars'
  }

  #quoteStream(symbol: string, resolved: ResolvedContract, hours: TradingHours): MarketStream | undefined {
    if (this.#options.quotes !== true || !this.#barSymbols.has(symbol)) return undefined
    const reader = this.#tickReader(symbol, new Map())
    return new MarketStream(this.#session, {
      symbol,
      resolved,
      hours,
      kind: () => 'ticks',
      began: () => undefined,
      event: (_kind, name: RequestEvent, args) => reader.take(name, args),
    })
  }

  #tickReader(symbol: string, channels: ReadonlyMap<BarInterval, BarChannel>): TickReader {
    return new TickReader(
      {
        trade: (time, price, size) => {
          for (const channel of channels.values()) channel.trade(time, price, size)
        },
        quote: (quote) => {
          this.#quotes.set(symbol, quote)
          if (this.#options.quotes === true) this.#events.next({ kind: 'quote', symbol, quote })
        },
      },
      () => this.#session.now(),
    )
  }

  /** `time` is the start of the five seconds. */
  #realTimeBar(symbol: string, channels: ReadonlyMap<BarInterval, BarChannel>, args: readonly unknown[]): void {
    const [seconds, open, high, low, close, size, , count] = args.map(Number)
    const time = seconds! * 1000
    const fits = low! > 0 && low! <= open! && open! <= high! && low! <= close! && close! <= high! && high! < Infinity
    if (!fits || !Number.isFinite(time))
      return this.#session.notify(
        'warning',
        'ibkr.bad_bar',
        `A bar of ${symbol} made no sense: ${JSON.stringify(args)}`,
      )
    const volume = size! > 0 && size! < Infinity ? size! : 0
    const piece = { time, end: time + 5_000, open: open!, high: high!, low: low!, close: close!, volume }
    const traded = volume > 0 || count !== 0
    for (const channel of channels.values()) channel.bar(piece, traded)
  }

  #cached(request: HistoryRequest): BarSeries | undefined {
    const bars = this.#cache.within(request.symbol, request.interval, request.from, request.to)
    const instrument = this.#contracts.known(request.symbol)?.instrument
    if (bars.length === 0 || instrument === undefined) return undefined
    const since = Number.isNaN(this.#onlineUntil) ? 'now' : formatInstant(this.#onlineUntil)
    const column = (key: keyof BarValues): Float64Array => Float64Array.from(bars, (bar) => bar[key])
    const [time, end, open, high, low, close, volume] = (
      ['time', 'end', 'open', 'high', 'low', 'close', 'volume'] as const
    ).map(column) as [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array, Float64Array, Float64Array]
    return barSeries({
      instrument,
      interval: request.interval,
      columns: { time, end, open, high, low, close, volume },
      prices: 'split-adjusted',
      source: `ibkr cache of ${request.symbol}, stale: no connection since ${since}`,
    })
  }

  #bar(symbol: string, interval: BarInterval, values: BarValues, late: boolean): Omit<Bar, 'instrument'> {
    const record = (of: BarValues): BarRecord => {
      const instrument = this.#instrument(symbol)
      if (instrument === undefined) throw new InputError('data.symbol', `Expected a known symbol, found ${symbol}.`)
      return { ...of, instrument, interval, late }
    }
    return {
      ...values,
      interval,
      late,
      count: this.#counts.get(`${symbol} ${interval}`) ?? 0,
      copy: () => record(values),
      before: (back) => {
        const bars = this.#cache.of(symbol, interval)
        const at = bars.findIndex(({ time }) => time === values.time) - back
        const found = bars[at]
        if (found !== undefined) return record(found)
        throw new InputError('data.before', `Expected ${back} bars before this one of ${symbol}, found fewer.`)
      },
    }
  }

  #instrument(symbol: string): Instrument | undefined {
    const spec = this.#contracts.known(symbol)?.instrument
    return this.#options.instrument?.(symbol) ?? (spec === undefined ? undefined : { ...spec, id: -1 as InstrumentId })
  }
}

function rowOf({ columns }: BarSeries, i: number): BarValues {
  return {
    time: columns.time[i]!,
    end: columns.end[i]!,
    open: columns.open[i]!,
    high: columns.high[i]!,
    low: columns.low[i]!,
    close: columns.close[i]!,
    volume: columns.volume[i]!,
  }
}
