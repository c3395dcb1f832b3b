import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { calendar } from '@onetape/calendar'
import {
  type BarSeries,
  type CorporateAction,
  formatInstant,
  InputError,
  intervalMs,
  isSessionInterval,
} from '@onetape/core'
import { parseFileName } from '../bars/file-name.ts'
import type { BarNote } from './bar-note.ts'

export interface WriteOptions {
  /** Pack the file. Default true. */
  readonly gzip?: boolean | undefined
}

/**
 * Writes a series into a folder as `SYMBOL_INTERVAL.csv.gz`, which `importBars` and a feed of the folder read back
 * exactly, bit by bit; its corporate actions go beside it. The folder is made when it is not there; a file of the same
 * name is replaced in one step.
 *
 * @returns the path of the file
 * @throws {InputError} `data.symbol` for a symbol that no file name can carry
 */
export function writeBars(folder: string, series: BarSeries, options: WriteOptions = {}): string {
  const { symbol } = series.instrument
  const stem = `${symbol}_${series.interval}`
  const readBack = parseFileName(`${stem}.csv`)
  if (readBack.symbol !== symbol.toUpperCase() || readBack.kind !== 'bars')
    throw new InputError(
      'data.symbol',
      `Expected a symbol of letters, digits and . - ^ = for a file name, found "${symbol}".`,
      {
        place: folder,
      },
    )
  mkdirSync(folder, { recursive: true })
  const ending = options.gzip === false ? '.csv' : '.csv.gz'
  const path = join(folder, stem + ending)
  replaceFile(path, barsText(series))
  rmSync(join(folder, stem + (ending === '.csv' ? '.csv.gz' : '.csv')), { force: true })
  const actions = join(folder, `${stem}_actions.csv`)
  if (series.actions.length === 0) rmSync(actions, { force: true })
  else replaceFile(actions, actionsText(series.actions))
  return path
}

function replaceFile(path: string, text: string): void {
  const half = `${path}.${process.pid}.part`
  try {
    writeFileSync(half, path.endsWith('.gz') ? gzipSync(text) : text)
    renameSync(half, path)
  } catch (error) {
    rmSync(half, { force: true })
    throw error
  }
}

function barsText(series: BarSeries): string {
  const { instrument, interval, prices, officialOpenClose, columns } = series
  const note: BarNote = { instrument, interval, prices, officialOpenClose }
  const dates = sessionDates(series)
  const length = intervalMs(interval)
  const whole = isSessionInterval(interval)
  const ends = dates === undefined && (whole || columns.end.some((end, i) => end !== columns.time[i]! + length))
  const header = [
    ...(dates === undefined ? ['time'] : ['date']),
    ...(ends ? ['end'] : []),
    'open,high,low,close,volume',
    ...(series.adjClose === undefined ? [] : ['adj_close']),
  ]
  const rows = [`# onetape ${JSON.stringify(note)}`, header.join(',')]
  for (let i = 0; i < series.length; i++) {
    const cells: (string | number)[] = [dates?.[i] ?? formatInstant(columns.time[i]!)]
    if (ends) cells.push(formatInstant(columns.end[i]!))
    cells.push(columns.open[i]!, columns.high[i]!, columns.low[i]!, columns.close[i]!, columns.volume[i]!)
    if (series.adjClose !== undefined) cells.push(series.adjClose[i]!)
    rows.push(cells.join(','))
  }
  return `${rows.join('\n')}\n`
}

/** Dates alone, when they say exactly where the bars lie: daily bars from open to close. */
function sessionDates(series: BarSeries): string[] | undefined {
  if (series.interval !== '1d') return undefined
  const cal = calendar(series.instrument.calendar)
  const dates: string[] = []
  for (let i = 0; i < series.length; i++) {
    const session = cal.sessionOf(series.columns.time[i]!)
    if (session === undefined || session.open !== series.columns.time[i] || session.close !== series.columns.end[i])
      return undefined
    dates.push(session.date)
  }
  return dates
}

function actionsText(actions: readonly CorporateAction[]): string {
  const rows = actions.map((action) => {
    const { symbol, time, kind } = action
    return [symbol, formatInstant(time), kind, valueOf(action), payTimeOf(action)].join(',')
  })
  return `${['symbol,time,kind,value,pay_time', ...rows].join('\n')}\n`
}

function valueOf(action: CorporateAction): string {
  switch (action.kind) {
    case 'split':
      return String(action.ratio)
    case 'dividend':
      return String(action.amount)
    case 'symbol-change':
      return action.newSymbol
    case 'delisting':
      return action.price === undefined ? '' : String(action.price)
  }
}

function payTimeOf(action: CorporateAction): string {
  return action.kind === 'dividend' && action.payTime !== undefined ? formatInstant(action.payTime) : ''
}
