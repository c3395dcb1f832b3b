import { expect, test } from 'vitest'
import { ColumnStore } from './column-store.ts'

const CELLS = { bytes: 8 + 8 + 4 + 1 + 1, columns: 5 }

test('a larger column keeps what was there', () => {
  const small = new ColumnStore(3, CELLS)
  const [a, c, e] = [small.float64(), small.int32(), small.uint8()]
  a.set([1, 2, 3])
  c.set([4, 5, 6])
  e.set([7, 8, 9])
  const large = new ColumnStore(5, CELLS)
  expect([...large.float64(a)]).toEqual([1, 2, 3, 0, 0])
  expect([...large.int32(c)]).toEqual([4, 5, 6, 0, 0])
  expect([...large.uint8(e)]).toEqual([7, 8, 9, 0, 0])
})

test.each([1, 63, 64, 1000])('columns of %d rows do not overlap', (rows) => {
  const store = new ColumnStore(rows, CELLS)
  const columns = [store.uint8(), store.float64(), store.int32(), store.uint8(), store.float64()]
  for (const [k, column] of columns.entries()) column.fill(k + 1)
  for (const [k, column] of columns.entries()) expect(column.every((cell) => cell === k + 1)).toBe(true)
})
