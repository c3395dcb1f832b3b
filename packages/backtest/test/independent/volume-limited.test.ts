// The convention of zipline: orders for a fixed number of shares that stay until they are filled, each day at most a part
// of the day's volume at its close, moved by the square of the part that all fills of the day have taken.
import { join } from 'node:path'
import { type BarSeries, defineStrategy, instrument } from '@onetape/core'
import { noFee, perShareFee, volumeShare } from '@onetape/costs'
import { expect, test } from 'vitest'
import { backtest } from '../../src/index.ts'
import { dailyFile } from '../support/daily-file.ts'
import { sharedData } from '../support/shared-data.ts'

const folder = sharedData('us_daily_av/daily', 'fills limited by volume against a plain computation')

const DAYS = 250
const LIMIT = 0.025
const CASH = 100_000_000

/**
 * Shares ordered at the close of the n-th day, n from 1: blocks that take days, and small orders beside them. All is
 * bought before any is sold, for which orders go first where both would be is not that project's.
 */
function ordersOf(n: number): readonly number[] {
  if (n === 5) return [400_000]
  if (n === 150) return [-300_000, -10_000]
  return n % 10 === 0 && n !== 110 && n !== 120 && n !== 130 && n !== 140 ? [n < 110 ? 10_000 : -5000] : []
}

const blocks = defineStrategy({
  name: 'blocks',
  create() {
    let n = 0
    return {
      onBar(bar, { orders }) {
        n++
        for (const shares of ordersOf(n)) orders.market(bar.instrument, shares)
      },
    }
  },
})

interface PlainFill {
  readonly day: number
  readonly shares: number
  readonly price: number
}

function plainBlocks({ close, volume }: BarSeries['columns'], perShare: number) {
  const working: { left: number; readonly side: number }[] = []
  const fills: PlainFill[] = []
  const equity: number[] = []
  let [cash, held] = [CASH, 0]
  for (let day = 0; day < DAYS; day++) {
    let taken = 0
    for (const order of working) {
      const shares = Math.min(Math.floor(LIMIT * volume[day]!) - taken, order.left)
      if (!(shares > 0)) continue
      taken += shares
      const share = Math.min(taken / volume[day]!, LIMIT)
      const price = close[day]! * (1 + order.side * 0.1 * share * share)
      order.left -= shares
      held += order.side * shares
      cash -= order.side * shares * price + shares * perShare
      fills.push({ day, shares: order.side * shares, price })
    }
    equity.push(cash + held * close[day]!)
    for (const shares of ordersOf(day + 1)) working.push({ left: Math.abs(shares), side: Math.sign(shares) })
  }
  return { fills, equity }
}

test
  .skipIf(folder === undefined)
  .each(['NKE', 'KO', 'APD', 'MSFT'].flatMap((symbol) => [0, 0.001].map((perShare) => ({ symbol, perShare }))))(
  '$symbol, $perShare USD a share: every fill and the equity of every day',
  ({ symbol, perShare }) => {
    const data = dailyFile(instrument(symbol), join(folder!, `${symbol}.csv.gz`))
    const result = backtest({
      strategy: blocks,
      data: [data],
      to: data.columns.end[DAYS - 1]! + 1,
      cash: CASH,
      fees: perShare === 0 ? noFee() : perShareFee({ perShare }),
      slippage: volumeShare({ limit: LIMIT, impact: 0.1 }),
      participation: LIMIT,
      marketFill: 'close',
      tif: 'gtc',
      dividends: 'ignore',
      splitOrders: 'adjust',
    })
    const expected = plainBlocks(data.columns, perShare)
    const day = (time: number): number => data.columns.end.indexOf(time)
    expect(result.denials).toEqual({})
    expect(result.fills.map(({ time, side, quantity }) => [day(time), side === 'buy' ? quantity : -quantity])).toEqual(
      expected.fills.map((fill) => [fill.day, fill.shares]),
    )
    for (const [i, { price }] of result.fills.entries()) expect(price).toBeCloseTo(expected.fills[i]!.price, 9)
    for (const [i, value] of result.equity.equity.entries()) expect(value).toBeCloseTo(expected.equity[i]!, 4)
    const days = new Set(expected.fills.map((fill) => fill.day))
    expect(days.size).toBeLessThan(expected.fills.length) // on some days several orders shared the volume
  },
)
