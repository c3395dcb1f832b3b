import { type BacktestResult, backtest } from '@onetape/backtest'
import { fileFeed, sampleFeed } from '@onetape/market-data'
import rsiMeanReversion from '@onetape/strategies/built-in/rsi-mean-reversion'

/** Runs the strategy over daily bars of stocks that share the equity, from a folder of files or the bundled sample. */
export async function run(folder?: string, symbols: readonly string[] = ['AAPL']): Promise<BacktestResult> {
  const feed = folder === undefined ? sampleFeed() : fileFeed(folder)
  const data = await feed.getMultipleSymbols(symbols, { interval: '1d' })
  return backtest({ strategy: rsiMeanReversion, params: { enter: 35, exit: 55, stop: 5 }, data })
}
