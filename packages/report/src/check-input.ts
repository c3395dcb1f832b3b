import { InputError } from '@onetape/core'
import type { ReportInput } from './report-input.ts'

/**
 * Columns that belong together have one length, and their times ascend: anything else would draw a picture of nothing.
 * @throws {InputError} `report.columns`
 */
export function checkInput({ equity, sessions, prices = [] }: ReportInput): void {
  checkColumns('equity', equity.time, { nav: equity.nav, benchmark: equity.benchmark, exposure: equity.exposure })
  if (sessions !== undefined)
    checkColumns('sessions', sessions.time, { nav: sessions.nav, day: sessions.day, benchmark: sessions.benchmark })
  for (const { symbol, time, open, high, low, close, volume } of prices)
    checkColumns(`prices of ${symbol}`, time, { open, high, low, close, volume })
}

function checkColumns(
  place: string,
  time: ArrayLike<number>,
  columns: Readonly<Record<string, ArrayLike<number> | undefined>>,
): void {
  for (const [name, values] of Object.entries(columns))
    if (values !== undefined && values.length !== time.length)
      throw new InputError(
        'report.columns',
        `Expected ${time.length} values of ${name} in ${place}, one for each time, found ${values.length}.`,
      )
  for (let i = 0; i < time.length; i++)
    if (!Number.isFinite(time[i]) || (i > 0 && !(time[i]! >= time[i - 1]!)))
      throw new InputError(
        'report.columns',
        `Expected ascending times in ${place}, found ${time[i]} at ${i}${i > 0 ? ` after ${time[i - 1]}` : ''}.`,
      )
}
