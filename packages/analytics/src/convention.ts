/**
 * How a figure is defined where tools disagree. `onetape` is the default; the others give what users of those tools are
 * used to, so that results can be compared. `freqtrade` works on trade profits and is undefined on a return series.
 */
export type Convention = 'onetape' | 'lean' | 'empyrical' | 'nautilus' | 'backtesting.py' | 'freqtrade'

/** Every convention by name, the default first. */
export const CONVENTIONS: readonly Convention[] = [
  'onetape',
  'lean',
  'empyrical',
  'nautilus',
  'backtesting.py',
  'freqtrade',
]

/** What the ratios of a return series need to know; all of it has a default. */
export interface RatioOptions {
  /** Returns per year: sessions a year of the instrument's calendar. Default 252 (XNYS). */
  readonly periodsPerYear?: number | undefined
  /** A constant rate per year as a fraction (0.04), or one rate per period on the grid of the returns. Default 0. */
  readonly riskFree?: number | ArrayLike<number> | undefined
  /** Default `onetape`. */
  readonly convention?: Convention | undefined
}

/** Sessions a year of XNYS, the default of every `periodsPerYear`. */
export const SESSIONS_PER_YEAR = 252
