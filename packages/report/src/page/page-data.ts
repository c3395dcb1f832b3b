import { drawdownSeries, mean, returnsFromNav, rollingSharpe, rollingVolatility } from '@onetape/analytics'
import type { ExchangeClock } from '../format/exchange-clock.ts'
import type { ReportContext } from '../report-context.ts'
import type { ReportPrices } from '../report-input.ts'
import { exposureStep } from '../section/exposure.ts'
import { rollingWindow } from '../section/rolling.ts'
import { MOST_ROWS } from '../section/trade-list.ts'
import { barOfEvent, mergeCandles } from '../series/candles.ts'
import { ascendingSeconds, compactValues, differences } from '../series/compact.ts'
import { visibleIndexes } from '../series/downsample.ts'

/** Points of a line that a wide screen can show. */
const MOST_POINTS = 5000
/** Candles of one instrument, and of all together, that keep the page small. */
const MOST_CANDLES = 5000
const MOST_CANDLES_IN_ALL = 60_000
const MOST_FILLS = 10_000

type Values = readonly (number | null)[]

/** Lines over one time axis; `x` is seconds on the exchange's clock, as first value and differences. */
export interface LineData {
  readonly x: readonly number[]
  readonly lines: Readonly<Record<string, Values>>
}

/** Candles of one instrument, and what happened on them. Bars are named by index. */
export interface PriceData {
  readonly symbol: string
  readonly interval: string
  /** Original bars in each candle. */
  readonly merged: number
  readonly x: readonly number[]
  readonly open: Values
  readonly high: Values
  readonly low: Values
  readonly close: Values
  readonly volume: Values
  /** [bar, 1 = buy or −1 = sell, quantity, price, fee, tag] */
  readonly fills: readonly (readonly [number, number, number, number, number, string])[]
  /** [bar, 1 = buy or −1 = sell, quantity, what is shown] */
  readonly orders: readonly (readonly [number, number, number, string])[]
  /** [entry bar, entry price, exit bar, exit price, 1 = gain or 0, row in the trade list or −1] */
  readonly trades: readonly (readonly [number, number, number, number, number, number])[]
}

/** Everything that the page's script draws. */
export interface PageData {
  readonly daily: boolean
  readonly currency: string
  readonly benchmarkLabel: string
  readonly equity: LineData
  readonly rolling: LineData | null
  readonly exposure: LineData | null
  readonly prices: readonly PriceData[]
}

/** What the charts of the page are drawn from: down-sampled, rounded to what a chart can show, in exchange time. */
export function pageData(context: ReportContext): PageData {
  const { input, currency, daily } = context
  return {
    daily,
    currency,
    benchmarkLabel: input.equity.benchmarkLabel ?? 'Buy and hold',
    equity: equityLines(context),
    rolling: rollingLines(context),
    exposure: exposureLine(context),
    prices: priceData(context),
  }
}

function equityLines({ input, clock, daily }: ReportContext): LineData {
  const { time, nav, benchmark } = input.equity
  const fall = drawdownSeries(nav)
  const series = { nav, drawdown: fall, benchmark, benchmarkDrawdown: benchmark && drawdownSeries(benchmark) }
  const present = Object.entries(series).flatMap(([name, values]) => (values === undefined ? [] : [{ name, values }]))
  const indexes = visibleIndexes(
    time.length,
    present.map(({ values }) => values),
    MOST_POINTS,
  )
  return {
    x: axis(
      clock,
      daily,
      indexes.map((i) => time[i]!),
    ),
    lines: Object.fromEntries(
      present.map(({ name, values }) => [name, compactValues(values, indexes, MONEY_LINES.has(name) ? 9 : 4)]),
    ),
  }
}

/** Means of as many moments each as leave a line that can be read; a point stands at the end of its part. */
function exposureLine({ input, clock, daily }: ReportContext): LineData | null {
  const { time, exposure } = input.equity
  if (exposure === undefined || time.length < 2) return null
  const step = exposureStep(time.length)
  const ends: number[] = []
  const means: number[] = []
  for (let from = 0; from < time.length; from += step) {
    const to = Math.min(time.length, from + step)
    ends.push(time[to - 1]!)
    means.push(mean(Array.from({ length: to - from }, (_, i) => exposure[from + i]!)))
  }
  const all = means.map((_, i) => i)
  return { x: axis(clock, daily, ends), lines: { exposure: compactValues(means, all, 4) } }
}

