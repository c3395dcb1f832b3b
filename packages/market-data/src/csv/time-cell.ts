import { daysFromCivil, MS_PER_DAY } from '@onetape/core'
import { parseZone, utcOffsetMs, wallToUtc, type Zone } from '@onetape/calendar'

/**
 * How much a time cell says: `day` a date alone, `wall` date and time without a zone, `instant` with zone or epoch,
 * `clock` a time of day alone. The figure beside it is in milliseconds: epoch for an instant, otherwise what the wall
 * shows as if it were UTC, for a clock from 00:00.
 */
export type TimeKind = 'day' | 'wall' | 'instant' | 'clock'

/** How a date like 3/4/2024 is meant. */
export type DateOrder = 'mdy' | 'dmy'

const LONGEST = 64 // characters; "2024-03-28 09:30:00.000000000 America/New_York" has 46
const DATE = String.raw`\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|\d{8}|\d{1,2}[- ][A-Za-z]{3,9}[- ]\d{2,4}`
const CLOCK = String.raw`\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?|(?<=[T -])(?:\d{6}|\d{4})`
const ZONE = String.raw`Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?(?::00)?|[A-Za-z]+\/[A-Za-z_]+`
const FORM = new RegExp(
  `^(?<date>${DATE})?(?:(?:[T ]+|-)?(?<clock>${CLOCK}))?\\s*(?<half>[AaPp][Mm])?\\s*(?<zone>${ZONE})?$`,
)

/** Reads time cells in every form that vendors use; remembers what the last one was. */
export class TimeCell {
  kind: TimeKind = 'day'
  /** True when a date could only be read with its first two numbers the other way round. */
  otherOrder = false
  readonly #order: DateOrder
  /** Where the last date stands that `fromBytes` read, and what it was. */
  #dateBytes: Uint8Array | undefined
  #dateAt = 0
  #dateEnd = 0
  #dateMs = 0
  readonly #zones = new Map<string, Zone | undefined>()

  constructor(order: DateOrder) {
    this.#order = order
  }

  /**
   * The fast road, for `YYYY-MM-DD`, `YYYYMMDD`, with ` ` or `T` and `HH:MM[:SS[.fff]][Z]`: writes into `out[index]`;
   * false for all other forms.
   */
  fromBytes(bytes: Uint8Array, from: number, to: number, out: Float64Array, index: number): boolean {
    const dashed = bytes[from + 4] === 45 // -
    const dateEnd = from + (dashed ? 10 : 8)
    if (dateEnd > to || (dashed && bytes[from + 7] !== 45)) return false
    const month = from + (dashed ? 5 : 4)
    if (!this.#sameDate(bytes, from, dateEnd)) {
      const year = twoDigits(bytes, from) * 100 + twoDigits(bytes, from + 2)
      const ms = dayMs(year, twoDigits(bytes, month), twoDigits(bytes, dateEnd - 2))
      if (ms !== ms) return false
      this.#dateAt = from
      this.#dateEnd = dateEnd
      this.#dateBytes = bytes
      this.#dateMs = ms
    }
    if (dateEnd === to) {
      this.kind = 'day'
      out[index] = this.#dateMs
      return true
    }
    const gap = bytes[dateEnd]
    if (gap !== 32 && gap !== 84) return false // blank, T
    let at = dateEnd + 1
    if (at + 5 > to || bytes[at + 2] !== 58) return false // :
    const hour = twoDigits(bytes, at)
    const minute = twoDigits(bytes, at + 3)
    if (!(hour < 24 && minute < 60)) return false
    let clock = (hour * 60 + minute) * 60_000
    at += 5
    if (at + 3 <= to && bytes[at] === 58) {
      const second = twoDigits(bytes, at + 1)
      if (!(second < 60)) return false
      clock += second * 1000
      at += 3
      if (at + 4 <= to && bytes[at] === 46) {
        clock += twoDigits(bytes, at + 1) * 10 + (twoDigits(bytes, at + 2) % 10)
        at += 4
      }
    }
    if (clock !== clock || (at !== to && (at + 1 !== to || bytes[at] !== 90))) return false // Z
    this.kind = at === to ? 'wall' : 'instant'
    out[index] = this.#dateMs + clock
    return true
  }

  /** True when the date is written as the last one was, which is so for nearly all rows of intraday files. */
  #sameDate(bytes: Uint8Array, from: number, end: number): boolean {
    const shift = this.#dateAt - from
    if (this.#dateBytes !== bytes || end + shift !== this.#dateEnd) return false
    for (let i = end - 1; i >= from; i--) if (bytes[i] !== bytes[i + shift]) return false
    return true
  }

  /** Any form; NaN when it is none. */
  fromText(text: string): number {
    const cell = text.trim()
    if (/^\d+(\.\d*)?$/.test(cell)) return this.#digits(cell)
    if (cell.length > LONGEST) return NaN
    const parts = FORM.exec(cell)
    const groups = parts?.groups
    if (groups === undefined || (groups['date'] === undefined && groups['clock'] === undefined)) return NaN
    const date = groups['date'] === undefined ? 0 : this.#date(groups['date'])
    if (groups['clock'] === undefined) {
      if (groups['half'] !== undefined || groups['zone'] !== undefined) return NaN
      this.kind = 'day'
      return date
    }
    const clock = clockMs(groups['clock'], groups['half'])
    if (groups['date'] === undefined) {
      if (groups['zone'] !== undefined || !/^\d/.test(cell)) return NaN
      this.kind = 'clock'
      return clock
    }
    const zoneName = groups['zone']
    this.kind = zoneName === undefined ? 'wall' : 'instant'
    const wall = date + clock
    if (zoneName === undefined || !(wall === wall)) return wall
    const zone = this.#zone(zoneName)
    return zone === undefined ? NaN : wallOrNaN(zone, wall)
  }

