import { isInputError } from '@onetape/core'
import { accessSync, constants, mkdtempSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { availableParallelism, freemem, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { styleText } from 'node:util'
import { getHeapStatistics } from 'node:v8'
import { userFolder } from '@onetape/strategies'
import { version } from '../version.ts'
import { ownPackage } from '../own-package.ts'

/** One thing that was checked: `problem` says what is wrong, `remedy` how to mend it. */
interface Finding {
  readonly name: string
  readonly ok: boolean
  readonly detail: string
  readonly remedy?: string
}

const PACKAGES = ['analytics', 'backtest', 'calendar', 'core', 'costs', 'indicators', 'market-data', 'report']

const STRATEGY = `import { defineStrategy, int } from '@onetape/core'
import { sma } from '@onetape/indicators'
const period: number = 5
export default defineStrategy({
  name: 'doctor',
  params: { period: int(period) },
  create({ params, use }) {
    use(sma(params.period))
    return { onBar(bar, { orders }) { orders.targetPercent(bar.instrument, 1) } }
  },
})
`

/** Checks what a run needs, prints what it found, and sets exit code 1 when something is wrong. */
export async function doctorCommand(flags: { readonly json?: boolean }): Promise<void> {
  const findings: Finding[] = []
  for (const check of [node, packages, strategyLoading, sampleData, wholeRun, workingFolder, temporaryFolder, memory])
    findings.push(await guarded(check))
  const ok = findings.every((finding) => finding.ok)
  if (flags.json === true) process.stdout.write(`${JSON.stringify({ ok, findings }, null, 2)}\n`)
  else for (const finding of findings) process.stdout.write(`${line(finding)}\n`)
  if (!ok) process.exitCode = 1
}

function line({ name, ok, detail, remedy }: Finding): string {
  const mark = ok ? styleText('green', 'ok     ') : styleText('red', 'problem')
  return `${mark}  ${name}: ${detail}${remedy === undefined ? '' : `\n         ${remedy}`}`
}

async function guarded(check: () => Finding | Promise<Finding>): Promise<Finding> {
  try {
    return await check()
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error)
    const remedy = isInputError(error) ? undefined : 'Install again: npm install @onetape/cli'
    return { name: spoken(check.name), ok: false, detail, ...(remedy === undefined ? {} : { remedy }) }
  }
}

function spoken(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
}

function node(): Finding {
  const name = 'node'
  const ok = Number(process.versions.node.split('.')[0]) >= 24
  const detail = `${process.version} on ${process.platform} ${process.arch}, ${availableParallelism()} cores`
  return ok ? { name, ok, detail } : { name, ok, detail, remedy: 'Install Node 24 or later: https://nodejs.org' }
}

/** A release gives all packages one version: anything else is a broken installation. */
function packages(): Finding {
  const name = 'packages'
  const require = createRequire(import.meta.url)
  const own = version()
  const other = PACKAGES.flatMap((each) => {
    const manifest = require(`@onetape/${each}/package.json`) as { version: string }
    return manifest.version === own ? [] : [`${each} ${manifest.version}`]
  })
  return other.length === 0
    ? { name, ok: true, detail: `${PACKAGES.length + 1} packages, all ${own}` }
    : {
        name,
        ok: false,
        detail: `Expected all packages to be ${own}, found ${other.join(', ')}`,
        remedy: 'Install again: npm install @onetape/cli',
      }
}

/** A TypeScript file in a CommonJS folder without node_modules: what Node alone would not load. */
async function strategyLoading(): Promise<Finding> {
  const { loadStrategy } = await import('@onetape/strategies')
  const folder = mkdtempSync(join(tmpdir(), 'onetape-doctor-'))
  try {
    writeFileSync(join(folder, 'package.json'), '{ "type": "commonjs" }')
    writeFileSync(join(folder, 'strategy.ts'), STRATEGY)
    const { strategy } = await loadStrategy(join(folder, 'strategy.ts'), folder, ownPackage)
    return { name: 'strategy loading', ok: strategy.name === 'doctor', detail: 'TypeScript files load as they are' }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function sampleData(): Promise<Finding> {
  const { loadBars } = await import('../run/load-bars.ts')
  const { series } = await loadBars({}, userFolder())
  const bars = series[0]?.length ?? 0
  return { name: 'sample data', ok: bars > 0, detail: `${bars} bars of ${series[0]?.instrument.symbol ?? 'nothing'}` }
}

async function wholeRun(): Promise<Finding> {
  const [{ loadBars }, { loadBuiltIn }, { backtest }] = await Promise.all([
    import('../run/load-bars.ts'),
    import('@onetape/strategies'),
    import('@onetape/backtest'),
  ])
  const { series } = await loadBars({}, userFolder())
  const result = backtest({ strategy: await loadBuiltIn('sma-cross'), data: series })
  const ok = result.trades.length > 0
  return { name: 'whole run', ok, detail: `${result.trades.length} trades, tape ${result.tapeHash}` }
}

function workingFolder(): Finding {
  return writable('working folder', userFolder())
}

function temporaryFolder(): Finding {
  return writable('temporary folder', tmpdir())
}

function writable(name: string, folder: string): Finding {
  try {
    accessSync(folder, constants.W_OK)
  } catch {
    const remedy = 'Go to a folder of your own, or give --out a path that you may write.'
    return { name, ok: false, detail: `Nothing can be written into ${folder}`, remedy }
  }
  const { bavail, bsize } = statfsSync(folder)
  const free = bavail * bsize
  return free < 100e6
    ? { name, ok: false, detail: `${folder} has ${megabytes(free)} left`, remedy: 'Free some space on that disk.' }
    : { name, ok: true, detail: `${folder}, ${megabytes(free)} free` }
}

function memory(): Finding {
  const name = 'memory'
  const heap = getHeapStatistics().heap_size_limit
  const detail = `${megabytes(available())} of ${megabytes(totalmem())} free, ${megabytes(heap)} for JavaScript`
  return available() < 300e6
    ? { name, ok: false, detail, remedy: 'A million bars need some 300 MB: close other programs.' }
    : { name, ok: true, detail }
}

/** Bytes that programs may still take; on Linux the kernel's own estimate, which counts caches as free. */
function available(): number {
  try {
    const kilobytes = /^MemAvailable:\s+(\d+) kB/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1]
    if (kilobytes !== undefined) return Number(kilobytes) * 1024
  } catch {
    // not Linux
  }
  return freemem()
}

function megabytes(bytes: number): string {
  return bytes >= 10e9 ? `${Math.round(bytes / 1e9)} GB` : `${Math.round(bytes / 1e6)} MB`
}
