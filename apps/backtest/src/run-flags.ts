import type { BacktestOptions } from '@onetape/backtest'
import type { BarInterval, EpochMs } from '@onetape/core'
import type { InstrumentFields } from './flag/instrument.ts'

/** Flags of a run, checked one by one. What was not given is missing, so that the library's own defaults stay in force. */
export interface RunFlags
  extends
    DataFlags,
    Partial<
      Pick<
        BacktestOptions,
        | 'account'
        | 'borrow'
        | 'buffer'
        | 'cash'
        | 'closeAtEnd'
        | 'closeCutoffMinutes'
        | 'convention'
        | 'creditInterest'
        | 'creditSells'
        | 'dayTrading'
        | 'delayBars'
        | 'displayedSize'
        | 'dividends'
        | 'exits'
        | 'feesPer'
        | 'leverage'
        | 'limitFill'
        | 'limitFillProbability'
        | 'lots'
        | 'margin'
        | 'marginInterest'
        | 'mark'
        | 'marketFill'
        | 'minChange'
        | 'openCutoffMinutes'
        | 'participation'
        | 'periodsPerYear'
        | 'prices'
        | 'rejectAtFill'
        | 'riskFree'
        | 'runId'
        | 'seed'
        | 'settlement'
        | 'shortInterest'
        | 'sizeAt'
        | 'splitOrders'
        | 'tif'
        | 'trigger'
      >
    > {
  readonly param?: readonly string[]
  readonly fee?: BacktestOptions['fees']
  readonly slippage?: BacktestOptions['slippage']
  readonly latency?: BacktestOptions['latencyMs']
  /** False with `--no-shorts`. */
  readonly shorts?: boolean
  readonly out?: string
  readonly json?: boolean
  readonly quiet?: boolean
}

/** Which bars, and how their files are to be read. */
export interface DataFlags {
  readonly symbols?: readonly string[]
  /** File or folder; the bundled sample when missing. */
  readonly data?: string
  /** Files or folders of ticks. */
  readonly quotes?: string
  readonly trades?: string
  readonly interval?: readonly BarInterval[]
  readonly from?: EpochMs | string
  readonly to?: EpochMs | string
  readonly calendar?: string
  readonly instrument?: InstrumentFields
  /** A symbol, or `none`. */
  readonly benchmark?: string
  readonly zone?: string
  readonly stamp?: 'start' | 'end'
  readonly sort?: boolean
  readonly onBadRow?: 'error' | 'drop'
  readonly offSession?: 'error' | 'drop'
}
