import { InputError } from '@onetape/core'

const TIME = /^(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{3}))?)?$/

/**
 * Milliseconds from 00:00 on the clock face to the wall time `HH:MM`, `HH:MM:SS` or `HH:MM:SS.mmm`.
 *
 * @throws {InputError} `time.format` for any other form, and beyond 23:59:59.999
 */
export function parseWallTime(time: string): number {
  const match = TIME.exec(time)
  if (match !== null) {
    const [hour, minute] = [Number(match[1]), Number(match[2])]
    const [second, ms] = [Number(match[3] ?? 0), Number(match[4] ?? 0)]
    if (hour <= 23 && minute <= 59 && second <= 59) return ((hour * 60 + minute) * 60 + second) * 1000 + ms
  }
  throw new InputError(
    'time.format',
    `Expected a wall time as HH:MM, HH:MM:SS or HH:MM:SS.mmm from 00:00 to 23:59:59.999, found "${time}".`,
  )
}
