import { daysFromCivil, type EpochMs, formatInstant, InputError, MS_PER_DAY } from '@onetape/core'
import { newYorkOffsetMs } from './new-york.ts'

/** The time zones that are known here: UTC, New York with daylight saving, and fixed offsets `+HH:MM` / `-HH:MM`. */
export type Zone = 'UTC' | 'America/New_York' | `${'+' | '-'}${string}`

/**
 * What to do with a wall time that has no single instant, once a year each:
 * `compatible` takes the first of two (daylight time) and moves a skipped one forward by the hour that was skipped;
 * `earlier` and `later` take that of the two candidates; `reject` throws.
 */
export type Disambiguation = 'compatible' | 'earlier' | 'later' | 'reject'

const ALIASES: ReadonlyMap<string, Zone> = new Map<string, Zone>([
  ['utc', 'UTC'],
  ['z', 'UTC'],
  ['gmt', 'UTC'],
  ['etc/utc', 'UTC'],
  ['etc/gmt', 'UTC'],
  ['america/new_york', 'America/New_York'],
  ['us/eastern', 'America/New_York'], // as TWS writes it
  ['est5edt', 'America/New_York'],
])

/**
 * The zone that a person or a file means: also `Z`, `GMT`, `US/Eastern`, `EST5EDT`, in any case.
 * `EST` is refused, because files use it both for −5 h all year and for New York.
 *
 * @throws {InputError} `zone.unknown` for all others
 */
export function parseZone(name: string): Zone {
  const zone = ALIASES.get(name.toLowerCase()) ?? name
  if (zone === 'UTC' || zone === 'America/New_York') return zone
  fixedOffsetMs(zone)
  return zone as Zone
}

/**
 * Offset of a zone's wall clock from UTC at an instant, in milliseconds: wall time = UTC + offset.
 *
 * @throws {InputError} `zone.unknown` for a zone that is not known, `time.range` for New York before 1967 and for NaN
 */
export function utcOffsetMs(zone: Zone, t: EpochMs): number {
  if (zone === 'America/New_York') return newYorkOffsetMs(t)
  if (!Number.isFinite(t)) throw new InputError('time.range', `Expected a time in epoch milliseconds, found ${t}.`)
  return zone === 'UTC' ? 0 : fixedOffsetMs(zone)
}

/**
 * The instant, in epoch milliseconds UTC, at which the clocks of a zone show a date and a time of day.
 *
 * @param month 1-12
 * @param msOfDay what the clock face shows, in milliseconds from 00:00; at or beyond 24 h it runs on into the next day
 * @param disambiguation for the hour that New York skips in spring and shows twice in autumn; default `compatible`
 * @throws {InputError} `time.local` on `reject`; `zone.unknown`, `time.range` as `utcOffsetMs`
 */
export function zonedToUtc(
  zone: Zone,
  year: number,
  month: number,
  day: number,
  msOfDay: number,
  disambiguation: Disambiguation = 'compatible',
): EpochMs {
  return wallToUtc(zone, daysFromCivil(year, month, day) * MS_PER_DAY + msOfDay, disambiguation)
}

/** As `zonedToUtc`, from the wall time as if it were UTC, in milliseconds. */
export function wallToUtc(zone: Zone, wall: number, disambiguation: Disambiguation = 'compatible'): EpochMs {
  if (zone !== 'America/New_York') return wall - utcOffsetMs(zone, wall)
  // Clocks are never changed twice within a day, and never by more than that from UTC.
  const before = newYorkOffsetMs(wall)
  const after = newYorkOffsetMs(wall + MS_PER_DAY)
  if (before === after) return wall - before
  const [one, other] = [wall - before, wall - after]
  const oneFits = newYorkOffsetMs(one) === before
  const otherFits = newYorkOffsetMs(other) === after
  if (oneFits !== otherFits) return oneFits ? one : other
  if (disambiguation === 'reject')
    throw new InputError(
      'time.local',
      `Expected a wall time that ${zone} shows once, found ${formatInstant(wall).slice(0, -1)}, which its clocks ` +
        `${oneFits ? 'show twice' : 'skip'}.`,
      { hint: 'Give the times in UTC or with an offset, or say which of the two is meant: "earlier" or "later".' },
    )
  const first = disambiguation === 'earlier' || (disambiguation === 'compatible' && oneFits)
  return first ? Math.min(one, other) : Math.max(one, other)
}

/** `+HH:MM` or `-HH:MM` in milliseconds; by character codes, because an import asks for every row. */
function fixedOffsetMs(zone: string): number {
  const hours = twoDigits(zone, 1)
  const minutes = twoDigits(zone, 4)
  const sign = zone[0] === '+' ? 1 : zone[0] === '-' ? -1 : NaN
  if (zone.length === 6 && zone[3] === ':' && hours <= 14 && minutes <= 59 && sign === sign)
    return sign * (hours * 60 + minutes) * 60_000
  throw new InputError(
    'zone.unknown',
    `Expected the time zone "UTC", "America/New_York" or a fixed offset such as "-05:00", found "${zone}".`,
    { hint: hintFor(zone) },
  )
}

function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 48
  const ones = text.charCodeAt(at + 1) - 48
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : NaN
}

function hintFor(zone: string): string | undefined {
  const offset = /^([+-]\d\d)(\d\d)?$/.exec(zone)
  if (offset !== null) return `Did you mean "${offset[1]}:${offset[2] ?? '00'}"?`
  if (/^(est|edt|et|eastern|new.?york|nyc?)$/i.test(zone)) return 'Did you mean "America/New_York"?'
  return undefined
}
