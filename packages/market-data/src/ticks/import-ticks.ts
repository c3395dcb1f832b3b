import { calendar, parseZone } from '@onetape/calendar'
import {
  type BarInterval,
  formatInstant,
  InputError,
  instrument,
  type InstrumentSpec,
  intervalMs,
  type QuoteSeries,
  type TradeSeries,
} from '@onetape/core'
import { detectInterval } from '../bars/detect-interval.ts'
import { parseFileName } from '../bars/file-name.ts'
import { type ColumnName, plainName } from '../csv/column-names.ts'
import { datedTimes } from '../csv/dated-times.ts'
import { detectLayout, type Layout, requireColumns } from '../csv/layout.ts'
import { parseTable, type Table } from '../csv/parse-table.ts'
import { RowProblems } from '../csv/row-problems.ts'
import { type CsvSource, readSource } from '../csv/source-bytes.ts'
import { wallOrNaN } from '../csv/time-cell.ts'
import { mergeSides } from './merge-sides.ts'

/** How a file of quotes or trades is to be read. Everything left out is taken from the file. */
export interface TickOptions {
  /** By default from the file's name. */
  readonly symbol?: string | undefined
  readonly instrument?: InstrumentSpec | undefined
  /** Zone of times that name none; by default that of the instrument's calendar. */
  readonly zone?: string | undefined
  /** Date `YYYY-MM-DD` of a file that gives only times of day; by default from its name (`IBM_20131007_trade.csv`). */
  readonly date?: string | undefined
  /** Length of the bars of a file of quote bars; by default the steps between the rows tell. */
  readonly interval?: BarInterval | undefined
  /** What messages call the file; by default its path. */
  readonly name?: string | undefined
}

export interface ImportedQuotes extends QuoteSeries {
  /** Rows without a use: one side missing, crossed (bid above ask), or no change. */
  readonly skipped: number
}

export interface ImportedTrades extends TradeSeries {
  /** Rows that the vendor marks as suspicious, or of size 0. */
  readonly skipped: number
}

/**
 * Best bid and ask of the market from a CSV file, with both sides in a row or one by one. Quote bars (`bid_close`, `ask_close`, as Lean stores them) count from the **end** of
 * their bar, when they are known.
 *
 * @throws {InputError} `data.*` with file, line and column
 */
export function importQuotes(source: CsvSource, options: TickOptions = {}): ImportedQuotes {
  const file = open(source, options, ['bid', 'ask', 'bidSize', 'askSize'], [])
  const { table, name, layout } = file
  let { time } = file
  if (plainName(layout.header[layout.column('bid')] ?? '') === 'bidclose') {
    const interval = options.interval ?? detectInterval(time)
    if (interval === undefined)
      throw new InputError('data.interval', 'Expected steps of seconds or minutes between the quotes, found none.', {
        place: name,
        hint: "Give the length of the bars: interval: '1m'.",
      })
    const length = intervalMs(interval)
    time = time.map((t) => t + length)
  }
  const number = (column: ColumnName): Float64Array => table.numbers.get(column)!
  const rows = { time, bid: number('bid'), ask: number('ask'), bidSize: number('bidSize'), askSize: number('askSize') }
  const columns = mergeSides(rows)
  const length = columns.time.length
  return { instrument: file.spec, length, columns, source: name, skipped: table.length - length }
}

/**
 * Trades from a CSV file; those that the vendor marks as suspicious are left out.
 *
 * @throws {InputError} `data.*` with file, line and column
 */
export function importTrades(source: CsvSource, options: TickOptions = {}): ImportedTrades {
  const { table, time, name, spec } = open(source, options, ['price', 'size'], ['suspicious'])
  const price = table.numbers.get('price')!
  const size = table.numbers.get('size')!
  const suspicious = table.numbers.get('suspicious')
  const columns = {
    time: new Float64Array(time.length),
    price: new Float64Array(time.length),
    size: new Float64Array(time.length),
  }
  let n = 0
  for (let i = 0; i < time.length; i++) {
    if (!(size[i]! > 0) || (suspicious !== undefined && suspicious[i] !== 0)) continue
    columns.time[n] = time[i]!
    columns.price[n] = price[i]!
    columns.size[n++] = size[i]!
  }
  return {
    instrument: spec,
    length: n,
    columns: { time: columns.time.slice(0, n), price: columns.price.slice(0, n), size: columns.size.slice(0, n) },
    source: name,
    skipped: time.length - n,
  }
}

interface TickFile {
  readonly table: Table
  readonly layout: Layout
  readonly time: Float64Array
  readonly name: string
  readonly spec: InstrumentSpec
}

function open(
  source: CsvSource,
  options: TickOptions,
  needed: readonly ColumnName[],
  optional: readonly ColumnName[],
): TickFile {
  const file = readSource(source, options.name)
  const { name } = file
  const layout = detectLayout(file)
  requireColumns(layout, ['stamp', ...needed], name)
  const problems = new RowProblems(name)
  const msOfDay = plainName(layout.header[layout.column('stamp')] ?? '') === 'mssincemidnight'
  const numbers = [...needed, ...optional]
  const table = parseTable(file.bytes, layout, { numbers, dateOrder: 'mdy', decimal: '.', msOfDay }, problems)
  for (const column of needed) noteNegative(table, column, problems)
  problems.throwFirst()
  if (table.length === 0)
    throw new InputError('data.empty', 'Expected rows of data, found only a header.', { place: name })

  const fileName = parseFileName(typeof source === 'string' ? source : name)
  const spec = options.instrument ?? instrument(options.symbol ?? fileName.symbol ?? 'UNKNOWN')
  const { time: raw, kind } = datedTimes(table, options.date ?? fileName.day, name)
  const zone = parseZone(options.zone ?? calendar(spec.calendar).timeZone)
  const time = kind === 'instant' ? raw : raw.map((wall) => wallOrNaN(zone, wall))
  for (let i = 0; i < time.length; i++)
    if (!(time[i]! >= (i === 0 ? -8.64e15 : time[i - 1]!)))
      throw new InputError(
        'data.unsorted',
        `Expected times that never go back, found ${formatInstant(time[i]!)} after ${formatInstant(time[i - 1] ?? NaN)}.`,
        { place: `${name}:${table.line[i]!}` },
      )
  return { table, layout, time, name, spec }
}

function noteNegative(table: Table, column: ColumnName, problems: RowProblems): void {
  const values = table.numbers.get(column)!
  for (let i = 0; i < values.length; i++)
    if (!(values[i]! >= 0))
      problems.add(table.line[i]!, 'data.price', `Expected ${column} >= 0, found ${values[i]!}.`, column)
}
