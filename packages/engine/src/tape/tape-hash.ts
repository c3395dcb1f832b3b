import type { RecordHash } from './record-hash.ts'
import type { SeriesHash } from './series-hash.ts'

const K = 0xc2b2ae35 | 0

/**
 * Hash of the order in which streams delivered, a step per group of one knowable time. Like groups in a row, which is
 * what markets with one calendar give, are taken as one with their number.
 */
export class MergeHash {
  #lane = 0
  #code = 0
  #size = 0
  #run = 0

  /** @param code of the streams in their order: `((code << 5) − code + stream + 1) | 0` for each, from 0 */
  addGroup(code: number, size: number): void {
    if (code === this.#code && size === this.#size) {
      this.#run++
      return
    }
    this.#close()
    this.#code = code
    this.#size = size
    this.#run = 1
  }

  /** A group of one stream alone. */
  add(stream: number): void {
    this.addGroup(stream + 1, 1)
  }

  /** `count` groups of one stream alone. */
  addRun(stream: number, count: number): void {
    if (count === 0) return
    this.add(stream)
    this.#run += count - 1
  }

  lane(): number {
    this.#close()
    this.#size = 0
    this.#run = 0
    return this.#lane
  }

  #close(): void {
    if (this.#run === 0) return
    let h = Math.imul(this.#lane ^ this.#code, K)
    h = Math.imul((h ^ (h >>> 15)) + this.#size, K)
    this.#lane = Math.imul((h ^ (h >>> 13)) + this.#run, K) ^ (h >>> 11)
  }
}

/**
 * The run's fingerprint: 32 hexadecimal digits over the bars consumed, their order, every order, state change, fill,
 * denial, booking and timer. Equal inputs and decisions give equal hashes in every process and on every machine.
 * @param names symbols and strategies by index, which the records refer to
 */
export function tapeHash(
  series: readonly SeriesHash[],
  merge: MergeHash,
  records: RecordHash,
  names: readonly string[],
): string {
  const state = new Int32Array([0x243f6a88, 0x85a308d3 | 0, 0x13198a2e, 0x03707344])
  let n = 0
  const take = (word: number): void => {
    const s = n++ & 3
    let h = Math.imul(state[s]! ^ word, K)
    h ^= h >>> 15
    state[s] = h
    state[(s + 1) & 3]! += h
  }
  for (const s of series) {
    take(s.consumed)
    for (const lane of s.lanes) take(lane)
  }
  take(merge.lane())
  take(records.count)
  for (const lane of records.lanes()) take(lane)
  for (const name of names) {
    take(name.length)
    for (let i = 0; i < name.length; i++) take(name.charCodeAt(i))
  }
  for (let round = 0; round < 8; round++) take(round)
  return Array.from(state, (word) => (word >>> 0).toString(16).padStart(8, '0')).join('')
}
