import type { Timing } from '../session/timing.ts'

/** What goes first when there is a queue. */
export type Priority = 'cancel' | 'order' | 'request'

interface Waiting {
  /** Sent one after the other, without anything between them. */
  readonly sends: readonly (() => void)[]
  readonly dropped: (() => void) | undefined
}

// Longer than the second that TWS counts: a burst that it reads late and the next one must not meet in one of its seconds.
const WINDOW_MS = 1_200

/**
 * Keeps the messages of any 1.2 seconds under a limit. TWS allows 50 a second and cuts the link of who sends more; the
 * distance to it is for what the network presses together.
 */
export class MessagePacer {
  readonly #timing: Timing
  readonly #limit: number
  /** Times of the last messages, a ring. */
  readonly #sent: Float64Array
  #count = 0
  readonly #queues: Readonly<Record<Priority, Waiting[]>> = { cancel: [], order: [], request: [] }
  #heldUntil = -Infinity
  #cancelTimer: (() => void) | undefined

  /** @param limit messages in any 1.2 seconds, default 45 */
  constructor(timing: Timing, limit = 45) {
    this.#timing = timing
    this.#limit = limit
    this.#sent = new Float64Array(limit).fill(-Infinity)
  }

  /** Messages that wait. */
  get waiting(): number {
    const all = [...this.#queues.cancel, ...this.#queues.order, ...this.#queues.request]
    return all.reduce((sum, { sends }) => sum + sends.length, 0)
  }

  /**
   * Sends at once when the second has room and nobody of the same or a higher priority waits; otherwise later.
   *
   * @param dropped called instead when `clear` comes first: then nothing was sent
   */
  send(priority: Priority, sends: readonly (() => void)[], dropped?: () => void): void {
    this.#queues[priority].push({ sends, dropped })
    this.#pump()
  }

  /** Sends nothing for a while: TWS said that it was too much. */
  hold(ms: number): void {
    this.#heldUntil = this.#timing.now() + ms
  }

  /** Forgets what waits: a lost link must not get it later. */
  clear(): void {
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
    for (const queue of Object.values(this.#queues)) for (const { dropped } of queue.splice(0)) dropped?.()
  }

  #pump(): void {
    if (this.#cancelTimer !== undefined) {
      // A message of higher priority may go before those that the timer is for only if it fits now.
      this.#cancelTimer()
      this.#cancelTimer = undefined
    }
    for (;;) {
      const queue = [this.#queues.cancel, this.#queues.order, this.#queues.request].find(({ length }) => length > 0)
      const first = queue?.[0]
      if (queue === undefined || first === undefined) return
      const wait = this.#waitFor(Math.min(first.sends.length, this.#limit))
      if (wait > 0) {
        this.#cancelTimer = this.#timing.after(wait, () => {
          this.#cancelTimer = undefined
          this.#pump()
        })
        return
      }
      queue.shift()
      for (const send of first.sends) {
        this.#sent[this.#count++ % this.#limit] = this.#timing.now()
        send()
      }
    }
  }

  /** Milliseconds until `size` messages have room. */
  #waitFor(size: number): number {
    // The message that must have left the window before the last of `size` goes.
    const oldest = this.#sent[(this.#count + size - 1) % this.#limit]!
    const wait = Math.max(oldest + WINDOW_MS, this.#heldUntil) - this.#timing.now()
    return Math.min(Math.ceil(wait), WINDOW_MS) // a clock that was set back must not stop everything
  }
}
