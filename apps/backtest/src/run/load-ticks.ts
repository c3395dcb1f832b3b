import {
  type BarSeries,
  InputError,
  type InstrumentSpec,
  type QuoteSeries,
  type TradeSeries,
  formatInstant,
} from '@onetape/core'
import { type TickOptions, importQuotes, importTrades } from '@onetape/market-data'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { flagError } from '../flag/flag-error.ts'
import type { DataFlags } from '../run-flags.ts'
import { shown } from '@onetape/strategies'

/** Quotes and trades of a run; orders of an instrument that has any match on them instead of its bars. */
export interface LoadedTicks {
  readonly quotes?: readonly QuoteSeries[]
  readonly trades?: readonly TradeSeries[]
  /** How many rows were of no use. */
  readonly notices: readonly string[]
}

/**
 * Loads the files that `--quotes` and `--trades` name, for the instruments whose bars were loaded.
 * @throws {InputError} `data.*`, `usage.flag`
 */
export function loadTicks(flags: DataFlags, base: string, bars: readonly BarSeries[]): LoadedTicks {
  if ((flags.quotes ?? flags.trades) !== undefined && flags.data === undefined)
    throw new InputError('usage.flag', 'Quotes and trades go with bars of your own: --data is missing.', {
      place: flags.quotes === undefined ? '--trades' : '--quotes',
    })
  const instruments = new Map(bars.map(({ instrument }) => [instrument.symbol, instrument]))
  const notices: string[] = []
  const read = <S extends QuoteSeries | TradeSeries>(
    flag: '--quotes' | '--trades',
    given: string | undefined,
    load: (path: string, options: TickOptions) => S & { readonly skipped: number },
    unused: string,
  ): readonly S[] | undefined => {
    if (given === undefined) return undefined
    const found = new Map<string, S[]>()
    const skipped = new Map<string, number>()
    const { paths, isFolder } = filesOf(flag, given, base)
    for (const path of paths) {
      const spec = instrumentOf(path, instruments, isFolder ? undefined : flag)
      if (spec === undefined) continue
      const series = load(path, { instrument: spec, zone: flags.zone, name: shown(path, base) })
      skipped.set(spec.symbol, (skipped.get(spec.symbol) ?? 0) + series.skipped)
      found.set(spec.symbol, [...(found.get(spec.symbol) ?? []), series])
    }
    if (found.size === 0)
      throw new InputError(
        'data.symbol',
        `There is no file of ${[...instruments.keys()].slice(0, 5).join(', ')} in "${given}".`,
        { place: flag, hint: 'Name files after their symbols: AAPL.csv, AAPL_2024-03-28.csv.gz.' },
      )
    for (const [symbol, rows] of skipped) if (rows > 0) notices.push(`${symbol}: ${rows} rows in "${given}" ${unused}.`)
    return [...found.values()].map(joined)
  }
  const quotes = read(
    '--quotes',
    flags.quotes,
    importQuotes,
    'made no quote of their own: one side missing, crossed, or no change',
  )
  const trades = read(
    '--trades',
    flags.trades,
    importTrades,
    'are marked suspicious or have no size, and were left out',
  )
  return { ...(quotes === undefined ? {} : { quotes }), ...(trades === undefined ? {} : { trades }), notices }
}

/** In a folder that holds both kinds, `AAPL_quote.csv` and `AAPL_trade.csv` are told apart by their names. */
function filesOf(
  flag: '--quotes' | '--trades',
  given: string,
  base: string,
): { readonly paths: readonly string[]; readonly isFolder: boolean } {
  const path = resolve(base, given)
  if (!existsSync(path)) throw new InputError('data.missing', `There is no file or folder "${given}".`, { place: flag })
  if (!statSync(path).isDirectory()) return { paths: [path], isFolder: false }
  const other = flag === '--quotes' ? /^trades?$/i : /^quotes?$/i
  const names = readdirSync(path).filter(
    (name) => /\.(csv|txt|tsv)(\.gz)?$/i.test(name) && !wordsOf(name).some((word) => other.test(word)),
  )
  return { paths: names.toSorted().map((name) => join(path, name)), isFolder: true }
}

/**
 * The instrument whose symbol is a word of the file's name. A single file that names no symbol (`ticks.csv`) is that of
 * a single instrument.
 */
function instrumentOf(
  path: string,
  instruments: ReadonlyMap<string, InstrumentSpec>,
  single: string | undefined,
): InstrumentSpec | undefined {
  const words = wordsOf(path)
  const named = [...instruments.values()].find(({ symbol }) =>
    words.some((word) => word.toUpperCase() === symbol.toUpperCase()),
  )
  if (named !== undefined || single === undefined) return named
  const namesAnother = words.some((word) => /^[A-Z][A-Z.]{0,5}$/.test(word))
  if (instruments.size === 1 && !namesAnother) return [...instruments.values()][0]
  throw flagError(single, `a file named after one of ${[...instruments.keys()].join(', ')}`, basename(path))
}

/** `IBM_20131007_quote.csv.gz` as IBM, 20131007, quote. */
function wordsOf(path: string): readonly string[] {
  return basename(path)
    .replace(/(\.(csv|txt|tsv))?(\.gz)?$/i, '')
    .split(/[_\-\s]/)
}

/** Files of one instrument, one behind the other. */
function joined<S extends QuoteSeries | TradeSeries>(parts: readonly S[]): S {
  const inOrder = parts.filter(({ length }) => length > 0).toSorted((a, b) => firstTime(a) - firstTime(b))
  const [first, ...rest] = inOrder
  if (first === undefined || rest.length === 0) return first ?? parts[0]!
  for (const [i, part] of rest.entries()) {
    const before = inOrder[i]!
    if (firstTime(part) < before.columns.time.at(-1)!)
      throw new InputError(
        'data.overlap',
        `Expected files that follow each other, found ${formatInstant(firstTime(part))} before the end of ${before.source}.`,
        { place: part.source },
      )
  }
  const length = inOrder.reduce((sum, part) => sum + part.length, 0)
  const columns = Object.fromEntries(
    Object.keys(first.columns).map((name) => {
      const column = new Float64Array(length)
      let at = 0
      for (const part of inOrder) {
        column.set((part.columns as unknown as Record<string, Float64Array>)[name]!, at)
        at += part.length
      }
      return [name, column]
    }),
  )
  return { ...first, length, columns: columns as unknown as S['columns'] }
}

function firstTime({ columns }: QuoteSeries | TradeSeries): number {
  return columns.time[0]!
}
