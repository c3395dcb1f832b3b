import { type Convention, FIGURES, LIVE_MINIMUM_RETURNS, summarize } from '@onetape/analytics'
import type { BacktestResult, RunCosts } from '@onetape/backtest'
import { calendar } from '@onetape/calendar'
import { type BarSeries, intervalMs } from '@onetape/core'
import { type ReportCost, type ReportIncome, type ReportInput, type ReportPrices, renderReport } from '@onetape/report'
import { version } from '../version.ts'

/** The report of a run as one HTML file; a pure function of the result. */
export function reportPage(result: BacktestResult, notices: readonly string[]): string {
  const [strategy, ...others] = result.strategies
  const finest = finestSeries(result.data)
  const first = finest[0]!
  const { symbols, nav } = result
  const named = symbols.length > 4 ? `${symbols.length} symbols` : symbols.join(', ')
  const name = [strategy!, ...others].map(({ id }) => id).join(', ')
  const benchmark = result.benchmarkEquity
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
    figures: {
      values: result.figures,
      descriptors: FIGURES,
      benchmark: benchmarkFigures(result),
      // Resampling a handful of returns says nothing.
      intervals: nav.nav.length > LIVE_MINIMUM_RETURNS ? result.intervals : undefined,
      intervalMethod:
        '95 % intervals from 1,000 resampled return series (stationary block bootstrap): how far chance alone moves each figure.',
    },
    equity: {
      time: result.equity.time,
      nav: result.equity.equity,
      benchmark,
      benchmarkLabel: benchmark === undefined ? undefined : `Buy and hold ${nav.benchmarkSymbol}`,
      exposure: result.exposure,
    },
    sessions: nav,
    trades: result.trades,
    openPositions: result.openPositions.map((position) => ({
      symbol: position.symbol,
      strategy: others.length === 0 ? undefined : position.strategy,
      quantity: position.side === 'long' ? position.quantity : -position.quantity,
      averagePrice: position.averageCost,
      lastPrice: position.mark,
      unrealizedPnl: position.unrealized,
      fees: position.fees,
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
    prices: finest.map((series) => pricesOf(series, result.from, result.to)),
    costs: costRows(result.costs),
    income: incomeRows(result),
    warnings: result.warnings,
    notices: notices.filter((notice) => !result.warnings.includes(notice)),
    tapeHash: result.tapeHash,
    engineVersion: version(),
    timeZone: calendar(first.instrument.calendar).timeZone,
    periodsPerYear: result.periodsPerYear,
  }
  return renderReport(input)
}

/** Buy and hold in the figures of the run, by its conventions. */
function benchmarkFigures({ nav, periodsPerYear, options }: BacktestResult): Record<string, number> {
  if (nav.benchmark === undefined) return {}
  const { totalReturn, cagr, sharpe, maxDrawdown, volatility } = summarize({
    navTime: nav.time,
    nav: nav.benchmark,
    trades: [],
    periodsPerYear,
    convention: options['convention']?.value as Convention,
    riskFree: Number(options['riskFree']?.value ?? 0),
  })
  return { totalReturn, cagr, sharpe, maxDrawdown, volatility }
}

/** Kinds of fees as a reader knows them. */
const FEE_KINDS: Readonly<Record<string, string>> = {
  commission: 'Commission',
  exchange: 'Exchange fees',
  clearing: 'Clearing fees',
  nyse: 'NYSE pass-through',
  finra: 'FINRA pass-through',
  sec: 'SEC fee',
  taf: 'FINRA trading activity fee',
  cat: 'Consolidated audit trail fee',
  difference: "Difference to the broker's figures",
  other: 'Other fees',
}

function costRows({ fees, interestPaid, borrow }: RunCosts): readonly ReportCost[] {
  return [
    ...Object.entries(fees).map(([kind, amount]) => ({ kind: FEE_KINDS[kind] ?? kind, amount })),
    { kind: 'Interest paid', amount: interestPaid },
    { kind: 'Borrowed stock', amount: borrow },
  ]
}

/** Names of bookings that move cash without a trade. What a split pays for fractions is in the trade. */
const INCOME_KINDS: Readonly<Record<string, string>> = {
  'dividend-paid': 'Dividends',
  interest: 'Interest',
  borrow: 'Borrowed stock',
  'fee-difference': 'Fees corrected by the broker',
}

/** One row for each kind, instrument and strategy. */
function incomeRows({ bookings }: BacktestResult): readonly ReportIncome[] {
  const rows = new Map<string, { kind: string; symbol: string | undefined; strategy: string; amount: number }>()
  for (const { kind: booked, symbol, strategy, cash } of bookings) {
    const kind = INCOME_KINDS[booked]
    if (kind === undefined || cash === 0) continue
    const key = JSON.stringify([kind, symbol, strategy])
    const row = rows.get(key)
    if (row === undefined) rows.set(key, { kind, symbol, strategy, amount: cash })
    else row.amount += cash
  }
  return [...rows.values()]
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

/** The bars of the run itself, not the years of data around it. */
function pricesOf({ instrument, interval, columns }: BarSeries, from: number, to: number): ReportPrices {
  const first = columns.end.findIndex((end) => end >= from)
  const after = columns.end.findIndex((end) => end > to)
  const part = (column: Float64Array): Float64Array =>
    column.subarray(first === -1 ? column.length : first, after === -1 ? column.length : after)
  return {
    symbol: instrument.symbol,
    interval,
    time: part(columns.time),
    open: part(columns.open),
    high: part(columns.high),
    low: part(columns.low),
    close: part(columns.close),
    volume: part(columns.volume),
  }
}
