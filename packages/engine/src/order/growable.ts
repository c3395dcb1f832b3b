/** Room for `n` more entries: the same array, or a copy at least twice as long. */
export function grownF64(array: Float64Array, needed: number): Float64Array {
  if (needed <= array.length) return array
  const larger = new Float64Array(Math.max(needed, array.length * 2))
  larger.set(array)
  return larger
}

export function grownI32(array: Int32Array, needed: number): Int32Array {
  if (needed <= array.length) return array
  const larger = new Int32Array(Math.max(needed, array.length * 2))
  larger.set(array)
  return larger
}

export function grownU8(array: Uint8Array, needed: number): Uint8Array {
  if (needed <= array.length) return array
  const larger = new Uint8Array(Math.max(needed, array.length * 2))
  larger.set(array)
  return larger
}
