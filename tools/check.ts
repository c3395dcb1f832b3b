// Everything that a change must pass: every step runs, also after one that failed, and the last line
// gives the totals of `npm test`. Steps can be named: `npm run check -- lint types`.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readTotals, type Totals } from './test-totals.ts'
import { root } from './workspaces.ts'

const scratch = mkdtempSync(join(tmpdir(), 'onetape-check-'))
const totalsFile = join(scratch, 'totals.json')
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${totalsFile}`]

interface Step {
  readonly name: string
  readonly command: readonly [string, ...string[]]
  /** The root when absent. */
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  /** Folder without which the step has nothing to work on: it is then left out, and says so. */
  readonly needs?: string
}

const steps: readonly Step[] = [
  { name: 'format', command: ['oxfmt', '--check'] },
  { name: 'lint', command: ['oxlint'] },
  { name: 'layers', command: ['node', 'tools/layers/check.ts'] },
  { name: 'unused', command: ['knip'] },
  { name: 'types', command: ['tsc', '-p', 'tsconfig.json'] },
  { name: 'types-pure', command: ['tsc', '-p', 'tsconfig.pure.json'] },
  { name: 'build', command: ['turbo', 'run', 'build', '--output-logs=errors-only'] },
  { name: 'test', command: ['npm', 'test', '--silent', '--', ...reporters] },
  {
    name: 'test-tokyo',
    command: ['node', vitest, 'run', 'packages/calendar', 'packages/market-data'],
    env: { TZ: 'Asia/Tokyo' },
  },
  {
    name: 'test-next-node',
    command: ['node', 'tools/node-next/src/main.ts', vitest, 'run', 'examples', 'packages/core', 'packages/backtest'],
  },
  { name: 'pack', command: ['turbo', 'run', 'pack:check', '--output-logs=errors-only'] },
  { name: 'outside', command: ['node', 'tools/outside/check.ts'] },
  {
    name: 'parity',
    command: ['npm', 'run', '--silent', 'parity'],
    needs: join(root, '../shared/data/us_minute_2026'),
  },
  { name: 'chaos', command: ['npm', 'run', '--silent', 'chaos', '--', '--minutes', '1', '--seed', '1'] },
  { name: 'demo', command: ['npm', '--prefix', root, 'run', '--silent', 'demo'], cwd: scratch },
]

const wanted = process.argv.slice(2)
const unknown = wanted.find((name) => !steps.some((step) => step.name === name))
if (unknown !== undefined) {
  console.error(`Expected steps out of ${steps.map((step) => step.name).join(', ')}; found ${unknown}.`)
  process.exit(1)
}

const failed: string[] = []
let totals: Totals | undefined
for (const step of steps) {
  if (wanted.length > 0 && !wanted.includes(step.name)) continue
  console.log(`\n== ${step.name}: ${step.command.join(' ')}`)
  if (step.needs !== undefined && !existsSync(step.needs)) {
    console.log(`== ${step.name}: skipped, because ${step.needs} is not there`)
    continue
  }
  const begun = performance.now()
  const [command, ...args] = step.command
  const { status, error } = spawnSync(command, args, {
    cwd: step.cwd ?? root,
    env: { ...process.env, ...step.env },
    stdio: 'inherit',
  })
  const seconds = ((performance.now() - begun) / 1000).toFixed(1)
  if (error !== undefined) console.error(error.message)
  if (status !== 0) failed.push(step.name)
  if (step.name === 'test')
    totals = existsSync(totalsFile) ? readTotals(totalsFile, status) : { passed: 0, failed: 1, skipped: 0 }
  console.log(`== ${step.name}: ${status === 0 ? 'ok' : 'FAILED'} in ${seconds} s`)
}

console.log(failed.length === 0 ? '\nEvery step passed.' : `\nFailed: ${failed.join(', ')}.`)
if (totals !== undefined) console.log(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`)
rmSync(scratch, { recursive: true })
process.exitCode = failed.length === 0 ? 0 : 1
