import { run } from './run.ts'

const [folder = process.env['ONETAPE_DATA'], ...symbols] = process.argv.slice(2)
const result = await run(folder, symbols.length > 0 ? symbols : undefined)
const { figures, finalEquity, openPositions, tapeHash, trades } = result

console.log(`Momentum rotation among ${result.symbols.length} ${folder === undefined ? 'made-up ' : ''}stocks`)
console.log(`
  Final equity     ${finalEquity.toFixed(2)} USD
  Growth a year    ${(100 * figures.cagr).toFixed(2)} %
  Sharpe ratio     ${figures.sharpe.toFixed(2)}
  Max drawdown     ${(100 * figures.maxDrawdown).toFixed(2)} %
  Closed trades    ${trades.length}
  Held at the end  ${openPositions.map(({ symbol }) => symbol).join(' ')}
`)
console.log(`Tape ${tapeHash}`)
