import { run } from './run.ts'

const [folder = process.env['ONETAPE_DATA'], ...symbols] = process.argv.slice(2)
const result = await run(folder, symbols.length > 0 ? symbols : undefined)
const { figures, fills, finalEquity, tapeHash } = result

console.log(`RSI mean reversion on ${result.symbols.join(', ')}`)
console.log(`
  Final equity      ${finalEquity.toFixed(2)} USD
  Growth a year     ${(100 * figures.cagr).toFixed(2)} %
  Sharpe ratio      ${figures.sharpe.toFixed(2)}
  Max drawdown      ${(100 * figures.maxDrawdown).toFixed(2)} %
  Sold on recovery  ${fills.filter(({ tag }) => tag === 'recovered').length}
  Sold by the stop  ${fills.filter(({ tag }) => tag === 'stop').length}
`)
console.log(`Tape ${tapeHash}`)
