/** How long to wait before the next attempt. */
export interface BackOffOptions {
  /** First wait, milliseconds. Default 1,000. */
  readonly firstMs?: number | undefined
  /** Longest wait, milliseconds. Default 60,000. */
  readonly maxMs?: number | undefined
}

/**
 * Wait before attempt `attempt` (0, 1, 2, …): doubled each time up to the longest, of which chance takes away up to a
 * half, so that clients that lost a gateway together do not come back together.
 *
 * @param random from 0 to below 1
 * @returns milliseconds
 */
export function backOffMs(attempt: number, random: number, options: BackOffOptions = {}): number {
  const { firstMs = 1_000, maxMs = 60_000 } = options
  const whole = Math.min(maxMs, firstMs * 2 ** Math.min(attempt, 30))
  return whole - (whole / 2) * random
}
