import type { TradingCalendar } from '@onetape/calendar'
import type { Session } from '@onetape/calendar'
import { SessionCursor } from './session-cursor.ts'

interface SessionStamps {
  readonly session: Session
  first: number
  last: number
}

/**
 * `end` only on proof: all stamps within regular hours, none at an open, and either at most sessions one at the close
 * (at three or more) or every session stamped from one interval after its open to its close. To take starts for ends
 * would show bars before they are over; the other way round they only come late.
 */
export function detectStamp(time: Float64Array, length: number, calendar: TradingCalendar): 'start' | 'end' {
  if (calendar.name === '24/7') return 'start'
  const cursor = new SessionCursor(calendar)
  const seen = new Map<Session, SessionStamps>()
  for (const t of time) {
    const session = cursor.at(t - 1) // so that the close belongs to the session that it ends
    if (t <= session.open || t > session.close) return 'start'
    const stamps = seen.get(session)
    if (stamps === undefined) seen.set(session, { session, first: t, last: t })
    else {
      stamps.first = Math.min(stamps.first, t)
      stamps.last = Math.max(stamps.last, t)
    }
  }
  const all = [...seen.values()]
  const closed = all.filter(({ session, last }) => last === session.close)
  const whole = closed.filter(({ session, first }) => first === session.open + length)
  const proof =
    (closed.length >= 3 && closed.length * 2 >= all.length) || (all.length > 0 && whole.length === all.length)
  return proof ? 'end' : 'start'
}
