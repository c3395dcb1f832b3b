import type { EpochMs } from '@onetape/core'

/** The order in which bars of many streams become knowable: prepared once, then read by the loop. */
export interface MergePlan {
  /** Stream index of each event. */
  readonly order: Uint32Array
  /** First event of each group; one more entry than there are groups. */
  readonly groups: Uint32Array
  /** Knowable time of each group. */
  readonly times: Float64Array
}

/** One stream of a plan: ends of its bars from `from` on. */
export interface MergeInput {
  readonly end: Float64Array
  readonly from: number
  readonly to: number
  /** Quotes or trades, of which several may have one time: all of them come before the bars that end then. */
  readonly ticks?: boolean
}

/**
 * Merges streams by (end, position in `inputs`): give them sorted by interval, then registration.
 * Groups hold all events of one knowable time, but one of each stream: several ticks of an instrument at one time are
 * groups that follow each other.
 */
export function mergePlan(inputs: readonly MergeInput[]): MergePlan {
  let total = 0
  for (const s of inputs) total += s.to - s.from
  const order = new Uint32Array(total)
  const groups = new Uint32Array(total + 1)
  const times = new Float64Array(total)
  const heap = new StreamHeap(inputs)
  let events = 0
  let count = 0
  const due: number[] = []
  const anyTicks = inputs.some((s) => s.ticks === true)
  while (heap.size > 0) {
    const time = heap.time
    groups[count] = events
    times[count] = time
    count++
    // A group takes one event of each stream that ends now, in order of the streams.
    due.length = 0
    while (heap.size > 0 && heap.time === time) due.push(heap.take())
    due.sort((a, b) => a - b)
    const barsWait = anyTicks && due.some((s) => inputs[s]!.ticks === true && heap.repeats(s))
    for (const s of due) {
      if (barsWait && inputs[s]!.ticks !== true) {
        heap.putBack(s)
        continue
      }
      order[events++] = s
      heap.advance(s)
    }
  }
  groups[count] = events
  return { order, groups: groups.slice(0, count + 1), times: times.slice(0, count) }
}

/** Binary heap of stream indexes by the end of their next bar. */
class StreamHeap {
  readonly #inputs: readonly MergeInput[]
  readonly #next: Uint32Array
  readonly #heap: number[] = []
  readonly #key: Float64Array

  constructor(inputs: readonly MergeInput[]) {
    this.#inputs = inputs
    this.#next = Uint32Array.from(inputs, (s) => s.from)
    this.#key = new Float64Array(inputs.length)
    for (let s = 0; s < inputs.length; s++) this.#push(s)
  }

  get size(): number {
    return this.#heap.length
  }

  get time(): EpochMs {
    return this.#key[this.#heap[0]!]!
  }

  /** The stream that is next; it must be put back with {@link advance}. */
  take(): number {
    const heap = this.#heap
    const first = heap[0]!
    const last = heap.pop()!
    if (heap.length > 0) {
      heap[0] = last
      this.#sink()
    }
    return first
  }

  advance(stream: number): void {
    this.#next[stream]!++
    this.#push(stream)
  }

  putBack(stream: number): void {
    this.#push(stream)
  }

  /** True when the event after the next one of a stream has the same time. */
  repeats(stream: number): boolean {
    const { end, to } = this.#inputs[stream]!
    const i = this.#next[stream]!
    return i + 1 < to && end[i + 1] === end[i]
  }

  #push(stream: number): void {
    const { end, to } = this.#inputs[stream]!
    const i = this.#next[stream]!
    if (i >= to) return
    this.#key[stream] = end[i]!
    const heap = this.#heap
    let at = heap.push(stream) - 1
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (this.#key[heap[parent]!]! <= this.#key[stream]) break
      heap[at] = heap[parent]!
      at = parent
    }
    heap[at] = stream
  }

  #sink(): void {
    const heap = this.#heap
    const moving = heap[0]!
    const key = this.#key[moving]!
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && this.#key[heap[child + 1]!]! < this.#key[heap[child]!]!) child++
      if (this.#key[heap[child]!]! >= key) break
      heap[at] = heap[child]!
      at = child
    }
    heap[at] = moving
  }
}
