import {
  type BarColumns,
  type BarSeries,
  BAR_COLUMNS,
  type CorporateAction,
  barSeries,
  instrument,
  seededRandom,
} from '@onetape/core'
import { randomBars } from '@onetape/testkit'

export const HOUR = 3_600_000

/** Hours that a random market covers. */
export const LENGTH = 150

/** Hourly bars of three instruments, with gaps, a split and dividends; four-hour bars beside them. */
export function randomMarket(seed: number): BarSeries[] {
  return ['A', 'B', 'C'].flatMap((symbol, k) => {
    const random = seededRandom(seed + k)
    const whole = randomBars(seed + k, LENGTH, { intervalMs: HOUR, step: 0.02 })
    const hourly = pick(whole, (i) => k === 0 || i === 0 || random.next() > 0.1)
    const actions: CorporateAction[] = [
      { kind: 'dividend', symbol, time: random.int(10, LENGTH) * HOUR, amount: 0.5 },
      { kind: 'split', symbol, time: random.int(10, LENGTH) * HOUR, ratio: 2 },
    ]
    const spec = instrument(symbol, { calendar: '24/7', tick: 0.01 })
    const slow = randomBars(seed + k + 1000, LENGTH / 4, { intervalMs: 4 * HOUR })
    return [
      barSeries({ instrument: spec, interval: '1h', columns: hourly, actions }),
      barSeries({ instrument: spec, interval: '4h', columns: slow }),
    ]
  })
}

/** The rows of columns that `keep` picks. */
export function pick(columns: BarColumns, keep: (i: number) => boolean): BarColumns {
  const kept = Array.from(columns.time.keys()).filter(keep)
  return everyColumn((name) => Float64Array.from(kept, (i) => columns[name][i]!))
}

/** Columns made one by one. */
export function everyColumn(make: (name: keyof BarColumns) => Float64Array): BarColumns {
  return Object.fromEntries(BAR_COLUMNS.map((name) => [name, make(name)])) as unknown as BarColumns
}
