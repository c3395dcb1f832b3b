import type { BarSeries, CorporateAction, EpochMs, QuoteSeries, TradeSeries } from '@onetape/core'
import type { BacktestOptions } from '../options.ts'

/** The market of a run: what `data`, `quotes` and `trades` of its options hold. */
export type Market = Pick<BacktestOptions, 'data' | 'quotes' | 'trades'>

/** One series as rows that become knowable in order. */
export interface Rows {
  readonly symbol: string
  /** `1m`, …, or `quotes`, `trades`. */
  readonly interval: string
  /** When a row begins and when it becomes knowable: the same for ticks. */
  readonly start: Float64Array
  readonly knowable: Float64Array
}

/** How the future is changed. In all but `end` no time changes, and no row comes or goes. */
export type FutureShape =
  /** Every later row rises, every later price is higher. */
  | 'rise'
  /** Every later row falls, every later price is lower. */
  | 'fall'
  /** Later prices and volumes by chance. */
  | 'noise'
  /** The data ends. Bars that are open then stay, without movement: that a market is open is known. */
  | 'end'
  /** Later splits are turned round, later dividends are doubled. */
  | 'actions'

/** Hides what is not known yet while a strategy is at work. */
export interface Mask {
  /** Rows that become knowable after `now` have other figures from here on. Calls nest. */
  hide(now: EpochMs): void
  /** Ends the last {@link hide}. */
  show(): void
}

/** Which of the rows after a time are changed. */
export type RowFilter = (rows: number, row: number) => boolean

/** What is to be another after a time. */
export interface Change {
  readonly shape: FutureShape
  /** Rows knowable up to it stay as they are. */
  readonly after: EpochMs
  /** Picks among the later rows; all of them without it. */
  readonly filter?: RowFilter | undefined
  /** The only column that is changed, if it is not all. */
  readonly column?: string | undefined
  /** With a column: high and low make room for it. */
  readonly widened?: boolean | undefined
}

/** Figures that a masked run may write in all, half of them to hide and half to show. */
const MOST_HIDDEN = 400_000_000

interface Series extends Rows {
  readonly columns: Readonly<Record<string, Float64Array>>
  readonly original: Readonly<Record<string, Float64Array>>
  /** Sizes are changed by `noise` too. */
  readonly sizes: readonly string[]
  readonly prices: readonly string[]
  /** Column of the last price of a row. */
  readonly last: string
  readonly hasVolume: boolean
  /** A daily bar with the official prices, beside finer data: its open is known from the opening auction on. */
  readonly opensKnown: boolean
}

/**
 * A market whose future can be changed and put back. Prices and volumes are changed where they stand, so that a strategy
 * which holds the arrays themselves sees the change as well as one that is given the data; times never change.
 */
export class MarketTape {
  readonly rows: readonly Rows[]
  readonly hasActions: boolean
  readonly #market: Market
  readonly #series: readonly Series[]
  readonly #seed: number

