import type { EpochMs } from '@onetape/core'

interface Due {
  readonly time: EpochMs
  readonly seq: number
  run: (() => void) | undefined
}

/** A due call that can be taken back. */
export interface Appointment {
  cancel(): void
}

/**
 * The gateway's time and what is due on it. On wall time it passes by itself, `speed` times as fast as the wall's; on
 * simulated time it stands still until {@link advance} moves it. Calls that are due at one time run in the order in
 * which they were asked for.
 */
export class Timeline {
  /** Simulated milliseconds per wall millisecond; 0 on simulated time. */
  readonly speed: number
  readonly #start: EpochMs
  readonly #wallStart: number
  readonly #onError: (error: unknown) => void
  #now: EpochMs
  #seq: number = 0
  #running: boolean = false
  #closed: boolean = false
  #timer: NodeJS.Timeout | undefined
  #timerFor: EpochMs = Infinity
  /** Binary heap by time, then by order of asking. */
  readonly #heap: Due[] = []

  constructor(start: EpochMs, speed: number, onError: (error: unknown) => void) {
    this.speed = speed
    this.#start = start
    this.#now = start
    this.#wallStart = performance.now()
    this.#onError = onError
  }

  /** Never goes back. */
  now(): EpochMs {
    if (this.speed > 0 && !this.#running) {
      const wall = Math.floor(this.#start + (performance.now() - this.#wallStart) * this.speed)
      if (wall > this.#now) this.#now = wall
    }
    return this.#now
  }

  at(time: EpochMs, run: () => void): Appointment {
    const due: Due = { time, seq: this.#seq++, run }
    this.#push(due)
    this.#arm()
    return {
      cancel: () => {
        due.run = undefined
      },
    }
  }

  after(ms: number, run: () => void): Appointment {
    return this.at(this.now() + ms, run)
  }

  /** Calls `run` every `ms` until it is cancelled. */
  every(ms: number, run: () => void): Appointment {
    let next = this.now() + ms
    let appointment: Appointment
    const turn = (): void => {
      next = Math.max(next + ms, this.now())
      appointment = this.at(next, turn)
      run()
    }
    appointment = this.at(next, turn)
    return { cancel: () => appointment.cancel() }
  }

  /** The time of the next call that is due, Infinity when there is none. */
  nextTime(): EpochMs {
    while (this.#heap.length > 0 && this.#heap[0]!.run === undefined) this.#pop()
    return this.#heap[0]?.time ?? Infinity
  }

  /** Moves simulated time on, running what falls due on the way. */
  advanceTo(time: EpochMs): void {
    if (this.#running) return
    this.#running = true
    try {
      for (let next = this.nextTime(); next <= time && !this.#closed; next = this.nextTime()) {
        const due = this.#pop()
        if (due.time > this.#now) this.#now = due.time
        const { run } = due
        due.run = undefined
        try {
          run?.()
        } catch (error) {
          this.#onError(error)
        }
      }
      if (time > this.#now) this.#now = time
    } finally {
      this.#running = false
    }
  }

  /** On wall time: runs what has fallen due, so that nothing that comes in now overtakes it. */
  catchUp(): void {
    if (this.speed > 0) this.advanceTo(this.now())
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#timer)
    this.#heap.length = 0
  }

  #arm(): void {
    if (this.speed === 0 || this.#closed || this.#running) return
    const next = this.nextTime()
    if (next >= this.#timerFor || next === Infinity) return
    clearTimeout(this.#timer)
    this.#timerFor = next
    const wait = Math.min(Math.max((next - this.now()) / this.speed, 0), 60_000)
    this.#timer = setTimeout(() => {
      this.#timerFor = Infinity
      this.advanceTo(this.now())
      this.#arm()
    }, wait)
  }

  #push(due: Due): void {
    const heap = this.#heap
    let i = heap.length
    heap.push(due)
    while (i > 0) {
      const parent = (i - 1) >> 1
      if (before(heap[parent]!, due)) break
      heap[i] = heap[parent]!
      i = parent
    }
    heap[i] = due
  }

  #pop(): Due {
    const heap = this.#heap
    const top = heap[0]!
    const last = heap.pop()!
    const n = heap.length
    if (n > 0) {
      let i = 0
      for (;;) {
        let child = 2 * i + 1
        if (child >= n) break
        if (child + 1 < n && before(heap[child + 1]!, heap[child]!)) child++
        if (before(last, heap[child]!)) break
        heap[i] = heap[child]!
        i = child
      }
      heap[i] = last
    }
    return top
  }
}

function before(a: Due, b: Due): boolean {
  return a.time < b.time || (a.time === b.time && a.seq < b.seq)
}
