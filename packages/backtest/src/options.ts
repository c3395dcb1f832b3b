import type { Convention } from '@onetape/analytics'
import type {
  BarSeries,
  EpochMs,
  IRiskGate,
  ParamSpecs,
  QuoteSeries,
  Strategy,
  TimeInForce,
  TradeSeries,
  Usd,
} from '@onetape/core'
import type { BorrowModel, DayTradingRule, FeeModel, InterestModel, MarginModel, SlippageModel } from '@onetape/costs'

/** A strategy of a run with its own parameters and its share of the initial cash. */
export interface StrategyEntry {
  readonly strategy: Strategy<any>
  readonly params?: Readonly<Record<string, unknown>>
  /** Fraction of the initial cash; default equal shares. */
  readonly allocation?: number
  /** Default the strategy's own name; needed when one strategy runs twice. */
  readonly id?: string
}

/** Everything a backtest takes. Only `strategy` and `data` are needed; every option in force is listed in the result. */
export interface BacktestOptions<P extends ParamSpecs = ParamSpecs> {
  readonly strategy: Strategy<P> | readonly StrategyEntry[]
  /** Values for the declared parameters; what is left out takes its default. Text is read as from the command line. */
  readonly params?: Readonly<Record<string, unknown>>
  /** Bars of all instruments and intervals. The order of first appearance is the order of registration. */
  readonly data: readonly BarSeries[]

  /** Quotes of instruments in `data` or of others; orders then match on them: a buy at the ask, a sell at the bid. */
  readonly quotes?: readonly QuoteSeries[]
  /** Trades of the market; orders match on them, too. */
  readonly trades?: readonly TradeSeries[]

  /** First moment (or date `YYYY-MM-DD`) of the run. Earlier bars in `data` warm up the indicators. */
  readonly from?: EpochMs | string
  /** End of the run, exclusive; a date is included whole. */
  readonly to?: EpochMs | string

  /** Initial cash, default 100,000 USD. */
  readonly cash?: Usd
  /** Default `margin`: short sales are possible, no leverage beyond cash unless `leverage` > 1. */
  readonly account?: 'margin' | 'cash'
  /** Gross exposure allowed per unit of equity, default 1. */
  readonly leverage?: number
  readonly shortSelling?: boolean

  /** Default `percentFee({ percent: 0.1, minimum: 1 })`. */
  readonly fees?: FeeModel
  /**
   * Which fills of one order share a minimum or a fixed price: those of a `session` (default, as brokers bill an order that
   * works on the next day) or all of the `order`.
   */
  readonly feesPer?: 'session' | 'order'
  /** Default `basisPoints(5)`. */
  readonly slippage?: SlippageModel

  /**
   * Margin of a margin account, default `regTMargin()`: equity below its maintenance margin is a margin call, which
   * cancels all orders and closes positions until the rest is covered. `false` switches it off.
   */
  readonly margin?: MarginModel | false
  /** Charged on a debit of cash at each session's close; default none, which the result says when there was a debit. */
  readonly marginInterest?: InterestModel
  /** Paid on a credit of cash; default none. */
  readonly creditInterest?: InterestModel
  /** Paid on the cash that secures short positions (their proceeds, at 102 % of the value); default none. */
  readonly shortInterest?: InterestModel
  /** Charged on short positions that have settled; default none, which the result says when there were any. */
  readonly borrow?: BorrowModel
  /** Cash accounts: proceeds of a sale may be spent once it has settled (T+3, T+2, T+1 by date). Default true. */
  readonly settlement?: boolean
  /** Limits day trading in margin accounts, `dayTradingRule()`; default none. */
  readonly dayTrading?: DayTradingRule

