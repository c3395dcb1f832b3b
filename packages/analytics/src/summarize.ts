import { InputError, MS_PER_DAY } from '@onetape/core'
import { compareWithBenchmark } from './benchmark.ts'
import { type BootstrapOptions, bootstrapIntervals, type Interval } from './bootstrap.ts'
import { type Convention, type RatioOptions, SESSIONS_PER_YEAR } from './convention.ts'
import { datedDrawdowns, maxDrawdown, ulcerIndex } from './drawdown.ts'
import { timeInMarket, tradedValue, turnover } from './exposure.ts'
import type { Figures } from './figures.ts'
import { annualReturn, cagr } from './growth.ts'
import { excessKurtosis, mean, skewness } from './moments.ts'
import { profitCalmar, profitSharpe, profitSortino } from './profit-ratios.ts'
import { calmarRatio, omegaRatio, sharpeRatio, sortinoRatio, volatility } from './ratios.ts'
import { navFromReturns, returnsFromNav, totalReturn } from './returns.ts'
import { type RateSeries, ratesPerPeriod } from './risk-free.ts'
import { type TradeRecord, tradeReturn } from './trade.ts'
import { leanExpectancy, profitFactor, tradeStatistics } from './trade-statistics.ts'
import { conditionalValueAtRisk, valueAtRisk } from './value-at-risk.ts'

/** What the figures of a run are made from. */
export interface SummaryInput {
  /** Epoch milliseconds of the session closes, the first one session before the first return. */
  readonly navTime: ArrayLike<number>
  /** NAV at those times, account currency; the first is the initial cash. See `navAtSessionCloses`. */
  readonly nav: ArrayLike<number>
  /** Closed trades in the order they closed. */
  readonly trades: readonly TradeRecord[]
  /** Positions still open at the end: they count for the time in market only. */
  readonly openTrades?: readonly { readonly entryTime: number }[] | undefined
  /** Value bought and sold over the run, open positions included; default that of `trades`. */
  readonly traded?: number | undefined
  /** Sessions a year of the calendar. Default 252. */
  readonly periodsPerYear?: number | undefined
  /** A constant per year as a fraction, or rates with their dates. Default 0. */
  readonly riskFree?: number | RateSeries | undefined
  /** Prices or NAV of the benchmark on the grid of `nav`. */
  readonly benchmark?: ArrayLike<number> | undefined
  readonly convention?: Convention | undefined
  /** Sharpe, Sortino and volatility are NaN with fewer returns. Default 2; live gauges take {@link LIVE_MINIMUM_RETURNS}. */
  readonly minimumReturns?: number | undefined
}

/** Returns below which a live gauge of Sharpe, Sortino or volatility says nothing. */
export const LIVE_MINIMUM_RETURNS = 20

/**
 * Every figure of a run as one record of numbers, described by `FIGURES`. Undefined is NaN.
 * @throws {InputError} `analytics.grid` when NAV, its times and the benchmark differ in length
 */
export function summarize(input: SummaryInput): Figures {
  checkGrid(input)
  const { navTime, nav, trades } = input
  const convention = input.convention ?? 'onetape'
  const last = nav.length - 1
  const initialNav = nav[0] ?? NaN
  const finalNav = nav[last] ?? NaN
  const start = navTime[0] ?? NaN
  const end = navTime[last] ?? NaN
  const days = Math.round((end - start) / MS_PER_DAY) // sessions close at different hours
  const returns = returnsFromNav(nav)
  const options = ratioOptions(input)
  const deepest = maxDrawdown(nav)
  const stays = datedDrawdowns(navTime, nav)
  const growth = cagr(initialNav, finalNav, days, convention === 'lean' || convention === 'freqtrade' ? 365 : 365.25)
  const yearly = annualReturn(returns, options)

  const pnl = trades.map((trade) => trade.pnl)
  const { wins: _wins, losses: _losses, pnlDeviation: _deviation, ...ofTrades } = tradeStatistics(trades)
  const { averageWinHolding: _winHolding, averageLossHolding: _lossHolding, ...tradeFigures } = ofTrades
  const holdings = [...trades, ...(input.openTrades ?? []).map(({ entryTime }) => ({ entryTime, exitTime: end }))]
  const benchmark = input.benchmark === undefined ? new Float64Array(0) : returnsFromNav(input.benchmark)

  return {
    start,
    end,
    days,
    sessions: returns.length,
    initialNav,
    finalNav,
    totalReturn: totalReturn(returns),
    cagr: growth,
    annualReturn: yearly,
    bestSession: returns.reduce((a, b) => Math.max(a, b), returns[0] ?? NaN),
    worstSession: returns.reduce((a, b) => Math.min(a, b), returns[0] ?? NaN),
    positiveSessions: Number.isNaN(totalReturn(returns)) ? NaN : returns.filter((r) => r > 0).length / returns.length,
    ...ratios(input, returns, {
      days,
      deepest,
      growth: convention === 'onetape' || convention === 'lean' ? growth : yearly,
    }),
    omega: omegaRatio(returns),
    maxDrawdown: deepest,
    maxDrawdownStart: stays[0]?.start ?? NaN,
    maxDrawdownTrough: stays[0]?.trough ?? NaN,
    maxDrawdownRecovery: stays[0]?.recovery ?? NaN,
    longestDrawdownDays: Number.isNaN(deepest) ? NaN : stays.reduce((longest, stay) => Math.max(longest, stay.days), 0),
    averageDrawdown: mean(stays.map((stay) => stay.depth)),
    ulcerIndex: ulcerIndex(nav),
    var95: valueAtRisk(returns, { confidence: 0.95, convention }),
    cvar95: conditionalValueAtRisk(returns, { confidence: 0.95, convention }),
    var99: valueAtRisk(returns, { confidence: 0.99, convention }),
    cvar99: conditionalValueAtRisk(returns, { confidence: 0.99, convention }),
    skewness: skewness(returns),
    excessKurtosis: excessKurtosis(returns),
    ...tradeFigures,
    profitFactor: convention === 'backtesting.py' ? profitFactor(trades.map(tradeReturn)) : tradeFigures.profitFactor,
    expectancyRatio: convention === 'lean' ? leanExpectancy(pnl, initialNav) : tradeFigures.expectancyRatio,
    timeInMarket: timeInMarket(holdings, start, end),
    turnover: turnover(input.traded ?? tradedValue(trades), mean(nav), days / 365.25),
    benchmarkReturn: totalReturn(benchmark),
    ...compareWithBenchmark(benchmark.length === 0 ? benchmark : returns, benchmark, options),
  }
}

