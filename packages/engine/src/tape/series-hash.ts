import type { BarColumns } from '@onetape/core'

const K = 0x9e3779b1 | 0

/**
 * Hash of the bars consumed from one stream: a 32-bit lane per column, two steps per number over its words. Guards
 * against accidents, not against malice: 1–2 ns a bar instead of 24 for a cryptographic one.
 */
export class SeriesHash {
  readonly #lanes: Int32Array = new Int32Array(7)
  readonly #sessionBars: boolean
  #consumed = 0
  /** Columns whose numbers stand in `#words` as pairs of words. */
  #columns: BarColumns | undefined
  #words: readonly Int32Array[] = []

  /** @param sessionBars ends of bars do not follow from their starts, so they are hashed too */
  constructor(sessionBars: boolean) {
    this.#sessionBars = sessionBars
  }

  /** Takes the bars from the last one taken up to `to` (excluded). The result does not depend on how bars are grouped. */
  advance(c: BarColumns, to: number): void {
    const from = this.#consumed
    if (to <= from) return
    this.#prices(c, from, to)
    if (this.#sessionBars) {
      const end = this.#words[6]!
      let h = this.#lanes[6]!
      for (let i = from * 2; i < to * 2; i += 2) h = step(h, end[i]!, end[i + 1]!)
      this.#lanes[6] = h
    }
    this.#consumed = to
  }

  // All lanes in one loop: six independent chains keep the processor busy where six loops would wait for one each.
  #prices(c: BarColumns, from: number, to: number): void {
    const lanes = this.#lanes
    if (c !== this.#columns) {
      this.#columns = c
      this.#words = [c.time, c.open, c.high, c.low, c.close, c.volume, c.end].map(words)
    }
    const [time, open, high, low, close, volume] = this.#words as unknown as Words
    let h0 = lanes[0]!
    let h1 = lanes[1]!
    let h2 = lanes[2]!
    let h3 = lanes[3]!
    let h4 = lanes[4]!
    let h5 = lanes[5]!
    for (let i = from * 2; i < to * 2; i += 2) {
      h0 = step(h0, time[i]!, time[i + 1]!)
      h1 = step(h1, open[i]!, open[i + 1]!)
      h2 = step(h2, high[i]!, high[i + 1]!)
      h3 = step(h3, low[i]!, low[i + 1]!)
      h4 = step(h4, close[i]!, close[i + 1]!)
      h5 = step(h5, volume[i]!, volume[i + 1]!)
    }
    lanes[0] = h0
    lanes[1] = h1
    lanes[2] = h2
    lanes[3] = h3
    lanes[4] = h4
    lanes[5] = h5
  }

  get consumed(): number {
    return this.#consumed
  }

  get lanes(): Int32Array {
    return this.#lanes
  }
}

type Words = readonly [Int32Array, Int32Array, Int32Array, Int32Array, Int32Array, Int32Array]

function words(column: Float64Array): Int32Array {
  return new Int32Array(column.buffer, column.byteOffset, column.length * 2)
}

/** Every input bit reaches the lane; the rotation brings high bits, where signs and exponents stand, down again. */
function step(h: number, lo: number, hi: number): number {
  const m = Math.imul(h ^ lo, K)
  return (((m << 13) | (m >>> 19)) + hi) | 0
}
