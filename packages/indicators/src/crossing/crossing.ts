import type { IndicatorReading } from '@onetape/core'

/** Two figures closer than this, relative to the larger one, count as equal: rounding makes ties look like crossings. */
const TOLERANCE = 1e-9

/**
 * True on the bar on which `a` comes to stand above `b`: it was below or equal before and is above now. A figure that is
 * not ready, then or now, gives false. Differences within 1e-9 of the larger figure count as equal, so exact ties on a
 * price grid are ties, whatever the rounding of the averages. Against the number 0 no difference is within that.
 * @example if (crossedAbove(fast, slow)) orders.targetPercent(bar.instrument, 1)
 */
export function crossedAbove(a: IndicatorReading, b: IndicatorReading | number): boolean {
  const now = a.value
  const level = typeof b === 'number' ? b : b.value
  if (!(now > level)) return false // first the plain comparison, which settles half of the bars
  return isAbove(now, level) && isAtMost(a.previous, typeof b === 'number' ? b : b.previous)
}

/** True on the bar on which `a` comes to stand below `b`; otherwise as {@link crossedAbove}. */
export function crossedBelow(a: IndicatorReading, b: IndicatorReading | number): boolean {
  const now = a.value
  const level = typeof b === 'number' ? b : b.value
  if (!(now < level)) return false
  return isAbove(level, now) && isAtMost(typeof b === 'number' ? b : b.previous, a.previous)
}

/** 1 when {@link crossedAbove}, −1 when {@link crossedBelow}, else 0: one call for both. */
export function cross(a: IndicatorReading, b: IndicatorReading | number): -1 | 0 | 1 {
  const now = a.value
  const level = typeof b === 'number' ? b : b.value
  if (now > level) return crossedAbove(a, b) ? 1 : 0
  return crossedBelow(a, b) ? -1 : 0
}

/** x > y by more than the tolerance; false with NaN. */
function isAbove(x: number, y: number): boolean {
  return x - y > TOLERANCE * larger(x, y)
}

/** x ≤ y, or above it within the tolerance; false with NaN. */
function isAtMost(x: number, y: number): boolean {
  return x - y <= TOLERANCE * larger(x, y)
}

function larger(x: number, y: number): number {
  const a = Math.abs(x)
  const b = Math.abs(y)
  return a > b ? a : b
}
