import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { calendar } from '@onetape/calendar'
import { type BarSeries, type QuoteSeries, barSeries, defineStrategy, instrument } from '@onetape/core'
import { basisPoints, noFee } from '@onetape/costs'
import { backtest } from '@onetape/backtest'
import { describe, expect, test } from 'vitest'
import { sharedData } from '../support/shared-data.ts'

const folder = sharedData('us_lean/minute', 'fills on recorded minute quotes')
const xnys = calendar('XNYS')

function minuteBars(symbol: string): BarSeries {
  const table = rows(`${symbol}_trade.csv.gz`)
  const column = (k: number): Float64Array => Float64Array.from(table, (row) => row[k]!)
  return barSeries({
    instrument: instrument(symbol),
    interval: '1m',
    columns: { time: column(0), open: column(1), high: column(2), low: column(3), close: column(4), volume: column(5) },
  })
}

/** The quote at the end of each minute. */
function minuteQuotes(symbol: string): QuoteSeries {
  const table = rows(`${symbol}_quote.csv.gz`)
  const column = (k: number): Float64Array => Float64Array.from(table, (row) => row[k]!)
  return {
    instrument: instrument(symbol),
    length: table.length,
    columns: {
      time: column(0).map((t) => t + 60_000),
      bid: column(4),
      bidSize: column(5),
      ask: column(9),
      askSize: column(10),
    },
    source: symbol,
  }
}

/** In and out in turn, one share, at every 7th bar of the regular hours. */
const inAndOut = defineStrategy({
  name: 'in-and-out',
  create: () => {
    let count = 0
    let side = -1
    return {
      onBar: (bar, { orders }) => {
        if (xnys.sessionOf(bar.time) === undefined || count++ % 7 !== 0) return
        side = -side
        orders.market(bar.instrument, side)
      },
    }
  },
})

const SYMBOLS = ['AAPL', 'AIG', 'BAC', 'FOXA', 'GOOG', 'IBM', 'NWSA', 'SHY', 'SPY', 'TWX'] as const

describe.skipIf(folder === undefined)('recorded minute quotes', () => {
  test.each([
    ['at the close that decides: the ask of that moment for a buy, the bid for a sell', 'same-close'],
    ['by default: the next quote', 'open'],
  ] as const)('%s', (_, marketFill) => {
    let fills = 0
    let spread = 0
    let unquoted = 0
    for (const symbol of SYMBOLS) {
      const bars = minuteBars(symbol)
      const quotes = minuteQuotes(symbol)
      const result = backtest({
        strategy: inAndOut,
        data: [bars],
        quotes: [quotes],
        marketFill,
        fees: noFee(),
        slippage: basisPoints(30), // crossing the spread is the cost; no slippage comes on top
        tif: 'gtc',
        benchmark: false,
      })
      const wrong = result.fills.filter((fill, k) => {
        const order = result.orders.find((o) => o.id === fill.orderId)!
        const buys = fill.side === 'buy'
        if (buys !== (k % 2 === 0)) return true
        const expected = otherSide(quotes, order.placedAt, buys, marketFill === 'open')
        if (Number.isNaN(expected)) {
          // Two days come without quotes: there the bar's close and the slippage stand for them.
          unquoted++
          const close = bars.columns.close[bars.columns.end.indexOf(fill.time)]!
          return Math.abs(fill.price / (close * (buys ? 1.003 : 0.997)) - 1) > 1e-12
        }
        spread += otherSide(quotes, fill.time, true, false) - otherSide(quotes, fill.time, false, false)
        return fill.price !== expected
      })
      expect([symbol, wrong]).toEqual([symbol, []])
      expect(result.fills.length).toBeGreaterThanOrEqual(result.orders.length - 1)
      fills += result.fills.length
    }
    console.log(
      `${marketFill}: ${fills} fills of ${SYMBOLS.length} stocks, mean spread ${(spread / (fills - unquoted)).toFixed(4)} USD, ` +
        `${unquoted} on days without quotes`,
    )
    expect(fills).toBeGreaterThan(1000)
  })
})

/** Where each order should fill: the other side of the last quote of its day up to a time, or of the first one after it. */
function otherSide(quotes: QuoteSeries, time: number, buys: boolean, after: boolean): number {
  const { columns } = quotes
  const prices = buys ? columns.ask : columns.bid
  const sizes = buys ? columns.askSize : columns.bidSize
  const found = after
    ? columns.time.findIndex((t, i) => t > time && xnys.sessionOf(t) !== undefined && sizes[i]! > 0)
    : columns.time.findLastIndex((t) => t <= time && xnys.dateOf(t) === xnys.dateOf(time))
  return found === -1 ? Number.NaN : prices[found]!
}

const cellOf = (cell: string, k: number): number =>
  k === 0 ? xnys.toUtc(cell.slice(0, 10), cell.slice(11, 16)) : Number(cell)

/** Rows of a file in wall time of New York, each stamped with its minute's start. */
function rows(file: string): number[][] {
  const [, ...lines] = gunzipSync(readFileSync(join(folder!, file)))
    .toString()
    .trim()
    .split(/\r?\n/)
  return lines.map((line) => line.split(',').map(cellOf))
}
