import { FIGURES, figureIntervals, summarize } from '@onetape/analytics'
import { seededRandom } from '@onetape/core'
import { readFileSync } from 'node:fs'
import type { ReportFill, ReportInput, ReportOrder, ReportPrices, ReportTrade } from '../src/index.ts'

const HOUR = 3_600_000
const INITIAL = 100_000

/** Five years of AAPL, daily, as the npm package `@observablehq/sample-datasets` carries them. */
function applePrices(): ReportPrices {
  const rows = readFileSync(new URL(import.meta.resolve('@observablehq/sample-datasets/aapl.csv')), 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(','))
  const column = (at: number): Float64Array => Float64Array.from(rows, (row) => Number(row[at]))
  return {
    symbol: 'AAPL',
    interval: '1d',
    // The open of the session in summer time; the hour does not matter to a chart of days.
    time: Float64Array.from(rows, (row) => Date.parse(`${row[0]}T13:30:00Z`)),
    open: column(1),
    high: column(2),
    low: column(3),
    close: column(4),
    volume: column(6),
  }
}

/** A run of a toy SMA cross over the prices: all in at the next open after a cross, out at the next open after the other. */
export function exampleReport(
  prices: ReportPrices = applePrices(),
  [fast, slow]: readonly [number, number] = [5, 15],
): ReportInput {
  const count = prices.time.length
  const close = (i: number): number => prices.time[i]! + 6.5 * HOUR
  const above = (i: number): boolean => average(prices.close, i, fast) > average(prices.close, i, slow)
  const trades: ReportTrade[] = []
  const fills: ReportFill[] = []
  const orders: ReportOrder[] = []
  const nav = new Float64Array(count)
  const exposure = new Float64Array(count)
  let cash = INITIAL
  let held: { quantity: number; price: number; fee: number; bar: number; low: number; high: number } | undefined
  for (let i = 0; i < count; i++) {
    const signal = i > slow && above(i - 1) !== above(i - 2)
    if (signal && above(i - 1) === (held === undefined)) {
      const side = held === undefined ? 'buy' : 'sell'
      const price = prices.open[i]! * (side === 'buy' ? 1.0005 : 0.9995)
      const quantity = held?.quantity ?? Math.floor((cash * 0.9975) / (price * 1.001))
      const fee = Math.max(1, 0.001 * quantity * price)
      const tag = side === 'buy' ? 'cross up' : 'cross down'
      orders.push({
        id: `sma-${orders.length + 1}`,
        time: close(i - 1),
        symbol: prices.symbol,
        side,
        type: 'market',
        quantity,
        filled: quantity,
        state: 'filled',
        tag,
      })
      if (side === 'buy')
        orders.push({
          id: `sma-${orders.length + 1}`,
          time: close(i - 1),
          symbol: prices.symbol,
          side: 'sell',
          type: 'stop',
          quantity,
          filled: 0,
          state: 'cancelled',
          stopPrice: price * 0.85,
          code: 'by_strategy',
          tag: 'protect',
        })
      fills.push({ time: close(i), symbol: prices.symbol, side, quantity, price, fee, tag })
      cash += (side === 'buy' ? -1 : 1) * quantity * price - fee
      if (held === undefined) held = { quantity, price, fee, bar: i, low: price, high: price }
      else {
        trades.push({
          symbol: prices.symbol,
          strategy: 'sma-cross',
          side: 'long',
          entryTime: close(held.bar),
          exitTime: close(i),
          quantity,
          entryPrice: held.price,
          exitPrice: price,
          pnl: (price - held.price) * quantity - held.fee - fee,
          fees: held.fee + fee,
          bars: i - held.bar,
          mae: Math.min(0, held.low - held.price) * quantity,
          mfe: (held.high - held.price) * quantity,
          tag,
        })
        held = undefined
      }
    }
    if (held !== undefined) {
      held.low = Math.min(held.low, prices.low[i]!)
      held.high = Math.max(held.high, prices.high[i]!)
    }
    const value = (held?.quantity ?? 0) * prices.close[i]!
    nav[i] = cash + value
    exposure[i] = value / nav[i]!
  }
  const time = Float64Array.from(prices.time, (_, i) => close(i))
  const benchmark = Float64Array.from(prices.close, (price) => (INITIAL * price) / prices.close[0]!)
  const summary = { navTime: time, nav, trades, benchmark }
  return {
    title: `SMA cross ${fast}/${slow} on ${prices.symbol}`,
    strategy: { name: 'sma-cross', params: { fast, slow } },
    data: {
      symbols: [prices.symbol],
      interval: prices.interval,
      from: prices.time[0]!,
      to: prices.time[count - 1]!,
      source: '@observablehq/sample-datasets 1.0.1, aapl.csv',
    },
    options: {
      cash: { value: INITIAL, isDefault: true },
      fees: { value: '0.1 % of value, at least 1 USD', isDefault: true },
      slippage: { value: '5 bp', isDefault: true },
      marketFill: { value: 'open', isDefault: true },
      participation: { value: 0.1, isDefault: true },
      exits: { value: 'pessimistic', isDefault: true },
      dividends: { value: 'none', isDefault: false },
      timeInForce: { value: 'DAY', isDefault: true },
    },
    figures: {
      values: { ...summarize(summary) },
      descriptors: FIGURES,
      intervals: figureIntervals(summary, { random: seededRandom(7), replications: 200 }),
      intervalMethod: '95 % intervals by stationary block bootstrap, 200 resampled series, seed 7.',
    },
    equity: { time, nav, benchmark, benchmarkLabel: `Buy and hold ${prices.symbol}`, exposure },
    trades,
    openPositions:
      held === undefined
        ? []
        : [
            {
              symbol: prices.symbol,
              quantity: held.quantity,
              averagePrice: held.price,
              lastPrice: prices.close[count - 1]!,
              unrealizedPnl: (prices.close[count - 1]! - held.price) * held.quantity - held.fee,
            },
          ],
    orders,
    fills,
    prices: [prices],
    costs: [
      { kind: 'Commission', amount: fills.reduce((sum, { fee }) => sum + fee, 0) },
      { kind: 'Slippage', amount: fills.reduce((sum, { quantity, price }) => sum + quantity * price * 0.0005, 0) },
    ],
    income: [],
    warnings: ['Dividends are not in the data: buy and hold is shown without them.'],
    notices: [
      'Fills at the next open, slippage 5 bp against the order.',
      'The open position at the end is in the equity, not among the trades.',
    ],
    tapeHash: '9f2c64d1a7b0e35c',
    engineVersion: '0.1.0',
  }
}

/** Mean of the last `length` values up to `at`. */
function average(values: ArrayLike<number>, at: number, length: number): number {
  let sum = 0
  for (let i = at - length + 1; i <= at; i++) sum += values[i] ?? NaN
  return sum / length
}
