import { type BacktestResult, backtest } from '@onetape/backtest'
import { fileFeed } from '@onetape/market-data'
import { madeUpStocks } from './made-up-stocks.ts'
import momentumRotation from '@onetape/strategies/built-in/momentum-rotation'

/** Rotates among all stocks of a folder of daily bars, or those that are named; without a folder among made-up ones. */
export async function run(folder?: string, symbols?: readonly string[]): Promise<BacktestResult> {
  return backtest({
    strategy: momentumRotation,
    params: { lookback: 126, top: 5 },
    data: folder === undefined ? madeUpStocks() : await load(folder, symbols),
  })
}

async function load(folder: string, symbols?: readonly string[]) {
  const feed = fileFeed(folder)
  return await feed.getMultipleSymbols(symbols ?? feed.symbols, { interval: '1d' })
}
