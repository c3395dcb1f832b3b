import type { IndicatorReading } from '@onetape/core'

/**
 * Two figures closer than this, relative to either (it makes no difference there), count as equal: rounding makes ties
 * look like crossings.
 */
const TOLERANCE = 1e-9

/**
 * True on the bar on which `a` comes to stand above `b`: it was below or equal before and is above now. A figure that is
 * not ready, then or now, gives false. Differences within 1e-9 of the figure count as equal, so exact ties on a
 * price grid are ties, whatever the rounding of the averages. Against the number 0 no difference is within that.
 * @example if (crossedAbove(fast, slow)) orders.targetPercent(bar.instrument, 1)
 */
export function crossedAbove(a: IndicatorReading, b: IndicatorReading | number): boolean {
  return typeof b === 'number' ? rose(a, b) : overtook(a, b)
}

/** True on the bar on which `a` comes to stand below `b`; otherwise as {@link crossedAbove}. */
export function crossedBelow(a: IndicatorReading, b: IndicatorReading | number): boolean {
  return typeof b === 'number' ? fell(a, b) : overtook(b, a)
}

/** 1 when {@link crossedAbove}, −1 when {@link crossedBelow}, else 0: one call for both. */
export function cross(a: IndicatorReading, b: IndicatorReading | number): -1 | 0 | 1 {
  if (typeof b === 'number') {
    if (rose(a, b)) return 1
    return fell(a, b) ? -1 : 0
  }
  if (overtook(a, b)) return 1
  return overtook(b, a) ? -1 : 0
}

// Lines and levels go separate ways, since a variable that is now one, now the other is boxed on the heap (6 ns), and
// the arithmetic is written out, since V8 does not inline one call deeper (2 ns). The plain comparison stands first: it
// settles half of the bars. Every comparison is written so that NaN fails.

function overtook(a: IndicatorReading, b: IndicatorReading): boolean {
  const now = a.value
  const other = b.value
  return (
    now > other &&
    a.previous - b.previous <= TOLERANCE * Math.abs(b.previous) &&
    now - other > TOLERANCE * Math.abs(other)
  )
}

function rose(a: IndicatorReading, level: number): boolean {
  const now = a.value
  const slack = TOLERANCE * Math.abs(level)
  return now > level && a.previous - level <= slack && now - level > slack
}

function fell(a: IndicatorReading, level: number): boolean {
  const now = a.value
  const slack = TOLERANCE * Math.abs(level)
  return now < level && level - a.previous <= slack && level - now > slack
}
