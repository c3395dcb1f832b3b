import { run } from './run.ts'

const [folder = process.env['ONETAPE_DATA'], symbol] = process.argv.slice(2)
const { figures, finalEquity, symbols, tapeHash, trades } = await run(folder, symbol)

console.log(`SMA cross 10/30 on ${symbols.join(', ')}`)
console.log(`
  Final equity   ${finalEquity.toFixed(2)} USD
  Growth a year  ${(100 * figures.cagr).toFixed(2)} %
  Sharpe ratio   ${figures.sharpe.toFixed(2)}
  Max drawdown   ${(100 * figures.maxDrawdown).toFixed(2)} %
  Closed trades  ${trades.length}
`)
console.log(`Tape ${tapeHash}`)
