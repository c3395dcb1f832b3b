import { run } from './run.ts'

const [folder = process.env['ONETAPE_DATA'], ...symbols] = process.argv.slice(2)
const result = await run(folder, symbols.length > 0 ? symbols : undefined)
const { figures, finalEquity, tapeHash, trades } = result
const earned = (side: 'long' | 'short'): string =>
  trades.reduce((sum, trade) => sum + (trade.side === side ? trade.pnl : 0), 0).toFixed(2)

console.log(`Pairs trading of ${result.symbols.join(' and ')}`)
console.log(`
  Final equity          ${finalEquity.toFixed(2)} USD
  Growth a year         ${(100 * figures.cagr).toFixed(2)} %
  Sharpe ratio          ${figures.sharpe.toFixed(2)}
  Max drawdown          ${(100 * figures.maxDrawdown).toFixed(2)} %
  Earned by long legs   ${earned('long')} USD
  Earned by short legs  ${earned('short')} USD
`)
console.log(`Tape ${tapeHash}`)
