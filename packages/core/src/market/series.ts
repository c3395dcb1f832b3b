import { InputError } from '../errors/input-error.ts'
import { formatInstant } from '../time/civil.ts'
import type { BarColumns } from './bar.ts'
import { BAR_COLUMNS } from './bar.ts'
import type { CorporateAction } from './corporate-action.ts'
import type { InstrumentSpec } from './instrument.ts'
import { type BarInterval, intervalMs } from './interval.ts'

/** `raw`: as traded. `split-adjusted`: only splits are taken out. `adjusted`: splits and dividends. */
export type PriceBasis = 'raw' | 'split-adjusted' | 'adjusted'

/** Bars of one instrument and interval, in columns; immutable by convention, shared between runs. */
export interface BarSeries {
  readonly instrument: InstrumentSpec
  readonly interval: BarInterval
  readonly length: number
  readonly columns: BarColumns
  readonly prices: PriceBasis
  /** The vendor's fully adjusted close, where it gives one. */
  readonly adjClose?: Float64Array | undefined
  /** Splits and dividends on raw prices, sorted by time. */
  readonly actions: readonly CorporateAction[]
  /** File or provider, for messages. */
  readonly source: string
  /** True when open and close are the official auction prices (a daily bar of the exchange's feed). */
  readonly officialOpenClose: boolean
}

/** Best bid and ask over time; one entry per change. Sizes in shares. */
export interface QuoteSeries {
  readonly instrument: InstrumentSpec
  readonly length: number
  readonly columns: {
    readonly time: Float64Array
    readonly bid: Float64Array
    readonly ask: Float64Array
    readonly bidSize: Float64Array
    readonly askSize: Float64Array
  }
  readonly source: string
}

/** Trades over time. Size in shares. */
export interface TradeSeries {
  readonly instrument: InstrumentSpec
  readonly length: number
  readonly columns: { readonly time: Float64Array; readonly price: Float64Array; readonly size: Float64Array }
  readonly source: string
}

export interface BarSeriesInput {
  readonly instrument: InstrumentSpec
  readonly interval: BarInterval
  /**
   * `end` may be left out for intervals below a day: it is then `time` + interval. A daily bar of an exchange runs from
   * its session's open to its close; `dailyBars` of `@onetape/market-data` makes that of dates.
   */
  readonly columns: Omit<BarColumns, 'end'> & { readonly end?: Float64Array }
  readonly prices?: PriceBasis
  readonly adjClose?: Float64Array | undefined
  readonly actions?: readonly CorporateAction[]
  readonly source?: string
  /** Default: true for daily bars of a market that closes. */
  readonly officialOpenClose?: boolean
}

/**
 * Checked bars: equal lengths, strictly increasing times that do not overlap, finite prices with
 * low ≤ open, close ≤ high, volume ≥ 0. Prices may be negative only for futures.
 * @throws {InputError} `data.*`, naming source, row (0-based) and time
 */
export function barSeries(input: BarSeriesInput): BarSeries {
  const { columns, interval, instrument } = input
  const source = input.source ?? instrument.symbol
  const length = columns.time.length
  const ms = intervalMs(interval)
  const end = columns.end ?? columns.time.map((t) => t + ms)
  const full: BarColumns = { ...columns, end }
  for (const key of BAR_COLUMNS)
    if (full[key].length !== length)
      throw new InputError('data.columns', `Expected ${length} values in column "${key}", found ${full[key].length}.`, {
        place: source,
      })
  checkRows(full, length, source, instrument.kind === 'future')
  return {
    instrument,
    interval,
    length,
    columns: full,
    prices: input.prices ?? 'raw',
    adjClose: input.adjClose,
    actions: (input.actions ?? []).toSorted((a, b) => a.time - b.time),
    source,
    officialOpenClose: input.officialOpenClose ?? (interval === '1d' && instrument.calendar !== '24/7'),
  }
}

function checkRows(c: BarColumns, length: number, source: string, negativePrices: boolean): void {
  const fail = (i: number, code: string, text: string): never => {
    throw new InputError(code, `${text} in row ${i} (${formatInstant(c.time[i]!)}).`, { place: source })
  }
  for (let i = 0; i < length; i++) {
    const t = c.time[i]!
    const e = c.end[i]!
    const o = c.open[i]!
    const h = c.high[i]!
    const l = c.low[i]!
    const cl = c.close[i]!
    const v = c.volume[i]!
    if (!Number.isFinite(t) || !(e > t))
      fail(i, 'data.time', `Expected a bar that ends after its start, found ${t} to ${e}`)
    if (i > 0 && !(t > c.time[i - 1]!))
      fail(
        i,
        t === c.time[i - 1]! ? 'data.duplicate' : 'data.unsorted',
        t === c.time[i - 1]! ? 'Duplicate time' : 'Time goes back',
      )
    if (i > 0 && !(t >= c.end[i - 1]!))
      fail(i, 'data.overlap', `Bar starts before the one before it ends (${formatInstant(c.end[i - 1]!)})`)
    if (!Number.isFinite(o) || !Number.isFinite(h) || !Number.isFinite(l) || !Number.isFinite(cl))
      fail(i, 'data.price', `Expected finite prices, found open ${o}, high ${h}, low ${l}, close ${cl}`)
    if (!(l <= h)) fail(i, 'data.range', `High ${h} is below low ${l}`)
    if (!(l <= o && o <= h && l <= cl && cl <= h))
      fail(i, 'data.range', `Open ${o} or close ${cl} lies outside low ${l} to high ${h}`)
    if (!negativePrices && !(l > 0)) fail(i, 'data.price', `Expected prices > 0, found low ${l}`)
    if (!(v >= 0 && v < Infinity)) fail(i, 'data.volume', `Expected volume >= 0, found ${v}`)
  }
}
