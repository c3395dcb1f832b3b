import { basename, dirname } from 'node:path'
import type { BarInterval } from '@onetape/core'

/** What a path says about the file: each part is undefined where it says nothing. */
export interface FileName {
  readonly symbol: string | undefined
  readonly interval: BarInterval | undefined
  readonly kind: 'bars' | 'quotes' | 'trades' | 'actions'
  /** `YYYY-MM-DD`, of files that hold one day. */
  readonly day: string | undefined
}

const DATA_FILE = /\.(csv|txt|tsv)(\.gz)?$/i
const INTERVALS: ReadonlyMap<string, BarInterval> = new Map<string, BarInterval>([
  ['second', '1s'],
  ['minute', '1m'],
  ['hour', '1h'],
  ['hourly', '1h'],
  ['daily', '1d'],
  ['day', '1d'],
  ['weekly', '1w'],
  ['week', '1w'],
])
const KINDS: ReadonlyMap<string, FileName['kind']> = new Map<string, FileName['kind']>([
  ['quote', 'quotes'],
  ['quotes', 'quotes'],
  ['trades', 'trades'],
  ['ticks', 'trades'],
  ['tick', 'trades'],
])
// Only beside `tick` is Lean's word `trade` a file of single trades; with bars it says that they are not of quotes.
const TRADE = 'trade'

/** True for the names of files that could hold prices. */
export function isDataFile(path: string): boolean {
  return DATA_FILE.test(path)
}

/**
 * Reads symbol, interval and kind from names like `AAPL.csv`, `aapl_1m.csv.gz`, `AAPL/2024.csv`, `1d/AAPL.csv`,
 * `DA-AAPL-T-2021-04-21.csv`, `spy.us.txt`, `IBM_20131007_trade.csv`, `WIKI-ORCL-2000-quandl.csv`.
 */
export function parseFileName(path: string): FileName {
  const stem = basename(path).replace(DATA_FILE, '')
  const folders = dirname(path)
    .split(/[/\\]/)
    .filter((part) => part !== '' && part !== '.')
    .toReversed()
  const vendor = /^(?:DA|WIKI|NT|QUANDL|YAHOO)-(?<symbol>[A-Za-z0-9.^=]+(?:-[A-Za-z])??)(?:-T)?-\d{4}/i.exec(stem)
  const words = stem.split('_')
  const wordsAll = words.map((word) => word.toLowerCase())
  const interval =
    firstOf(wordsAll.slice(1), intervalOf) ?? intervalOf(wordsAll[0] ?? '') ?? firstOf(folders.slice(0, 2), intervalOf)
  const day = firstOf(words, dayOf)
  const tick = folders[0]?.toLowerCase() === 'tick' || day !== undefined
  const actions = wordsAll.length > 1 && wordsAll.slice(1, -1).every((word) => intervalOf(word) !== undefined)
  const kind =
    actions && wordsAll.at(-1) === 'actions'
      ? 'actions'
      : (firstOf(wordsAll, (word) => KINDS.get(word)) ??
        (wordsAll.includes(TRADE) && tick && interval === undefined ? 'trades' : 'bars'))
  const lead = vendor?.groups?.['symbol'] ?? (words[0] ?? '').replace(/-\d{4}(-.*)?$/, '').replace(/\.us$/i, '')
  const own = isSymbol(lead)
    ? lead
    : folders.slice(0, 2).find((folder) => intervalOf(folder.toLowerCase()) === undefined && isSymbol(folder))
  return { symbol: own?.toUpperCase(), interval, kind, day }
}

const ANY_SYMBOL =
  /^(data|prices?|bars?|ohlcv?|history|historical|export|download|input|sample|stock|quotes?|daily|minute|hourly|\d+)$/

/** True when the file's name holds the symbol, or none: `orcl-2000-yahoofinance.csv` may hold ORCL, `data.csv` any. */
export function mayHold(path: string, symbol: string): boolean {
  const stem = basename(path).replace(DATA_FILE, '')
  const words = stem.toLowerCase().split(/[_\-. ]+/)
  const { symbol: named } = parseFileName(path)
  if (named === undefined || words.every((word) => ANY_SYMBOL.test(word))) return true
  return sameSymbol(named) === sameSymbol(symbol) || words.includes(symbol.toLowerCase())
}

/** Upper case, with one sign for the share class: `brk.b`, `BRK/B` and `BRK-B` are the same. */
export function sameSymbol(symbol: string): string {
  return symbol.trim().toUpperCase().replace(/[/.]/g, '-')
}

function isSymbol(word: string): boolean {
  return (
    /^[A-Za-z^][A-Za-z0-9.^=-]*$/.test(word) &&
    intervalOf(word.toLowerCase()) === undefined &&
    !KINDS.has(word.toLowerCase()) &&
    word.toLowerCase() !== TRADE
  )
}

function intervalOf(word: string): BarInterval | undefined {
  const named = INTERVALS.get(word)
  if (named !== undefined) return named
  const match = /^([1-9]\d{0,2})(s|sec|m|min|h|hour|d|day|w)$/.exec(word)
  return match === null ? undefined : (`${Number(match[1])}${match[2]![0] as 's' | 'm' | 'h' | 'd' | 'w'}` as const)
}

function dayOf(word: string): string | undefined {
  const match = /^((?:19|20)\d{2})-?(0[1-9]|1[0-2])-?(0[1-9]|[12]\d|3[01])$/.exec(word)
  return match === null ? undefined : `${match[1]}-${match[2]}-${match[3]}`
}

function firstOf<T>(words: readonly string[], read: (word: string) => T | undefined): T | undefined {
  for (const word of words) {
    const found = read(word)
    if (found !== undefined) return found
  }
  return undefined
}
