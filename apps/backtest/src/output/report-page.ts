import { FIGURES } from '@onetape/analytics'
import type { BacktestResult } from '@onetape/backtest'
import { calendar } from '@onetape/calendar'
import { type BarSeries, intervalMs } from '@onetape/core'
import { type ReportInput, renderReport } from '@onetape/report'
import { version } from '../version.ts'

/** The report of a run as one HTML file; a pure function of the result. */
export function reportPage(result: BacktestResult, notices: readonly string[]): string {
  const [strategy, ...others] = result.strategies
  const finest = finestSeries(result.data)
  const first = finest[0]!
  const { symbols, nav } = result
  const named = symbols.length > 4 ? `${symbols.length} symbols` : symbols.join(', ')
  const name = [strategy!, ...others].map(({ id }) => id).join(', ')
  const benchmark = nav.benchmark === undefined ? undefined : onGrid(result.equity.time, nav.time, nav.benchmark)
  const input: ReportInput = {
    title: `${name} on ${named}`,
    strategy: { name, params: others.length === 0 ? strategy!.params : {} },
    data: {
      symbols,
      interval: first.interval,
      from: result.from,
      to: result.to,
      source: first.source.replace(/^.*[\\/]/, '') + (finest.length > 1 ? ` and ${finest.length - 1} more` : ''),
    },
    options: result.options,
    figures: { values: result.figures, descriptors: FIGURES },
    equity: { time: result.equity.time, nav: result.equity.equity, benchmark },
    sessions: nav,
    trades: result.trades,
    openPositions: result.openPositions.map((position) => ({
      symbol: position.symbol,
      strategy: position.strategy,
      quantity: position.side === 'long' ? position.quantity : -position.quantity,
      averagePrice: position.averageCost,
      lastPrice: position.mark,
      unrealizedPnl: position.unrealized,
      entryTime: position.entryTime,
    })),
    orders: result.orders.map((order) => ({
      id: order.id,
      time: order.placedAt,
      symbol: order.symbol,
      side: order.side,
      type: order.type,
      quantity: order.quantity,
      filled: order.filled,
      state: order.state,
      limitPrice: order.limitPrice,
      stopPrice: order.stopPrice,
      code: order.code,
      tag: order.tag,
    })),
    fills: result.fills,
    prices: finest.map(({ instrument, interval, columns: { time, open, high, low, close, volume } }) => ({
      symbol: instrument.symbol,
      interval,
      time,
      open,
      high,
      low,
      close,
      volume,
    })),
    costs: [{ kind: 'Commission and fees', amount: result.totalFees }],
    notices,
    tapeHash: result.tapeHash,
    engineVersion: version(),
    timeZone: calendar(first.instrument.calendar).timeZone,
    periodsPerYear: result.periodsPerYear,
  }
  return renderReport(input)
}

/** Of each instrument the bars that orders fill on. */
function finestSeries(data: readonly BarSeries[]): readonly BarSeries[] {
  const finest = new Map<string, BarSeries>()
  for (const series of data) {
    const { symbol } = series.instrument
    const known = finest.get(symbol)
    if (known === undefined || intervalMs(series.interval) < intervalMs(known.interval)) finest.set(symbol, series)
  }
  return [...finest.values()]
}

/** The last value at or before each time of a finer grid. */
function onGrid(grid: Float64Array, time: Float64Array, values: Float64Array): Float64Array {
  let at = 0
  return grid.map((t) => {
    while (at + 1 < time.length && time[at + 1]! <= t) at++
    return values[at]!
  })
}
