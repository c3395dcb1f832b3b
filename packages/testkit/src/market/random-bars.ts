import { type BarColumns, type BarValues, seededRandom } from '@onetape/core'

export interface RandomBarsOptions {
  /** Prices are multiples of this; default 0.01. Coarse grids make ties. */
  readonly tick?: number
  /** Default 100. */
  readonly startPrice?: number
  /** Largest move of one bar, relative; default 0.02. */
  readonly step?: number
  /** Milliseconds from one bar to the next, and its length; default one minute. */
  readonly intervalMs?: number
  /** Share of bars that do not move and trade nothing; default 0.05. */
  readonly still?: number
}

/** Seeded bars on a price grid, with low ≤ open, close ≤ high, prices of at least one tick, some bars without movement. */
export function randomBars(seed: number, length: number, options: RandomBarsOptions = {}): BarColumns {
  const { tick = 0.01, startPrice = 100, step = 0.02, intervalMs = 60_000, still = 0.05 } = options
  const random = seededRandom(seed)
  const columns = emptyColumns(length)
  const grid = (price: number): number => Math.max(1, Math.round(price / tick)) * tick
  let last = grid(startPrice)
  for (let i = 0; i < length; i++) {
    const moves = random.next() >= still
    const wander = (price: number): number => (moves ? grid(price * (1 + (random.next() - 0.5) * step)) : price)
    const open = wander(last)
    const close = wander(open)
    columns.time[i] = i * intervalMs
    columns.end[i] = (i + 1) * intervalMs
    columns.open[i] = open
    columns.close[i] = close
    columns.high[i] = Math.max(open, close, wander(close))
    columns.low[i] = Math.min(open, close, wander(open))
    columns.volume[i] = moves ? random.int(1, 100_000) : 0
    last = close
  }
  return columns
}

/** Columns of zeros. */
export function emptyColumns(length: number): BarColumns {
  const column = (): Float64Array => new Float64Array(length)
  return {
    time: column(),
    end: column(),
    open: column(),
    high: column(),
    low: column(),
    close: column(),
    volume: column(),
  }
}

/** Bar `i` of columns as an object. */
export function barAt(columns: BarColumns, i: number): BarValues {
  return {
    time: columns.time[i]!,
    end: columns.end[i]!,
    open: columns.open[i]!,
    high: columns.high[i]!,
    low: columns.low[i]!,
    close: columns.close[i]!,
    volume: columns.volume[i]!,
  }
}
