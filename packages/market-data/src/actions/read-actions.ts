import { calendar, type TradingCalendar } from '@onetape/calendar'
import { type CorporateAction, formatDay, formatInstant, InputError, MS_PER_DAY, parseDay } from '@onetape/core'
import { sameSymbol } from '../bars/file-name.ts'
import { numberFromText } from '../csv/number-cell.ts'
import { type CsvSource, readSource, shorten } from '../csv/source-bytes.ts'
import { type TextRows, textRows } from '../csv/text-rows.ts'
import { TimeCell } from '../csv/time-cell.ts'
import { splitRatio } from './split-ratio.ts'

/** How a file of corporate actions is to be read. */
export interface ActionOptions {
  /** Only those of this symbol. Needed when the file has no column of symbols. */
  readonly symbol?: string | undefined
  /** Calendar of the ex-days. Default `XNYS`. */
  readonly calendar?: string | undefined
  /** What messages call the file; by default its path. */
  readonly name?: string | undefined
}

/**
 * Corporate actions from a CSV file of their own, sorted by time. Four layouts, known by their columns:
 * - `date, dividend, split` on ex-days, as vendors put them beside prices;
 * - Lean's factor files `date, price_factor, split_factor, reference_price`, where a row holds up to and including its
 *   date; dividends are rounded to cents, as the factors were made from cents
 *   (https://github.com/QuantConnect/Lean, `Data/equity/usa/factor_files`);
 * - `ex_date, factor, prev_close`, one factor for both kinds: beyond 0.8 to 1 it is read as a split;
 * - ours, as `writeBars` writes it.
 *
 * @throws {InputError} `data.actions` with file and line; `data.symbol`, `data.columns`, `data.file`
 */
export function readActions(source: CsvSource, options: ActionOptions = {}): readonly CorporateAction[] {
  const file = readSource(source, options.name)
  const reader = new ActionReader(textRows(file), file.name, calendar(options.calendar ?? 'XNYS'), options.symbol)
  return reader.read().toSorted((a, b) => a.time - b.time)
}

class ActionReader {
  readonly #text: TextRows
  readonly #name: string
  readonly #calendar: TradingCalendar
  readonly #symbol: string | undefined
  readonly #times = new TimeCell('mdy')

  constructor(text: TextRows, name: string, cal: TradingCalendar, symbol: string | undefined) {
    this.#text = text
    this.#name = name
    this.#calendar = cal
    this.#symbol = symbol
  }

  read(): CorporateAction[] {
    const { column } = this.#text
    if (column('kind') >= 0 && column('time') >= 0) return this.#ours()
    if (column('pricefactor') >= 0) return this.#leanFactors()
    if (column('exdate') >= 0 && column('factor') >= 0) return this.#factors()
    if (column('date', 'exdate') >= 0 && (column('dividend', 'divcash') >= 0 || column('split', 'splitfactor') >= 0))
      return this.#rowsOfDays()
    throw new InputError(
      'data.columns',
      `Expected columns of corporate actions, found ${shorten(this.#text.layout.header.join(', '))}.`,
      { place: this.#name, hint: 'Known: date, dividend, split; ex_date, factor, prev_close; Lean factor files.' },
    )
  }

  /** Rows of the wanted symbol with a reader for their cells. */
  *#cells(): Generator<{ symbol: string; line: number; text: (column: number) => string }> {
    const column = this.#text.column('symbol', 'ticker', 'filesymbol')
    if (column < 0 && this.#symbol === undefined)
      throw new InputError('data.symbol', 'Expected a column of symbols, found none.', {
        place: this.#name,
        hint: "Say whose actions these are: symbol: 'AAPL'.",
      })
    for (const { line, cells } of this.#text.rows) {
      const symbol = column < 0 ? this.#symbol! : (cells[column] ?? '')
      if (this.#symbol === undefined || sameSymbol(symbol) === sameSymbol(this.#symbol))
        yield { symbol, line, text: (index) => cells[index] ?? '' }
    }
  }

  #rowsOfDays(): CorporateAction[] {
    const { column } = this.#text
    const [date, dividend, split] = [
      column('date', 'exdate'),
      column('dividend', 'divcash'),
      column('split', 'splitfactor'),
    ]
    const actions: CorporateAction[] = []
    for (const { symbol, line, text } of this.#cells()) {
      const time = this.#exDay(text(date), line)
      const amount = this.#number(text(dividend) || '0', line, 'dividend')
      const ratio = this.#number(text(split) || '1', line, 'split')
      if (amount > 0) actions.push({ symbol, time, kind: 'dividend', amount })
      if (ratio !== 1 && ratio !== 0) actions.push({ symbol, time, kind: 'split', ratio: splitRatio(ratio) })
    }
    return actions
  }

  #leanFactors(): CorporateAction[] {
    const { column } = this.#text
    const [date, price, split] = [column('date'), column('pricefactor'), column('splitfactor')]
    const reference = column('referenceprice')
    const rows = [...this.#cells()]
    const actions: CorporateAction[] = []
    for (const [i, row] of rows.entries()) {
      const next = rows[i + 1]
      if (next === undefined || next.symbol !== row.symbol) continue
      const read = (at: typeof row, index: number, name: string): number => this.#number(at.text(index), at.line, name)
      const lastCumDay = this.#calendar.toUtc(formatDay(this.#day(row.text(date), row.line)), '23:59')
      const time = this.#midnight(this.#calendar.next(lastCumDay).open)
      const paid =
        read(row, reference, 'reference_price') *
        (1 - read(row, price, 'price_factor') / read(next, price, 'price_factor'))
      const amount = Math.round(paid * 100) / 100
      const ratio = read(next, split, 'split_factor') / read(row, split, 'split_factor')
      if (amount > 0) actions.push({ symbol: row.symbol, time, kind: 'dividend', amount })
      if (Math.abs(ratio - 1) > 1e-6)
        actions.push({ symbol: row.symbol, time, kind: 'split', ratio: splitRatio(ratio) })
    }
    return actions
  }

  #factors(): CorporateAction[] {
    const { column } = this.#text
    const [date, factor, before] = [column('exdate'), column('factor'), column('prevclose')]
    const actions: CorporateAction[] = []
    for (const { symbol, line, text } of this.#cells()) {
      const time = this.#exDay(text(date), line)
      const value = this.#number(text(factor), line, 'factor')
      if (value > 0.8 && value < 1) {
        const amount = this.#number(text(before), line, 'prev_close') * (1 - value)
        actions.push({ symbol, time, kind: 'dividend', amount })
      } else if (value > 0 && value !== 1) actions.push({ symbol, time, kind: 'split', ratio: splitRatio(1 / value) })
    }
    return actions
  }

