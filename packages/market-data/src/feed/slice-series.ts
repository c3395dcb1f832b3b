import { BAR_COLUMNS, type BarColumns, type BarSeries, type EpochMs, formatInstant, InputError } from '@onetape/core'

/**
 * The bars of a series with `from` ≤ time < `to`, over the same memory, and the actions from the first of them on.
 *
 * @throws {InputError} `data.range_empty` when there are none, saying what there is
 */
export function sliceSeries(series: BarSeries, from: EpochMs | undefined, to: EpochMs | undefined): BarSeries {
  const { time } = series.columns
  const first = from === undefined ? 0 : firstAtOrAfter(time, from)
  const last = to === undefined ? series.length : firstAtOrAfter(time, to)
  if (first === 0 && last === series.length) return series
  if (!(first < last)) {
    const shown = `${from === undefined ? 'the start' : formatInstant(from)} to ${to === undefined ? 'the end' : formatInstant(to)}`
    throw new InputError(
      'data.range_empty',
      `Expected bars of ${series.instrument.symbol} from ${shown}, found none.`,
      {
        place: series.source,
        hint: `There are ${series.length} bars of ${series.interval} from ${formatInstant(time[0]!)} to ${formatInstant(time[series.length - 1]!)}.`,
      },
    )
  }
  const columns = Object.fromEntries(
    BAR_COLUMNS.map((key) => [key, series.columns[key].subarray(first, last)]),
  ) as unknown as BarColumns
  const [start, end] = [series.columns.end[first - 1] ?? -Infinity, series.columns.end[last - 1]!]
  return {
    ...series,
    length: last - first,
    columns,
    adjClose: series.adjClose?.subarray(first, last),
    actions: series.actions.filter((action) => action.time >= start && action.time < end),
  }
}

function firstAtOrAfter(time: Float64Array, t: EpochMs): number {
  let low = 0
  let high = time.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (time[middle]! < t) low = middle + 1
    else high = middle
  }
  return low
}