const MONEY_LINES: ReadonlySet<string> = new Set(['nav', 'benchmark'])

function rollingLines({ sessions, periodsPerYear, clock }: ReportContext): LineData | null {
  const window = rollingWindow(sessions.nav.length - 1, periodsPerYear)
  if (window === undefined) return null
  const lines = (nav: Float64Array): readonly [sharpe: Float64Array, volatility: Float64Array] => {
    const returns = returnsFromNav(nav)
    return [rollingSharpe(returns, window, { periodsPerYear }), rollingVolatility(returns, window, { periodsPerYear })]
  }
  const [sharpe, volatility] = lines(sessions.nav)
  const [benchmarkSharpe, benchmarkVolatility] = sessions.benchmark === undefined ? [] : lines(sessions.benchmark)
  const series = { sharpe, volatility, benchmarkSharpe, benchmarkVolatility }
  const present = Object.entries(series).flatMap(([name, values]) =>
    values === undefined ? [] : [{ name, values: values.subarray(window - 1) }],
  )
  const times = sessions.time.subarray(window) // a return stands at its end, and the window's first figure at its last return
  const indexes = visibleIndexes(
    times.length,
    present.map(({ values }) => values),
    MOST_POINTS,
  )
  return {
    x: axis(
      clock,
      true,
      indexes.map((i) => times[i]!),
    ),
    lines: Object.fromEntries(present.map(({ name, values }) => [name, compactValues(values, indexes, 4)])),
  }
}

function priceData(context: ReportContext): readonly PriceData[] {
  const prices = (context.input.prices ?? []).filter(({ time }) => time.length > 0)
  const most = Math.max(200, Math.min(MOST_CANDLES, Math.floor(MOST_CANDLES_IN_ALL / prices.length)))
  return prices.map((one) => instrumentData(context, one, most))
}

function instrumentData(context: ReportContext, bars: ReportPrices, most: number): PriceData {
  const { input, clock, daily } = context
  const { columns, merged } = mergeCandles(bars, most)
  const all = Array.from(columns.time, (_, i) => i)
  const ours = <Row extends { readonly symbol: string }>(rows: readonly Row[] | undefined): readonly Row[] =>
    (rows ?? []).filter(({ symbol }) => symbol === bars.symbol)
  const bar = (time: number): number => barOfEvent(columns.time, time)
  return {
    symbol: bars.symbol,
    interval: bars.interval,
    merged,
    x: axis(clock, daily, Array.from(columns.time)),
    open: compactValues(columns.open, all, 7),
    high: compactValues(columns.high, all, 7),
    low: compactValues(columns.low, all, 7),
    close: compactValues(columns.close, all, 7),
    volume: compactValues(columns.volume, all, 4),
    fills: ours(input.fills)
      .slice(0, MOST_FILLS)
      .map(
        (fill) =>
          [
            bar(fill.time),
            sign(fill.side),
            short(fill.quantity),
            short(fill.price),
            short(fill.fee),
            fill.tag ?? '',
          ] as const,
      )
      .filter(([at]) => at >= 0),
    orders: ours(input.orders)
      .slice(0, MOST_FILLS)
      .map((order) => {
        const levels = [order.limitPrice, order.stopPrice].filter((level) => level !== undefined && level === level)
        const text = [order.side, order.type, ...levels.map((level) => context.price(level!)), order.state].join(' ')
        return [Math.max(0, bar(order.time)), sign(order.side), short(order.quantity), text] as const
      }),
    trades: input.trades.flatMap((trade, row) =>
      trade.symbol !== bars.symbol || bar(trade.entryTime) < 0
        ? []
        : [
            [
              bar(trade.entryTime),
              short(trade.entryPrice),
              bar(trade.exitTime),
              short(trade.exitPrice),
              trade.pnl > 0 ? 1 : 0,
              row < MOST_ROWS ? row : -1,
            ] as const,
          ],
    ),
  }
}

function sign(side: 'buy' | 'sell'): number {
  return side === 'buy' ? 1 : -1
}

function short(value: number): number {
  return Number(value.toPrecision(9))
}

/** Times of points as the exchange's clock shows them; dates only for daily data. */
function axis(clock: ExchangeClock, daily: boolean, times: readonly number[]): readonly number[] {
  const day = 86_400_000
  return differences(
    ascendingSeconds(times.map((time) => (daily ? Math.floor(clock.wall(time) / day) * day : clock.wall(time)))),
  )
}