/** The ratios that a convention may take from trade profits instead of returns. */
function ratios(
  input: SummaryInput,
  returns: Float64Array,
  known: { readonly days: number; readonly deepest: number; readonly growth: number },
): Pick<Figures, 'volatility' | 'sharpe' | 'sortino' | 'calmar'> {
  if (input.convention === 'freqtrade') {
    const profits = input.trades.map((trade) => trade.pnl)
    const options = { startingBalance: input.nav[0] ?? NaN, days: known.days }
    return {
      volatility: NaN,
      sharpe: profitSharpe(profits, options),
      sortino: profitSortino(profits, options),
      calmar: profitCalmar(profits, options),
    }
  }
  const options = ratioOptions(input)
  const enough = returns.length >= (input.minimumReturns ?? 2)
  return {
    volatility: enough ? volatility(returns, options) : NaN,
    sharpe: enough ? sharpeRatio(returns, options) : NaN,
    sortino: enough ? sortinoRatio(returns, options) : NaN,
    calmar: calmarRatio(known.growth, known.deepest),
  }
}

/** Figures that {@link figureIntervals} puts an interval around. */
export type IntervalKey =
  | 'totalReturn'
  | 'annualReturn'
  | 'volatility'
  | 'sharpe'
  | 'sortino'
  | 'calmar'
  | 'maxDrawdown'

/**
 * Confidence intervals of the figures that depend on the returns alone, by stationary block bootstrap. Calmar takes the annual
 * return here, since a resampled series has no dates.
 */
export function figureIntervals(input: SummaryInput, bootstrap: BootstrapOptions): Record<IntervalKey, Interval> {
  checkGrid(input)
  const { riskFree, ...rest } = ratioOptions(input)
  // Resampled returns lose their dates, so a dated rate is taken off first.
  const returns = returnsFromNav(input.nav)
  const rate = typeof riskFree === 'number' ? riskFree : meanRate(riskFree, rest.periodsPerYear ?? SESSIONS_PER_YEAR)
  const options: RatioOptions = { ...rest, riskFree: rate }
  return bootstrapIntervals(
    returns,
    {
      totalReturn,
      annualReturn: (sample) => annualReturn(sample, options),
      volatility: (sample) => volatility(sample, options),
      sharpe: (sample) => sharpeRatio(sample, options),
      sortino: (sample) => sortinoRatio(sample, options),
      calmar: (sample) => calmarRatio(annualReturn(sample, options), maxDrawdown(navFromReturns(sample))),
      maxDrawdown: (sample) => maxDrawdown(navFromReturns(sample)),
    },
    bootstrap,
  )
}

function meanRate(rates: ArrayLike<number> | undefined, periodsPerYear: number): number {
  return rates === undefined ? 0 : mean(rates) * periodsPerYear
}

function ratioOptions(input: SummaryInput): RatioOptions {
  const periodsPerYear = input.periodsPerYear ?? SESSIONS_PER_YEAR
  const riskFree = input.riskFree ?? 0
  return {
    periodsPerYear,
    convention: input.convention ?? 'onetape',
    riskFree: typeof riskFree === 'number' ? riskFree : ratesPerPeriod(riskFree, input.navTime, periodsPerYear),
  }
}

function checkGrid({ navTime, nav, benchmark }: SummaryInput): void {
  if (navTime.length === nav.length && (benchmark === undefined || benchmark.length === nav.length)) return
  const found = benchmark === undefined ? '' : ` and ${benchmark.length} of the benchmark`
  throw new InputError(
    'analytics.grid',
    `Expected one time and one benchmark value for each NAV, found ${nav.length} values of NAV, ${navTime.length} times${found}.`,
  )
}
