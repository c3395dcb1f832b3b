/** What the plain computation takes: daily columns, and how orders are sized and paid. */
export interface PlainInput {
  readonly columns: { readonly open: Float64Array; readonly close: Float64Array }
  /** USD per share on the ex-day; none by default. */
  readonly dividend?: Float64Array
  readonly cash: number
  /** Shares per trade; undefined: all of the equity, less a buffer of 0.25 % and the estimated costs. */
  readonly shares: number | undefined
  readonly fee: (value: number) => number
  /** Fraction of the price. */
  readonly slippage: number
}

export interface PlainTrade {
  readonly entry: number
  readonly exit: number
  readonly quantity: number
  readonly pnl: number
}

/** SMA 10/30 cross, long only, decided at the close and filled at the next open: the whole backtest in one loop. */
export function plainSmaCross(input: PlainInput): { equity: number[]; trades: PlainTrade[]; held: number } {
  const { open, close } = input.columns
  const average = (i: number, n: number): number => close.subarray(i - n + 1, i + 1).reduce((a, b) => a + b, 0) / n
  const gap = (i: number): number =>
    average(i, 10) / average(i, 30) - 1 > 1e-9 ? 1 : average(i, 30) / average(i, 10) - 1 > 1e-9 ? -1 : 0
  const equity: number[] = []
  const trades: PlainTrade[] = []
  let [cash, held, wanted, paid, from] = [input.cash, 0, 0, 0, 0]
  for (let i = 0; i < close.length; i++) {
    cash += held * (input.dividend?.[i] ?? 0)
    if (wanted !== 0) {
      const value = wanted * open[i]! * (1 + Math.sign(wanted) * input.slippage)
      const fee = input.fee(Math.abs(value))
      cash -= value + fee
      held += wanted
      if (wanted > 0) [paid, from] = held === wanted ? [value + fee, i] : [paid + value + fee, from]
      else trades.push({ entry: from, exit: i, quantity: -wanted, pnl: -value - fee - paid })
      wanted = 0
    }
    const worth = cash + held * close[i]!
    equity.push(worth)
    if (i < 30) continue
    if (gap(i) > 0 && gap(i - 1) <= 0) {
      const budget = 0.9975 * worth
      const all = Math.floor(budget / (close[i]! * (1 + input.fee(budget) / budget + input.slippage)))
      wanted = (input.shares ?? all) - held
      if (input.shares === undefined && Math.abs(wanted) * close[i]! < 0.005 * worth) wanted = 0
    } else if (gap(i) < 0 && gap(i - 1) >= 0) wanted = -held
  }
  return { equity, trades, held }
}
