import { type BacktestResult, backtest } from '@onetape/backtest'
import { fileFeed, sampleFeed } from '@onetape/market-data'
import smaCross from '@onetape/strategies/built-in/sma-cross'

/** Runs the cross over the daily bars of one stock, from a folder of files or from the bundled sample. */
export async function run(folder?: string, symbol = 'AAPL'): Promise<BacktestResult> {
  const feed = folder === undefined ? sampleFeed() : fileFeed(folder)
  const bars = await feed.getHistoricalData({ symbol, interval: '1d' })
  return backtest({ strategy: smaCross, params: { fast: 10, slow: 30 }, data: [bars] })
}
