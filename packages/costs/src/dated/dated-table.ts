import { wallToUtc } from '@onetape/calendar'
import { type EpochMs, formatDay, formatInstant, InputError, MS_PER_DAY, parseDay } from '@onetape/core'

/** Something that held on the days from `from` to `to`, both included, in New York. */
export interface DatedRow {
  /** First day, `YYYY-MM-DD`. */
  readonly from: string
  /** Last day, `YYYY-MM-DD`. */
  readonly to: string
  /** Where the value stands: the notice, filing or page. */
  readonly source: string
}

const ZONE = 'America/New_York'

/**
 * Rows by date that answer only for the days they cover. A day without a row is an error and never the nearest row: a
 * wrong rate would be booked without anybody noticing.
 */
export class DatedTable<Row extends DatedRow> {
  readonly #what: string
  readonly #rows: readonly Row[]
  /** Starts and ends of the rows, `[start, end)`; made at the first look-up, since most runs need no table. */
  #starts: readonly EpochMs[] | undefined
  #ends: readonly EpochMs[] = []
  // Look-ups come in order of time, so the last row mostly answers again. A memory of a pure function.
  #last = 0

  /**
   * @param what what the rows hold, for messages: `SEC fee rate`
   * @param rows in any order
   * @throws {InputError} `costs.table` when a row ends before it begins or two rows share a day, `date.format`
   */
  constructor(what: string, rows: readonly Row[]) {
    this.#what = what
    this.#rows = [...rows].toSorted((a, b) => parseDay(a.from, what) - parseDay(b.from, what))
    this.#rows.forEach((row, i) => {
      const next = this.#rows[i + 1]
      if (parseDay(row.to, what) < parseDay(row.from, what))
        throw new InputError('costs.table', `Expected a row that ends after ${row.from}, found ${row.to}.`, {
          place: what,
        })
      if (next !== undefined && parseDay(next.from) <= parseDay(row.to))
        throw new InputError(
          'costs.table',
          `Expected rows without a common day, found ${row.from} to ${row.to} and ${next.from} to ${next.to}.`,
          { place: what },
        )
    })
  }

  /**
   * The row of the day in New York at `time`.
   *
   * @throws {InputError} `costs.date` when no row covers that day
   */
  at(time: EpochMs): Row {
    const starts = (this.#starts ??= this.#index())
    const ends = this.#ends
    let i = this.#last
    if (!(time >= starts[i]! && time < ends[i]!)) {
      i = starts.findIndex((start, row) => time >= start && time < ends[row]!)
      if (i < 0) throw this.#missing(time)
      this.#last = i
    }
    return this.#rows[i]!
  }

  #index(): readonly EpochMs[] {
    this.#ends = this.#rows.map((row) => midnight(formatDay(parseDay(row.to) + 1)))
    return this.#rows.map((row) => midnight(row.from))
  }

  #missing(time: EpochMs): InputError {
    const found = Number.isFinite(time) ? formatInstant(time) : String(time)
    return new InputError('costs.date', `Expected a date with a known ${this.#what}, found ${found}.`, {
      hint: `Known: ${this.#covered()}. Give the model rows of your own for other dates, or leave this part out.`,
    })
  }

  /** `2000-01-01 to 2002-09-30, 2004-11-01 to 2026-12-31`: rows that follow each other are one range. */
  #covered(): string {
    const ranges: { from: string; to: string }[] = []
    for (const { from, to } of this.#rows) {
      const last = ranges.at(-1)
      if (last !== undefined && parseDay(last.to) + 1 === parseDay(from)) last.to = to
      else ranges.push({ from, to })
    }
    return ranges.length === 0 ? 'none' : ranges.map(({ from, to }) => `${from} to ${to}`).join(', ')
  }
}

function midnight(date: string): EpochMs {
  return wallToUtc(ZONE, parseDay(date) * MS_PER_DAY)
}