  /** Part of a bar's volume that all fills of the bar together may take, default 0.1; `Infinity` switches it off. */
  readonly participation?: number
  /** A limit fills when the price goes `through` it by a tick (default), or already at a `touch`. */
  readonly limitFill?: 'through' | 'touch'
  /**
   * Shorter bars of instruments in `data`, on the same price basis: nobody sees them, and `exits: 'finer'` reads in them
   * which of two exits came first.
   */
  readonly finer?: readonly BarSeries[]
  /** Which of two exits reached in one bar fills. Default `pessimistic`: the stop. */
  readonly exits?: 'pessimistic' | 'optimistic' | 'path' | 'finer'
  /**
   * Which price a market order takes: the `open` of the next bar (default), its `close`, or the close of the bar in
   * hand (`same-close`: the order fills on the bar that decided it, which live cannot do).
   */
  readonly marketFill?: 'open' | 'close' | 'same-close'
  /**
   * What fires stops and if-touched orders where there are ticks: `trade` (default; quotes where the instrument has no
   * trades), `quote` (a buy stop on the ask, a sell stop on the bid), or `both`.
   */
  readonly trigger?: 'trade' | 'quote' | 'both'
  /** Fills on a quote take at most its displayed size, once; default true. `false` for quotes without sizes to trust. */
  readonly displayedSize?: boolean
  /** Minutes before the open from which on-open orders are refused; default 2. */
  readonly openCutoffMinutes?: number
  /** Minutes before the close from which on-close orders are refused; default `exchange`: 5 on Nasdaq, 10 elsewhere. */
  readonly closeCutoffMinutes?: number | 'exchange'
  /** Chance that a resting limit fills when the market reaches it, drawn from the seed; default 1. */
  readonly limitFillProbability?: number
  /** Delay of orders on their way to the venue, drawn uniformly from the seed. Milliseconds, default 0. */
  readonly latencyMs?: number | { readonly min: number; readonly max: number }
  /**
   * Orders, changes and cancels reach the venue this many bars of the instrument later than they could; default 0. For
   * finding out how much of a result hangs on being first.
   */
  readonly delayBars?: number
  /** What positions are valued at: the `last` trade or bar close (default), or the `mid` of the quote where there are quotes. */
  readonly mark?: 'last' | 'mid'
  /** Trade raw prices (default) or the vendor's back-adjusted series, which switches corporate actions off. */
  readonly prices?: 'raw' | 'adjusted'
  /** What a dividend does: `cash` (default), `reinvest` at the ex-date's close, `ignore`. */
  readonly dividends?: 'cash' | 'reinvest' | 'ignore'
  /**
   * What a split does to working orders: `cancel` (default, as IBKR does; exits of a position that are children of its
   * entry or reduce-only are placed anew on the new basis, as orders of their own) or `adjust`.
   */
  readonly splitOrders?: 'cancel' | 'adjust'

  /** Target orders take their quantity from prices at the `decision` (default) or at the `fill`, which live cannot do. */
  readonly sizeAt?: 'decision' | 'fill'
  /** Part of the equity that target orders leave unused, default 0.0025. */
  readonly buffer?: number
  /** Target orders below this part of the equity are not sent, default 0.005. */
  readonly minChange?: number
  /** Funds are judged at the fill alone: an order that costs more than the cash then is cancelled whole. Default false. */
  readonly rejectAtFill?: boolean
  /** Proceeds of working market sells count for buys. Default true for margin, false for cash accounts. */
  readonly creditSells?: boolean
  /** Time in force of orders that name none, default `day`. */
  readonly tif?: TimeInForce
  /** Closes open positions at the last close. Default false: they are marked. */
  readonly closeAtEnd?: boolean
  /** Checks each order; default `basicGate()`. */
  readonly gate?: IRiskGate

  /**
   * What a trade of the result is: `average` (default) from flat to flat, or through zero, at average cost; `fifo` each lot
   * that is closed, the oldest first. Fills, cash and equity are the same.
   */
  readonly lots?: 'average' | 'fifo'
  /** Bars for the buy-and-hold comparison; default the first instrument's, `false` for none. */
  readonly benchmark?: BarSeries | false
  /** Convention of the figures, default `onetape`. */
  readonly convention?: Convention
  /** Risk-free rate per year as a fraction, default 0. */
  readonly riskFree?: number
  /** Default that of the calendar: 252 for XNYS. */
  readonly periodsPerYear?: number

  /** Seed of the strategy's random source, default 1. */
  readonly seed?: number
  /** First part of order ids, default `backtest`. */
  readonly runId?: string
  /** Called now and then (about every 65,536 bars). */
  readonly onProgress?: (done: number, total: number) => void
}
