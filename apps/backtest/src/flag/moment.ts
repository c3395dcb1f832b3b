import { type EpochMs, InputError, MS_PER_DAY, isInputError, parseDay } from '@onetape/core'
import { parseZone } from '@onetape/calendar'
import { flagError } from './flag-error.ts'

/** The name of a time zone that is known, as it was given. */
export function zoneFlag(text: string): string {
  try {
    parseZone(text)
    return text
  } catch (error) {
    if (!isInputError(error)) throw error
    throw flagError('--zone', 'UTC, America/New_York or a fixed offset such as -05:00', text, error.hint)
  }
}

/** Start or end of a run as the engine takes it: a date stays a date (of the exchange), an instant becomes epoch ms. */
export function momentFlag(flag: string, text: string): EpochMs | string {
  const [, date, hour, minute, second = '0', zone] =
    /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2}))?(Z|[+-]\d{2}:\d{2}))?$/.exec(text) ?? []
  if (date === undefined) throw flagError(flag, 'a date like 2024-03-28 or an instant like 2024-03-28T13:30Z', text)
  try {
    const days = parseDay(date, flag)
    if (zone === undefined) return date
    return days * MS_PER_DAY + ((Number(hour) * 60 + Number(minute)) * 60 + Number(second)) * 1000 - offsetMs(zone)
  } catch (error) {
    if (!isInputError(error)) throw error
    throw new InputError('usage.flag', `Expected a date of the calendar, found "${text}".`, { place: flag })
  }
}

function offsetMs(zone: string): number {
  if (zone === 'Z') return 0
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(4, 6))]
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000
}
