import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Columns, minuteBars } from '../workload/seeded-bars.ts'
import { commandLine } from './process.ts'
import { median } from './sample.ts'

const BARS = 100_000
const ROUNDS = 7

// Written into the run's folder: says on standard error when the first bar reaches a strategy.
const FIRST_BAR = `import { defineStrategy } from '@onetape/core'
export default defineStrategy({
  name: 'first-bar',
  create() {
    let told = false
    return {
      onBar() {
        if (told) return
        told = true
        process.stderr.write('first bar ' + (performance.timeOrigin + performance.now()) + '\\n')
      },
    }
  },
})
`

/** Wall times of the command line, in milliseconds from the start of the process, medians of runs with warm disk caches. */
export function commandLineTimes(): { readonly run: number; readonly firstBar: number } {
  const folder = mkdtempSync(join(tmpdir(), 'onetape-bench-'))
  try {
    const file = join(folder, 'W1.csv')
    const strategy = join(folder, 'first-bar.ts')
    writeFileSync(file, csv(minuteBars(BARS)))
    writeFileSync(strategy, FIRST_BAR)
    const data = ['--data', file, '--symbols', 'W1', '--calendar', '24/7', '--zone', 'UTC', '--interval', '1m']
    const runs: number[] = []
    const starts: number[] = []
    for (let k = 0; k < ROUNDS + 1; k++) {
      const start = performance.now()
      commandLine(['run', 'sma-cross', ...data])
      const end = performance.now()
      const { stderr } = commandLine(['run', strategy])
      const told = /first bar ([\d.]+)/.exec(stderr)?.[1]
      if (told === undefined) throw new Error(`Expected the strategy to tell its first bar, found:\n${stderr}`)
      // The first round warms the disk cache.
      if (k === 0) continue
      runs.push(end - start)
      starts.push(Number(told) - (performance.timeOrigin + end))
    }
    return { run: median(runs), firstBar: median(starts) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function csv({ time, open, high, low, close, volume }: Columns): string {
  const lines = ['time,open,high,low,close,volume']
  for (let i = 0; i < time.length; i++)
    lines.push(`${new Date(time[i]!).toISOString()},${open[i]!},${high[i]!},${low[i]!},${close[i]!},${volume[i]!}`)
  return `${lines.join('\n')}\n`
}