  #ours(): CorporateAction[] {
    const { column } = this.#text
    const at = { time: column('time'), kind: column('kind'), value: column('value'), pay: column('paytime') }
    const actions: CorporateAction[] = []
    for (const { symbol, line, text } of this.#cells()) {
      const time = this.#instant(text(at.time), line)
      const value = text(at.value)
      switch (text(at.kind)) {
        case 'split':
          actions.push({ symbol, time, kind: 'split', ratio: this.#number(value, line, 'value') })
          break
        case 'dividend': {
          const payTime = text(at.pay) === '' ? {} : { payTime: this.#instant(text(at.pay), line) }
          actions.push({ symbol, time, kind: 'dividend', amount: this.#number(value, line, 'value'), ...payTime })
          break
        }
        case 'symbol-change':
          actions.push({ symbol, time, kind: 'symbol-change', newSymbol: value })
          break
        case 'delisting':
          actions.push({
            symbol,
            time,
            kind: 'delisting',
            ...(value === '' ? {} : { price: this.#number(value, line, 'value') }),
          })
          break
        default:
          throw this.#error(line, 'kind', 'split, dividend, symbol-change or delisting', text(at.kind))
      }
    }
    return actions
  }

  #number(text: string, line: number, column: string): number {
    const value = numberFromText(text, '.')
    if (!(value >= 0)) throw this.#error(line, column, 'a number >= 0', text)
    return value
  }

  #day(text: string, line: number): number {
    const ms = this.#times.fromText(text)
    const kind = this.#times.kind
    if (!(ms === ms && (kind === 'day' || kind === 'wall'))) throw this.#error(line, 'date', 'a date', text)
    return Math.floor(ms / MS_PER_DAY)
  }

  #exDay(text: string, line: number): number {
    return this.#calendar.toUtc(formatDay(this.#day(text, line)), '00:00')
  }

  #midnight(t: number): number {
    return this.#calendar.toUtc(formatDay(parseDay(this.#calendar.dateOf(t))), '00:00')
  }

  #instant(text: string, line: number): number {
    const ms = this.#times.fromText(text)
    if (!(ms === ms && this.#times.kind === 'instant'))
      throw this.#error(line, 'time', `a time like ${formatInstant(0)}`, text)
    return ms
  }

  #error(line: number, column: string, wanted: string, found: string): InputError {
    return new InputError('data.actions', `Expected ${wanted}, found ${shorten(found)}.`, {
      place: `${this.#name}:${line} column "${column}"`,
    })
  }
}
