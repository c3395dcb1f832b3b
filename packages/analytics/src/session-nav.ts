import { formatDay, MS_PER_DAY, parseDay } from '@onetape/core'

/** One session of a calendar: times in epoch milliseconds UTC, `date` the local date as `YYYY-MM-DD`. */
export interface NavSession {
  readonly date: string
  readonly open: number
  readonly close: number
}

/** NAV once per session, from one session before the first: N sessions give N + 1 points and N returns. */
export interface SessionNav {
  /** Epoch milliseconds of each session's close. */
  readonly time: Float64Array
  /** Account currency; the first value is the initial cash. */
  readonly nav: Float64Array
  /** Local date of each session, in days since 1970-01-01. */
  readonly day: Int32Array
}

/**
 * Samples an equity curve at the close of every session from its first to its last point: the last equity at or before
 * each close. What comes after the last session's close still belongs to that session, so the series ends where the run ended.
 *
 * The point before the first session is taken from `sessions` when they reach back that far; otherwise it stands one weekday
 * earlier at the same hour.
 *
 * @param time epoch milliseconds UTC, ascending, one per equity value
 * @param equity account currency, marked to market
 * @param sessions ascending; may reach beyond the run on both sides
 * @param initial cash before the first event, account currency
 * @returns empty series when there is no equity or no session in its span
 */
export function navAtSessionCloses(
  time: ArrayLike<number>,
  equity: ArrayLike<number>,
  sessions: readonly NavSession[],
  initial: number,
): SessionNav {
  const points = Math.min(time.length, equity.length)
  const from = points > 0 ? sessions.findIndex((session) => session.close >= time[0]!) : -1
  const first = sessions[from]
  if (first === undefined) return { time: new Float64Array(0), nav: new Float64Array(0), day: new Int32Array(0) }
  let to = from + 1
  while (to < sessions.length && sessions[to]!.open < time[points - 1]!) to++

  const count = to - from
  const series = { time: new Float64Array(count + 1), nav: new Float64Array(count + 1), day: new Int32Array(count + 1) }
  const before = sessions[from - 1] ?? weekdayBefore(first)
  series.time[0] = before.close
  series.nav[0] = initial
  series.day[0] = parseDay(before.date)
  let next = 0
  let last = initial
  for (let i = 0; i < count; i++) {
    const session = sessions[from + i]!
    const until = i === count - 1 ? Infinity : session.close
    while (next < points && time[next]! <= until) last = equity[next++]!
    series.time[i + 1] = session.close
    series.nav[i + 1] = last
    series.day[i + 1] = parseDay(session.date)
  }
  return series
}

function weekdayBefore(session: NavSession): NavSession {
  const day = parseDay(session.date)
  const weekday = (((day + 4) % 7) + 7) % 7 // 1970-01-01 was a Thursday; 0 is Sunday
  const back = weekday === 1 ? 3 : weekday === 0 ? 2 : 1
  return {
    date: formatDay(day - back),
    open: session.open - back * MS_PER_DAY,
    close: session.close - back * MS_PER_DAY,
  }
}
