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
    const rows = this.#rows
    const words = this.#words
    const lanes = this.#lanes
    for (let p = 0; p < this.#used; p++) {
      const value = rows[p]!
      // NaN has many bit patterns and −0 equals 0: both are hashed in one form.
      const lo = value === value ? (value === 0 ? 0 : words[p * 2]!) : NAN_LO
      const hi = value === value ? (value === 0 ? 0 : words[p * 2 + 1]!) : NAN_HI
      const l = p % RECORD_WIDTH
      let h = Math.imul(lanes[l]! ^ lo, K)
      h = Math.imul((h ^ (h >>> 15)) + hi, K)
      lanes[l] = h ^ (h >>> 13)
    }
    this.#used = 0
  }
}
