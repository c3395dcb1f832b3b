/**
 * SMA 10/30 cross over a daily CSV file with `date,open,high,low,close,volume,adj_close,dividend,split`: long only, decided
 * at the close, filled at the next open, all of the equity less 0.25 % and the estimated costs. On adjusted prices, or
 * on raw ones with dividends in cash and without splits. It shares no code with the engine.
 *
 * @param costly 0.1 %, at least 1 USD, and 5 basis points of slippage; otherwise nothing
 */
export function plainSmaCross(csv: string, adjusted: boolean, costly: boolean) {
  const [header = '', ...lines] = csv.trim().split(/\r?\n/)
  const cells = lines.map((line) => line.split(','))
  const column = (name: string): number[] => cells.map((row) => Number(row[header.split(',').indexOf(name)]))
  const [open, close, adjClose, dividend] = ['open', 'close', 'adj_close', 'dividend'].map(column) as [
    number[],
    number[],
    number[],
    number[],
  ]
  if (adjusted) for (const i of close.keys()) open[i]! *= adjClose[i]! / close[i]!
  const price = adjusted ? adjClose : close
  const fee = (value: number): number => (costly ? Math.max(1, 0.001 * value) : 0)
  const slippage = costly ? 0.0005 : 0
  const average = (i: number, n: number): number => price.slice(i - n + 1, i + 1).reduce((a, b) => a + b, 0) / n
  const gap = (i: number): number =>
    Math.abs(average(i, 10) / average(i, 30) - 1) < 1e-9 ? 0 : Math.sign(average(i, 10) - average(i, 30))
  const equity: number[] = []
  const trades: { entry: string; exit: string; quantity: number; pnl: number }[] = []
  let [cash, held, wanted, paid, entry] = [100_000, 0, 0, 0, '']
  for (const [i, row] of cells.entries()) {
    if (!adjusted) cash += held * dividend[i]!
    if (wanted !== 0) {
      const value = wanted * open[i]! * (1 + Math.sign(wanted) * slippage)
      cash -= value + fee(Math.abs(value))
      if (wanted > 0) [paid, entry] = [value + fee(value), row[0]!]
      else trades.push({ entry, exit: row[0]!, quantity: held, pnl: -value - fee(-value) - paid })
      held += wanted
      wanted = 0
    }
    equity.push(cash + held * price[i]!)
    if (i < 30) continue
    const budget = 0.9975 * equity[i]!
    if (gap(i) > 0 && gap(i - 1) <= 0) {
      wanted = Math.floor(budget / (price[i]! * (1 + fee(budget) / budget + slippage))) - held
      if (Math.abs(wanted) * price[i]! < 0.005 * equity[i]!) wanted = 0 // after a tie of the averages
    } else if (gap(i) < 0 && gap(i - 1) >= 0) wanted = -held
  }
  return { equity, trades }
}
