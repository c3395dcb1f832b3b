import { didYouMean, InputError } from '@onetape/core'
import { type ColumnName, findColumn, plainName } from './column-names.ts'
import { type SourceBytes, shorten } from './source-bytes.ts'

/** How the rows of one file are laid out. */
export interface Layout {
  /** Byte between cells: comma, semicolon, tab or bar. */
  readonly delimiter: number
  /** Names of the columns as the file has them; made up when it has no header. */
  readonly header: readonly string[]
  readonly hasHeader: boolean
  /** Column of each meaning, −1 where there is none. */
  readonly column: (name: ColumnName) => number
  /** Offset of the first row of data, and its line, counted from 1. */
  readonly start: number
  readonly line: number
  /** What prices are to be divided by: 10,000 in files of Lean as it stores them, else 1. */
  readonly priceDivisor: number
  /** JSON object after `# onetape` in a comment line before the header: what `writeBars` noted. */
  readonly note: string | undefined
}

const DELIMITERS = [',', ';', '\t', '|'] as const

/**
 * Finds delimiter and header of a file, or its layout when it has no header.
 *
 * @throws {InputError} `data.columns` when there is neither, `data.empty` when only a header
 */
export function detectLayout({ bytes, name }: SourceBytes): Layout {
  let { from, start, line, text } = nextLine(bytes, 0, 1)
  let note: string | undefined
  while (text.trim() === '' || text.startsWith('#')) {
    if (text.startsWith('# onetape ')) note = text.slice('# onetape '.length)
    if (start >= bytes.length) throw new InputError('data.empty', 'Expected rows of data, found none.', { place: name })
    ;({ from, start, line, text } = nextLine(bytes, start, line))
  }
  const delimiter = DELIMITERS.reduce((best, sign) => (count(text, sign) > count(text, best) ? sign : best), ',')
  const cells = splitLine(text, delimiter)
  const hasHeader = cells.filter((cell) => /^[+-]?[\d.]+$/.test(cell.trim())).length < 2
  if (!hasHeader) {
    const unheaded = headerless(cells, delimiter, `${name}:${line - 1}`)
    return { ...unheaded, delimiter: delimiter.charCodeAt(0), start: from, line: line - 1, note }
  }
  let header = cells
  // yfinance writes three header lines: Price,Close,… / Ticker,AAPL,… / Date,,…
  const second = nextLine(bytes, start, line)
  if (plainName(cells[0] ?? '') === 'price' && /^ticker/i.test(second.text)) {
    const third = nextLine(bytes, second.start, second.line)
    header = ['Date', ...cells.slice(1)]
    start = third.start
    line = third.line
  }
  const columns = new Map<ColumnName, number>()
  const column = (wanted: ColumnName): number => {
    let index = columns.get(wanted)
    if (index === undefined) columns.set(wanted, (index = findColumn(header, wanted)))
    return index
  }
  return { delimiter: delimiter.charCodeAt(0), header, hasHeader, column, start, line, priceDivisor: 1, note }
}

/** Index of the time-of-day column of a file that splits date and time, or −1. */
export function clockColumn(layout: Layout): number {
  const clock = layout.column('clock')
  const stamp = layout.column('stamp')
  return clock === stamp || plainName(layout.header[stamp] ?? '') !== 'date' ? -1 : clock
}

/**
 * The columns that must be there.
 *
 * @throws {InputError} `data.columns` naming the missing ones, what was found, and what a misspelt one may mean
 */
export function requireColumns(layout: Layout, names: readonly ColumnName[], source: string): void {
  const missing = names.filter((name) => layout.column(name) < 0)
  if (missing.length === 0) return
  const shown = missing.map((name) => (name === 'stamp' ? 'date or time' : name))
  const unknown = layout.header.filter((cell) => cell.trim() !== '')
  const near = unknown.find((cell) => didYouMean(plainName(cell), missing).startsWith('Did you'))
  throw new InputError(
    'data.columns',
    `Expected a column for ${shown.join(', ')}, found the columns ${shorten(layout.header.join(', '))}.`,
    {
      place: `${source}:${layout.line - (layout.hasHeader ? 1 : 0)}`,
      hint:
        near === undefined
          ? 'The first line must name the columns, such as date,open,high,low,close,volume.'
          : `Column "${near.trim()}": did you mean "${missing.find((name) => didYouMean(plainName(near), [name]).startsWith('Did you'))}"?`,
    },
  )
}

/** NinjaTrader, Lean as stored, MetaTrader and the like: [symbol,] date [, time], open, high, low, close [, volume]. */
function headerless(
  cells: readonly string[],
  delimiter: string,
  place: string,
): Pick<Layout, 'header' | 'hasHeader' | 'column' | 'priceDivisor'> {
  const first = cells.map((cell) => cell.trim())
  const symbol = /^[A-Za-z^]/.test(first[0] ?? '')
  const clock = /^\d{1,2}:\d{2}(:\d{2})?(\.\d+)?$/.test(first[symbol ? 2 : 1] ?? '')
  const names: ColumnName[] = ['stamp', 'open', 'high', 'low', 'close', 'volume']
  if (clock) names.splice(1, 0, 'clock')
  if (symbol) names.unshift('symbol')
  if (first.length < names.length - 1 || first.length > names.length + 1)
    throw new InputError(
      'data.columns',
      `Expected a header or rows of date, open, high, low, close, volume, found ${shorten(cells.join(delimiter))}.`,
      { place, hint: 'Add a first line that names the columns, such as date,open,high,low,close,volume.' },
    )
  const prices = first.slice(names.indexOf('open'), names.indexOf('close') + 1)
  const lean = /^(\d{8} \d{2}:\d{2}|\d{1,8})$/.test(first[0] ?? '') && delimiter === ','
  return {
    header: first.map((_, i) => (names[i] === 'stamp' ? 'date' : (names[i] ?? `column ${i + 1}`))),
    hasHeader: false,
    column: (wanted) => {
      const index = names.indexOf(wanted)
      return index < first.length ? index : -1
    },
    priceDivisor: lean && prices.every((cell) => /^\d+$/.test(cell)) ? 10_000 : 1,
  }
}

interface Line {
  readonly from: number
  /** Offset behind the line, and the number of the next line. */
  readonly start: number
  readonly line: number
  readonly text: string
}

function nextLine(bytes: Uint8Array, from: number, line: number): Line {
  let to = from
  while (to < bytes.length && bytes[to] !== 10 && bytes[to] !== 13) to++
  const end = bytes[to] === 13 && bytes[to + 1] === 10 ? to + 2 : Math.min(to + 1, bytes.length)
  return {
    from,
    start: end,
    line: line + 1,
    text: new TextDecoder().decode(bytes.subarray(from, Math.min(to, from + 10_000))),
  }
}

function count(text: string, sign: string): number {
  return text.split(sign).length - 1
}

/** Cells of one line; a quoted cell may hold the delimiter. */
export function splitLine(text: string, delimiter: string): string[] {
  const cells: string[] = []
  let cell = ''
  let quoted = false
  for (const sign of text) {
    if (sign === '"') quoted = !quoted
    else if (sign === delimiter && !quoted) {
      cells.push(cell)
      cell = ''
    } else cell += sign
  }
  cells.push(cell)
  return cells
}
