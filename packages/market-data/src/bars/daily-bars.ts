import { calendar } from '@onetape/calendar'
import { type BarSeries, type BarSeriesInput, InputError, barSeries } from '@onetape/core'

/** Daily bars by their dates: what {@link dailyBars} takes. */
export interface DailyBarsInput extends Omit<BarSeriesInput, 'interval' | 'columns'> {
  /** Of the exchange, `YYYY-MM-DD`, the oldest first. */
  readonly dates: readonly string[]
  /** USD per share and shares, one of each per date. */
  readonly open: ArrayLike<number>
  readonly high: ArrayLike<number>
  readonly low: ArrayLike<number>
  readonly close: ArrayLike<number>
  readonly volume: ArrayLike<number>
}

/**
 * Daily bars of dates and columns that a program has at hand: each runs from its session's open to its close, as those
 * from {@link importBars} do.
 *
 * @throws {InputError} `data.session` for a date without a session, `date.format`, and those of `barSeries`
 * @example
 * dailyBars({ instrument: instrument('ACME'), dates: ['2024-07-02', '2024-07-03'], open, high, low, close, volume })
 */
export function dailyBars(input: DailyBarsInput): BarSeries {
  const { dates, open, high, low, close, volume, ...rest } = input
  const cal = calendar(rest.instrument.calendar)
  const sessions = dates.map((date, i) => {
    const session = cal.sessionOn(date)
    if (session !== undefined) return session
    throw new InputError('data.session', `Expected trading days of ${cal.name}, found ${date} in row ${i}.`, {
      place: rest.source ?? rest.instrument.symbol,
      hint: "Leave it out, or make the instrument with calendar: '24/7'.",
    })
  })
  return barSeries({
    ...rest,
    interval: '1d',
    columns: {
      time: Float64Array.from(sessions, (session) => session.open),
      end: Float64Array.from(sessions, (session) => session.close),
      open: Float64Array.from(open),
      high: Float64Array.from(high),
      low: Float64Array.from(low),
      close: Float64Array.from(close),
      volume: Float64Array.from(volume),
    },
  })
}
