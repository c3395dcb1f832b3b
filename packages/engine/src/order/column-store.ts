/** Bytes of a cache line. */
const LINE = 64

/**
 * Columns of one table in one buffer: one piece of memory to ask for and to give back instead of two dozen, and columns
 * that do not begin at the same place of their pages, where they would push each other out of the first-level cache.
 */
export class ColumnStore {
  readonly #rows: number
  readonly #buffer: ArrayBuffer
  #at = 0

  /** @param cells bytes of a row's cells in all columns that will be taken, and how many columns these are */
  constructor(rows: number, cells: { readonly bytes: number; readonly columns: number }) {
    this.#rows = rows
    this.#buffer = new ArrayBuffer(rows * cells.bytes + cells.columns * 2 * LINE)
  }

  /** @param old column whose values the new one begins with */
  float64(old?: Float64Array): Float64Array {
    const column = new Float64Array(this.#buffer, this.#take(8), this.#rows)
    if (old !== undefined) column.set(old)
    return column
  }

  int32(old?: Int32Array): Int32Array {
    const column = new Int32Array(this.#buffer, this.#take(4), this.#rows)
    if (old !== undefined) column.set(old)
    return column
  }

  uint8(old?: Uint8Array): Uint8Array {
    const column = new Uint8Array(this.#buffer, this.#take(1), this.#rows)
    if (old !== undefined) column.set(old)
    return column
  }

  #take(size: number): number {
    const at = this.#at
    this.#at += Math.ceil((this.#rows * size) / LINE) * LINE + LINE
    return at
  }
}
