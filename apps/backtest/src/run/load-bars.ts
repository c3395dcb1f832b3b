import {
  type BarInterval,
  type BarSeries,
  InputError,
  type InstrumentSpec,
  didYouMean,
  instrument,
  intervalMs,
  isInputError,
  nearestWord,
} from '@onetape/core'
import {
  FileDataFeed,
  type ImportOptions,
  type ImportedBars,
  aggregate,
  importAllBars,
  sampleFeed,
} from '@onetape/market-data'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { flagError } from '../flag/flag-error.ts'
import type { DataFlags } from '../run-flags.ts'
import { shown } from '@onetape/strategies'
import { type LoadedTicks, loadTicks } from './load-ticks.ts'

/** Prices of a run, bars in the order of the symbols asked for, and what the reader has to know about them. */
export interface LoadedBars {
  readonly series: readonly BarSeries[]
  /** `false` for none, undefined for the library's choice. */
  readonly benchmark: BarSeries | false | undefined
  readonly ticks: Omit<LoadedTicks, 'notices'>
  readonly notices: readonly string[]
}

/** Where bars come from: one symbol and interval at a time. */
interface Source {
  readonly symbols: readonly string[]
  /** The interval to take when none is asked for. */
  natural(symbol: string): Promise<BarInterval>
  load(symbol: string, interval: BarInterval): Promise<BarSeries>
}

/**
 * Loads what the flags ask for. All bars are loaded, also those before `--from`: they warm up the indicators.
 *
 * @param wanted intervals that the strategy declares, for when no flag names any
 * @throws {InputError} `data.*`, `usage.flag`
 */
export async function loadBars(
  flags: DataFlags,
  base: string,
  wanted: readonly BarInterval[] = [],
): Promise<LoadedBars> {
  if (typeof flags.from === typeof flags.to && flags.from! > flags.to!)
    throw flagError('--to', `a moment after --from ${flags.from}`, String(flags.to))
  const source = sourceOf(flags, base)
  const symbols = flags.symbols ?? source.symbols
  if (flags.data === undefined) {
    checkSampled('--symbols', symbols, source.symbols)
    if (flags.benchmark !== undefined && flags.benchmark !== 'none')
      checkSampled('--benchmark', [flags.benchmark], source.symbols)
  }
  if (symbols.length === 0)
    throw new InputError('data.empty', 'Expected files of bars, found none.', {
      place: flags.data,
      hint: 'Quotes and trades come beside bars, with --quotes and --trades.',
    })
  const intervals = flags.interval ?? (wanted.length > 0 ? wanted : [await source.natural(symbols[0]!)])
  const series: BarSeries[] = []
  for (const symbol of symbols)
    for (const interval of intervals) series.push(withFields(await source.load(symbol, interval), flags.instrument))
  const benchmark =
    flags.benchmark === undefined || flags.benchmark === 'none'
      ? flags.benchmark === 'none'
        ? (false as const)
        : undefined
      : (series.find((each) => each.instrument.symbol === flags.benchmark) ??
        (await source.load(flags.benchmark, intervals[0]!)))
  const { notices, ...ticks } = loadTicks(flags, base, series)
  return { series, benchmark, ticks, notices: [...series.flatMap(leftOut), ...notices] }
}

function sourceOf(flags: DataFlags, base: string): Source {
  const { calendar, zone, stamp, sort, onBadRow, offSession } = flags
  const options: ImportOptions = { calendar, zone, stamp, sort, onBadRow, offSession }
  if (flags.data === undefined) {
    const given = Object.entries(options).find(([, value]) => value !== undefined)
    if (given !== undefined)
      throw new InputError('usage.flag', `Flags that say how files are read need --data, found "${given[0]}".`)
    return ofFeed(sampleFeed(), 'sample')
  }
  const path = resolve(base, flags.data)
  if (!existsSync(path)) throw missing(flags.data, path)
  const short = shown(path, base)
  if (!statSync(path).isDirectory()) return ofFile(path, short, options, flags)
  const folder = base === process.cwd() ? short || '.' : path // messages name files as the user does
  const exact = new FileDataFeed({ folder, import: options, aggregate: false })
  return ofFeed(new FileDataFeed({ folder, import: options }), undefined, exact)
}

/** @throws {InputError} `data.symbol` for what the bundled sample has no bars of */
function checkSampled(flag: string, wanted: readonly string[], known: readonly string[]): void {
  const unknown = wanted.find((symbol) => !known.includes(symbol.toUpperCase()))
  if (unknown !== undefined)
    throw new InputError('data.symbol', `The bundled sample has ${known.join(', ')} alone, found "${unknown}".`, {
      place: flag,
      hint: 'Name your own prices with --data: a CSV file, or a folder with one for each symbol.',
    })
}