  constructor(market: Market, seed: number) {
    this.#market = market
    this.#seed = seed
    this.#series = [
      ...market.data.map((series) => ofBars(series, market)),
      ...(market.quotes ?? []).map((s) => ofTicks(s, 'quotes', ['bid', 'ask'], ['bidSize', 'askSize'])),
      ...(market.trades ?? []).map((s) => ofTicks(s, 'trades', ['price'], ['size'])),
    ]
    this.rows = this.#series
    this.hasActions = market.data.some((series) => series.actions.length > 0)
  }

  /**
   * Runs `call` with the market as it would be with another future, and puts everything back.
   */
  with<T>(change: Change, call: (market: Market) => T): T {
    const { shape, after, filter = () => true } = change
    const touched: { series: Series; from: number }[] = []
    try {
      if (shape !== 'actions')
        this.#series.forEach((series, k) => {
          const from = firstAfter(series.knowable, after)
          touched.push({ series, from })
          for (let i = from; i < series.knowable.length; i++) if (filter(k, i)) this.#change(series, k, i, from, change)
        })
      return call(this.#views(shape, after))
    } finally {
      for (const { series, from } of touched)
        for (const [name, values] of Object.entries(series.original))
          series.columns[name]!.set(values.subarray(from), from)
    }
  }

  /**
   * Runs `call` with the market as it is, and with a mask: rows that are not known stand changed between `hide` and
   * `show`, so that whoever reads the arrays themselves sees another future at every single moment.
   *
   * @param hides how often `hide` will be called, about: in a long run only so many of the next rows are changed that the
   *   run takes a second or two longer
   */
  masked<T>(shape: 'rise' | 'fall' | 'noise', hides: number, call: (market: Market, mask: Mask) => T): T {
    const columns = this.#series.reduce((sum, { original }) => sum + Object.keys(original).length, 0)
    const width = Math.max(1, Math.floor(MOST_HIDDEN / (Math.max(1, hides) * columns)))
    const others = this.#series.map((series, k) => this.#otherwise(series, k, shape))
    const at = this.#series.map(() => 0)
    const put = (from: readonly Readonly<Record<string, Float64Array>>[]): void =>
      this.#series.forEach(({ columns: into, original }, k) => {
        const start = at[k]!
        for (const name of Object.keys(original)) into[name]!.set(from[k]![name]!.subarray(start, start + width), start)
      })
    const originals = this.#series.map(({ original }) => original)
    let depth = 0
    const mask: Mask = {
      hide: (now) => {
        if (depth++ > 0) return
        this.#series.forEach(({ knowable }, k) => {
          at[k] = firstAfter(knowable, now)
        })
        put(others)
        this.#series.forEach((series, k) => {
          const i = at[k]!
          if (series.opensKnown && series.start[i]! <= now) series.columns['open']![i] = series.original['open']![i]!
        })
      },
      show: () => {
        if (--depth === 0) put(originals)
      },
    }
    return call(this.#views(shape, Infinity), mask)
  }

  /** All rows of a series as they would be with another future. */
  #otherwise(series: Series, k: number, shape: FutureShape): Readonly<Record<string, Float64Array>> {
    for (let i = 0; i < series.knowable.length; i++) this.#change(series, k, i, 0, { shape, after: -Infinity })
    const names = Object.keys(series.original)
    const changed = Object.fromEntries(names.map((name) => [name, series.columns[name]!.slice()]))
    for (const name of names) series.columns[name]!.set(series.original[name]!)
    return changed
  }

  /** True when a series has a column of this name. */
  has(rows: number, column: string): boolean {
    return this.#series[rows]!.columns[column] !== undefined
  }

  /** Last moment up to which the market that {@link with} makes for `end` has events. */
  endsAt(after: EpochMs): EpochMs {
    let last = -Infinity
    for (const series of this.#series) {
      const kept = keptAt(series, after)
      if (kept > 0) last = Math.max(last, series.knowable[kept - 1]!)
    }
    return last
  }

  #change(series: Series, k: number, i: number, from: number, { shape, after, column: only, widened }: Change): void {
    const { columns, original, prices, sizes } = series
    const move = (name: string): number => {
      if (only !== undefined && only !== name) return original[name]![i]!
      if (name === 'open' && series.opensKnown && series.start[i]! <= after) return original[name]![i]!
      if (shape === 'end') return from > 0 ? original[series.last]![from - 1]! : original[prices[0]!]![i]!
      const price = original[name]![i]!
      return price + Math.abs(price) * this.#factor(shape, name, k, i)
    }
    const widens = only === undefined || widened === true
    let [low, high] = [Infinity, -Infinity]
    for (const name of prices) {
      let value = move(name)
      if (widens && name === 'high') value = Math.max(high, value)
      if (widens && name === 'low') value = Math.min(low, value)
      low = Math.min(low, value)
      high = Math.max(high, value)
      columns[name]![i] = value
    }
    const adjusted = original['adjClose']
    if (adjusted !== undefined)
      columns['adjClose']![i] = columns['close']![i]! * (adjusted[i]! / original['close']![i]!)
    if (shape === 'noise' && series.hasVolume)
      for (const name of sizes)
        if (only === undefined || only === name)
          columns[name]![i] = Math.round(original[name]![i]! * 3 * this.#chance(k, i, name))
  }

  /** Relative move of one price. Bid and ask move together. */
  #factor(shape: FutureShape, name: string, k: number, i: number): number {
    if (shape === 'rise') return name === 'open' || name === 'low' ? 0.25 : 0.5
    if (shape === 'fall') return name === 'open' || name === 'high' ? -0.25 : -0.5
    return this.#chance(k, i, name === 'ask' ? 'bid' : name) - 0.5
  }

  /** Uniform in [0, 1), a function of the row alone, so that it is the same whichever other rows are changed. */
  #chance(k: number, i: number, name: string): number {
    let h = (this.#seed ^ Math.imul(k + 1, 0x9e3779b1) ^ Math.imul(i + 1, 0x85ebca6b)) | 0
    for (let c = 0; c < name.length; c++) h = Math.imul(h ^ name.charCodeAt(c), 0x01000193)
    h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d)
    h = Math.imul(h ^ (h >>> 12), 0x297a2d39)
    return ((h ^ (h >>> 15)) >>> 0) / 4_294_967_296
  }

  /** Series objects of their own for each run, since results are kept by series; their columns are the shared arrays. */
  #views(shape: FutureShape, after: EpochMs): Market {
    const cut = (series: Series): number => (shape === 'end' ? keptAt(series, after) : series.start.length)
    let k = 0
    const data = this.#market.data.map((series): BarSeries => {
      const own = this.#series[k++]!
      const length = cut(own)
      return {
        ...series,
        length,
        columns: shortened(series.columns, own.columns, length),
        adjClose: own.columns['adjClose']?.subarray(0, length),
        actions:
          shape === 'end' || shape === 'actions'
            ? series.actions.flatMap((each) => changedAction(each, shape, after))
            : series.actions,
      }
    })
    const ticks = <S extends QuoteSeries | TradeSeries>(series: S): S => {
      const own = this.#series[k++]!
      const length = cut(own)
      return { ...series, length, columns: shortened(series.columns, own.columns, length) }
    }
    const { quotes, trades } = this.#market
    return {
      data,
      ...(quotes === undefined ? {} : { quotes: quotes.map(ticks) }),
      ...(trades === undefined ? {} : { trades: trades.map(ticks) }),
    }
  }
}

