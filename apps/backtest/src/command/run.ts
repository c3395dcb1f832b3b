import { type BacktestResult, backtest } from '@onetape/backtest'
import { resolveParams } from '@onetape/core'
import { loadStrategy, paramFlags, shown, userFolder } from '@onetape/strategies'
import { checkResultFolder, writeResultFolder } from '../output/result-folder.ts'
import { optionsOf } from '../run/backtest-options.ts'
import { loadBars } from '../run/load-bars.ts'
import { Progress } from '../run/progress.ts'
import type { RunFlags } from '../run-flags.ts'
import { ownPackage } from '../own-package.ts'

/**
 * Runs a strategy, shows the result and writes it. Everything that can be wrong with flags, strategy and data is looked
 * at before the run; the folder is written after it, in one step.
 */
export async function runCommand(wanted: string, flags: RunFlags): Promise<void> {
  const base = userFolder()
  const folder = flags.out === undefined ? undefined : checkResultFolder(flags.out, base)
  const given = paramFlags(flags.param ?? [])
  const { strategy } = await loadStrategy(wanted, base, ownPackage)
  const params = resolveParams(strategy.name, strategy.params, given)
  const { series, benchmark, ticks, notices: dataNotices } = await loadBars(flags, base, strategy.intervals)

  const progress = new Progress(flags.quiet === true)
  const start = performance.now()
  let result: BacktestResult
  try {
    result = backtest({
      strategy,
      params,
      data: series,
      ...ticks,
      ...optionsOf(flags, benchmark),
      ...(progress.callback === undefined ? {} : { onProgress: progress.callback }),
    })
  } finally {
    progress.stop()
  }
  const ms = performance.now() - start

  const notices = [...dataNotices, ...result.notices]
  if (folder !== undefined) await write(folder, result, notices)
  if (flags.json === true) process.stdout.write(`${JSON.stringify({ ...result.toJSON(), notices })}\n`)
  else if (flags.quiet !== true) {
    const { summary } = await import('../output/summary.ts')
    process.stdout.write(summary(result, notices, ms))
    if (folder !== undefined) process.stdout.write(`Written to ${shown(folder, base)}\n`)
  }
}

async function write(folder: string, result: BacktestResult, notices: readonly string[]): Promise<void> {
  const [{ ResultClock, equityCsv, ordersCsv, tradesCsv }, { reportPage }] = await Promise.all([
    import('../output/result-tables.ts'),
    import('../output/report-page.ts'),
  ])
  const clock = new ResultClock(result.data[0]!.instrument.calendar)
  await writeResultFolder(folder, {
    'result.json': () => `${JSON.stringify({ ...result.toJSON(), notices }, null, 2)}\n`,
    'trades.csv': () => tradesCsv(result, clock),
    'equity.csv': () => equityCsv(result, clock),
    'orders.csv': () => ordersCsv(result, clock),
    'report.html': () => reportPage(result, notices),
  })
}
