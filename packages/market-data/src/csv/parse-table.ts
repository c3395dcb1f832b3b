import type { ColumnName } from './column-names.ts'
import { clockColumn, type Layout } from './layout.ts'
import { numberFromText, POWERS_OF_TEN } from './number-cell.ts'
import type { RowProblems } from './row-problems.ts'
import { shorten } from './source-bytes.ts'
import { type DateOrder, TimeCell, type TimeKind } from './time-cell.ts'

/** The rows of a file in columns, as the file has them. */
export interface Table {
  readonly length: number
  /** See {@link TimeKind}; one kind for all rows. */
  readonly time: Float64Array
  readonly timeKind: TimeKind
  /** Instants of the column `end`, where there is one. */
  readonly end: Float64Array | undefined
  readonly numbers: ReadonlyMap<ColumnName, Float64Array>
  /** Index into `symbols` by row, where there is a column of symbols. */
  readonly symbol: Int32Array | undefined
  readonly symbols: readonly string[]
  /** Line of each row, counted from 1. */
  readonly line: Uint32Array
  /** True when dates read in the wrong order of day and month would explain the bad rows. */
  readonly otherOrder: boolean
}

export interface ParseOptions {
  /** The numeric columns to read, if the file has them. */
  readonly numbers: readonly ColumnName[]
  readonly dateOrder: DateOrder
  readonly decimal: '.' | ','
  /** True when a time of milliseconds since midnight stands in the time column. */
  readonly msOfDay: boolean
}

const LF = 10
const CR = 13
const BLANK = 32
const QUOTE = 34

// What a column holds; a value from NUMBER on is the slot of a numeric column.
const SKIP = 0
const STAMP = 1
const CLOCK = 2
const END = 3
const SYMBOL = 4
const NUMBER = 5

/** Reads all rows; a bad one is noted in `problems` and left out. */
export function parseTable(bytes: Uint8Array, layout: Layout, options: ParseOptions, problems: RowProblems): Table {
  return new TableParser(bytes, layout, options, problems).run()
}

class TableParser {
  readonly #bytes: Uint8Array
  readonly #size: number
  readonly #layout: Layout
  readonly #delimiter: number
  readonly #options: ParseOptions
  readonly #problems: RowProblems
  readonly #roles: Uint8Array
  readonly #names: ColumnName[] = []
  readonly #timeCell: TimeCell
  readonly #decoder = new TextDecoder()
  #at: number
  /** Line of the row in hand; quoted cells may hold further line ends. */
  #line: number
  #time: Float64Array
  #end: Float64Array | undefined
  #slots: Float64Array[]
  #symbol: Int32Array | undefined
  #lines: Uint32Array
  readonly #symbols = new Map<string, number>()
  #lastSymbol = ''
  #lastSymbolId = -1

