/** One closed round trip of one instrument and strategy, from flat to flat or through zero. Money in account currency. */
export interface TradeRecord {
  readonly symbol: string
  readonly strategy: string
  readonly side: 'long' | 'short'
  /** Epoch milliseconds UTC of the first and the last fill. */
  readonly entryTime: number
  readonly exitTime: number
  /** Above 0 on both sides; the largest quantity held. */
  readonly quantity: number
  /** Average prices, fees not included. */
  readonly entryPrice: number
  readonly exitPrice: number
  /** Profit or loss after the fees of both sides. */
  readonly pnl: number
  /** Fees of both sides, 0 or more. */
  readonly fees: number
  /** Account currency per point of price and unit; default 1. */
  readonly multiplier?: number | undefined
  /** Bars held. */
  readonly bars?: number | undefined
  /** Maximum adverse excursion: the worst open P&L while held, 0 or negative. */
  readonly mae?: number | undefined
  /** Maximum favourable excursion: the best open P&L while held, 0 or positive. */
  readonly mfe?: number | undefined
}

/** P&L of a trade as a fraction of its value at entry; NaN when that is not above 0. */
export function tradeReturn(trade: TradeRecord): number {
  const value = trade.quantity * trade.entryPrice * (trade.multiplier ?? 1)
  return value > 0 ? trade.pnl / value : NaN
}

/** Calendar time from entry to exit, in milliseconds. */
export function holdingTime(trade: TradeRecord): number {
  return trade.exitTime - trade.entryTime
}
