import type { BarSeries } from '@onetape/core'
import { barSeries, instrument } from '@onetape/core'

/** Columns as `barSeries` takes them. */
export interface Columns {
  readonly time: Float64Array
  readonly open: Float64Array
  readonly high: Float64Array
  readonly low: Float64Array
  readonly close: Float64Array
  readonly volume: Float64Array
}

interface Walk {
  readonly seed: number
  /** Price before the first bar, USD. */
  readonly start: number
  readonly stepMs: number
  /** Start of the first bar, epoch ms. */
  readonly from: number
  /** Volatility and drift of the logarithm in one bar. */
  readonly sigma: number
  readonly drift: number
}

const MINUTES_OF_YEAR = 525_600

/** W1: minute bars of one instrument, 60 % volatility a year. */
export function minuteBars(count: number): Columns {
  return walk(count, {
    seed: 42,
    start: 100,
    stepMs: 60_000,
    from: Date.UTC(2020, 0, 1),
    sigma: 0.6 / Math.sqrt(MINUTES_OF_YEAR),
    drift: 0,
  })
}

/** W2: ten years of daily bars of 100 instruments, 30 % volatility and 8 % drift a year. */
export function dailyUniverse(): readonly Columns[] {
  return Array.from({ length: 100 }, (_, k) =>
    walk(2520, {
      seed: 1000 + k,
      start: 20 + k,
      stepMs: 86_400_000,
      from: Date.UTC(2010, 0, 1),
      sigma: 0.3 / Math.sqrt(252),
      drift: 0.08 / 252,
    }),
  )
}

/**
 * The columns as a series of an instrument that trades around the clock.
 * @param lot smallest quantity; 1e-16 lets every fraction pass
 */
export function series(symbol: string, interval: '1m' | '1d', columns: Columns, lot: number): BarSeries {
  return barSeries({ instrument: instrument(symbol, { calendar: '24/7', lot, tick: 0 }), interval, columns })
}

/**
 * Bars of a geometric Brownian motion. Each opens apart from the close before, so that an engine which fills at the
 * wrong one of the two cannot hide it.
 */
function walk(count: number, { seed, start, stepMs, from, sigma, drift }: Walk): Columns {
  const normal = normals(mulberry32(seed))
  const column = (): Float64Array => new Float64Array(count)
  const bars = { time: column(), open: column(), high: column(), low: column(), close: column(), volume: column() }
  let last = start
  for (let i = 0; i < count; i++) {
    const open = last * Math.exp(0.15 * sigma * normal())
    const early = open * Math.exp(0.5 * sigma * normal())
    const late = early * Math.exp(0.5 * sigma * normal())
    const close = late * Math.exp(drift - 0.5 * sigma * sigma + 0.5 * sigma * normal())
    const wick = Math.abs(normal()) * 0.3 * sigma
    bars.time[i] = from + i * stepMs
    bars.open[i] = open
    bars.high[i] = Math.max(open, early, late, close) * (1 + wick)
    bars.low[i] = Math.min(open, early, late, close) * (1 - wick)
    bars.close[i] = close
    bars.volume[i] = Math.round(1000 * Math.exp(normal() * 0.7))
    last = close
  }
  return bars
}

/** Tommy Ettinger's generator: uniform numbers in [0, 1), the same for a seed everywhere. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let x = Math.imul(state ^ (state >>> 15), 1 | state)
    x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x
    return ((x ^ (x >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** Marsaglia's polar method: standard normal numbers, two at a time. */
function normals(uniform: () => number): () => number {
  let spare = NaN
  return () => {
    if (spare === spare) {
      const kept = spare
      spare = NaN
      return kept
    }
    for (;;) {
      const u = 2 * uniform() - 1
      const v = 2 * uniform() - 1
      const s = u * u + v * v
      if (s >= 1 || s === 0) continue
      const scale = Math.sqrt((-2 * Math.log(s)) / s)
      spare = v * scale
      return u * scale
    }
  }
}
