import { resolve } from 'node:path'
import { styleText } from 'node:util'
import type { RunFlags } from '../run-flags.ts'
import { userFolder } from '@onetape/strategies'
import { runCommand } from './run.ts'

/** The moving-average cross on the bundled sample, with its report: works in any folder, without a network. */
export async function demoCommand(flags: RunFlags): Promise<void> {
  const out = flags.out ?? 'onetape-demo'
  await runCommand('sma-cross', { ...flags, out, symbols: ['AAPL'] })
  if (flags.quiet === true || flags.json === true) return
  const report = resolve(userFolder(), out, 'report.html')
  process.stdout.write(`\nOpen ${styleText('bold', report)} in a browser to see the report.\n`)
}
