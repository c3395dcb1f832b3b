import { backtest } from '../../src/index.ts'
import bollingerReversal from '../published/strategies/bollinger-reversal.ts'
import smaCross from '../independent/sma-cross.ts'
import { randomMarket } from './random-market.ts'
import randomTrader from './random-trader.ts'
import { sample } from './sample.ts'

/** Tape hashes of runs that between them use indicators, every order type, several instruments, actions and chance. */
export function tapeHashes(): Readonly<Record<string, string>> {
  const aapl = sample()
  const several = randomMarket(7)
  return {
    'sma-cross': backtest({ strategy: smaCross, data: [aapl] }).tapeHash,
    'sma-cross, adjusted': backtest({ strategy: smaCross, data: [aapl], prices: 'adjusted' }).tapeHash,
    'bollinger-reversal': backtest({ strategy: bollingerReversal, data: [aapl], params: { period: 20 } }).tapeHash,
    'random-trader': backtest({ strategy: randomTrader, data: several }).tapeHash,
    'random-trader, seed 2': backtest({ strategy: randomTrader, data: several, seed: 2 }).tapeHash,
    'random-trader, sized at the fill': backtest({ strategy: randomTrader, data: several, sizeAt: 'fill' }).tapeHash,
  }
}

// Run as a program it prints them.
if (process.argv[1] === import.meta.filename) console.log(JSON.stringify(tapeHashes()))
