import { calendar, parseZone, type TradingCalendar } from '@onetape/calendar'
import {
  type BarInterval,
  type BarSeries,
  barSeries,
  didYouMean,
  formatDay,
  formatInstant,
  InputError,
  instrument,
  type InstrumentSpec,
  intervalMs,
  isSessionInterval,
  MS_PER_DAY,
  parseDay,
  type PriceBasis,
} from '@onetape/core'
import { type ColumnName, plainName } from '../csv/column-names.ts'
import { clockColumn, detectLayout, type Layout, requireColumns } from '../csv/layout.ts'
import { parseTable, type Table, takeRows } from '../csv/parse-table.ts'
import { RowProblems } from '../csv/row-problems.ts'
import { datedTimes } from '../csv/dated-times.ts'
import { type CsvSource, readSource } from '../csv/source-bytes.ts'
import { wallOrNaN } from '../csv/time-cell.ts'
import { type BarNote, parseNote } from '../store/bar-note.ts'
import { checkHours } from './check-hours.ts'
import { checkRows, without } from './check-rows.ts'
import { detectInterval } from './detect-interval.ts'
import { detectStamp } from './detect-stamp.ts'
import { type FileName, parseFileName, sameSymbol } from './file-name.ts'
import type { ImportOptions, ImportReport } from './import-options.ts'
import { intradayBars, localMidnights, type PlacedBars, sessionBars } from './place-bars.ts'
import { rowActions } from './row-actions.ts'

/** Bars of a file, with what the import found out. */
export interface ImportedBars extends BarSeries {
  readonly report: ImportReport
}

const FEW = 10 // rows
const NUMBERS: readonly ColumnName[] = ['open', 'high', 'low', 'close', 'volume', 'adjClose', 'dividend', 'split']
const COMMA = 44 // as a byte

/** A file of bars, of one symbol or of many: parsed once, made into series when asked. */
export class BarFile {
  readonly name: string
  readonly #options: ImportOptions
  readonly #layout: Layout
  readonly #table: Table
  readonly #fileName: FileName
  readonly #note: BarNote | undefined
  readonly #rows: number
  readonly #badRows: number
  #rowsOf: Map<string, number[]> | undefined