  constructor(bytes: Uint8Array, layout: Layout, options: ParseOptions, problems: RowProblems) {
    this.#bytes = bytes
    this.#size = bytes.length
    this.#layout = layout
    this.#delimiter = layout.delimiter
    this.#options = options
    this.#problems = problems
    this.#timeCell = new TimeCell(options.dateOrder)
    this.#at = layout.start
    this.#line = layout.line
    this.#roles = new Uint8Array(layout.header.length)
    const give = (index: number, role: number): void => {
      if (index >= 0 && this.#roles[index] === SKIP) this.#roles[index] = role
    }
    give(layout.column('stamp'), STAMP)
    give(clockColumn(layout), CLOCK)
    give(layout.column('end'), END)
    give(layout.column('symbol'), SYMBOL)
    for (const name of options.numbers) {
      const index = layout.column(name)
      if (index < 0 || this.#roles[index] !== SKIP) continue
      this.#roles[index] = NUMBER + this.#names.length
      this.#names.push(name)
    }
    const guess = this.#guessRows()
    this.#time = new Float64Array(guess)
    this.#slots = this.#names.map(() => new Float64Array(guess))
    this.#lines = new Uint32Array(guess)
    if (this.#roles.includes(END)) this.#end = new Float64Array(guess)
    if (this.#roles.includes(SYMBOL)) this.#symbol = new Int32Array(guess)
  }

  run(): Table {
    let rows = 0
    let kind: TimeKind | undefined
    while (this.#at < this.#size) {
      if (this.#lineEnd()) continue
      if (rows === this.#time.length) this.#grow()
      const line = this.#line
      this.#lines[rows] = line
      const found = this.#row(rows, line)
      if (found === undefined) continue
      kind ??= found
      if (found === kind) rows++
      else
        this.#problems.add(
          line,
          'data.time',
          `Expected ${SHOWN[kind]} as in the rows before, found ${SHOWN[found]}.`,
          this.#layout.header[this.#roles.indexOf(STAMP)],
        )
    }
    const numbers = new Map(this.#names.map((name, slot) => [name, this.#slots[slot]!.slice(0, rows)]))
    return {
      length: rows,
      time: this.#time.slice(0, rows),
      timeKind: kind ?? 'day',
      end: this.#end?.slice(0, rows),
      numbers,
      symbol: this.#symbol?.slice(0, rows),
      symbols: [...this.#symbols.keys()],
      line: this.#lines.slice(0, rows),
      otherOrder: this.#timeCell.otherOrder,
    }
  }

  /** Reads one row to its end; the kind of its time when it is good. */
  #row(row: number, line: number): TimeKind | undefined {
    const bytes = this.#bytes
    const roles = this.#roles
    const width = roles.length
    let kind: TimeKind | undefined = 'day'
    let clock = -1
    for (let column = 0; ; column++) {
      const role = roles[column]!
      if (role >= NUMBER) {
        if (!this.#number(this.#slots[role - NUMBER]!, row)) kind = this.#badNumber(row, line, column, kind)
      } else if (role === STAMP) {
        if (!this.#stamp(row)) kind = this.#badCell(line, column, 'data.time', 'a date or time')
        else if (kind !== undefined) kind = this.#timeCell.kind
      } else if (role === SKIP) this.#skip()
      else {
        const text = this.#text()
        if (role === SYMBOL) this.#symbol![row] = this.#symbolId(text.trim())
        else {
          const value = role === CLOCK ? this.#clock(text) : this.#timeCell.fromText(text)
          if (role === CLOCK) clock = value
          else this.#end![row] = value
          if (value !== value || (role === END && this.#timeCell.kind !== 'instant'))
            kind = this.#badCell(line, column, 'data.time', role === CLOCK ? 'a time of day' : 'a time with its zone')
        }
      }
      const more = this.#at < this.#size && bytes[this.#at] === this.#delimiter
      if (more && column + 1 < width) this.#at++
      else {
        if (more || column + 1 < width) kind = this.#badWidth(line, column + 1)
        break
      }
    }
    if (kind !== 'day' || clock < 0) return kind
    this.#time[row] = this.#time[row]! + clock
    return 'wall'
  }

  /**
   * Reads a number into `slot`; false when it is none. The plain ones, `-12.34`, by their bytes: correctly rounded, since
   * both parts are exact in float64. Written instead of returned, because a returned float64 would cost an allocation.
   */
  #number(slot: Float64Array, row: number): boolean {
    const bytes = this.#bytes
    const size = this.#size
    const start = this.#at
    let at = start
    let mantissa = 0
    let digits = 0
    let point = -1
    const negative = bytes[at] === 45
    if (negative) at++
    for (; at < size; at++) {
      const digit = bytes[at]! - 48
      if (digit >= 0 && digit <= 9) {
        mantissa = mantissa * 10 + digit
        digits++
      } else if (digit === -2 && point < 0) point = digits
      else break
    }
    const next = at < size ? bytes[at] : LF
    const plain = next === this.#delimiter || next === LF || next === CR
    if (!plain || digits === 0 || digits > 21 || mantissa > Number.MAX_SAFE_INTEGER || this.#options.decimal === ',')
      return this.#numberText(slot, row)
    this.#at = at
    if (point >= 0) mantissa /= POWERS_OF_TEN[digits - point]!
    slot[row] = negative ? -mantissa : mantissa
    return true
  }

  #numberText(slot: Float64Array, row: number): boolean {
    const value = numberFromText(this.#text(), this.#options.decimal)
    slot[row] = value
    return value === value
  }

  /** Reads date and time into `#time`; false when it is none. */
  #stamp(row: number): boolean {
    const bytes = this.#bytes
    const from = this.#at
    let to = from
    while (to < this.#size) {
      const byte = bytes[to]!
      if (byte === this.#delimiter || byte === LF || byte === CR || byte === QUOTE) break
      to++
    }
    if (this.#options.msOfDay) return this.#msOfDay(row)
    if (bytes[to] !== QUOTE && this.#timeCell.fromBytes(bytes, from, to, this.#time, row)) {
      this.#at = to
      return true
    }
    const value = this.#timeCell.fromText(this.#text())
    this.#time[row] = value
    return value === value
  }

  #msOfDay(row: number): boolean {
    this.#timeCell.kind = 'clock'
    return this.#number(this.#time, row) && this.#time[row]! >= 0 && this.#time[row]! <= 86_400_000
  }

  #clock(text: string): number {
    const kind = this.#timeCell.kind
    const value = this.#timeCell.fromClock(text)
    this.#timeCell.kind = kind
    return value
  }

  /** The cell as text, without its quotes; a quote that is never closed runs to the end of the file. */
  #text(): string {
    const bytes = this.#bytes
    let at = this.#at
    while (at < this.#size && bytes[at] === BLANK) at++
    if (bytes[at] === QUOTE) return this.#quoted(at + 1)
    const from = this.#at
    this.#skip()
    return this.#decoder.decode(bytes.subarray(from, this.#at))
  }

  #quoted(from: number): string {
    const bytes = this.#bytes
    let at = from
    while (at < this.#size && !(bytes[at] === QUOTE && bytes[at + 1] !== QUOTE)) {
      if (bytes[at] === QUOTE) at++
      if (bytes[at] === LF) this.#line++
      at++
    }
    const text = this.#decoder.decode(bytes.subarray(from, Math.min(at, from + MAX_TEXT))).replaceAll('""', '"')
    this.#at = Math.min(at + 1, this.#size)
    const after = this.#at
    this.#skipPlain()
    // Letters behind the closing quote are no CSV: let them spoil the cell.
    return this.#at > after ? text + this.#decoder.decode(bytes.subarray(after, this.#at)).trimEnd() : text
  }

  #skip(): void {
    if (this.#bytes[this.#at] === QUOTE) this.#quoted(this.#at + 1)
    else this.#skipPlain()
  }

  #skipPlain(): void {
    const bytes = this.#bytes
    let at = this.#at
    while (at < this.#size) {
      const byte = bytes[at]!
      if (byte === this.#delimiter || byte === LF || byte === CR) break
      at++
    }
    this.#at = at
  }

  #lineEnd(): boolean {
    const byte = this.#bytes[this.#at]
    if (byte !== LF && byte !== CR) return false
    this.#at += byte === CR && this.#bytes[this.#at + 1] === LF ? 2 : 1
    this.#line++
    return true
  }

  /** An empty dividend, split or side of a quote means that there was none; any other cell must be a number. */
  #badNumber(row: number, line: number, column: number, kind: TimeKind | undefined): TimeKind | undefined {
    const slot = this.#roles[column]! - NUMBER
    const before = this.#bytes[this.#at - 1]
    const empty = before === this.#delimiter || before === LF
    if (!empty || !MAY_BE_EMPTY.has(this.#names[slot]!)) return this.#badCell(line, column, 'data.cell', 'a number')
    this.#slots[slot]![row] = 0
    return kind
  }

  /** Called right behind the cell, whose text is read again for the message. */
  #badCell(line: number, column: number, code: string, wanted: string): undefined {
    let from = this.#at
    // A quoted cell may hold the delimiter.
    if (this.#bytes[from - 1] === QUOTE) from = Math.max(0, this.#bytes.lastIndexOf(QUOTE, from - 2))
    while (
      from > 0 &&
      this.#bytes[from - 1] !== this.#delimiter &&
      this.#bytes[from - 1] !== LF &&
      this.#at - from < 200
    )
      from--
    const text = this.#decoder.decode(this.#bytes.subarray(from, this.#at))
    const found = text.trim() === '' ? 'an empty cell' : shorten(text)
    this.#problems.add(line, code, `Expected ${wanted}, found ${found}.`, this.#layout.header[column]?.trim())
    return undefined
  }

  #badWidth(line: number, found: number): undefined {
    let cells = found
    while (this.#at < this.#size && this.#bytes[this.#at] === this.#delimiter) {
      this.#at++
      cells++
      this.#skip()
    }
    const width = this.#roles.length
    this.#problems.add(line, 'data.cells', `Expected ${width} cells as in the header, found ${cells}.`)
    return undefined
  }

  #symbolId(text: string): number {
    if (text !== this.#lastSymbol || this.#lastSymbolId < 0) {
      this.#lastSymbol = text
      this.#lastSymbolId = idOf(this.#symbols, text)
    }
    return this.#lastSymbolId
  }

  #guessRows(): number {
    const sample = this.#bytes.subarray(this.#at, this.#at + 65_536)
    let lines = 1
    for (let i = 0; i < sample.length; i++) if (sample[i] === LF) lines++
    return Math.ceil(((this.#size - this.#at) / Math.max(sample.length, 1)) * lines * 1.05) + 16
  }

  #grow(): void {
    const size = Math.ceil(this.#time.length * 1.5)
    this.#time = grown(this.#time, new Float64Array(size))
    this.#slots = this.#slots.map((slot) => grown(slot, new Float64Array(size)))
    this.#lines = grown(this.#lines, new Uint32Array(size))
    if (this.#end !== undefined) this.#end = grown(this.#end, new Float64Array(size))
    if (this.#symbol !== undefined) this.#symbol = grown(this.#symbol, new Int32Array(size))
  }
}

const MAX_TEXT = 1000
const MAY_BE_EMPTY: ReadonlySet<ColumnName> = new Set<ColumnName>([
  'dividend',
  'split',
  'bid',
  'ask',
  'bidSize',
  'askSize',
])

const SHOWN: Readonly<Record<TimeKind, string>> = {
  day: 'a date',
  wall: 'a date with a time of day',
  instant: 'a time with its zone',
  clock: 'a time of day without a date',
}

function idOf(ids: Map<string, number>, text: string): number {
  const known = ids.get(text)
  if (known !== undefined) return known
  ids.set(text, ids.size)
  return ids.size - 1
}

function grown<T extends Float64Array | Uint32Array | Int32Array>(from: T, to: T): T {
  to.set(from)
  return to
}

/** The rows of `table` at `rows`, in that order. */
export function takeRows(table: Table, rows: Int32Array): Table {
  const gather = <T extends Float64Array | Uint32Array | Int32Array>(from: T, to: T): T => {
    for (let i = 0; i < rows.length; i++) to[i] = from[rows[i]!]!
    return to
  }
  const n = rows.length
  return {
    ...table,
    length: n,
    time: gather(table.time, new Float64Array(n)),
    end: table.end && gather(table.end, new Float64Array(n)),
    numbers: new Map([...table.numbers].map(([name, values]) => [name, gather(values, new Float64Array(n))])),
    symbol: table.symbol && gather(table.symbol, new Int32Array(n)),
    line: gather(table.line, new Uint32Array(n)),
  }
}
