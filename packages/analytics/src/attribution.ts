import { sum } from './moments.ts'
import type { TradeRecord } from './trade.ts'
import { profitFactor, winRate } from './trade-statistics.ts'

/** What one strategy or instrument contributed. Money in account currency. */
export interface Contribution {
  readonly key: string
  readonly trades: number
  readonly pnl: number
  readonly fees: number
  readonly winRate: number
  readonly profitFactor: number
  /** Part of the total P&L; NaN when the total is 0. Above 1 or negative when contributions have both signs. */
  readonly share: number
}

/** Closed trades by strategy or by symbol, in the order of the first trade of each. Contributions add up to the whole. */
export function attribution(trades: readonly TradeRecord[], by: 'strategy' | 'symbol'): readonly Contribution[] {
  const groups = new Map<string, TradeRecord[]>()
  for (const trade of trades) {
    const group = groups.get(trade[by])
    if (group === undefined) groups.set(trade[by], [trade])
    else group.push(trade)
  }
  const total = sum(trades.map((trade) => trade.pnl))
  return Array.from(groups, ([key, group]) => {
    const pnl = group.map((trade) => trade.pnl)
    return {
      key,
      trades: group.length,
      pnl: sum(pnl),
      fees: sum(group.map((trade) => trade.fees)),
      winRate: winRate(pnl),
      profitFactor: profitFactor(pnl),
      share: total === 0 ? NaN : sum(pnl) / total,
    }
  })
}
