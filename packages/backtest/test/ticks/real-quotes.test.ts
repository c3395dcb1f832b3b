import { join } from 'node:path'
import { calendar } from '@onetape/calendar'
import { type QuoteSeries, defineStrategy, instrument } from '@onetape/core'
import { basisPoints, noFee } from '@onetape/costs'
import { backtest } from '@onetape/backtest'
import { describe, expect, test } from 'vitest'
import { minuteBars, minuteQuotes } from '../support/minute-quotes.ts'
import { sharedData } from '../support/shared-data.ts'

const folder = sharedData('us_lean/minute', 'fills on recorded minute quotes')
const xnys = calendar('XNYS')

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
      const spec = instrument(symbol)
      const bars = minuteBars(spec, join(folder!, `${symbol}_trade.csv.gz`))
      const quotes = minuteQuotes(spec, join(folder!, `${symbol}_quote.csv.gz`))
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
