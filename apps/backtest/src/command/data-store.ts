import { type BarColumns, type BarSeries, type EpochMs, InputError, barSeries, formatInstant } from '@onetape/core'
import { importBars } from '@onetape/market-data'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** A stretch of time, the end excluded. */
export interface Span {
  readonly from: EpochMs
  readonly to: EpochMs
}

/** Prices of one bar that differ by more than this part are of another scale, as after a split. */
const SAME_PRICE = 0.001

/** The bars of a symbol that a folder holds, as `writeBars` puts them there; undefined when there are none. */
export function storedBars(folder: string, symbol: string, interval: BarSeries['interval']): BarSeries | undefined {
  const path = ['.csv.gz', '.csv'].map((ending) => join(folder, `${symbol}_${interval}${ending}`)).find(existsSync)
  if (path === undefined) return undefined
  const series = importBars(path)
  return series.length === 0 ? undefined : series
}

/**
 * What is to be fetched so that `wanted` is there, in an order in which the bars stay without a gap, however early it
 * ends: what lies after the stored bars forwards, what lies before them backwards. Each part contains the stored bar it
 * adjoins, so that prices can be compared. `partMs` is the longest part.
 */
export function missingSpans(wanted: Span, stored: BarSeries | undefined, partMs: number): readonly Span[] {
  if (stored === undefined) return forwards(wanted, partMs)
  const { time, end } = stored.columns
  const [first, last] = [time[0]!, time.at(-1)!]
  const after = wanted.to > end.at(-1)! ? forwards({ from: last, to: wanted.to }, partMs) : []
  const before = wanted.from < first ? backwards({ from: wanted.from, to: end[0]! }, partMs) : []
  return [...after, ...before]
}

function forwards({ from, to }: Span, partMs: number): readonly Span[] {
  const spans: Span[] = []
  for (let at = from; at < to; at += partMs) spans.push({ from: at, to: Math.min(at + partMs, to) })
  return spans
}

function backwards({ from, to }: Span, partMs: number): readonly Span[] {
  const spans: Span[] = []
  for (let at = to; at > from; at -= partMs) spans.push({ from: Math.max(at - partMs, from), to: at })
  return spans
}

/**
 * Stored and fetched bars together; where both have a bar, the stored one stays.
 * @throws {InputError} `data.changed` when they give different prices for one bar
 */
export function joined(stored: BarSeries | undefined, fetched: BarSeries, folder: string): BarSeries {
  if (stored === undefined) return fetched
  const known = new Map([...stored.columns.time].map((time, i) => [time, i]))
  const fresh: number[] = []
  for (const [i, time] of fetched.columns.time.entries()) {
    const at = known.get(time)
    if (at === undefined) fresh.push(i)
    else requireSame(stored, at, fetched, i, folder)
  }
  if (fresh.length === 0) return stored
  const rows = [
    ...[...stored.columns.time.keys()].map((i) => [stored, i] as const),
    ...fresh.map((i) => [fetched, i] as const),
  ].toSorted(([a, i], [b, j]) => a.columns.time[i]! - b.columns.time[j]!)
  const column = (name: keyof BarColumns): Float64Array =>
    Float64Array.from(rows, ([series, i]) => series.columns[name][i]!)
  return barSeries({
    instrument: fetched.instrument,
    interval: fetched.interval,
    columns: {
      time: column('time'),
      end: column('end'),
      open: column('open'),
      high: column('high'),
      low: column('low'),
      close: column('close'),
      volume: column('volume'),
    },
    prices: fetched.prices,
    source: fetched.source,
  })
}

function requireSame(stored: BarSeries, at: number, fetched: BarSeries, i: number, folder: string): void {
  const [was, is] = [stored.columns.close[at]!, fetched.columns.close[i]!]
  if (Math.abs(is - was) <= SAME_PRICE * was && stored.prices === fetched.prices) return
  const { symbol } = fetched.instrument
  const time = formatInstant(fetched.columns.time[i]!)
  throw new InputError(
    'data.changed',
    `Expected the stored close ${was} of ${symbol} (${stored.prices}) at ${time} again, found ${is} (${fetched.prices}).`,
    {
      place: folder,
      hint: `After a split the broker gives all prices anew: remove the file of ${symbol}, or name another folder.`,
    },
  )
}
