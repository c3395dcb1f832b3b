import { type BarSeries, InputError } from '@onetape/core'

const made = new WeakMap<BarSeries, BarSeries>()

/**
 * The back-adjusted form of a series: open, high, low and close times adjClose / close, without corporate actions.
 * Made once per series and kept.
 * @throws {InputError} `data.adjusted` when the series carries no adjusted close
 */
export function adjustedSeries(series: BarSeries): BarSeries {
  if (series.prices === 'adjusted') return series.actions.length === 0 ? series : { ...series, actions: [] }
  const known = made.get(series)
  if (known !== undefined) return known
  const { adjClose, columns } = series
  if (adjClose === undefined)
    throw new InputError('data.adjusted', 'Adjusted prices were asked for, and the data has no adjusted close.', {
      place: series.source,
      hint: 'Use prices: "raw", or data with a column "adj_close".',
    })
  const scaled = (column: Float64Array): Float64Array =>
    column.map((value, i) => value * (adjClose[i]! / columns.close[i]!))
  const adjusted: BarSeries = {
    ...series,
    // `close` itself is the vendor's figure, not the product, which may differ in the last digit.
    columns: {
      ...columns,
      open: scaled(columns.open),
      high: scaled(columns.high),
      low: scaled(columns.low),
      close: adjClose,
    },
    prices: 'adjusted',
    actions: [],
  }
  made.set(series, adjusted)
  return adjusted
}
