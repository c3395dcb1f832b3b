import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { calendar } from '@onetape/calendar'
import { type BarSeries, type EpochMs, type InstrumentSpec, type QuoteSeries, barSeries } from '@onetape/core'

const xnys = calendar('XNYS')

/** What of a file is wanted, and on which price basis. */
export interface MinuteRange {
  /** Epoch ms UTC of the first minute, and of the one after the last. */
  readonly from?: EpochMs
  readonly to?: EpochMs
  /** Leaves out minutes outside the regular session. */
  readonly regular?: boolean
  /** All prices times it: the factor of adjusted prices. Default 1. */
  readonly factor?: number
}

/** Minute bars of a file with wall times of New York, stamped with their start. */
export function minuteBars(spec: InstrumentSpec, file: string, range: MinuteRange = {}): BarSeries {
  const table = rows(file, range)
  const [plain, price] = columnsOf(table, range)
  return barSeries({
    instrument: spec,
    interval: '1m',
    columns: { time: plain(0), open: price(1), high: price(2), low: price(3), close: price(4), volume: plain(5) },
  })
}

/** The quote at the end of each minute of a file of bid and ask bars. */
export function minuteQuotes(spec: InstrumentSpec, file: string, range: MinuteRange = {}): QuoteSeries {
  const table = rows(file, range)
  const [plain, price] = columnsOf(table, range)
  return {
    instrument: spec,
    length: table.length,
    columns: {
      time: plain(0).map((start) => start + 60_000),
      bid: price(4),
      bidSize: plain(5),
      ask: price(9),
      askSize: plain(10),
    },
    source: spec.symbol,
  }
}

function columnsOf(table: readonly number[][], { factor = 1 }: MinuteRange) {
  const plain = (k: number): Float64Array => Float64Array.from(table, (row) => row[k]!)
  return [plain, (k: number): Float64Array => plain(k).map((price) => price * factor)] as const
}

const cellOf = (cell: string, k: number): number =>
  k === 0 ? xnys.toUtc(cell.slice(0, 10), cell.slice(11, 16)) : Number(cell)

function rows(file: string, { from = -Infinity, to = Infinity, regular = false }: MinuteRange): number[][] {
  const [, ...lines] = gunzipSync(readFileSync(file)).toString().trim().split(/\r?\n/)
  return lines
    .map((line) => line.split(',').map(cellOf))
    .filter(([time]) => time! >= from && time! < to && (!regular || xnys.sessionOf(time!) !== undefined))
}
