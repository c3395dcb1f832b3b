import { InputError, type EpochMs, type Timers } from '@onetape/core'
import type { Moment } from '../loop/moment.ts'

interface Pending {
  readonly host: number
  readonly name: string
  due: EpochMs
  /** 0 for a single shot. */
  readonly every: number
  readonly sequence: number
}

/** Timers of all strategies, soonest first; those of one time in the order they were set. */
export class TimerQueue {
  readonly #pending: Pending[] = []
  #sequence = 0
  /** Set by a timer's own handler for now or earlier: they wait for the next event, else they would never end. */
  readonly #waiting: (Pending & { readonly setAt: EpochMs })[] = []
  /** A timer's handler runs. */
  firing = false

  /** Infinity when there is none. */
  get next(): EpochMs {
    return this.#pending[0]?.due ?? Infinity
  }

  get hasWaiting(): boolean {
    return this.#waiting.length > 0
  }

  /** Makes due what waits for an event after it was set. */
  admit(time: EpochMs): void {
    for (const timer of this.#waiting.splice(0)) {
      if (timer.setAt < time) this.#insert({ ...timer, due: time })
      else this.#waiting.push(timer)
    }
  }

  /** Takes the first timer; one that repeats is set again. */
  take(): { host: number; name: string; due: EpochMs } {
    const first = this.#pending.shift()!
    const { host, name, due } = first
    if (first.every > 0) this.#insert({ ...first, due: due + first.every, sequence: this.#sequence++ })
    return { host, name, due }
  }

  /** Repeating timers set before the first event begin with it. */
  begin(now: EpochMs): void {
    for (const timer of this.#pending.splice(0))
      this.#insert(Number.isNaN(timer.due) ? { ...timer, due: now + timer.every } : timer)
  }

  of(host: number, clock: Moment): Timers {
    return {
      at: (time, name) => {
        if (!Number.isFinite(time))
          throw new InputError('timer.time', `Expected a time in epoch milliseconds, found ${time}.`, {
            place: `timer "${name}"`,
          })
        const now = clock.now
        const timer = {
          host,
          name,
          due: time > now || Number.isNaN(now) ? time : now,
          every: 0,
          sequence: this.#sequence++,
        }
        if (this.firing && !(time > now)) this.#waiting.push({ ...timer, setAt: now })
        else this.#insert(timer)
      },
      every: (ms, name) => {
        if (!(ms > 0 && Number.isFinite(ms)))
          throw new InputError('timer.interval', `Expected milliseconds > 0, found ${ms}.`, {
            place: `timer "${name}"`,
          })
        this.#insert({ host, name, due: clock.now + ms, every: ms, sequence: this.#sequence++ })
      },
      cancel: (name) => {
        for (let i = this.#pending.length - 1; i >= 0; i--)
          if (this.#pending[i]!.host === host && this.#pending[i]!.name === name) this.#pending.splice(i, 1)
        for (let i = this.#waiting.length - 1; i >= 0; i--)
          if (this.#waiting[i]!.host === host && this.#waiting[i]!.name === name) this.#waiting.splice(i, 1)
      },
    }
  }

  #insert(timer: Pending): void {
    let i = this.#pending.length
    while (i > 0 && this.#pending[i - 1]!.due > timer.due) i--
    this.#pending.splice(i, 0, timer)
  }
}
