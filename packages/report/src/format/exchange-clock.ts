import { parseZone, utcOffsetMs } from '@onetape/calendar'
import { type EpochMs, formatDay, MS_PER_DAY } from '@onetape/core'

/** Times as the exchange's clock shows them. */
export interface ExchangeClock {
  /** Name of the zone, as in `America/New_York`. */
  readonly zone: string
  /** Milliseconds that a UTC clock would need to show what the exchange's clock shows. */
  wall(time: EpochMs): number
  /** `2024-03-28`; `n/a` for NaN. */
  day(time: EpochMs): string
  /** `2024-03-28 09:30`, with seconds when they are not zero; `n/a` for NaN. */
  minute(time: EpochMs): string
}

/** New York's clock is known from 1967 on; before, its standard time stands in. */
const FIRST_KNOWN = Date.UTC(1967, 0, 2)
const STANDARD_TIME = -5 * 3_600_000

/**
 * The clock of one zone.
 * @throws {InputError} `zone.unknown`
 */
export function exchangeClock(name: string): ExchangeClock {
  const zone = parseZone(name)
  const wall = (time: EpochMs): number =>
    time + (zone === 'America/New_York' && time < FIRST_KNOWN ? STANDARD_TIME : utcOffsetMs(zone, time))
  const day = (time: EpochMs): string =>
    Number.isFinite(time) ? formatDay(Math.floor(wall(time) / MS_PER_DAY)) : 'n/a'
  return {
    zone,
    wall,
    day,
    minute(time) {
      if (!Number.isFinite(time)) return 'n/a'
      const seconds = Math.floor(wall(time) / 1000)
      const inDay = seconds - Math.floor(seconds / 86_400) * 86_400
      const clock = [Math.floor(inDay / 3600), Math.floor(inDay / 60) % 60, inDay % 60]
      const shown = clock[2] === 0 ? clock.slice(0, 2) : clock
      return `${day(time)} ${shown.map((part) => String(part).padStart(2, '0')).join(':')}`
    },
  }
}
