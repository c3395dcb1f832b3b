import { utcOffsetMs, parseZone, wallToUtc, type Zone } from '@onetape/calendar'
import { civilFromDays, daysFromCivil, type EpochMs, formatDay, MS_PER_DAY } from '@onetape/core'

const pad = (n: number): string => String(n).padStart(2, '0')

/** `20261119-21:00:00`, the UTC form that every version of TWS reads without asking for a zone. */
export function utcText(time: EpochMs): string {
  const days = Math.floor(time / MS_PER_DAY)
  const { year, month, day } = civilFromDays(days)
  const second = Math.floor((time - days * MS_PER_DAY) / 1000)
  const clock = `${pad(Math.floor(second / 3600))}:${pad(Math.floor(second / 60) % 60)}:${pad(second % 60)}`
  return `${year}${pad(month)}${pad(day)}-${clock}`
}

/**
 * A moment as TWS writes it, in epoch milliseconds UTC: `20261119 16:00:00 US/Eastern`, `20261119-21:00:00` (UTC),
 * `20261119  16:00:00` (in `zone`) or epoch seconds. NaN for anything else and for a zone that nobody knows.
 *
 * @param zone of texts that name none: the zone of the gateway's login
 */
export function parseTwsTime(text: string, zone: string): EpochMs {
  const trimmed = text.trim()
  const match = /^(\d{4})(\d\d)(\d\d)([- ]+)(\d\d):(\d\d):(\d\d)(?: +(\S.*))?$/.exec(trimmed)
  if (match === null) return /^\d{9,11}$/.test(trimmed) ? Number(trimmed) * 1000 : NaN
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])]
  const [hour, minute, second] = [Number(match[5]), Number(match[6]), Number(match[7])]
  const days = daysFromCivil(year, month, day)
  if (month < 1 || formatDay(days) !== `${match[1]}-${match[2]}-${match[3]}`) return NaN
  if (hour > 23 || minute > 59 || second > 59) return NaN
  const wall = days * MS_PER_DAY + (hour * 3600 + minute * 60 + second) * 1000
  const named = match[8] ?? (match[4]!.includes('-') ? 'UTC' : zone)
  return wallIn(named, wall)
}

/** `2026-11-19` of `20261119`; undefined for anything else. */
export function parseTwsDate(text: string): string | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)$/.exec(text.trim())
  if (match === null) return undefined
  const date = `${match[1]}-${match[2]}-${match[3]}`
  return formatDay(daysFromCivil(Number(match[1]), Number(match[2]), Number(match[3]))) === date ? date : undefined
}

/** The instant at which the clocks of any zone show `wall` (given as if it were UTC); NaN for an unknown zone. */
function wallIn(name: string, wall: number): EpochMs {
  const own = ownZone(name)
  if (own !== undefined) return wallToUtc(own, wall)
  const format = intlZone(name)
  if (format === undefined) return NaN
  // The offset at the wall time taken as UTC is at most a day off; the second pass is right except inside a change.
  const first = wall - offsetBy(format, wall)
  return wall - offsetBy(format, first)
}

/** The zones of `@onetape/calendar` do not depend on the machine's time zone data. */
function ownZone(name: string): Zone | undefined {
  try {
    const zone = parseZone(name)
    utcOffsetMs(zone, 0)
    return zone
  } catch {
    return undefined
  }
}

const FORMATS = new Map<string, Intl.DateTimeFormat | undefined>()

/** `EST`, `CET` and the like are read as the city whose summers they leave out, as TWS means them. */
const CITIES: Readonly<Record<string, string>> = {
  EST: 'America/New_York',
  CST: 'America/Chicago',
  MST: 'America/Denver',
  PST: 'America/Los_Angeles',
  CET: 'Europe/Berlin',
  MET: 'Europe/Berlin',
  JST: 'Asia/Tokyo',
  HKT: 'Asia/Hong_Kong',
}

function intlZone(name: string): Intl.DateTimeFormat | undefined {
  if (!FORMATS.has(name)) FORMATS.set(name, newFormat(CITIES[name] ?? name))
  return FORMATS.get(name)
}

function newFormat(timeZone: string): Intl.DateTimeFormat | undefined {
  const fields = { year: 'numeric', month: 'numeric', day: 'numeric' } as const
  const clock = { hour: 'numeric', minute: 'numeric', second: 'numeric', hourCycle: 'h23' } as const
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone, ...fields, ...clock })
  } catch {
    return undefined
  }
}

function offsetBy(format: Intl.DateTimeFormat, time: EpochMs): number {
  const part: Record<string, number> = {}
  for (const { type, value } of format.formatToParts(time)) part[type] = Number(value)
  const days = daysFromCivil(part['year']!, part['month']!, part['day']!)
  const wall = days * MS_PER_DAY + (part['hour']! * 3600 + part['minute']! * 60 + part['second']!) * 1000
  return wall - Math.floor(time / 1000) * 1000
}
