import { InputError, MS_PER_DAY, parseDay } from '@onetape/core'
import type { Table } from './parse-table.ts'
import type { TimeKind } from './time-cell.ts'

/**
 * The times of a table with their dates: times of day get that of `day`.
 *
 * @param day `YYYY-MM-DD`, from an option or the file's name
 * @throws {InputError} `data.time` when there is no date at all
 */
export function datedTimes(
  table: Table,
  day: string | undefined,
  name: string,
): { time: Float64Array; kind: Exclude<TimeKind, 'clock'> } {
  if (table.timeKind !== 'clock') return { time: table.time, kind: table.timeKind }
  if (day === undefined)
    throw new InputError('data.time', 'Expected dates with the times of day, found none.', {
      place: `${name}:${table.line[0]!}`,
      hint: "Give the day: date: '2014-06-05', or name the file like 20140605_trade.csv.",
    })
  const start = parseDay(day, name) * MS_PER_DAY
  return { time: table.time.map((clock) => start + clock), kind: 'wall' }
}
