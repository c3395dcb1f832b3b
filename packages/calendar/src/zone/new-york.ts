import { civilFromDays, daysFromCivil, type EpochMs, InputError, MS_PER_DAY } from '@onetape/core'
import { lastWeekday, nthWeekday } from '../date/weekday.ts'

const MS_PER_HOUR = 3_600_000
const STANDARD = -5 * MS_PER_HOUR
const DAYLIGHT = -4 * MS_PER_HOUR
const SUNDAY = 0
const FIRST_MS = daysFromCivil(1967, 1, 1) * MS_PER_DAY // as wall time read as UTC, for `wallToUtc`
const END_MS = midnight(10_000)

// Between two changes of the clocks the offset is constant, and callers mostly ask in order of time: the last span is
// kept. It is a memory of a pure function, so no answer depends on it.
let spanFrom = Infinity
let spanUntil = -Infinity
let spanOffset = STANDARD

/**
 * Offset of New York's wall clock from UTC at an instant, in milliseconds: −5 h in winter, −4 h under daylight saving.
 * From 1967 on, when one federal rule began to hold; before it the city had rules of its own, which are not known here.
 * After the present the law of 2007 is taken to stay.
 *
 * @throws {InputError} `time.range` before 1967 and after 9999
 * @see https://www.law.cornell.edu/uscode/text/15/260a
 */
export function newYorkOffsetMs(t: EpochMs): number {
  if (t >= spanFrom && t < spanUntil) return spanOffset
  if (!(t >= FIRST_MS && t < END_MS))
    throw new InputError('time.range', `Expected a time in New York from 1967 to 9999, found ${t} ms since 1970.`, {
      hint: 'Earlier rules of daylight saving are not known here; give a fixed offset such as "-05:00" instead.',
    })
  const { year } = civilFromDays(Math.floor((t + STANDARD) / MS_PER_DAY))
  // Both changes are at 02:00 on the wall clock: 07:00 UTC on standard time, 06:00 UTC on daylight saving.
  const begins = daylightBegins(year) * MS_PER_DAY + 7 * MS_PER_HOUR
  const ends = daylightEnds(year) * MS_PER_DAY + 6 * MS_PER_HOUR
  spanFrom = t < begins ? midnight(year) : t < ends ? begins : ends
  spanUntil = t < begins ? begins : t < ends ? ends : midnight(year + 1)
  spanOffset = t >= begins && t < ends ? DAYLIGHT : STANDARD
  return spanOffset
}

function midnight(year: number): EpochMs {
  return daysFromCivil(year, 1, 1) * MS_PER_DAY - STANDARD
}

function daylightBegins(year: number): number {
  if (year >= 2007) return nthWeekday(2, SUNDAY, year, 3) // Energy Policy Act of 2005, section 110
  if (year >= 1987) return nthWeekday(1, SUNDAY, year, 4) // Public Law 99-359
  if (year === 1975) return daysFromCivil(1975, 2, 23) // Public Law 93-434
  if (year === 1974) return daysFromCivil(1974, 1, 6) // Public Law 93-182, the oil crisis
  return lastWeekday(SUNDAY, year, 4) // Uniform Time Act of 1966
}

function daylightEnds(year: number): number {
  return year >= 2007 ? nthWeekday(1, SUNDAY, year, 11) : lastWeekday(SUNDAY, year, 10)
}
