import type { EpochMs } from '@onetape/core'
import { costOption } from '../cost-option.ts'
import { type DatedRow, DatedTable } from '../dated/dated-table.ts'

/** A rate of interest on the days from `from` to `to`. */
export interface AnnualRateRow extends DatedRow {
  /** Percent a year: 4.33 is 4.33 %. */
  readonly percent: number
}

/** Percent a year: one figure for all dates, or rows by date; a day without a row is then an error. */
export type AnnualRate = number | readonly AnnualRateRow[]

/**
 * The rate as a function of time, in percent a year.
 *
 * @param what name for messages: `benchmark rate`
 * @throws {InputError} `costs.option` for a rate that is not finite, `costs.table`; the function itself throws
 *   `costs.date` for a day without a row
 */
export function annualRate(model: string, what: string, rate: AnnualRate): (time: EpochMs) => number {
  if (typeof rate === 'number') {
    costOption(model, what, rate, -100, 10_000)
    return () => rate
  }
  for (const row of rate) costOption(model, `${what} of ${row.from}`, row.percent, -100, 10_000)
  const table = new DatedTable(what, rate)
  return (time) => table.at(time).percent
}

/** How a model's name states a rate: `4.33 %`, or `by date`. */
export function rateName(rate: AnnualRate): string {
  return typeof rate === 'number' ? `${rate} %` : 'by date'
}
