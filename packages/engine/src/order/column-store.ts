/** Names of the columns of a table by the type of their cells. */
export interface ColumnNames<D extends string, I extends string, B extends string> {
  readonly float64: readonly D[]
  readonly int32: readonly I[]
  readonly uint8: readonly B[]
}

type Columns<D extends string, I extends string, B extends string> = Record<D, Float64Array> &
  Record<I, Int32Array> &
  Record<B, Uint8Array>

/** Bytes of a cache line. */
const LINE = 64

/**
 * Gives a table its columns, with what they held before. All stand in one buffer: one piece of memory to ask for and to
 * give back instead of two dozen, and columns that do not begin at the same place of their pages, where they would push
 * each other out of the first-level cache.
 */
export function allocateColumns<D extends string, I extends string, B extends string>(
  table: Partial<Columns<D, I, B>>,
  names: ColumnNames<D, I, B>,
  capacity: number,
): void {
  const bytes = (size: number): number => Math.ceil((capacity * size) / LINE) * LINE + LINE
  const buffer = new ArrayBuffer(
    names.float64.length * bytes(8) + names.int32.length * bytes(4) + names.uint8.length * bytes(1),
  )
  let at = 0
  const columns = table as Record<string, Float64Array | Int32Array | Uint8Array | undefined>
  const put = (name: string, column: Float64Array | Int32Array | Uint8Array, size: number): void => {
    const old = columns[name]
    if (old !== undefined) column.set(old)
    columns[name] = column
    at += bytes(size)
  }
  for (const name of names.float64) put(name, new Float64Array(buffer, at, capacity), 8)
  for (const name of names.int32) put(name, new Int32Array(buffer, at, capacity), 4)
  for (const name of names.uint8) put(name, new Uint8Array(buffer, at, capacity), 1)
}
