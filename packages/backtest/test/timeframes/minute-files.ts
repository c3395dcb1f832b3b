import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { calendar } from '@onetape/calendar'
import { type BarInterval, type BarSeries, barSeries, instrument } from '@onetape/core'

const xnys = calendar('XNYS')
const MINUTE = 60_000

/** Rows of a file whose header names time, open, high, low, close and volume. */
function table(file: string): { readonly stamp: string; readonly values: readonly number[] }[] {
  const [header = '', ...lines] = gunzipSync(readFileSync(file)).toString().trim().split(/\r?\n/)
  const names = header.split(',')
  const columns = ['open', 'high', 'low', 'close', 'volume'].map((name) => names.indexOf(name))
  return lines.map((line) => {
    const cells = line.split(',')
    return { stamp: cells[0]!, values: columns.map((k) => Number(cells[k])) }
  })
}

function series(
  symbol: string,
  interval: BarInterval,
  rows: readonly { readonly from: number; readonly to: number; readonly values: readonly number[] }[],
): BarSeries {
  const column = (k: number): Float64Array => Float64Array.from(rows, ({ values }) => values[k]!)
  return barSeries({
    instrument: instrument(symbol),
    interval,
    columns: {
      time: Float64Array.from(rows, ({ from }) => from),
      end: Float64Array.from(rows, ({ to }) => to),
      open: column(0),
      high: column(1),
      low: column(2),
      close: column(3),
      volume: column(4),
    },
  })
}

/** Minute bars of the regular hours. `stamp`: what the file's times are. */
export function minuteFile(symbol: string, file: string, stamp: 'start, UTC' | 'end, New York'): BarSeries {
  const rows = table(file).map(({ stamp: text, values }) => {
    const from =
      stamp === 'start, UTC'
        ? Date.parse(`${text.slice(0, 19).replace(' ', 'T')}Z`)
        : xnys.toUtc(text.slice(0, 10), text.slice(11, 16)) - MINUTE
    return { from, to: from + MINUTE, values }
  })
  return series(
    symbol,
    '1m',
    rows.filter(({ from }) => xnys.sessionOf(from) !== undefined),
  )
}

/** Daily bars from session open to close. */
export function dayFile(symbol: string, file: string): BarSeries {
  const rows = table(file).map(({ stamp, values }) => {
    const session = xnys.sessionOn(stamp.slice(0, 10))
    if (session === undefined) throw new Error(`Expected a session on ${stamp} (${file})`)
    return { from: session.open, to: session.close, values }
  })
  return series(symbol, '1d', rows)
}
