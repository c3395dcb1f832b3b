import { expect, test } from 'vitest'
import { allocateColumns } from './column-store.ts'

const NAMES = { float64: ['a', 'b'], int32: ['c'], uint8: ['d', 'e'] } as const
type Table = Partial<Record<'a' | 'b', Float64Array> & Record<'c', Int32Array> & Record<'d' | 'e', Uint8Array>>

test('a larger table keeps what was there', () => {
  const table: Table = {}
  allocateColumns(table, NAMES, 3)
  table.a?.set([1, 2, 3])
  table.c?.set([4, 5, 6])
  table.e?.set([7, 8, 9])
  allocateColumns(table, NAMES, 5)
  expect([...table.a!]).toEqual([1, 2, 3, 0, 0])
  expect([...table.c!]).toEqual([4, 5, 6, 0, 0])
  expect([...table.e!]).toEqual([7, 8, 9, 0, 0])
})

test('columns do not overlap', () => {
  const table: Table = {}
  allocateColumns(table, NAMES, 1000)
  const columns = [table.a!, table.b!, table.c!, table.d!, table.e!]
  for (const [k, column] of columns.entries()) column.fill(k + 1)
  for (const [k, column] of columns.entries()) expect(column.every((cell) => cell === k + 1)).toBe(true)
})
