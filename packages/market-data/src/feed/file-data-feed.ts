import { statSync } from 'node:fs'
import { basename } from 'node:path'
import {
  type BarInterval,
  type BarSeries,
  type ConnectionState,
  type CorporateAction,
  didYouMean,
  type HistoryRequest,
  type IDataFeed,
  InputError,
  instrument,
  type InstrumentSpec,
  intervalMs,
  isSessionInterval,
  type LatestData,
  type MarketEvent,
  type QuoteSeries,
  type Subscribable,
  type TradeSeries,
} from '@onetape/core'
import { readActions } from '../actions/read-actions.ts'
import { aggregate } from '../aggregate/aggregate.ts'
import { BarFile } from '../bars/bar-file.ts'
import { mayHold, parseFileName, sameSymbol } from '../bars/file-name.ts'
import { requireFile } from '../csv/source-bytes.ts'
import type { ImportOptions } from '../bars/import-options.ts'
import { importQuotes, importTrades } from '../ticks/import-ticks.ts'
import { contentOf, type DataFile, DataFolder, withInterval } from './data-folder.ts'
import { joinSeries } from './join-series.ts'
import { sliceSeries } from './slice-series.ts'

/** Where a {@link FileDataFeed} finds its data, and how it reads them. */
export interface FileFeedOptions {
  /** A folder whose files are named after their symbols, or hold a column of symbols. */
  readonly folder?: string | undefined
  /** Files by symbol; several of one symbol are joined. */
  readonly files?: Readonly<Record<string, string | readonly string[]>> | undefined
  /** One file: of the symbol that its name holds, of any symbol under a name like `data.csv`, or with a column of them. */
  readonly file?: string | undefined
  /** Options of every import. */
  readonly import?: Omit<ImportOptions, 'symbol' | 'instrument' | 'name'> | undefined
  /** Fields of instruments that are not those of a US stock. */
  readonly instruments?: Readonly<Record<string, Partial<Omit<InstrumentSpec, 'symbol'>>>> | undefined
  /** A file of corporate actions, for raw prices without any beside them (see `readActions`). */
  readonly actions?: string | undefined
  /** Make longer bars of shorter ones when the interval asked for is not there. Default true. */
  readonly aggregate?: boolean | undefined
}

const NOT_LIVE = 'It holds recorded data: ask for them with getHistoricalData, or take a live feed.'

/** Recorded data in files, behind the port that live data come through. Nothing is read before it is asked for. */
export class FileDataFeed implements IDataFeed {
  readonly mode = 'cached'
  /** Emits nothing: a file has no next bar. */
  readonly events: Subscribable<MarketEvent> = { subscribe: () => ({ unsubscribe: () => undefined }) }
  readonly connection: Subscribable<ConnectionState> = {
    subscribe: (observer) => {
      observer.next('connected')
      return { unsubscribe: () => undefined }
    },
  }
  readonly #options: FileFeedOptions
  readonly #place: string
  #folder: DataFolder | undefined
  #fileIsShared: boolean | undefined
  readonly #barFiles = new Map<string, BarFile>()
  readonly #series = new Map<string, BarSeries>()

  /** @throws {InputError} `data.folder` when there is no such folder, or neither folder nor files are given */
  constructor(options: FileFeedOptions) {
    this.#options = options
    this.#place =
      options.folder ??
      Object.values(options.files ?? {})
        .flat()
        .join(', ')
    if (options.folder !== undefined) this.#folder = new DataFolder(options.folder)
    else if (options.file !== undefined) requireFile(options.file)
    else if (options.files === undefined)
      throw new InputError('data.folder', 'Expected a folder or files of data, found neither.')
  }

