// Local: V8 folds a constant of this module that is not exported, and loads an exported one at every use.
const WIDTH = 6
/** Rows that are taken at once: few enough to stay in the first-level cache beside what the run uses. */
const BLOCK = 128

const K = 0x85ebca6b | 0
/** Stands for NaN, which has many bit patterns: a number that no price or quantity is. */
const NOT_A_NUMBER = -8.98846567431158e307
/** More than there are kinds, and than there are instruments: two figures share an exact number. */
const KINDS = 16
const INSTRUMENTS = 1_048_576

/** Kinds of records. */
export const RecordKind = {
  /** A state change of an order; the fee column holds the input's code. */
  transition: 1,
  fill: 2,
  timer: 3,
  booking: 4,
  series: 5,
} as const

/**
 * Hash of everything the engine decided and was told. A record is six doubles, each in a lane of its own: sequence and
 * kind, time, order and instrument, quantity, price, fee or code. Records are taken in blocks.
 */
export class RecordHash {
  readonly #rows: Float64Array = new Float64Array(BLOCK * WIDTH)
  readonly #words: Int32Array = new Int32Array(this.#rows.buffer)
  readonly #lanes: Int32Array = new Int32Array(WIDTH)
  #used = 0
  count = 0

  /** `quantity` and `price` may be NaN or −0, the rest is finite. */
  add(
    kind: number,
    sequence: number,
    time: number,
    order: number,
    instrument: number,
    quantity: number,
    price: number,
    last: number,
  ): void {
    const p = this.#used
    const rows = this.#rows
    rows[p] = sequence * KINDS + kind
    rows[p + 1] = time
    rows[p + 2] = order * INSTRUMENTS + instrument
    // + 0 makes 0 of −0.
    rows[p + 3] = quantity === quantity ? quantity + 0 : NOT_A_NUMBER
    rows[p + 4] = price === price ? price + 0 : NOT_A_NUMBER
    rows[p + 5] = last
    this.#used = p + WIDTH
    this.count++
    if (this.#used === BLOCK * WIDTH) this.#flush()
  }

  /** The lanes after all records so far. */
  lanes(): Int32Array {
    this.#flush()
    return this.#lanes
  }

  // All lanes in one loop, written out: six independent chains, each in a register.
  #flush(): void {
    const w = this.#words
    const lanes = this.#lanes
    let h0 = lanes[0]!
    let h1 = lanes[1]!
    let h2 = lanes[2]!
    let h3 = lanes[3]!
    let h4 = lanes[4]!
    let h5 = lanes[5]!
    for (let p = 0; p < this.#used * 2; p += 2 * WIDTH) {
      h0 = step(h0, w[p]!, w[p + 1]!)
      h1 = step(h1, w[p + 2]!, w[p + 3]!)
      h2 = step(h2, w[p + 4]!, w[p + 5]!)
      h3 = step(h3, w[p + 6]!, w[p + 7]!)
      h4 = step(h4, w[p + 8]!, w[p + 9]!)
      h5 = step(h5, w[p + 10]!, w[p + 11]!)
    }
    lanes[0] = h0
    lanes[1] = h1
    lanes[2] = h2
    lanes[3] = h3
    lanes[4] = h4
    lanes[5] = h5
    this.#used = 0
  }
}

/** Every input bit reaches the lane; the rotation brings high bits, where signs and exponents stand, down again. */
function step(h: number, lo: number, hi: number): number {
  const m = Math.imul(h ^ lo, K)
  return (((m << 13) | (m >>> 19)) + hi) | 0
}
