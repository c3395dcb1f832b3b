import { mean, standardDeviation, sum } from './moments.ts'
import { quotient } from './ratios.ts'
import { holdingTime, type TradeRecord, tradeReturn } from './trade.ts'

// Every function over `pnl` takes the profits and losses of closed trades in the order they closed, account currency, fees
// included. A P&L of exactly 0 is neither a win nor a loss, but it is a trade.

/** Trades with P&L above 0 over all closed trades; NaN for none. */
export function winRate(pnl: ArrayLike<number>): number {
  if (Number.isNaN(sum(pnl))) return NaN
  return winsOf(pnl).length / pnl.length
}

/** Gross profit over gross loss; NaN with no loss. */
export function profitFactor(pnl: ArrayLike<number>): number {
  return quotient(sum(winsOf(pnl)), -sum(lossesOf(pnl)))
}

/** Mean P&L of a trade, account currency. */
export function expectancy(pnl: ArrayLike<number>): number {
  return mean(pnl)
}

/** {@link expectancy} per unit of the average loss; NaN with no loss. */
export function expectancyRatio(pnl: ArrayLike<number>): number {
  return quotient(mean(pnl), -mean(lossesOf(pnl)))
}

/**
 * Lean's expectancy: win rate · (average win / |average loss|) − loss rate, with wins and losses as fractions of the capital
 * running at the time, and a P&L of 0 counted as a loss.
 * @param startingCapital account currency, above 0
 */
export function leanExpectancy(pnl: ArrayLike<number>, startingCapital: number): number {
  let capital = startingCapital
  let wins = 0
  let won = 0
  let lost = 0
  for (let i = 0; i < pnl.length; i++) {
    const fraction = pnl[i]! / capital
    if (fraction > 0) {
      wins += 1
      won += fraction
    } else lost += fraction
    capital += pnl[i]!
  }
  const losses = pnl.length - wins
  const rate = wins / pnl.length
  return rate * quotient(wins > 0 ? won / wins : 0, -lost / losses) - losses / pnl.length
}

/** System quality number (Tharp 2008, "Definitive Guide to Position Sizing"): √N · mean / std (ddof 1) of trade P&L. */
export function systemQualityNumber(pnl: ArrayLike<number>): number {
  return Math.sqrt(pnl.length) * quotient(mean(pnl), standardDeviation(pnl))
}

/**
 * Kelly fraction (Kelly 1956): W − (1 − W) / (average win / average loss) with W the win rate. Negative for a losing system;
 * NaN without both a win and a loss.
 */
export function kellyFraction(pnl: ArrayLike<number>): number {
  const rate = winRate(pnl)
  return rate - (1 - rate) / payoffRatio(pnl)
}

/** Average win over average loss; NaN without both. */
export function payoffRatio(pnl: ArrayLike<number>): number {
  return quotient(mean(winsOf(pnl)), -mean(lossesOf(pnl)))
}

/** Longest run of wins (`win`) or of losses; a P&L of 0 ends either. */
export function longestStreak(kind: 'win' | 'loss', pnl: ArrayLike<number>): number {
  let longest = 0
  let run = 0
  for (let i = 0; i < pnl.length; i++) {
    run = (kind === 'win' ? pnl[i]! > 0 : pnl[i]! < 0) ? run + 1 : 0
    longest = Math.max(longest, run)
  }
  return longest
}

// A NaN belongs to both, so that it reaches the figure.
const winsOf = (pnl: ArrayLike<number>): number[] => Array.from(pnl).filter((x) => !(x <= 0))
const lossesOf = (pnl: ArrayLike<number>): number[] => Array.from(pnl).filter((x) => !(x >= 0))

/** All figures of a list of closed trades. Money in account currency, times in milliseconds; NaN where undefined. */
export interface TradeStatistics {
  readonly trades: number
  readonly longTrades: number
  readonly shortTrades: number
  readonly wins: number
  readonly losses: number
  readonly winRate: number
  readonly netProfit: number
  readonly grossProfit: number
  /** 0 or negative. */
  readonly grossLoss: number
  readonly fees: number
  readonly profitFactor: number
  readonly expectancy: number
  readonly expectancyRatio: number
  readonly payoffRatio: number
  readonly sqn: number
  readonly kelly: number
  readonly pnlDeviation: number
  readonly averageWin: number
  readonly averageLoss: number
  readonly largestWin: number
  readonly largestLoss: number
  readonly averageReturn: number
  readonly bestReturn: number
  readonly worstReturn: number
  readonly longestWinStreak: number
  readonly longestLossStreak: number
  readonly averageHolding: number
  readonly longestHolding: number
  readonly averageWinHolding: number
  readonly averageLossHolding: number
  readonly averageBars: number
  readonly averageMae: number
  readonly averageMfe: number
  readonly worstMae: number
  readonly bestMfe: number
}

/** Statistics of closed trades, in the order given (streaks depend on it). Averages over an optional field count the trades that have it. */
export function tradeStatistics(trades: readonly TradeRecord[]): TradeStatistics {
  const pnl = trades.map((trade) => trade.pnl)
  const returns = trades.map(tradeReturn)
  const winners = trades.filter((trade) => trade.pnl > 0)
  const losers = trades.filter((trade) => trade.pnl < 0)
  const holding = trades.map(holdingTime)
  const mae = known(trades.map((trade) => trade.mae))
  const mfe = known(trades.map((trade) => trade.mfe))
  return {
    trades: trades.length,
    longTrades: trades.filter((trade) => trade.side === 'long').length,
    shortTrades: trades.filter((trade) => trade.side === 'short').length,
    wins: winners.length,
    losses: losers.length,
    winRate: winRate(pnl),
    netProfit: sum(pnl),
    grossProfit: sum(winsOf(pnl)),
    grossLoss: sum(lossesOf(pnl)),
    fees: sum(trades.map((trade) => trade.fees)),
    profitFactor: profitFactor(pnl),
    expectancy: expectancy(pnl),
    expectancyRatio: expectancyRatio(pnl),
    payoffRatio: payoffRatio(pnl),
    sqn: systemQualityNumber(pnl),
    kelly: kellyFraction(pnl),
    pnlDeviation: standardDeviation(pnl),
    averageWin: mean(winsOf(pnl)),
    averageLoss: mean(lossesOf(pnl)),
    largestWin: largest(winsOf(pnl)),
    largestLoss: smallest(lossesOf(pnl)),
    averageReturn: mean(returns),
    bestReturn: largest(returns),
    worstReturn: smallest(returns),
    longestWinStreak: longestStreak('win', pnl),
    longestLossStreak: longestStreak('loss', pnl),
    averageHolding: mean(holding),
    longestHolding: largest(holding),
    averageWinHolding: mean(winners.map(holdingTime)),
    averageLossHolding: mean(losers.map(holdingTime)),
    averageBars: mean(known(trades.map((trade) => trade.bars))),
    averageMae: mean(mae),
    averageMfe: mean(mfe),
    worstMae: smallest(mae),
    bestMfe: largest(mfe),
  }
}

const known = (values: readonly (number | undefined)[]): number[] => values.filter((value) => value !== undefined)
const largest = (values: readonly number[]): number => values.reduce((a, b) => Math.max(a, b), values[0] ?? NaN)
const smallest = (values: readonly number[]): number => values.reduce((a, b) => Math.min(a, b), values[0] ?? NaN)
