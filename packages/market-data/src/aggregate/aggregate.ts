import { calendar as calendarOf, type TradingCalendar } from '@onetape/calendar'
import {
  BAR_COLUMNS,
  type BarInterval,
  type BarSeries,
  barSeries,
  InputError,
  intervalMs,
  isInputError,
  isSessionInterval,
} from '@onetape/core'
import { type AggregateHours, BarAggregator } from './bar-aggregator.ts'

export interface AggregateOptions {
  /** Calendar that says when sessions are; by default the instrument's. */
  readonly calendar?: TradingCalendar | undefined
  /** Which bars count; by default all for minutes and hours, those of regular hours for `1d` and `1w`. */
  readonly hours?: AggregateHours | undefined
}

/**
 * Longer bars of a series: aligned to the session's open, never over two sessions, the last of a day cut at the close
 * (`time` and `end` say so). Where the data breaks off inside a bar, that bar is made of what there is.
 *
 * @throws {InputError} `data.aggregate` when the bars of the series do not fit into longer ones of that length
 */
export function aggregate(series: BarSeries, interval: BarInterval, options: AggregateOptions = {}): BarSeries {
  const cal = options.calendar ?? calendarOf(series.instrument.calendar)
  const from = intervalMs(series.interval)
  const to = intervalMs(interval)
  if (from === to && options.hours === undefined) return series
  if (to < from || (!isSessionInterval(interval) && to % from !== 0))
    throw new InputError('data.aggregate', `Expected a multiple of ${series.interval}, found ${interval}.`, {
      place: series.source,
    })

  const columns = {
    time: new Float64Array(series.length),
    end: new Float64Array(series.length),
    open: new Float64Array(series.length),
    high: new Float64Array(series.length),
    low: new Float64Array(series.length),
    close: new Float64Array(series.length),
    volume: new Float64Array(series.length),
  }
  let count = 0
  const aggregator = new BarAggregator(
    interval,
    cal,
    (bar) => {
      for (const key of BAR_COLUMNS) columns[key][count] = bar[key]
      count++
    },
    options.hours,
  )
  const c = series.columns
  try {
    for (let i = 0; i < series.length; i++)
      aggregator.push({
        time: c.time[i]!,
        end: c.end[i]!,
        open: c.open[i]!,
        high: c.high[i]!,
        low: c.low[i]!,
        close: c.close[i]!,
        volume: c.volume[i]!,
      })
  } catch (error) {
    throw isInputError(error)
      ? new InputError(error.code, error.message, { place: series.source, cause: error })
      : error
  }
  aggregator.flush()
  for (const key of BAR_COLUMNS) columns[key] = columns[key].slice(0, count)
  return barSeries({
    instrument: series.instrument,
    interval,
    columns,
    prices: series.prices,
    adjClose: lastAdjClose(series, columns.time, columns.end),
    actions: series.actions,
    source: `${series.source} (${series.interval} as ${interval})`,
    officialOpenClose: series.officialOpenClose && isSessionInterval(series.interval),
  })
}

/** The adjusted close of the last bar within each span. */
function lastAdjClose(series: BarSeries, time: Float64Array, end: Float64Array): Float64Array | undefined {
  const { adjClose, columns } = series
  if (adjClose === undefined) return undefined
  const result = new Float64Array(time.length)
  let i = 0
  for (let k = 0; k < time.length; k++)
    for (; i < series.length && columns.end[i]! <= end[k]!; i++)
      if (columns.time[i]! >= time[k]!) result[k] = adjClose[i]!
  return result
}
