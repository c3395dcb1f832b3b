import { InputError } from '../errors/input-error.ts'

/** Length of a bar: `5s`, `1m`, `15m`, `1h`, `1d`, `1w`. Days and weeks are trading sessions, not hours. */
export type BarInterval = `${number}${'s' | 'm' | 'h' | 'd' | 'w'}`

const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }

/**
 * Nominal length in milliseconds; the order of intervals is the order of these lengths.
 * @throws {InputError} `interval.format`
 */
export function intervalMs(interval: BarInterval): number {
  const match = /^([1-9]\d*)([smhdw])$/.exec(interval)
  if (match === null)
    throw new InputError('interval.format', `Expected an interval like 5s, 1m, 1h, 1d or 1w, found "${interval}".`)
  return Number(match[1]) * UNIT_MS[match[2]!]!
}

/** True for bars that span whole sessions (`1d`, `1w`): from the session's open to its close. */
export function isSessionInterval(interval: BarInterval): boolean {
  return interval.endsWith('d') || interval.endsWith('w')
}
