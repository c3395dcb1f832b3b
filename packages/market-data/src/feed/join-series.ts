import { BAR_COLUMNS, type BarSeries, barSeries, InputError } from '@onetape/core'

/**
 * One series of several parts of it, such as a file for each year, in any order.
 *
 * @throws {InputError} `data.ambiguous` when two parts overlap or are on different price bases
 */
export function joinSeries(parts: readonly BarSeries[], place: string): BarSeries {
  const sorted = parts.toSorted((a, b) => a.columns.time[0]! - b.columns.time[0]!)
  const [first, ...others] = sorted
  if (first === undefined) throw new InputError('data.empty', 'Expected a file of bars, found none.', { place })
  if (others.length === 0) return first
  for (const [i, part] of others.entries()) {
    const before = sorted[i]!
    const overlap = !(part.columns.time[0]! >= before.columns.end[before.length - 1]!)
    if (overlap || part.prices !== before.prices)
      throw new InputError(
        'data.ambiguous',
        `Expected one series of ${part.instrument.symbol}, found ${overlap ? 'overlapping times' : 'different price bases'} in "${before.source}" and "${part.source}".`,
        { place, hint: 'Give a narrower folder, or name the file of each symbol.' },
      )
  }
  const columns = Object.fromEntries(BAR_COLUMNS.map((key) => [key, joined(sorted.map((part) => part.columns[key]))]))
  const adjCloses = sorted.map((part) => part.adjClose)
  return barSeries({
    instrument: { ...first.instrument, hasVolume: sorted.some((part) => part.instrument.hasVolume) },
    interval: first.interval,
    columns: columns as unknown as BarSeries['columns'],
    prices: first.prices,
    adjClose: adjCloses.every((values) => values !== undefined) ? joined(adjCloses) : undefined,
    actions: sorted.flatMap((part) => part.actions),
    source: place,
    officialOpenClose: sorted.every((part) => part.officialOpenClose),
  })
}

function joined(arrays: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(arrays.reduce((sum, array) => sum + array.length, 0))
  let at = 0
  for (const array of arrays) {
    all.set(array, at)
    at += array.length
  }
  return all
}
