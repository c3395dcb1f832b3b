import type { EpochMs } from '@onetape/core'

/** Price bars of one instrument as columns: one entry per bar, ascending `time` (start of the bar, epoch ms UTC). USD and shares. */
export interface CandleColumns {
  readonly time: ArrayLike<EpochMs>
  readonly open: ArrayLike<number>
  readonly high: ArrayLike<number>
  readonly low: ArrayLike<number>
  readonly close: ArrayLike<number>
  readonly volume: ArrayLike<number>
}

/** Bars put together, and how many of the original ones stand in each. */
export interface MergedCandles {
  readonly columns: CandleColumns
  readonly merged: number
}

/** The bars, put together in runs of equal length until there are at most `most`: first open, highest high, lowest low, last close. */
export function mergeCandles(columns: CandleColumns, most: number): MergedCandles {
  const length = columns.time.length
  const merged = Math.max(1, Math.ceil(length / most))
  if (merged === 1) return { columns, merged }
  const count = Math.ceil(length / merged)
  const time = new Float64Array(count)
  const open = new Float64Array(count)
  const high = new Float64Array(count).fill(-Infinity)
  const low = new Float64Array(count).fill(Infinity)
  const close = new Float64Array(count)
  const volume = new Float64Array(count)
  for (let i = 0; i < length; i++) {
    const at = Math.floor(i / merged)
    if (i % merged === 0) {
      time[at] = columns.time[i]!
      open[at] = columns.open[i]!
    }
    high[at] = Math.max(high[at]!, columns.high[i]!)
    low[at] = Math.min(low[at]!, columns.low[i]!)
    close[at] = columns.close[i]!
    volume[at]! += columns.volume[i]!
  }
  return { columns: { time, open, high, low, close, volume }, merged }
}

/**
 * The bar that an event of `time` belongs to: the last that began before it. A fill on a bar is stamped with the bar's end,
 * which is the next bar's start. The first bar also takes an event at its very start; −1 for earlier ones.
 */
export function barOfEvent(times: ArrayLike<EpochMs>, time: EpochMs): number {
  let low = 0
  let high = times.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (times[middle]! < time) low = middle + 1
    else high = middle
  }
  return low === 0 && times.length > 0 && times[0] === time ? 0 : low - 1
}