/** Rows that are known at a time, and those that are open then. */
function keptAt({ start, knowable }: Rows, time: EpochMs): number {
  return Math.max(firstAt(start, time), firstAfter(knowable, time))
}

function changedAction(action: CorporateAction, shape: FutureShape, after: EpochMs): readonly CorporateAction[] {
  if (action.time <= after) return [action]
  if (shape === 'end') return []
  if (action.kind === 'split') return [{ ...action, ratio: 1 / action.ratio }]
  return action.kind === 'dividend' ? [{ ...action, amount: 2 * action.amount }] : [action]
}

function shortened<C extends object>(shape: C, columns: Readonly<Record<string, Float64Array>>, length: number): C {
  const cut = Object.keys(shape).map((name) => {
    const column = columns[name] ?? (shape as Record<string, Float64Array>)[name]!
    return [name, length === column.length ? column : column.subarray(0, length)]
  })
  return Object.fromEntries(cut) as C
}

function ofBars(series: BarSeries, { data, quotes = [], trades = [] }: Market): Series {
  const { open, high, low, close, volume } = series.columns
  const columns = {
    open,
    high,
    low,
    close,
    volume,
    ...(series.adjClose === undefined ? {} : { adjClose: series.adjClose }),
  }
  return {
    symbol: series.instrument.symbol,
    interval: series.interval,
    start: series.columns.time,
    knowable: series.columns.end,
    ...changeable(columns),
    prices: ['open', 'close', 'high', 'low'],
    sizes: ['volume'],
    last: 'close',
    hasVolume: series.instrument.hasVolume,
    opensKnown:
      series.interval === '1d' &&
      series.officialOpenClose &&
      [...data.filter(({ interval }) => interval !== '1d'), ...quotes, ...trades].some(
        ({ instrument }) => instrument.symbol === series.instrument.symbol,
      ),
  }
}

function ofTicks(
  series: QuoteSeries | TradeSeries,
  interval: string,
  prices: readonly string[],
  sizes: readonly string[],
): Series {
  const { time, ...columns } = series.columns as Readonly<Record<string, Float64Array>>
  return {
    symbol: series.instrument.symbol,
    interval,
    start: time!,
    knowable: time!,
    ...changeable(columns),
    prices,
    sizes,
    last: prices.at(-1)!,
    hasVolume: true,
    opensKnown: false,
  }
}

/** Memory that other threads read is not written to: such columns are copied. */
function changeable(columns: Readonly<Record<string, Float64Array>>): Pick<Series, 'columns' | 'original'> {
  const entries = Object.entries(columns)
  return {
    columns: Object.fromEntries(
      entries.map(([name, c]) => [name, c.buffer instanceof SharedArrayBuffer ? c.slice() : c]),
    ),
    original: Object.fromEntries(entries.map(([name, c]) => [name, c.slice()])),
  }
}

/** First index with a value after `time`. */
export function firstAfter(values: Float64Array, time: EpochMs): number {
  let low = 0
  let high = values.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (values[middle]! <= time) low = middle + 1
    else high = middle
  }
  return low
}

/** First index with a value at or after `time`. */
function firstAt(values: Float64Array, time: EpochMs): number {
  let low = 0
  let high = values.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (values[middle]! < time) low = middle + 1
    else high = middle
  }
  return low
}
