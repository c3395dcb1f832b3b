import type { Timing } from '../src/session/timing.ts'

/** A clock that moves only when told, and runs the timers on its way. */
export class VirtualTiming implements Timing {
  #now: number
  #timers: { readonly at: number; readonly run: () => void }[] = []
  chance = 0.5

  constructor(now = Date.UTC(2026, 10, 19, 15)) {
    this.#now = now
  }

  now(): number {
    return this.#now
  }

  after(ms: number, run: () => void): () => void {
    const timer = { at: this.#now + Math.max(0, ms), run }
    this.#timers.push(timer)
    return () => void (this.#timers = this.#timers.filter((other) => other !== timer))
  }

  random(): number {
    return this.chance
  }

  /** Timers that wait. */
  get pending(): number {
    return this.#timers.length
  }

  advance(ms: number): void {
    const until = this.#now + ms
    for (;;) {
      const next = this.#timers.filter(({ at }) => at <= until).toSorted((a, b) => a.at - b.at)[0]
      if (next === undefined) break
      this.#timers = this.#timers.filter((other) => other !== next)
      this.#now = Math.max(this.#now, next.at)
      next.run()
    }
    this.#now = until
  }
}
