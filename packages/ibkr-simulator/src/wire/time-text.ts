import { type EpochMs, civilFromDays, MS_PER_DAY } from '@onetape/core'
import { utcOffsetMs, wallToUtc, type Zone } from '@onetape/calendar'

/** A zone with the name that TWS writes for it. */
export interface NamedZone {
  readonly zone: Zone
  readonly name: string
}

export const UTC: NamedZone = { zone: 'UTC', name: 'UTC' }
export const NEW_YORK: NamedZone = { zone: 'America/New_York', name: 'US/Eastern' }

const two = (n: number): string => String(n).padStart(2, '0')

/** `20261119` on the clock of a zone. */
export function dayText(t: EpochMs, zone: Zone): string {
  const { year, month, day } = civilFromDays(Math.floor((t + utcOffsetMs(zone, t)) / MS_PER_DAY))
  return `${year}${two(month)}${two(day)}`
}

/** `09:30:00` on the clock of a zone. */
export function clockText(t: EpochMs, zone: Zone): string {
  const wall = t + utcOffsetMs(zone, t)
  const second = Math.floor((wall - Math.floor(wall / MS_PER_DAY) * MS_PER_DAY) / 1000)
  return `${two(Math.floor(second / 3600))}:${two(Math.floor(second / 60) % 60)}:${two(second % 60)}`
}

/** `20261119 09:30:00 US/Eastern` */
export function zonedText(t: EpochMs, { zone, name }: NamedZone): string {
  return `${dayText(t, zone)} ${clockText(t, zone)} ${name}`
}

/** `20261119-14:30:00`, UTC. */
export function utcText(t: EpochMs): string {
  return `${dayText(t, 'UTC')}-${clockText(t, 'UTC')}`
}

const TIME = /^(\d{4})(\d\d)(\d\d)(?:(-| {1,2})(\d\d):(\d\d)(?::(\d\d))?)?(?: +(\S.*))?$/
const ZONES: Readonly<Record<string, Zone>> = {
  'us/eastern': 'America/New_York',
  'america/new_york': 'America/New_York',
  est: 'America/New_York',
  edt: 'America/New_York',
  est5edt: 'America/New_York',
  utc: 'UTC',
  gmt: 'UTC',
  'etc/utc': 'UTC',
}

/**
 * The instant of a time as clients write it: `yyyymmdd hh:mm:ss [zone]`, `yyyymmdd-hh:mm:ss` (UTC), `yyyymmdd`;
 * undefined for anything else, an unknown zone included.
 */
export function parseTime(text: string, local: Zone): { readonly time: EpochMs; readonly zoned: boolean } | undefined {
  const found = TIME.exec(text.trim())
  if (found === null) return undefined
  const [, year, month, day, dash, hour = '0', minute = '0', second = '0', name] = found
  const utc = dash === '-'
  const zone = name === undefined ? (utc ? 'UTC' : local) : (ZONES[name.toLowerCase()] ?? name)
  const wall = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second))
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined
  // 30 February reads as a day of March.
  const date = civilFromDays(Math.floor(wall / MS_PER_DAY))
  if (date.month !== Number(month) || date.day !== Number(day)) return undefined
  const known = zone === 'UTC' || zone === 'America/New_York'
  const time = known ? wallToUtc(zone, wall) : foreignToUtc(zone, wall)
  return time === undefined ? undefined : { time, zoned: utc || name !== undefined }
}

/** The instant at which a zone that only the machine knows shows a wall time; undefined for a zone that nobody knows. */
function foreignToUtc(zone: string, wall: number): EpochMs | undefined {
  try {
    const clock = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
    const offset = (t: EpochMs): number => {
      const at = Object.fromEntries(clock.formatToParts(t).map(({ type, value }) => [type, Number(value)]))
      return Date.UTC(at['year']!, at['month']! - 1, at['day'], at['hour'], at['minute'], at['second']) - t
    }
    return wall - offset(wall - offset(wall))
  } catch {
    return undefined
  }
}
