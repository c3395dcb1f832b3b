import type { TradingCalendar } from '@onetape/calendar'
import { formatInstant, InputError } from '@onetape/core'
import { wallOrNaN } from '../csv/time-cell.ts'

const SAMPLE = 4000
const FEW = 20
const HOUR = 3_600_000
const NEW_YORK = 'America/New_York'

/**
 * Refuses intraday times that were read in the wrong zone: most lie outside 04:00-20:00 New York, or another zone would
 * bring clearly more of them into regular hours.
 *
 * @param time epoch milliseconds as read with `zone`
 * @param wall the same as the file shows them, as if it were UTC
 * @param volume where the file has it: trading is what marks regular hours, as quiet bars may fill the whole night
 * @param length of a bar, in milliseconds
 * @param zone as messages show it
 * @throws {InputError} `data.zone`, naming the likely zone
 */
export function checkHours(
  time: Float64Array,
  wall: Float64Array,
  volume: Float64Array | undefined,
  length: number,
  zone: string,
  calendar: TradingCalendar,
  place: string,
): void {
  if (calendar.name === '24/7') return
  const step = Math.max(1, Math.floor(time.length / SAMPLE))
  // Start or end of the bar is not known yet, and hourly bars often start before the session: a touch counts as inside.
  const open = (t: number): boolean => calendar.isOpen(t) || calendar.isOpen(t - 1) || calendar.isOpen(t + length - 1)
  const weighted = volume?.some((value) => value > 0) ?? false
  const share = (inside: (i: number) => boolean): number => {
    let [n, hits] = [0, 0]
    for (let i = 0; i < time.length; i += step) {
      const weight = weighted ? volume![i]! : 1
      n += weight
      if (inside(i)) hits += weight
    }
    return n === 0 ? 1 : hits / n
  }
  const extended = share((i) => calendar.isExtended(time[i]!) || calendar.isExtended(time[i]! - 1))
  const regular = share((i) => open(time[i]!))
  if (extended >= 0.5 && (regular >= 0.9 || time.length < FEW)) return

  let best = { name: '', option: '', share: 0 }
  const consider = (name: string, option: string, at: (i: number) => number): void => {
    const found = share((i) => at(i) === at(i) && open(at(i)))
    if (found > best.share + 1e-9) best = { name, option, share: found }
  }
  consider(`${NEW_YORK} time`, `zone: '${NEW_YORK}' (--zone ${NEW_YORK})`, (i) => wallOrNaN(NEW_YORK, wall[i]!))
  consider('UTC', "zone: 'UTC' (--zone UTC)", (i) => wall[i]!)
  for (const hours of [-1, -2, -3, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14])
    consider(
      `the clock of New York ${hours < 0 ? '−' : '+'} ${Math.abs(hours)} h`,
      "the fixed offset of that place as zone, such as '+01:00'",
      (i) => wallOrNaN(NEW_YORK, wall[i]! - hours * HOUR),
    )
  const clearly = best.share >= 0.98 || (regular < 0.5 && best.share >= regular + 0.25)
  if (extended >= 0.5 && !clearly) return
  const likely = best.share > Math.max(regular, 0.5) ? ` The times look like ${best.name}: give ${best.option}.` : ''
  throw new InputError(
    'data.zone',
    `Expected times in trading hours of ${calendar.name}, found ${Math.round(100 * (1 - regular))} % of ${weighted ? 'the volume' : 'the rows'} outside ` +
      `of them when ${zone === 'stated' ? 'read with the zone that they state' : `read as ${zone} time`} (the first: ${formatInstant(time[0]!)}).${likely}`,
    { place, hint: 'If they are right, switch this check off with checkHours: false.' },
  )
}
