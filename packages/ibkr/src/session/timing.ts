import type { EpochMs } from '@onetape/core'

/** Time, timers and chance of a session: the one seam through which all of them come. */
export interface Timing {
  now(): EpochMs
  /** Calls back once, `ms` from now; what is returned takes it back. */
  after(ms: number, run: () => void): () => void
  /** From 0 (included) to 1 (excluded). */
  random(): number
}

/** The machine's clock, Node's timers and `Math.random`. Timers do not keep a process alive: the socket does. */
export const systemTiming: Timing = {
  now: () => Date.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms).unref()
    return () => clearTimeout(timer)
  },
  random: () => Math.random(),
}
