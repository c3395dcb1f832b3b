import { type TradingCalendar, calendar } from '@onetape/calendar'
import { type BarSeries, type EpochMs, InputError, MS_PER_DAY, formatDay, formatInstant, parseDay } from '@onetape/core'

/** First moment and end (excluded) of a run. */
export interface Window {
  readonly from: EpochMs | undefined
  readonly to: EpochMs | undefined
}

/**
 * Reads the bounds of a run; dates are those of the first instrument's exchange, the end date included whole.
 * @throws {InputError} `date.format`, `range.order`, and `data.range_empty` when no bar lies in the range
 */
export function runWindow(
  series: readonly BarSeries[],
  from: EpochMs | string | undefined,
  to: EpochMs | string | undefined,
): Window {
  const first = series[0]
  if (first === undefined) return { from: undefined, to: undefined }
  const cal = calendar(first.instrument.calendar)
  const window = { from: moment(cal, from, 0, 'from'), to: moment(cal, to, 1, 'to') }
  if (window.from !== undefined && window.to !== undefined && !(window.from < window.to))
    throw new InputError('range.order', `Expected "from" before "to", found ${String(from)} and ${String(to)}.`)
  const within = (s: BarSeries): boolean => {
    const { time } = s.columns
    return time.some(
      (t) => (window.from === undefined || t >= window.from) && (window.to === undefined || t < window.to),
    )
  }
  if (!series.some(within)) {
    const begins = Math.min(...series.map((s) => s.columns.time[0] ?? Infinity))
    const ends = Math.max(...series.map((s) => s.columns.time.at(-1) ?? -Infinity))
    const asked = `${from === undefined ? 'the start' : shown(from)} to ${to === undefined ? 'the end' : shown(to)}`
    throw new InputError('data.range_empty', `There is no bar from ${asked}.`, {
      place: first.source,
      hint:
        ends >= begins
          ? `The data runs from ${formatInstant(begins)} to ${formatInstant(ends)}.`
          : 'The data is empty.',
    })
  }
  return window
}

function shown(bound: EpochMs | string): string {
  return typeof bound === 'string' ? bound : formatInstant(bound)
}

function moment(
  cal: TradingCalendar,
  bound: EpochMs | string | undefined,
  daysOn: number,
  field: string,
): EpochMs | undefined {
  if (bound === undefined) return undefined
  if (typeof bound === 'number') {
    if (!Number.isFinite(bound))
      throw new InputError('date.format', `Expected a date or epoch milliseconds, found ${bound}.`, {
        place: `"${field}"`,
      })
    return bound
  }
  const day = parseDay(bound, `"${field}"`)
  return cal.name === '24/7' ? (day + daysOn) * MS_PER_DAY : cal.toUtc(formatDay(day + daysOn), '00:00')
}
