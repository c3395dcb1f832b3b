import type { BarInterval, InstrumentSpec, PriceBasis } from '@onetape/core'
import type { DateOrder } from '../csv/time-cell.ts'

/** How a file of prices is to be read. Everything left out is taken from the file. */
export interface ImportOptions {
  /** The symbol to read from a file of many, and the name of the series; by default from the file's name. */
  readonly symbol?: string | undefined
  /** What is traded, or what of it differs from a US stock; without volume by default when the file has none. */
  readonly instrument?: Partial<InstrumentSpec> | undefined
  /** Trading calendar when no `instrument` is given: `XNYS` (default), `XNAS`, `24/7`. */
  readonly calendar?: string | undefined
  /** Length of a bar; by default the steps between the rows tell. */
  readonly interval?: BarInterval | undefined
  /**
   * Zone of times that name none: `UTC`, `America/New_York`, `-05:00`. By default that of the calendar:
   * New York for US stocks, UTC for `24/7`.
   */
  readonly zone?: string | undefined
  /**
   * Whether a time is the start or the end of its bar. By default the end when bars of regular hours are stamped at the
   * session's close and never at its open, else the start.
   */
  readonly stamp?: 'start' | 'end' | undefined
  /** Basis of open, high, low and close; by default what the vendor's layout says, else `raw`. */
  readonly prices?: PriceBasis | undefined
  /** Bring unsorted rows (newest first, as some vendors deliver) into order. Default false: they are refused. */
  readonly sort?: boolean | undefined
  /** `drop` leaves rows with bad cells, prices or times out, and counts them. Default `error`. */
  readonly onBadRow?: 'error' | 'drop' | undefined
  /** What to do with a row on a day without a session. Default `error`. */
  readonly offSession?: 'error' | 'drop' | undefined
  /** Compare the times of intraday bars with the exchange's hours, to find a wrong time zone. Default true. */
  readonly checkHours?: boolean | undefined
  /** Date `YYYY-MM-DD` of a file that gives only times of day; by default from its name (`20140605_trade.csv`). */
  readonly date?: string | undefined
  /** How 3/4/2024 is meant; by default month first, unless only the other order makes dates of all rows. */
  readonly dateOrder?: DateOrder | undefined
  /** Sign before the decimals. Default `.`, or `,` where that alone makes numbers of all cells and no comma separates them. */
  readonly decimal?: '.' | ',' | undefined
  /** Open and close of daily bars are the official auction prices. Default true for daily bars of an exchange. */
  readonly officialOpenClose?: boolean | undefined
  /** What messages call the file; by default its path. */
  readonly name?: string | undefined
}

/** What an import found and decided. */
export interface ImportReport {
  /** Rows with data in the file, those of other symbols included. */
  readonly rows: number
  /** Left out by `onBadRow: 'drop'`. */
  readonly badRows: number
  /** Left out by `offSession: 'drop'`. */
  readonly offSessionRows: number
  /** Zone by which times were read: the option's or the calendar's; `stated` when the times name it. */
  readonly zone: string
  readonly stamp: 'start' | 'end' | 'session'
  /** Columns that were not read. */
  readonly ignoredColumns: readonly string[]
}
