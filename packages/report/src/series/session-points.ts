import { MS_PER_DAY } from '@onetape/core'
import type { ExchangeClock } from '../format/exchange-clock.ts'
import type { ReportInput } from '../report-input.ts'

/** NAV, and the benchmark's where there is one, at the end of each session. */
export interface SessionPoints {
  readonly time: Float64Array
  readonly nav: Float64Array
  /** Local date in days since 1970-01-01. */
  readonly day: Float64Array
  readonly benchmark: Float64Array | undefined
}

/** The sessions that came with the input, else the last point of each day of the equity curve, and its first point. */
export function sessionPoints({ sessions, equity }: ReportInput, clock: ExchangeClock): SessionPoints {
  if (sessions !== undefined)
    return {
      time: Float64Array.from(sessions.time),
      nav: Float64Array.from(sessions.nav),
      day: Float64Array.from(sessions.day),
      benchmark: sessions.benchmark && Float64Array.from(sessions.benchmark),
    }
  const days = Array.from(equity.time, (time) => Math.floor(clock.wall(time) / MS_PER_DAY))
  const last = days.map((_, i) => i).filter((i) => i === 0 || days[i] !== days[i + 1])
  const at = (values: ArrayLike<number>): Float64Array => Float64Array.from(last, (i) => values[i]!)
  return {
    time: at(equity.time),
    nav: at(equity.nav),
    day: at(days),
    benchmark: equity.benchmark && at(equity.benchmark),
  }
}