  /** @throws {InputError} `data.*` for a file that holds no bars, or bad rows unless they are to be dropped */
  constructor(source: CsvSource, options: ImportOptions = {}) {
    const file = readSource(source, options.name)
    this.name = file.name
    this.#options = options
    this.#fileName = parseFileName(typeof source === 'string' ? source : file.name)
    this.#layout = detectLayout(file)
    this.#note = parseNote(this.#layout.note)
    requireColumns(this.#layout, ['stamp', 'open', 'high', 'low', 'close'], this.name)

    const { table, problems } = this.#parse(file.bytes)
    const good = checkRows(table, problems, (options.instrument ?? this.#note?.instrument)?.kind === 'future')
    if (options.onBadRow !== 'drop') problems.throwFirst()
    this.#rows = table.length + problems.count - (good === undefined ? 0 : table.length - good.length)
    this.#badRows = problems.count
    this.#table = good === undefined ? table : takeRows(table, good)
    if (this.#table.length === 0)
      throw new InputError(
        'data.empty',
        `Expected rows of data, found ${problems.count === 0 ? 'only a header' : 'only bad rows'}.`,
        {
          place: this.name,
        },
      )
    divide(this.#table, this.#layout.priceDivisor)
  }

  /** Symbols of the file's own column in order of appearance, or the one that its name or the options give. */
  get symbols(): readonly string[] {
    return this.#table.symbol === undefined ? [this.#ownSymbol()] : this.#table.symbols
  }

  /**
   * The bars of one symbol; it may be left out when there is only one.
   *
   * @throws {InputError} `data.symbol` for one that is not there, `data.*` for times that are not right
   */
  series(symbol?: string): ImportedBars {
    const own = this.#table.symbol
    if (own === undefined) return this.#series(this.#table, symbol ?? this.#ownSymbol())
    const symbols = this.#table.symbols
    const wanted = symbol ?? (symbols.length === 1 ? symbols[0]! : undefined)
    const found = wanted === undefined ? undefined : symbols.find((known) => sameSymbol(known) === sameSymbol(wanted))
    const rows = found === undefined ? undefined : this.#grouped(own).get(found)
    if (found === undefined || rows === undefined)
      throw new InputError(
        'data.symbol',
        `Expected ${wanted === undefined ? 'one symbol' : `the symbol "${wanted}"`}, found ${symbols.length} symbols in the file.`,
        {
          place: this.name,
          hint:
            wanted === undefined
              ? "Give the one that you want: symbol: 'AAPL'."
              : didYouMean(wanted, symbols.slice(0, 2000)).slice(0, 300),
        },
      )
    return this.#series(takeRows(this.#table, Int32Array.from(rows)), found)
  }

  #parse(bytes: Uint8Array): { table: Table; problems: RowProblems } {
    const { dateOrder } = this.#options
    const read = (order: 'mdy' | 'dmy', decimal: '.' | ','): { table: Table; problems: RowProblems } => {
      const problems = new RowProblems(this.name)
      const options = {
        numbers: NUMBERS,
        dateOrder: order,
        decimal,
        msOfDay: isMsOfDay(bytes, this.#layout),
      } as const
      return { table: parseTable(bytes, this.#layout, options, problems), problems }
    }
    let decimal = this.#options.decimal ?? '.'
    let best = read(dateOrder ?? 'mdy', decimal)
    // Where cells are not separated by commas, rows that are bad with a decimal point may be good with a comma.
    if (this.#options.decimal === undefined && best.problems.count > 0 && this.#layout.delimiter !== COMMA) {
      const other = read(dateOrder ?? 'mdy', ',')
      if (other.problems.count < best.problems.count) [best, decimal] = [other, ',']
    }
    if (!best.table.otherOrder || dateOrder !== undefined) return best
    const other = read('dmy', decimal)
    return other.problems.count < best.problems.count ? other : best
  }

  #ownSymbol(): string {
    const { symbol, instrument: given } = this.#options
    return symbol ?? given?.symbol ?? this.#note?.instrument.symbol ?? this.#fileName.symbol ?? 'UNKNOWN'
  }

  #grouped(own: Int32Array): Map<string, number[]> {
    if (this.#rowsOf === undefined) {
      const groups: number[][] = this.#table.symbols.map(() => [])
      for (let i = 0; i < own.length; i++) groups[own[i]!]!.push(i)
      this.#rowsOf = new Map(groups.map((rows, i) => [this.#table.symbols[i]!, rows]))
    }
    return this.#rowsOf
  }

  #series(table: Table, symbol: string): ImportedBars {
    const { options, note, place } = { options: this.#options, note: this.#note, place: this.name }
    const spec = this.#instrument(table, symbol)
    const cal = calendar(spec.calendar)
    const zone = parseZone(options.zone ?? cal.timeZone)
    const { time: raw, kind } = datedTimes(table, options.date ?? this.#fileName.day, place)
    const days = kind === 'day' || allMidnights(raw)
    const instants = days || kind === 'instant' ? raw : raw.map((wall) => wallOrNaN(zone, wall))
    this.#checkCovered(instants, days, table, cal)
    const interval = options.interval ?? note?.interval ?? this.#interval(raw, days)
    if (interval === undefined)
      throw new InputError(
        'data.interval',
        'Expected steps of seconds, minutes, hours, days or weeks between the rows, found none.',
        {
          place,
          hint: "Give the length of the bars: interval: '1m' (--interval 1m).",
        },
      )
    if (days && !isSessionInterval(interval))
      throw new InputError('data.time', `Expected times of day for bars of ${interval}, found only dates.`, {
        place: `${place}:${table.line[0]!}`,
        hint: "Give interval: '1d', or a file with times.",
      })
    const session = isSessionInterval(interval)
    const zoneShown = days ? cal.timeZone : kind === 'instant' ? 'stated' : zone
    // What `writeBars` wrote was checked before, and must come back as it was.
    const ours = note !== undefined
    if (!session && !ours && options.checkHours !== false)
      checkHours(instants, raw, table.numbers.get('volume'), intervalMs(interval), zoneShown, cal, place)

    const length = intervalMs(interval)
    const whole = session && table.end === undefined
    const stamp = whole
      ? 'session'
      : ours || table.end !== undefined
        ? 'start'
        : (options.stamp ?? detectStamp(instants, length, cal))
    const placed = whole
      ? sessionBars(days ? raw : localMidnights(instants, kind === 'wall' ? raw : undefined, cal), interval, cal)
      : ours || session
        ? { time: instants, end: table.end ?? instants.map((t) => t + length), bad: [] }
        : intradayBars(instants, table.end, length, stamp === 'end', cal)
    const kept = this.#inOrder(table, placed, cal)
    const rows = kept.rows
    const taken = rows === undefined ? table : takeRows(table, rows)
    const time = rows === undefined ? placed.time : pick(placed.time, rows)
    const prices = this.#basis()
    return {
      ...barSeries({
        instrument: spec,
        interval,
        columns: {
          time,
          end: rows === undefined ? placed.end : pick(placed.end, rows),
          open: taken.numbers.get('open')!,
          high: taken.numbers.get('high')!,
          low: taken.numbers.get('low')!,
          close: taken.numbers.get('close')!,
          volume: taken.numbers.get('volume') ?? new Float64Array(taken.length),
        },
        prices,
        adjClose: taken.numbers.get('adjClose'),
        actions: prices === 'raw' ? rowActions(taken, time, cal, spec.symbol) : [],
        source: place,
        officialOpenClose:
          options.officialOpenClose ?? note?.officialOpenClose ?? (interval === '1d' && cal.name !== '24/7'),
      }),
      report: {
        rows: this.#rows,
        badRows: this.#badRows + kept.duplicates,
        offSessionRows: kept.offSession,
        zone: zoneShown,
        stamp,
        ignoredColumns: this.#ignoredColumns(),
      },
    }
  }

  /** Of a few rows the file's name says more than their steps. */
  #interval(time: Float64Array, days: boolean): BarInterval | undefined {
    const named = this.#fileName.interval
    if (time.length < FEW && named !== undefined && isSessionInterval(named) === days) return named
    if (days && time.every((t) => t === time[0])) return '1d'
    return detectInterval(time) ?? named
  }

  #instrument(table: Table, symbol: string): InstrumentSpec {
    const { symbol: _, ...given } = { ...this.#note?.instrument, ...this.#options.instrument }
    const hasVolume = table.numbers.get('volume')?.some((value) => value > 0) ?? false
    return instrument(symbol, { calendar: this.#options.calendar ?? 'XNYS', hasVolume, ...given })
  }

  #checkCovered(instants: Float64Array, days: boolean, table: Table, cal: TradingCalendar): void {
    // A day's margin, because the bars that end or begin there are looked up as well.
    const from = days ? parseDay(cal.firstDate) * MS_PER_DAY : cal.toUtc(cal.firstDate, '00:00') + MS_PER_DAY
    const until = cal.toUtc(cal.lastDate, '00:00') - 7 * MS_PER_DAY
    for (let i = 0; i < instants.length; i++)
      if (!(instants[i]! >= from && instants[i]! <= until))
        throw new InputError(
          'data.time',
          `Expected times from ${cal.firstDate} to ${formatDay(Math.floor(until / MS_PER_DAY))}, which the calendar ` +
            `${cal.name} knows, found ${formatInstant(instants[i]!)}.`,
          { place: `${this.name}:${table.line[i]!}`, hint: 'Leave these rows out.' },
        )
  }

  /** Checks order, repeats and days without a session; the rows to take, or undefined for all as they are. */
  #inOrder(
    table: Table,
    { time, end, bad }: PlacedBars,
    cal: TradingCalendar,
  ): { rows: Int32Array | undefined; duplicates: number; offSession: number } {
    const options = this.#options
    if (bad.length > 0 && options.offSession !== 'drop') {
      const first = bad[0]!
      throw new InputError(
        'data.off_session',
        `Expected trading days of ${cal.name}, found ${formatDay(Math.floor(time[first]! / MS_PER_DAY))}.`,
        {
          place: `${this.name}:${table.line[first]!}`,
          hint: `${bad.length === 1 ? 'It is the only such row' : `${bad.length} rows are on such days`}: leave them out with offSession: 'drop' (--off-session drop), or give calendar: '24/7'.`,
        },
      )
    }
    let rows = bad.length === 0 ? undefined : without(time.length, bad)
    const at = (i: number): number => (rows === undefined ? i : rows[i]!)
    const length = rows?.length ?? time.length
    if (length === 0)
      throw new InputError('data.empty', `Expected rows on trading days of ${cal.name}, found none.`, {
        place: this.name,
      })
    let backwards = 0
    let firstBack = -1
    for (let i = 1; i < length; i++)
      if (time[at(i)]! < time[at(i - 1)]!) {
        backwards++
        if (firstBack < 0) firstBack = i
      }
    if (backwards > 0 && options.sort !== true)
      throw new InputError(
        'data.unsorted',
        `Expected times that go up, found ${formatInstant(time[at(firstBack)]!)} after ${formatInstant(time[at(firstBack - 1)]!)}.`,
        {
          place: `${this.name}:${table.line[at(firstBack)]!}`,
          hint: `${backwards > (length - 1) * 0.9 ? 'The file runs from the newest row to the oldest' : 'The rows are not in order'}: read it with sort: true (--sort).`,
        },
      )
    if (backwards > 0)
      rows = (rows ?? Int32Array.from(time, (_, i) => i)).toSorted((a, b) => time[a]! - time[b]! || a - b)

    const problems = new RowProblems(this.name)
    const repeated: number[] = []
    let last = at(0)
    for (let i = 1; i < length; i++) {
      const row = at(i)
      if (time[row]! >= end[last]!) {
        last = row
        continue
      }
      repeated.push(i)
      const shown = formatInstant(time[row]!)
      if (time[row] === time[last])
        problems.add(
          table.line[row]!,
          'data.duplicate',
          `Expected each time once, found ${shown} again as in line ${table.line[last]!}.`,
        )
      else
        problems.add(
          table.line[row]!,
          'data.overlap',
          `Expected a bar that starts after the one before ends (${formatInstant(end[last]!)}), found ${shown}.`,
        )
    }
    if (options.onBadRow !== 'drop') problems.throwFirst()
    if (repeated.length > 0) {
      const kept = without(length, repeated)
      rows = rows === undefined ? kept : kept.map((i) => rows![i]!)
    }
    return { rows, duplicates: repeated.length, offSession: bad.length }
  }

  #basis(): PriceBasis {
    const given = this.#options.prices ?? this.#note?.prices
    if (given !== undefined) return given
    // Yahoo's files since 2017 have Adj Close before Volume and prices with splits taken out; before, it was the last column.
    const { column } = this.#layout
    const yahoo = column('adjClose') >= 0 && column('split') < 0 && column('volume') > column('adjClose')
    return yahoo ? 'split-adjusted' : 'raw'
  }

  #ignoredColumns(): string[] {
    const used = new Set(
      [...NUMBERS, 'stamp' as const, 'end' as const, 'symbol' as const].map((name) => this.#layout.column(name)),
    )
    used.add(clockColumn(this.#layout))
    return this.#layout.header.filter((_, i) => !used.has(i))
  }
}

function allMidnights(time: Float64Array): boolean {
  return time.every((t) => t % MS_PER_DAY === 0)
}

function isMsOfDay(bytes: Uint8Array, layout: Layout): boolean {
  const stamp = layout.column('stamp')
  if (plainName(layout.header[stamp] ?? '') === 'mssincemidnight') return true
  if (layout.hasHeader || layout.priceDivisor === 1) return false
  const cell = /^\d{1,8}(?=,)/.exec(new TextDecoder().decode(bytes.subarray(layout.start, layout.start + 20)))?.[0]
  return cell !== undefined && !/^(19|20)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])$/.test(cell)
}

function divide(table: Table, divisor: number): void {
  if (divisor === 1) return
  for (const name of ['open', 'high', 'low', 'close'] as const) {
    const values = table.numbers.get(name)!
    for (let i = 0; i < values.length; i++) values[i] = values[i]! / divisor
  }
}

function pick(values: Float64Array, rows: Int32Array): Float64Array {
  const picked = new Float64Array(rows.length)
  for (let i = 0; i < rows.length; i++) picked[i] = values[rows[i]!]!
  return picked
}
