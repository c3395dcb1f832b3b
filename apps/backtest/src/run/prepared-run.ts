import type { BacktestOptions } from '@onetape/backtest'
import { resolveParams } from '@onetape/core'
import { loadStrategy, paramFlags, userFolder } from '@onetape/strategies'
import type { RunFlags } from '../run-flags.ts'
import { optionsOf } from './backtest-options.ts'
import { loadBars } from './load-bars.ts'
import { ownPackage } from '../own-package.ts'

/** All that a run takes, checked and loaded. */
export interface PreparedRun {
  readonly options: BacktestOptions
  /** `sma-cross (fast=10, slow=30) on AAPL, 1d`. */
  readonly title: string
  /** What the reader has to know about the data. */
  readonly notices: readonly string[]
}

/**
 * Loads the strategy and the data that the flags ask for.
 * @throws {InputError} for whatever is wrong with them
 */
export async function prepareRun(wanted: string, flags: RunFlags): Promise<PreparedRun> {
  const base = userFolder()
  const given = paramFlags(flags.param ?? [])
  const { strategy } = await loadStrategy(wanted, base, ownPackage)
  const params = resolveParams(strategy.name, strategy.params, given)
  const { series, benchmark, ticks, notices } = await loadBars(flags, base, strategy.intervals)
  const symbols = [...new Set(series.map(({ instrument }) => instrument.symbol))]
  const intervals = [...new Set(series.map(({ interval }) => interval))].join(' and ')
  const values = Object.entries(params).map(([name, value]) => `${name}=${String(value)}`)
  const named = values.length === 0 ? strategy.name : `${strategy.name} (${values.join(', ')})`
  return {
    options: { strategy, params, data: series, ...ticks, ...optionsOf(flags, benchmark) },
    title: `${named} on ${symbols.length > 5 ? `${symbols.length} symbols` : symbols.join(', ')}, ${intervals}`,
    notices,
  }
}

/** Counts on one line of a terminal: `12 of 30 moments`. Takes the line away when all is done. */
export function counter(what: string, quiet: boolean): { onProgress?: (done: number, total: number) => void } {
  if (quiet || !process.stderr.isTTY) return {}
  return {
    onProgress: (done, total) => {
      process.stderr.write(done < total ? `\r${done} of ${total} ${what}` : '\r\u001B[K')
    },
  }
}
