import { parseArgs } from 'node:util'
import { commandLineTimes } from './measure/command-line.ts'
import { type Figure, figure, table } from './measure/figure.ts'
import { liveFigures } from './measure/live.ts'
import { probe } from './measure/process.ts'

const PROCESSES = 3

interface W1 {
  readonly loopNs: number
  readonly engineNs: number
  readonly ratio: number
  readonly coldMs: number
  readonly peakMb: number
}

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: [] },
    help: { type: 'boolean', short: 'h', default: false },
  },
})

const benchmarks: Readonly<Record<string, () => readonly Figure[]>> = {
  w1() {
    const fresh = Array.from({ length: PROCESSES }, () => probe('w1') as W1)
    const later = Array.from({ length: PROCESSES }, () => probe('w1', 'five') as W1)
    const worst = (of: (w: W1) => number, among = fresh): number => Math.max(...among.map(of))
    const ratio = worst((w) => w.ratio)
    return [
      figure('w1.ratio_to_loop', ratio, 'ratio', '<=6'),
      figure('w1.bars_per_second', 1e9 / worst((w) => w.engineNs), 'bars/s', ''),
      figure('w1.loop_bars_per_second', 1e9 / worst((w) => w.loopNs), 'bars/s', ''),
      figure(
        'w1.cold_ms',
        worst((w) => w.coldMs),
        'ms',
        '',
      ),
      figure(
        'w1.peak_mb',
        worst((w) => w.peakMb),
        'MiB',
        '<=300',
      ),
      figure('w1.after_five_strategies_ratio', worst((w) => w.ratio, later) / ratio, 'ratio', '<=1.6'),
    ]
  },
  w2() {
    const runs = Array.from({ length: PROCESSES }, () => probe('w2') as { ns: number })
    return [figure('w2.ns_per_event', Math.max(...runs.map((r) => r.ns)), 'ns', '<=60')]
  },
  brackets() {
    const runs = Array.from({ length: PROCESSES }, () => probe('brackets') as { barsPerSecond: number })
    return [figure('brackets.bars_per_second', Math.min(...runs.map((r) => r.barsPerSecond)), 'bars/s', '>=1e6')]
  },
  cli() {
    const { run, firstBar } = commandLineTimes()
    return [figure('cli.run_100k_ms', run, 'ms', '<=500'), figure('cli.first_bar_ms', firstBar, 'ms', '<=350')]
  },
  live: () => liveFigures(PROCESSES, values.quick || process.env['ONETAPE_BENCH'] === 'quick'),
}

const names = Object.keys(benchmarks)
const wanted = values.only.flatMap((list) => list.split(','))
const unknown = wanted.find((name) => !names.includes(name))
if (values.help)
  console.log(
    `npm run bench [-- --json] [-- --quick] [-- --only ${names.join(',')}]\nWhat the figures mean stands in docs/reference/benchmarks.md.`,
  )
else if (unknown !== undefined) {
  console.error(`Expected --only with one of ${names.join(', ')}, found "${unknown}".`)
  process.exitCode = 2
} else {
  const figures: Figure[] = []
  for (const name of wanted.length === 0 ? names : wanted) {
    if (!values.json) console.error(`Measuring ${name} …`)
    figures.push(...benchmarks[name]!())
  }
  console.log(values.json ? JSON.stringify({ figures }) : table(figures))
}
