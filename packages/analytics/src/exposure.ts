import { sum } from './moments.ts'
import type { TradeRecord } from './trade.ts'

/** A stretch of time in which something was held; epoch milliseconds. */
export interface Holding {
  readonly entryTime: number
  readonly exitTime: number
}

/**
 * Fraction of the time from `from` to `to` in which at least one position was open: overlapping holdings count once.
 * @param holdings in any order; a position still open carries `to` or later as its exit
 * @returns from 0 to 1; NaN unless `to` lies after `from`
 */
export function timeInMarket(holdings: readonly Holding[], from: number, to: number): number {
  if (!(to > from)) return NaN
  let covered = 0
  let reached = from
  for (const { entryTime, exitTime } of holdings.toSorted((a, b) => a.entryTime - b.entryTime)) {
    const start = Math.max(entryTime, reached)
    const end = Math.min(exitTime, to)
    if (Number.isNaN(start) || Number.isNaN(end)) return NaN
    if (end > start) {
      covered += end - start
      reached = end
    }
  }
  return covered / (to - from)
}

/** Value bought and sold by closed trades, entry and exit counted each, account currency. */
export function tradedValue(trades: readonly TradeRecord[]): number {
  return sum(trades.map((t) => t.quantity * (t.entryPrice + t.exitPrice) * (t.multiplier ?? 1)))
}

/**
 * How often the account is turned over in a year: half the value traded (a round trip counts once), over the mean NAV, per year.
 * @param traded account currency, both sides, see {@link tradedValue}
 */
export function turnover(traded: number, meanNav: number, years: number): number {
  return meanNav > 0 && years > 0 ? traded / 2 / meanNav / years : NaN
}