function missing(given: string, path: string): InputError {
  let names: readonly string[] = []
  try {
    names = readdirSync(dirname(path))
  } catch {
    // the folder is not there either
  }
  const near = nearestWord(basename(path), names)
  return new InputError('data.missing', `There is no file or folder "${given}".`, {
    place: '--data',
    hint: near === undefined ? undefined : `Did you mean "${near}"?`,
  })
}

/** Lengths that are looked for in a folder, the most common first. */
const COMMON: readonly BarInterval[] = ['1d', '1m', '5m', '1h', '15m', '30m', '10m', '2m', '3m', '4h', '1s', '5s', '1w']

/**
 * @param name stands in the result for the path, which differs between machines
 * @param exact the same without making longer bars of shorter ones: for finding out what is there
 */
function ofFeed(feed: FileDataFeed, name?: string, exact: FileDataFeed = feed): Source {
  return {
    get symbols() {
      return feed.symbols
    },
    async natural(symbol) {
      let last: unknown
      for (const interval of COMMON)
        try {
          await exact.getHistoricalData({ symbol, interval })
          return interval
        } catch (error) {
          if (!isInputError(error) || error.code !== 'data.interval') throw error
          last = error
        }
      throw last
    },
    async load(symbol, interval) {
      if (name === undefined) return await feed.getHistoricalData({ symbol, interval })
      if (interval !== '1d')
        throw new InputError('data.interval', `The bundled sample has bars of 1d alone, found "${interval}".`, {
          place: '--interval',
          hint: 'Name your own prices with --data.',
        })
      return { ...(await feed.getHistoricalData({ symbol, interval })), source: name }
    },
  }
}

/** A file of one symbol or of many, read once. */
function ofFile(
  path: string,
  short: string,
  options: ImportOptions,
  { symbols, benchmark = 'none' }: DataFlags,
): Source {
  const wanted = symbols && [...new Set([...symbols, ...(benchmark === 'none' ? [] : [benchmark])])]
  const read = (interval?: BarInterval): ReadonlyMap<string, BarSeries> =>
    renamed(importAllBars(path, { ...options, name: short, interval }, wanted), short, symbols)
  let found: ReadonlyMap<string, BarSeries> | undefined
  const bars = (symbol: string, interval?: BarInterval): BarSeries => {
    if (found === undefined)
      try {
        found = read()
      } catch (error) {
        if (!isInputError(error) || error.code !== 'data.interval' || interval === undefined) throw error
        found = read(interval)
      }
    const series = found.get(symbol)
    if (series !== undefined) return series
    throw new InputError('data.symbol', `There is no symbol "${symbol}" in the file.`, {
      place: short,
      hint: didYouMean(symbol, [...found.keys()].slice(0, 100)),
    })
  }
  return {
    get symbols() {
      found ??= read()
      return [...found.keys()]
    },
    natural: async (symbol) => bars(symbol).interval,
    async load(symbol, interval) {
      const series = bars(symbol, interval)
      if (series.interval === interval) return series
      if (intervalMs(series.interval) < intervalMs(interval)) return aggregate(series, interval)
      throw new InputError('data.interval', `Expected bars of ${interval} or shorter, found ${series.interval}.`, {
        place: short,
        hint: `Leave --interval out, or ask for ${series.interval} or longer.`,
      })
    },
  }
}

/**
 * A file that names no symbol (`prices.csv`) takes the one that is asked for. `AAPL.csv` does name one, as does a column
 * of symbols: what they hold is not passed off as something else.
 */
function renamed(
  found: ReadonlyMap<string, ImportedBars>,
  short: string,
  symbols: readonly string[] | undefined,
): ReadonlyMap<string, BarSeries> {
  const [only] = [...found.values()]
  const asked = symbols?.[0]
  if (only === undefined || found.size > 1 || asked === undefined || symbols?.length !== 1 || found.has(asked))
    return found
  const { symbol } = only.instrument
  const file = basename(short)
  const isNamed = file.includes(symbol) || !file.toUpperCase().includes(symbol)
  if (isNamed && symbol !== 'UNKNOWN') return found
  const actions = only.actions.map((action) => ({ ...action, symbol: asked }))
  return new Map([[asked, { ...only, actions, instrument: { ...only.instrument, symbol: asked } }]])
}

function withFields(series: BarSeries, fields: DataFlags['instrument']): BarSeries {
  if (fields === undefined) return series
  const { symbol, ...own } = series.instrument
  const spec: InstrumentSpec = instrument(symbol, { ...own, ...fields })
  return { ...series, instrument: spec }
}

/** What an import left out because it was told to. */
function leftOut(series: BarSeries): string[] {
  const { badRows = 0, offSessionRows = 0 } = (series as Partial<ImportedBars>).report ?? {}
  const notices: string[] = []
  if (badRows > 0) notices.push(`${rows(badRows)} of ${series.source} could not be and were left out.`)
  if (offSessionRows > 0)
    notices.push(`${rows(offSessionRows)} of ${series.source} on days without trading were left out.`)
  return notices
}

function rows(count: number): string {
  return count === 1 ? '1 row' : `${count} rows`
}
