import { loadStrategy } from '@onetape/strategies'
import { type BarSeries, barSeries, instrument, seededRandom } from '@onetape/core'
import { calendar } from '@onetape/calendar'
import type { Gateway } from '@onetape/ibkr-simulator'
import { expect, test } from 'vitest'
import { builtInParity, recordedFolder } from '../src/parity/examples.ts'
import { type ParityRow, parityRun } from '../src/parity/parity-run.ts'

const recorded = recordedFolder()
if (recorded === undefined)
  console.log('Skipped: parity on recorded bars. There is no ../shared/data/us_minute_2026/1m; set ONETAPE_SHARED.')

test.skipIf(recorded === undefined)(
  'each example takes the same decisions as a backtest, live on the simulator, and as a replay',
  async () => {
    const rows: ParityRow[] = []
    for await (const row of builtInParity(undefined, undefined)) rows.push(row)
    expect(rows.map(({ strategy }) => strategy)).toEqual([
      'sma-cross',
      'rsi-mean-reversion',
      'momentum-rotation',
      'pairs-trading',
    ])
    for (const row of rows) {
      expect(row.firstDifference).toBeNull()
      expect(row.identical).toBe(true)
      expect(row.sessions).toBeGreaterThanOrEqual(5)
      expect(row.orders).toBeGreaterThanOrEqual(20)
      expect(row.fills).toBeGreaterThanOrEqual(10)
      expect(row.partialFills).toBeGreaterThanOrEqual(1)
      expect(row.cancels).toBeGreaterThanOrEqual(1)
    }
  },
  120_000,
)

/** Three sessions of thin minute bars, some of them missing. */
function madeUp(symbol: string, seed: number): BarSeries {
  const exchange = calendar('XNYS')
  const sessions = exchange.sessions(Date.UTC(2026, 8, 14), Date.UTC(2026, 8, 17))
  const random = seededRandom(seed)
  let price = 100
  const rows: number[][] = []
  for (const { open, close } of sessions)
    for (let time = open; time < close; time += 60_000) {
      if (random.next() < 0.02) continue
      const begin = Math.round(price * 100) / 100
      price *= 1 + (random.next() - 0.5) / 300
      const end = Math.round(price * 100) / 100
      rows.push([time, begin, Math.max(begin, end) + 0.02, Math.min(begin, end) - 0.02, end, 500 + random.int(0, 5000)])
    }
  const column = (k: number): Float64Array => Float64Array.from(rows, (row) => row[k]!)
  return barSeries({
    instrument: instrument(symbol),
    interval: '1m',
    columns: { time: column(0), open: column(1), high: column(2), low: column(3), close: column(4), volume: column(5) },
  })
}

test.each([
  ['nothing goes wrong', () => undefined],
  ['every callback comes twice', (gateway) => gateway.fault({ kind: 'callbacks', what: 'duplicate', probability: 1 })],
] as readonly [string, (gateway: Gateway) => void][])(
  'made-up bars with missing minutes, and %s: the same in all three',
  async (_, disturb) => {
    const series = [madeUp('AAA', 1), madeUp('BBB', 2)]
    const { strategy } = await loadStrategy('sma-cross', '.')
    const from = calendar('XNYS').sessions(Date.UTC(2026, 8, 15), Date.UTC(2026, 8, 16))[0]!.open
    const row = await parityRun({
      strategy,
      params: { fast: 4, slow: 9 },
      series,
      from,
      to: Date.UTC(2026, 8, 17),
      cash: 300_000,
      disturb,
    })
    expect(row).toMatchObject({ identical: true, firstDifference: null, sessions: 2 })
    expect(row.partialFills).toBeGreaterThan(0)
    expect(row.orders).toBeGreaterThan(20)
  },
)