  /** Symbols that can be asked for, sorted. Files with a column of symbols are read for it. */
  get symbols(): readonly string[] {
    const shared = this.#sharedFiles().flatMap(([, file]) => file.symbols)
    const own = [...(this.#folder?.symbols() ?? []), ...Object.keys(this.#options.files ?? {})]
    const { file } = this.#options
    if (file !== undefined && !this.#isShared(file)) own.push(parseFileName(file).symbol ?? basename(file))
    return [...new Set([...own, ...shared])].toSorted()
  }

  /**
   * Bars from files, or made of shorter ones.
   *
   * @throws {InputError} `data.symbol`, `data.interval`, `data.range_empty`, and those of `importBars`
   */
  async getHistoricalData(request: HistoryRequest): Promise<BarSeries> {
    return sliceSeries(this.#load(request.symbol, request.interval), request.from, request.to)
  }

  async getMultipleSymbols(
    symbols: readonly string[],
    request: Omit<HistoryRequest, 'symbol'>,
  ): Promise<readonly BarSeries[]> {
    return await Promise.all(symbols.map((symbol) => this.getHistoricalData({ ...request, symbol })))
  }

  /** @throws {InputError} `data.symbol` */
  async getTickerInfo(symbol: string): Promise<InstrumentSpec> {
    const loaded = [...this.#series.values()].find(
      (series) => sameSymbol(series.instrument.symbol) === sameSymbol(symbol),
    )
    return (loaded ?? this.#first(symbol)).instrument
  }

  /**
   * Quotes of a symbol from files that are named so (`SPY_quote.csv`, `IBM_20131007_quote.csv`), or the one file given.
   *
   * @throws {InputError} `data.symbol`, and those of `importQuotes`
   */
  getQuotes(symbol: string, day?: string): QuoteSeries {
    return importQuotes(this.#tickFile(symbol, 'quotes', day), { instrument: this.#spec(symbol) })
  }

  /** Trades of a symbol, as `getQuotes`. */
  getTrades(symbol: string, day?: string): TradeSeries {
    return importTrades(this.#tickFile(symbol, 'trades', day), { instrument: this.#spec(symbol) })
  }

  /** @throws {InputError} `data.not_live`, always: see `mode` */
  async subscribe(symbol: string, interval: BarInterval): Promise<void> {
    throw new InputError('data.not_live', `Expected a live feed for ${symbol} ${interval}, found a feed of files.`, {
      place: this.#place,
      hint: NOT_LIVE,
    })
  }

  async unsubscribe(_symbol: string, _interval: BarInterval): Promise<void> {}

  /** Nothing and stale: what is recorded is not the state of a market. */
  latest(_symbol: string): LatestData {
    return { bar: undefined, quote: undefined, receivedAt: NaN, stale: true }
  }

  /** Looks at the folder again and forgets what was read. */
  async reconnect(): Promise<void> {
    this.#barFiles.clear()
    this.#series.clear()
    if (this.#options.folder !== undefined) this.#folder = new DataFolder(this.#options.folder)
  }

  #load(symbol: string, interval: BarInterval): BarSeries {
    const key = `${sameSymbol(symbol)} ${interval}`
    const known = this.#series.get(key)
    if (known !== undefined) return known
    const candidates = this.#candidates(symbol)
    const parts = this.#parts(withInterval(candidates, interval), symbol).filter((part) => part.interval === interval)
    const series =
      parts.length > 0
        ? this.#withActions(joinSeries(parts, parts.length === 1 ? parts[0]!.source : this.#place), candidates)
        : this.#fromShorter(symbol, interval, candidates)
    this.#series.set(key, series)
    return series
  }

  /** Files of bars that may hold the symbol; throws when there are none. */
  #candidates(symbol: string): readonly DataFile[] {
    const found = this.#given(symbol) ?? this.#inFolder(symbol)
    if (found.length > 0) return found
    throw new InputError('data.symbol', `Expected data of the symbol "${symbol}", found none.`, {
      place: this.#place,
      hint: nearSymbols(symbol, this.symbols),
    })
  }

  #given(symbol: string): readonly DataFile[] | undefined {
    const { file, files } = this.#options
    const entry = Object.entries(files ?? {}).find(([name]) => sameSymbol(name) === sameSymbol(symbol))
    if (entry !== undefined) return [entry[1]].flat().map((path) => dataFile(path, entry[0]))
    if (file === undefined || this.#isShared(file) || !mayHold(file, symbol)) return undefined
    return [dataFile(file, symbol.toUpperCase())]
  }

  #inFolder(symbol: string): readonly DataFile[] {
    const named = this.#folder?.of(symbol, 'bars') ?? []
    if (named.length > 0) return named
    return this.#sharedFiles()
      .filter(([, file]) => file.symbols.some((known) => sameSymbol(known) === sameSymbol(symbol)))
      .map(([path]) => dataFile(path, undefined))
  }

  #parts(files: readonly DataFile[], symbol: string): BarSeries[] {
    return files.map((file) => {
      const bars = this.#barFile(file.path, file.symbol ?? symbol)
      return bars.series(file.symbol === undefined ? symbol : bars.symbols.length > 1 ? symbol : bars.symbols[0])
    })
  }

  #barFile(path: string, symbol?: string): BarFile {
    const spec = symbol === undefined ? undefined : this.#fields(symbol)
    const key = spec === undefined ? path : `${path} ${symbol}`
    let file = this.#barFiles.get(key)
    if (file === undefined) {
      file = new BarFile(path, { ...this.#options.import, symbol, instrument: spec })
      this.#barFiles.set(key, file)
    }
    return file
  }

  /** Files with a column of symbols. */
  #sharedFiles(): readonly (readonly [path: string, file: BarFile])[] {
    const { file } = this.#options
    const paths = file !== undefined && this.#isShared(file) ? [file] : (this.#folder?.shared() ?? [])
    return paths.map((path) => [path, this.#barFile(path)])
  }

  #isShared(path: string): boolean {
    this.#fileIsShared ??= contentOf(path) === 'shared'
    return this.#fileIsShared
  }

  #fields(symbol: string): Partial<Omit<InstrumentSpec, 'symbol'>> | undefined {
    return Object.entries(this.#options.instruments ?? {}).find(
      ([name]) => sameSymbol(name) === sameSymbol(symbol),
    )?.[1]
  }

  #fromShorter(symbol: string, interval: BarInterval, files: readonly DataFile[]): BarSeries {
    const wanted = intervalMs(interval)
    const byLength = new Map<BarInterval, BarSeries[]>()
    for (const part of this.#parts(files, symbol))
      byLength.set(part.interval, [...(byLength.get(part.interval) ?? []), part])
    const fitting = [...byLength.keys()]
      .filter(
        (length) => intervalMs(length) < wanted && (isSessionInterval(interval) || wanted % intervalMs(length) === 0),
      )
      .toSorted((a, b) => intervalMs(b) - intervalMs(a))[0]
    if (fitting === undefined || this.#options.aggregate === false)
      throw new InputError(
        'data.interval',
        `Expected bars of ${interval} of ${symbol}, found ${[...byLength.keys()].join(', ')}.`,
        {
          place: this.#place,
          hint: `Ask for ${[...byLength.keys()].join(' or ')}${this.#options.aggregate === false ? ', or allow aggregation' : ''}.`,
        },
      )
    return aggregate(this.#load(symbol, fitting), interval)
  }

  #withActions(series: BarSeries, candidates: readonly DataFile[]): BarSeries {
    if (series.prices !== 'raw' || series.actions.length > 0) return series
    const { symbol } = series.instrument
    const beside =
      this.#folder
        ?.of(symbol, 'actions')
        .filter(({ interval }) => interval === undefined || interval === series.interval) ?? []
    const path = this.#options.actions ?? beside[0]?.path
    if (path === undefined || candidates.length === 0) return series
    const actions: readonly CorporateAction[] = readActions(path, { symbol, calendar: series.instrument.calendar })
    return { ...series, actions }
  }

  #first(symbol: string): BarSeries {
    const file = this.#candidates(symbol)[0]!
    return this.#parts([file], symbol)[0]!
  }

  #spec(symbol: string): InstrumentSpec {
    return instrument(symbol.toUpperCase(), this.#fields(symbol) ?? {})
  }

  #tickFile(symbol: string, kind: 'quotes' | 'trades', day: string | undefined): string {
    const files = this.#folder?.of(symbol, kind).filter((file) => day === undefined || file.day === day) ?? []
    if (files.length === 1) return files[0]!.path
    const days = files.flatMap((file) => file.day ?? [])
    throw new InputError(
      files.length === 0 ? 'data.symbol' : 'data.ambiguous',
      `Expected one file of ${kind} of ${symbol}${day === undefined ? '' : ` on ${day}`}, found ${files.length}.`,
      { place: this.#place, hint: days.length > 0 ? `Give the day: ${days.join(', ')}.` : undefined },
    )
  }
}

function dataFile(path: string, symbol: string | undefined): DataFile {
  return { ...parseFileName(path), path, symbol }
}

function nearSymbols(symbol: string, known: readonly string[]): string {
  const hint = didYouMean(symbol, known)
  return hint.startsWith('Did') || known.length <= 30
    ? hint
    : `There are ${known.length} symbols, such as ${known.slice(0, 10).join(', ')}.`
}

/**
 * A feed over recorded data: a folder, one file (of one symbol or of many), or options that say more.
 *
 * @throws {InputError} `data.folder` or `data.file` when there is no such place
 * @example
 * const feed = fileFeed('prices')
 * const bars = await feed.getHistoricalData({ symbol: 'AAPL', interval: '1d' })
 */
export function fileFeed(
  source: string | FileFeedOptions,
  options: Omit<FileFeedOptions, 'folder' | 'file' | 'files'> = {},
): FileDataFeed {
  if (typeof source !== 'string') return new FileDataFeed(source)
  const folder = statSync(source, { throwIfNoEntry: false })?.isDirectory() === true
  return new FileDataFeed(folder ? { ...options, folder: source } : { ...options, file: source })
}
