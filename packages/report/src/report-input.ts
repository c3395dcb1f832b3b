import type { TradeRecord } from '@onetape/analytics'
import type { EpochMs, Shares, Usd, UsdPerShare } from '@onetape/core'
import type { CandleColumns } from './series/candles.ts'

/**
 * Everything a report shows. What is optional and missing, or empty, leaves its section out.
 * Times are epoch milliseconds UTC and are shown on the clock of `timeZone`; fractions are written as percent.
 */
export interface ReportInput {
  /** Heading and browser title. */
  readonly title: string
  readonly strategy: {
    readonly name: string
    readonly params: Readonly<Record<string, string | number | boolean>>
  }
  readonly data: {
    readonly symbols: readonly string[]
    /** `1m`, `1d`, …; when it ends in `d` or `w`, times are shown as dates. */
    readonly interval: string
    readonly from: EpochMs
    readonly to: EpochMs
    /** Where the data came from, as a reader can find it again. */
    readonly source: string
  }
  /** Every option in force, by name, in the order to show. */
  readonly options: Readonly<Record<string, ReportOption>>
  readonly figures: ReportFigures
  readonly equity: ReportEquity
  /** NAV once per session, from one session before the first: what months, years, drawdowns and rolling figures are made of. Default: last point of each day of `equity`. */
  readonly sessions?: ReportSessions | undefined
  readonly trades: readonly ReportTrade[]
  readonly openPositions?: readonly ReportPosition[] | undefined
  readonly orders?: readonly ReportOrder[] | undefined
  readonly fills?: readonly ReportFill[] | undefined
  /** Bars of each instrument, drawn when it is picked. */
  readonly prices?: readonly ReportPrices[] | undefined
  readonly costs?: readonly ReportCost[] | undefined
  /** Cash that came or went without a trade, by kind and instrument. */
  readonly income?: readonly ReportIncome[] | undefined
  /** What the reader has to know before believing the figures. */
  readonly warnings?: readonly string[] | undefined
  /** What is good to know: conventions, data used, what was left out. */
  readonly notices?: readonly string[] | undefined
  readonly tapeHash?: string | undefined
  readonly engineVersion?: string | undefined
  /** Printed when given: the report itself never reads a clock. */
  readonly generatedAt?: EpochMs | undefined
  /** A zone that `@onetape/calendar` knows. Default `America/New_York`. */
  readonly timeZone?: string | undefined
  /** Of every amount of money. Default `USD`. */
  readonly currency?: string | undefined
  /** For rolling figures. Default 252. */
  readonly periodsPerYear?: number | undefined
}

/** One option of the run. */
export interface ReportOption {
  readonly value: string | number | boolean
  /** True when the caller did not set it. */
  readonly isDefault: boolean
}

/** How to show and explain one figure. */
export interface FigureDescriptor {
  readonly key: string
  readonly label: string
  /** A `FigureUnit` of `@onetape/analytics` (`fraction` is shown as percent); any other is written after the number. */
  readonly unit: string
  /** One sentence, shown on hover and in the list of definitions. */
  readonly definition: string
  /** A `FigureGroup` of `@onetape/analytics`, or a heading of one's own. */
  readonly group?: string | undefined
}

/** Figures by key, and how to show them: `summarize()` and `FIGURES` of `@onetape/analytics` fit as they are. */
export interface ReportFigures {
  /** NaN is shown as `n/a`. */
  readonly values: Readonly<Record<string, number>>
  /** In the order to show; a descriptor without a value is left out. */
  readonly descriptors: readonly FigureDescriptor[]
  /** Keys of the figures in large type at the top. Default: those of the usual ones that are there. */
  readonly headline?: readonly string[] | undefined
  /** Why a value is NaN, by key. */
  readonly undefinedBecause?: Readonly<Record<string, string>> | undefined
  readonly intervals?: Readonly<Record<string, ConfidenceInterval>> | undefined
  /** The same figures of the benchmark, as far as it has them: stand under those at the top. NaN is left out. */
  readonly benchmark?: Readonly<Record<string, number>> | undefined
  /** How the intervals were made, in a sentence. */
  readonly intervalMethod?: string | undefined
}

/** Where a figure lies with probability `confidence`. */
export interface ConfidenceInterval {
  readonly low: number
  readonly high: number
  /** The value it lies around, where that is computed differently from the figure. Default: the figure. */
  readonly estimate?: number | undefined
  /** A fraction. Default 0.95. */
  readonly confidence?: number | undefined
}

/** The equity curve: columns of one length, ascending `time`. */
export interface ReportEquity {
  readonly time: ArrayLike<EpochMs>
  /** Account currency, marked to market. */
  readonly nav: ArrayLike<Usd>
  /** The same money held in the benchmark from the first point on. */
  readonly benchmark?: ArrayLike<Usd> | undefined
  /** Default `Buy and hold`. */
  readonly benchmarkLabel?: string | undefined
  /** Value of the positions over equity: 1 = fully invested, negative = short. */
  readonly exposure?: ArrayLike<number> | undefined
}

/** NAV at session closes, as `navAtSessionCloses` of `@onetape/analytics` makes it. */
export interface ReportSessions {
  readonly time: ArrayLike<EpochMs>
  readonly nav: ArrayLike<Usd>
  /** Local date in days since 1970-01-01. */
  readonly day: ArrayLike<number>
  /** On the same grid. */
  readonly benchmark?: ArrayLike<Usd> | undefined
}

/** A closed round trip. */
export interface ReportTrade extends TradeRecord {
  readonly tag?: string | undefined
}

/** A position that is open at the end. */
export interface ReportPosition {
  readonly symbol: string
  readonly strategy?: string | undefined
  /** Signed: negative is short. */
  readonly quantity: Shares
  readonly averagePrice: UsdPerShare
  readonly lastPrice: UsdPerShare
  /** Before fees. */
  readonly unrealizedPnl: Usd
  /** Paid so far. Default 0. */
  readonly fees?: Usd | undefined
  readonly entryTime?: EpochMs | undefined
}

/** One order with its end. */
export interface ReportOrder {
  readonly id: string
  readonly time: EpochMs
  readonly symbol: string
  readonly side: 'buy' | 'sell'
  /** `market`, `limit`, … */
  readonly type: string
  readonly quantity: Shares
  readonly filled: Shares
  /** `filled`, `cancelled`, `working`, … */
  readonly state: string
  readonly limitPrice?: UsdPerShare | undefined
  readonly stopPrice?: UsdPerShare | undefined
  /** Denial or end code. */
  readonly code?: string | undefined
  readonly tag?: string | undefined
}

/** One execution. */
export interface ReportFill {
  /** When it was known: for a fill on a bar the bar's end. */
  readonly time: EpochMs
  readonly symbol: string
  readonly side: 'buy' | 'sell'
  readonly quantity: Shares
  readonly price: UsdPerShare
  readonly fee: Usd
  readonly tag?: string | undefined
}

/** The bars of one instrument. */
export interface ReportPrices extends CandleColumns {
  readonly symbol: string
  readonly interval: string
}

/** Dividends, interest, …: what one kind came to for an instrument and strategy, or for the account. Positive is earned. */
export interface ReportIncome {
  readonly kind: string
  readonly symbol?: string | undefined
  readonly strategy?: string | undefined
  readonly amount: Usd
}

/** What one kind of cost came to: commission, slippage, borrow, … Positive is paid. */
export interface ReportCost {
  readonly kind: string
  readonly amount: Usd
}
