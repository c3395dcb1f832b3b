import { type CalendarName, calendar } from '@onetape/calendar'
import {
  type BarInterval,
  type BarSeries,
  type CorporateAction,
  type InstrumentSpec,
  type ParamSpecs,
  type PriceBasis,
  type Strategy,
  type StrategyHandlers,
  type StrategySetup,
  barSeries,
  defineStrategy,
  instrument,
  intervalMs,
} from '@onetape/core'
import { noFee, noSlippage } from '@onetape/costs'
import { type BacktestOptions, type BacktestResult, backtest } from '@onetape/backtest'

/** Open, high, low, close and, when it matters, volume. */
export type Row = readonly [open: number, high: number, low: number, close: number, volume?: number]

interface SeriesOptions {
  readonly calendar?: CalendarName
  readonly fields?: Partial<Omit<InstrumentSpec, 'symbol'>>
  readonly actions?: readonly CorporateAction[]
  readonly prices?: PriceBasis
  readonly adjClose?: readonly number[]
}

const VOLUME = 1_000_000

function series(
  symbol: string,
  interval: BarInterval,
  times: readonly (readonly [number, number])[],
  rows: readonly Row[],
  options: SeriesOptions,
): BarSeries {
  const column = (k: 0 | 1 | 2 | 3): Float64Array => Float64Array.from(rows, (row) => row[k])
  return barSeries({
    instrument: instrument(symbol, { calendar: options.calendar ?? 'XNYS', ...options.fields }),
    interval,
    columns: {
      time: Float64Array.from(times, ([start]) => start),
      end: Float64Array.from(times, ([, end]) => end),
      open: column(0),
      high: column(1),
      low: column(2),
      close: column(3),
      volume: Float64Array.from(rows, (row) => row[4] ?? VOLUME),
    },
    ...(options.actions === undefined ? {} : { actions: options.actions }),
    ...(options.prices === undefined ? {} : { prices: options.prices }),
    ...(options.adjClose === undefined ? {} : { adjClose: Float64Array.from(options.adjClose) }),
  })
}

/** Bars of successive sessions, the first on `date` or after it. Rows that are undefined leave their session out. */
export function daily(
  symbol: string,
  rows: readonly (Row | undefined)[],
  options: SeriesOptions & { readonly date?: string } = {},
): BarSeries {
  const cal = calendar(options.calendar ?? 'XNYS')
  let session = cal.sessionFor(cal.toUtc(options.date ?? '2024-01-02', '00:00'))
  const times: [number, number][] = []
  for (const row of rows) {
    if (row !== undefined) times.push([session.open, session.close])
    session = cal.sessionFor(session.close)
  }
  return series(
    symbol,
    '1d',
    times,
    rows.filter((row) => row !== undefined),
    options,
  )
}

/** Bars below a day from a wall time of New York on, one after the other. */
export function intraday(
  symbol: string,
  interval: BarInterval,
  date: string,
  clock: string,
  rows: readonly (Row | undefined)[],
  options: SeriesOptions = {},
): BarSeries {
  const ms = intervalMs(interval)
  const start = at(date, clock)
  const times = rows.flatMap((row, i): [number, number][] =>
    row === undefined ? [] : [[start + i * ms, start + (i + 1) * ms]],
  )
  return series(
    symbol,
    interval,
    times,
    rows.filter((row) => row !== undefined),
    options,
  )
}

/** Bars whose bounds are given. */
export function spans(
  symbol: string,
  interval: BarInterval,
  bars: readonly (readonly [start: number, end: number, row: Row])[],
  options: SeriesOptions = {},
): BarSeries {
  return series(
    symbol,
    interval,
    bars.map(([start, end]) => [start, end]),
    bars.map(([, , row]) => row),
    options,
  )
}

/** A wall time of New York as epoch milliseconds. */
export function at(date: string, clock: string): number {
  return calendar('XNYS').toUtc(date, clock)
}

/** Wall time of New York, `MM-DD HH:MM`, for tables that a person reads. */
export function wall(time: number): string {
  const cal = calendar('XNYS')
  const date = cal.dateOf(time)
  const minutes = Math.round((time - cal.toUtc(date, '00:00')) / 60_000)
  return `${date.slice(5)} ${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`
}

/** A flat bar: all four prices the same. */
export const flat = (price: number, volume?: number): Row =>
  volume === undefined ? [price, price, price, price] : [price, price, price, price, volume]

/** Without costs and limits, so that a table shows the rule alone. */
export const PLAIN = {
  fees: noFee(),
  slippage: noSlippage(),
  participation: Infinity,
  buffer: 0,
} satisfies Partial<BacktestOptions>

type Handlers = StrategyHandlers | ((setup: StrategySetup<ParamSpecs>) => StrategyHandlers)

/** Runs handlers as a strategy named "scene", without costs unless options say otherwise. */
export function play(
  data: readonly BarSeries[],
  handlers: Handlers,
  options: Partial<BacktestOptions> & { readonly intervals?: readonly BarInterval[] } = {},
): BacktestResult {
  const { intervals, ...rest } = options
  return backtest({ strategy: strategyOf(handlers, 'scene', intervals), data, ...PLAIN, ...rest })
}

export function strategyOf(handlers: Handlers, name = 'scene', intervals?: readonly BarInterval[]): Strategy {
  return defineStrategy<ParamSpecs>({
    name,
    ...(intervals === undefined ? {} : { intervals }),
    create: (setup) => (typeof handlers === 'function' ? handlers(setup) : handlers),
  })
}

/** Fills as `symbol signed-quantity @ price`. */
export function fillsOf(result: BacktestResult): string[] {
  return result.fills.map((f) => `${f.symbol} ${f.side === 'buy' ? '' : '-'}${f.quantity} @ ${f.price}`)
}

/** Orders as `id-counter state code`. */
export function ordersOf(result: BacktestResult): string[] {
  return result.orders.map(
    (o) =>
      `${o.type} ${o.side === 'buy' ? '' : '-'}${o.quantity} ${o.state}${o.code === undefined ? '' : ` ${o.code}`}`,
  )
}
