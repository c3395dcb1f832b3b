// One process of the bracket-heavy run: every tenth bar places an entry, a stop and a target.
import { median, time } from '../measure/sample.ts'
import { run } from '../workload/plain-costs.ts'
import { minuteBars, series } from '../workload/seeded-bars.ts'
import { brackets } from '../workload/strategies.ts'

const BARS = 300_000
const data = [series('B', '1m', minuteBars(BARS), 1)]
const { counts } = run(brackets, data)
if (!(counts.orders > 0.3 * BARS && counts.fills > 0.15 * BARS))
  throw new Error(`Expected brackets that fill, found ${JSON.stringify(counts)}`)
const times: number[] = []
for (let k = 0; k < 11; k++) times.push(time(() => void run(brackets, data)))
console.log(JSON.stringify({ barsPerSecond: (BARS / median(times)) * 1000 }))
