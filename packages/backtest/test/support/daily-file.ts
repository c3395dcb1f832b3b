import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { calendar } from '@onetape/calendar'
import { type BarSeries, type CorporateAction, type EpochMs, type InstrumentSpec, barSeries } from '@onetape/core'

/** Names of the adjusted close in the files at hand: Yahoo, Quandl WIKI, Alpha Vantage, Vega. */
const ADJUSTED = ['Adj Close', 'Adj. Close', 'adj_close', 'adjclose']

/**
 * Daily bars of a CSV file with a header, plain or gzipped, oldest or newest first; several files are joined. The bars
 * run from the session's open to its close. Columns `dividend` and `split` become corporate actions on their ex-days.
 */
export function dailyFile(spec: InstrumentSpec, ...files: readonly string[]): BarSeries {
  const rows = files.flatMap(readRows).toSorted((a, b) => (dateOf(a) < dateOf(b) ? -1 : 1))
  const cal = calendar(spec.calendar)
  const sessions = rows.map((row) => {
    const session = cal.sessionOn(dateOf(row))
    if (session === undefined) throw new Error(`Expected a session on ${dateOf(row)}, found none (${files.join(', ')})`)
    return session
  })
  const column = (...names: readonly string[]): Float64Array =>
    Float64Array.from(rows, (row) => {
      const text = names.map((name) => row[name]).find((cell) => cell !== undefined)
      if (text === undefined || text === '')
        throw new Error(`Expected ${names[0]} on ${dateOf(row)}, found none (${files.join(', ')})`)
      return Number(text)
    })
  return barSeries({
    instrument: spec,
    interval: '1d',
    columns: {
      time: Float64Array.from(sessions, (session) => session.open),
      end: Float64Array.from(sessions, (session) => session.close),
      open: column('Open', 'open'),
      high: column('High', 'high'),
      low: column('Low', 'low'),
      close: column('Close', 'close'),
      volume: column('Volume', 'volume'),
    },
    adjClose: column(...ADJUSTED),
    actions: rows.flatMap((row) => actionsOf(spec.symbol, cal.toUtc(dateOf(row), '00:00'), row)),
    source: files.join(', '),
  })
}

function actionsOf(symbol: string, time: EpochMs, row: Row): readonly CorporateAction[] {
  const [amount, ratio] = [Number(row['dividend'] ?? 0), Number(row['split'] ?? 1)]
  const actions: CorporateAction[] = []
  if (amount !== 0) actions.push({ kind: 'dividend', symbol, time, amount })
  if (ratio !== 1) actions.push({ kind: 'split', symbol, time, ratio })
  return actions
}

type Row = Readonly<Record<string, string>>

function dateOf(row: Row): string {
  return row['Date'] ?? row['date'] ?? ''
}

function readRows(file: string): readonly Row[] {
  const bytes = readFileSync(file)
  const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString()
  const [header = '', ...lines] = text.trim().split(/\r?\n/)
  const names = header.split(',')
  return lines.map((line) => Object.fromEntries(line.split(',').map((cell, k) => [names[k], cell])) as Row)
}