  /** A time of day in a column of its own: also `0930`, `93000` and `153000`; NaN when it is none. */
  fromClock(text: string): number {
    const match = /^([\d:.,]{3,18})\s?([AaPp][Mm])?$/.exec(text.trim().replace(/^0$/, '000'))
    return match === null ? NaN : clockMs(match[1]!, match[2])
  }

  /** A row of digits: a date, a date with a time, or seconds, milli-, micro- or nanoseconds since 1970. */
  #digits(cell: string): number {
    const whole = cell.includes('.') ? cell.slice(0, cell.indexOf('.')) : cell
    if (cell === whole && (whole.length === 8 || whole.length === 12 || whole.length === 14)) {
      const date = dayMs(Number(whole.slice(0, 4)), Number(whole.slice(4, 6)), Number(whole.slice(6, 8)))
      const clock = whole.length === 8 ? 0 : clockMs(whole.slice(8), undefined)
      if (date === date && clock === clock && Number(whole.slice(0, 4)) >= 1900) {
        this.kind = whole.length === 8 ? 'day' : 'wall'
        return date + clock
      }
    }
    // By the number of digits: 9-11 hold seconds of 1973 to 5138, three more for each finer unit.
    if (whole.length < 9 || whole.length > 20) return NaN
    this.kind = 'instant'
    if (whole.length <= 11) return Math.round(Number(cell) * 1000)
    if (whole.length <= 14) return Number(whole)
    return Number(whole.slice(0, whole.length <= 17 ? -3 : -6))
  }

  #date(text: string): number {
    if (/^\d{8}$/.test(text)) return dayMs(Number(text.slice(0, 4)), Number(text.slice(4, 6)), Number(text.slice(6)))
    const [a, b, c] = text.split(/[-/. ]/) as [string, string, string]
    if (a.length === 4) return dayMs(Number(a), Number(b), Number(c))
    const year = c.length === 4 ? Number(c) : c.length === 2 ? Number(c) + (Number(c) < 70 ? 2000 : 1900) : NaN
    if (/^[A-Za-z]/.test(b)) return dayMs(year, MONTHS.indexOf(b.slice(0, 3).toLowerCase()) + 1, Number(a))
    const dayFirst = text.includes('.') || this.#order === 'dmy'
    const read = dayFirst ? dayMs(year, Number(b), Number(a)) : dayMs(year, Number(a), Number(b))
    if (read !== read && !text.includes('.')) {
      const swapped = dayFirst ? dayMs(year, Number(a), Number(b)) : dayMs(year, Number(b), Number(a))
      if (swapped === swapped) this.otherOrder = true
    }
    return read
  }

  #zone(name: string): Zone | undefined {
    if (!this.#zones.has(name)) this.#zones.set(name, zoneOf(name))
    return this.#zones.get(name)
  }
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

function zoneOf(name: string): Zone | undefined {
  const offset = /^([+-]\d{2})(?::?(\d{2}))?(?::00)?$/.exec(name)
  try {
    const zone = parseZone(offset === null ? name : `${offset[1]}:${offset[2] ?? '00'}`)
    utcOffsetMs(zone, 0)
    return zone
  } catch {
    return undefined
  }
}

/** As `wallToUtc`, NaN for a time at which the zone is not known. */
export function wallOrNaN(zone: Zone, wall: number): number {
  try {
    return wallToUtc(zone, wall)
  } catch {
    return NaN
  }
}

/** Milliseconds from 00:00 of `HH:MM`, `HH:MM:SS.fff`, `HHMM`, `HHMMSS`; NaN when it is none. */
function clockMs(text: string, half: string | undefined): number {
  const digits = /^\d+$/.test(text)
  const padded = digits ? text.padStart(text.length <= 4 ? 4 : 6, '0') : text
  const match = digits
    ? /^(\d\d)(\d\d)(\d\d)?$/.exec(padded)
    : /^(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?$/.exec(padded)
  if (match === null) return NaN
  const [hour, minute, second] = [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)]
  if (!(hour < 24 && minute < 60 && second < 60)) return NaN
  if (half !== undefined && !(hour >= 1 && hour <= 12)) return NaN
  const shown = half === undefined ? hour : (hour % 12) + (half.toLowerCase() === 'pm' ? 12 : 0)
  const fraction = match[4] === undefined ? 0 : Math.trunc(Number(match[4].padEnd(9, '0')) / 1e6)
  return (shown * 60 + minute) * 60_000 + second * 1000 + fraction
}

const DAYS_IN_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** 00:00 of a date as if it were UTC; NaN when there is no such date. */
function dayMs(year: number, month: number, day: number): number {
  if (!(year >= 1000 && month >= 1 && month <= 12 && day >= 1 && day <= 31)) return NaN
  const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  if (day > DAYS_IN_MONTH[month - 1]! + (leap ? 1 : 0)) return NaN
  return daysFromCivil(year, month, day) * MS_PER_DAY
}

function twoDigits(bytes: Uint8Array, at: number): number {
  const tens = bytes[at]! - 48
  const ones = bytes[at + 1]! - 48
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : NaN
}
