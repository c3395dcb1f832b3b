import { daysFromCivil } from '@onetape/core'

/**
 * Easter Sunday of the Western churches, as days since 1970-01-01.
 *
 * @see "Anonymous Gregorian algorithm": Nature 13 (20 April 1876), p. 487; Meeus, Astronomical Algorithms, ch. 8
 */
export function easterSunday(year: number): number {
  const a = year % 19
  const b = Math.floor(year / 100)
  const c = year % 100
  const f = Math.floor((b + 8) / 25)
  const g = Math.floor((b - f + 1) / 3)
  const h = (19 * a + b - Math.floor(b / 4) - g + 15) % 30
  const l = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7
  const m = Math.floor((a + 11 * h + 22 * l) / 451)
  const monthAndDay = h + l - 7 * m + 114
  return daysFromCivil(year, Math.floor(monthAndDay / 31), (monthAndDay % 31) + 1)
}
