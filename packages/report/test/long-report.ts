import { seededRandom } from '@onetape/core'
import type { ReportInput, ReportTrade } from '../src/index.ts'
import { exampleReport } from './example-report.ts'

const DAY = 86_400_000
const COUNT = 2520

/** Ten years of made-up daily bars of one instrument with exactly 1,000 trades, 2,000 orders and fills. */
export function longReport(): ReportInput {
  const random = seededRandom(11)
  const columns = {
    open: [100],
    high: [101],
    low: [99],
    close: [100],
    volume: [1e6],
    time: [Date.UTC(2014, 0, 2, 14, 30)],
  }
  for (let i = 1; i < COUNT; i++) {
    const open = columns.close[i - 1]!
    const close = open * (1 + (random.next() - 0.495) * 0.04)
    columns.open.push(open)
    columns.close.push(close)
    columns.high.push(Math.max(open, close) * (1 + random.next() * 0.01))
    columns.low.push(Math.min(open, close) * (1 - random.next() * 0.01))
    columns.volume.push(Math.round(1e6 * (0.5 + random.next())))
    columns.time.push(columns.time[i - 1]! + (i % 5 === 0 ? 3 : 1) * DAY)
  }
  const input = exampleReport({ symbol: 'LONG', interval: '1d', ...columns })
  const trades: ReportTrade[] = Array.from({ length: 1000 }, (_, i) => {
    const [entry, exit] = [i * 2 + 5, i * 2 + 6 + random.int(0, 5)]
    const quantity = random.int(10, 500)
    const [entryPrice, exitPrice] = [columns.open[entry]!, columns.open[exit]!]
    const pnl = quantity * (exitPrice - entryPrice) - 2
    return {
      symbol: 'LONG',
      strategy: `s${i % 3}`,
      side: 'long',
      entryTime: columns.time[entry]! + DAY / 4,
      exitTime: columns.time[exit]! + DAY / 4,
      quantity,
      entryPrice,
      exitPrice,
      pnl,
      fees: 2,
      mae: Math.min(0, pnl) - quantity * random.next(),
      mfe: Math.max(0, pnl) + quantity * random.next(),
      tag: 'rebalance',
    }
  })
  const sides = trades.flatMap((trade) => [
    { trade, side: 'buy' as const, time: trade.entryTime, price: trade.entryPrice },
    { trade, side: 'sell' as const, time: trade.exitTime, price: trade.exitPrice },
  ])
  return {
    ...input,
    trades,
    fills: sides.map(({ trade, side, time, price }) => ({
      time,
      symbol: 'LONG',
      side,
      quantity: trade.quantity,
      price,
      fee: 1,
      tag: 'rebalance',
    })),
    orders: sides.map(({ trade, side, time }, i) => ({
      id: `o-${i}`,
      time: time - DAY,
      symbol: 'LONG',
      side,
      type: 'market',
      quantity: trade.quantity,
      filled: trade.quantity,
      state: 'filled',
    })),
  }
}
