// One process of W2.
import { expectAnswer, median, time } from '../measure/sample.ts'
import { run } from '../workload/plain-costs.ts'
import { dailyUniverse, series } from '../workload/seeded-bars.ts'
import { notionalCross } from '../workload/strategies.ts'

const data = dailyUniverse().map((columns, k) => series(`I${k}`, '1d', columns, 1e-16))
const { trades, finalEquity, counts } = run(notionalCross, data)
expectAnswer('trades of W2', trades.length, 4779, 0)
expectAnswer('final equity of W2', finalEquity, 1305183.929758, 1e-5)

for (let k = 0; k < 8; k++) run(notionalCross, data)
const times: number[] = []
for (let k = 0; k < 24; k++) times.push(time(() => void run(notionalCross, data)))
console.log(JSON.stringify({ ns: (median(times) * 1e6) / counts.bars }))
