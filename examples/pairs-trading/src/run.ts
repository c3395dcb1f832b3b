import { type BacktestResult, backtest } from '@onetape/backtest'
import { fileFeed } from '@onetape/market-data'
import { madeUpPair } from './made-up-pair.ts'
import pairsTrading from '@onetape/strategies/built-in/pairs-trading'

/** Trades two stocks of a folder of daily bars against each other; without a folder two made-up ones. */
export async function run(folder?: string, symbols: readonly string[] = ['KO', 'PEP']): Promise<BacktestResult> {
  const data =
    folder === undefined ? madeUpPair() : await fileFeed(folder).getMultipleSymbols(symbols, { interval: '1d' })
  return backtest({ strategy: pairsTrading, params: { window: 60, enter: 2 }, data })
}
