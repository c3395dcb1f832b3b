import { InputError } from '../errors/input-error.ts'
import type { EpochMs } from '../units.ts'

// Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": the proleptic Gregorian calendar in integer arithmetic.

export const MS_PER_DAY = 86_400_000

/** Days since 1970-01-01 of a civil date; month 1–12, day 1–31 (a larger day runs on into the next month). */
export function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * 146_097 + dayOfEra - 719_468
}

export interface CivilDate {
  readonly year: number
  /** 1–12 */
  readonly month: number
  /** 1–31 */
  readonly day: number
}

/** The civil date of a count of days since 1970-01-01. */
export function civilFromDays(days: number): CivilDate {
  const z = days + 719_468
  const era = Math.floor(z / 146_097)
  const dayOfEra = z - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const shifted = Math.floor((5 * dayOfYear + 2) / 153)
  const month = shifted < 10 ? shifted + 3 : shifted - 9
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1,
  }
}

const pad = (n: number, width: number): string => String(n).padStart(width, '0')

/** `2024-03-28` of a count of days since 1970-01-01. */
export function formatDay(days: number): string {
  const { year, month, day } = civilFromDays(days)
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`
}

/** `2024-03-28T13:30:00Z`, with milliseconds only when they are not zero; `NaN` for NaN. */
export function formatInstant(time: EpochMs): string {
  if (!Number.isFinite(time)) return String(time)
  const days = Math.floor(time / MS_PER_DAY)
  const ms = time - days * MS_PER_DAY
  const fraction = ms % 1000
  const clock = `${pad(Math.floor(ms / 3_600_000), 2)}:${pad(Math.floor(ms / 60_000) % 60, 2)}:${pad(Math.floor(ms / 1000) % 60, 2)}`
  return `${formatDay(days)}T${clock}${fraction === 0 ? '' : `.${pad(Math.round(fraction), 3)}`}Z`
}

/**
 * Days since 1970-01-01 of `YYYY-MM-DD`.
 * @throws {InputError} `date.format` when the text is no date of the calendar
 */
export function parseDay(text: string, place?: string): number {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text)
  if (match !== null) {
    const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])]
    if (month >= 1 && month <= 12 && day >= 1) {
      const days = daysFromCivil(year, month, day)
      if (formatDay(days) === text) return days
    }
  }
  throw new InputError('date.format', `Expected a date like 2024-03-28, found "${text}".`, { place })
}
