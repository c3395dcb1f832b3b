/** Messages a second that TWS takes from one client, and from how many on it warns. */
const MOST_PER_SECOND = 50
const WARN_AT = 44
/** Refusals after which the connection ends. How many TWS allows is not published: an assumption. */
const MOST_REFUSALS = 3

/** What to do with a message of a client. */
export type RateVerdict = 'take' | 'warn' | 'refuse' | 'disconnect'

/** Counts the messages of one client over the last second of wall time. */
export class RateLimit {
  readonly #times: number[] = []
  #refusals: number = 0

  verdict(nowMs: number): RateVerdict {
    this.#forget(nowMs)
    if (this.#times.length >= MOST_PER_SECOND) return ++this.#refusals > MOST_REFUSALS ? 'disconnect' : 'refuse'
    this.#times.push(nowMs)
    return this.#times.length === WARN_AT ? 'warn' : 'take'
  }

  /** Milliseconds until a further message fits. */
  wait(nowMs: number): number {
    this.#forget(nowMs)
    return this.#times.length < MOST_PER_SECOND ? 0 : Math.max(1, this.#times[0]! + 1000 - nowMs)
  }

  #forget(nowMs: number): void {
    while (this.#times.length > 0 && this.#times[0]! <= nowMs - 1000) this.#times.shift()
  }
}
