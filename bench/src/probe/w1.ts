// One process of W1; with the argument "five" after five other strategies.
import { expectAnswer, median, time } from '../measure/sample.ts'
import { handWrittenLoop } from '../workload/hand-written-loop.ts'
import { CASH, run } from '../workload/plain-costs.ts'
import { minuteBars, series } from '../workload/seeded-bars.ts'
import { others, smaCross } from '../workload/strategies.ts'

const BARS = 1_000_000
const PAIRS = 24
const PARAMETERS = { fast: 10, slow: 30, fee: 0.001, cash: CASH }

const columns = minuteBars(BARS)
const data = [series('W1', '1m', columns, 1)]

if (process.argv[2] === 'five') for (const strategy of others) for (let k = 0; k < 2; k++) run(strategy, data)

const cold = time(() => {
  const { trades, finalEquity } = run(smaCross, data)
  expectAnswer('trades of W1', trades.length, 19_413, 0)
  expectAnswer('final equity of W1', finalEquity, 997189.4481987164, 1e-6)
})
const equity = new Float64Array(BARS)
expectAnswer('final equity of the loop', handWrittenLoop(columns, equity, PARAMETERS).equity, 997189.4481987164, 1e-6)

for (let k = 0; k < 3; k++) {
  handWrittenLoop(columns, equity, PARAMETERS)
  run(smaCross, data)
}
const loops: number[] = []
const engines: number[] = []
for (let k = 0; k < PAIRS; k++) {
  loops.push(time(() => void handWrittenLoop(columns, equity, PARAMETERS)))
  engines.push(time(() => void run(smaCross, data)))
}
const loop = median(loops)
const engine = median(engines)
console.log(
  JSON.stringify({
    loopNs: (loop * 1e6) / BARS,
    engineNs: (engine * 1e6) / BARS,
    ratio: median(engines.map((ms, k) => ms / loops[k]!)),
    ratioOfMedians: engine / loop,
    coldMs: cold,
    peakMb: process.resourceUsage().maxRSS / 1024,
  }),
)
