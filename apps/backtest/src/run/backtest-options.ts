import type { BacktestOptions } from '@onetape/backtest'
import type { BarSeries } from '@onetape/core'
import type { RunFlags } from '../run-flags.ts'

/** Options of the library that a flag of the same name and value sets. */
const SAME = [
  'account',
  'borrow',
  'buffer',
  'cash',
  'closeAtEnd',
  'closeCutoffMinutes',
  'convention',
  'creditInterest',
  'creditSells',
  'dayTrading',
  'delayBars',
  'displayedSize',
  'dividends',
  'exits',
  'feesPer',
  'from',
  'leverage',
  'limitFill',
  'limitFillProbability',
  'lots',
  'margin',
  'marginInterest',
  'mark',
  'marketFill',
  'minChange',
  'openCutoffMinutes',
  'participation',
  'periodsPerYear',
  'prices',
  'rejectAtFill',
  'riskFree',
  'runId',
  'seed',
  'settlement',
  'shortInterest',
  'sizeAt',
  'splitOrders',
  'tif',
  'to',
  'trigger',
] as const satisfies readonly (keyof RunFlags & keyof BacktestOptions)[]

/** The library's options that the flags ask for; what no flag names is left to its default. */
export function optionsOf(
  flags: RunFlags,
  benchmark: BarSeries | false | undefined,
): Omit<BacktestOptions, 'data' | 'strategy'> {
  const options: Record<string, unknown> = {}
  for (const name of SAME) if (flags[name] !== undefined) options[name] = flags[name]
  if (flags.fee !== undefined) options['fees'] = flags.fee
  if (flags.slippage !== undefined) options['slippage'] = flags.slippage
  if (flags.latency !== undefined) options['latencyMs'] = flags.latency
  if (flags.shorts === false) options['shortSelling'] = false
  if (benchmark !== undefined) options['benchmark'] = benchmark
  return options
}
