import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '../../..')

/** Runs a probe in a process of its own, since what ran before in a process changes what V8 makes of the engine. */
export function probe(name: string, ...args: readonly string[]): unknown {
  return JSON.parse(
    node(['--conditions=@onetape/source', join(import.meta.dirname, `../probe/${name}.ts`), ...args]).stdout,
  )
}

/** The command line's entry, started as a user does without npm. */
export function commandLine(args: readonly string[]): { readonly stdout: string; readonly stderr: string } {
  return node(['--conditions=@onetape/source', join(ROOT, 'apps/backtest/src/main.ts'), ...args])
}

function node(args: readonly string[]): { readonly stdout: string; readonly stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    cwd: ROOT,
    maxBuffer: 64 * 1024 * 1024,
  })
  if (status !== 0) throw new Error(`Expected node ${args.join(' ')} to end well, found status ${status}:\n${stderr}`)
  return { stdout, stderr }
}
