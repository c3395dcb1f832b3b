import { IbkrError } from '../code/ibkr-error.ts'
import type { Timing } from '../session/timing.ts'

/** One historical request, as the rules see it. */
export interface HistoryAsk {
  /** Everything that makes two requests the same. */
  readonly identity: string
  /** Contract, exchange and kind of data. */
  readonly series: string
  /** 2 for BID_ASK, else 1. */
  readonly weight: number
  /** Bars of 30 seconds or less, of which 60 may be asked for in ten minutes. */
  readonly small: boolean
}

interface Waiting {
  readonly ask: HistoryAsk
  readonly go: () => void
  readonly drop: (error: Error) => void
}

const IDENTICAL_MS = 15_000
const BURST = { ms: 2_000, most: 5 } // "six or more" in two seconds is a violation
const SMALL = { ms: 600_000, most: 60 }
const OPEN = 50

/**
 * Holds historical requests back until TWS would take them.
 *
 * @see https://interactivebrokers.github.io/tws-api/historical_limitations.html
 */
export class HistoryPacer {
  readonly #timing: Timing
  readonly #waiting: Waiting[] = []
  #past: { readonly ask: HistoryAsk; readonly time: number }[] = []
  #open = 0
  /** Nothing goes before, after a violation. */
  #pausedUntil = -Infinity
  #cancelTimer: (() => void) | undefined

  constructor(timing: Timing) {
    this.#timing = timing
  }

  /** Resolves when the request may be sent. Whoever got leave calls {@link done} afterwards. */
  acquire(ask: HistoryAsk): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#waiting.push({ ask, go: resolve, drop: reject })
    this.#pump()
    return promise
  }

  /** The request was answered, has failed or was given up. */
  done(): void {
    this.#open = Math.max(0, this.#open - 1)
    this.#pump()
  }

  /** TWS reported a violation: everything waits. */
  pause(ms: number): void {
    this.#pausedUntil = this.#timing.now() + ms
    this.#pump()
  }

  /** The link is lost: those that wait fail. */
  clear(): void {
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
    const lost = IbkrError.own('link', 'Expected a connection for the history that waits its turn, found it lost.')
    for (const { drop } of this.#waiting.splice(0)) drop(lost)
  }

  #pump(): void {
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
    const now = this.#timing.now()
    this.#past = this.#past.filter(({ time }) => time > now - SMALL.ms)
    let next = Infinity
    for (let i = 0; i < this.#waiting.length;) {
      const { ask, go } = this.#waiting[i]!
      const at = this.#open >= OPEN ? Infinity : this.#earliest(ask, now)
      if (at > now) {
        next = Math.min(next, at)
        i++
        continue
      }
      this.#waiting.splice(i, 1)
      this.#past.push({ ask, time: now })
      this.#open++
      go()
    }
    if (next < Infinity) this.#cancelTimer = this.#timing.after(Math.ceil(next - now), () => this.#pump())
  }

  /** When the request may go by all rules that depend on the past. */
  #earliest(ask: HistoryAsk, now: number): number {
    const twin = this.#past.findLast((past) => past.ask.identity === ask.identity)
    const series = this.#past.filter((past) => past.ask.series === ask.series)
    const full = series.at(-BURST.most)
    return Math.max(
      now,
      this.#pausedUntil,
      twin === undefined ? now : twin.time + IDENTICAL_MS,
      full === undefined ? now : full.time + BURST.ms,
      ask.small ? this.#smallTurn(ask, now) : now,
    )
  }

  #smallTurn(ask: HistoryAsk, now: number): number {
    let room = SMALL.most - ask.weight
    for (const past of this.#past.toReversed()) {
      if (!past.ask.small) continue
      room -= past.ask.weight
      if (room < 0) return past.time + SMALL.ms
    }
    return now
  }
}
