/** Doubles per decision record: kind, sequence, time, order, instrument, quantity, price, fee or code. */
export const RECORD_WIDTH = 8

const K = 0x85ebca6b | 0
const NAN_LO = 0
const NAN_HI = 0x7ff80000

/** Kinds of records. */
export const RecordKind = {
  /** A state change of an order; the fee column holds the input's code. */
  transition: 1,
  fill: 2,
  timer: 3,
  booking: 4,
  series: 5,
} as const

/** Hash of everything the engine decided and was told: rows of eight doubles in eight lanes, taken in blocks. */
export class RecordHash {
  readonly #rows: Float64Array = new Float64Array(1024 * RECORD_WIDTH)
  readonly #words: Int32Array = new Int32Array(this.#rows.buffer)
  readonly #lanes: Int32Array = new Int32Array(RECORD_WIDTH)
  #used = 0
  count = 0

  add(kind: number, sequence: number, time: number, order: number, instrument: number, quantity: number, price: number, last: number): void {
    let p = this.#used
    const rows = this.#rows
    rows[p++] = kind
    rows[p++] = sequence
    rows[p++] = time
    rows[p++] = order
    rows[p++] = instrument
    rows[p++] = quantity
    rows[p++] = price
    rows[p++] = last
    this.#used = p
    this.count++
    if (p === rows.length) this.#flush()
  }

  /** The lanes after all records so far. */
  lanes(): Int32Array {
    this.#flush()
    return this.#lanes
  }

  #flush(): void {
    const { length } = this.#lanes
    const rows = this.#rows
    const words = this.#words
    const lanes = this.#lanes
    // Lane by lane, so that its state stays in a register.
    for (let lane = 0; lane < length; lane++) {
      let h = lanes[lane]!
      for (let p = lane; p < this.#used; p += RECORD_WIDTH) {
        const value = rows[p]!
        // NaN has many bit patterns and −0 equals 0: both are hashed in one form.
        if (value !== value) h = step(h, NAN_LO, NAN_HI)
        else if (value === 0) h = step(h, 0, 0)
        else h = step(h, words[p * 2]!, words[p * 2 + 1]!)
      }
      lanes[lane] = h
    }
    this.#used = 0
  }
}

function step(h: number, lo: number, hi: number): number {
  const m = Math.imul(h ^ lo, K)
  return ((m ^ (m >>> 15)) + hi) | 0
}
