import fc from 'fast-check'
import { expect, test } from 'vitest'
import { OrderStateCode } from '@onetape/core'
import { OrderTable } from './order-table.ts'

const add = (table: OrderTable, quantity = 1): number => table.add(0, table.count, 0, 1, 0, 0, quantity, 0)

function open(table: OrderTable): number[] {
  const numbers: number[] = []
  for (let n = table.firstOpen; n !== -1; n = table.nextOpen(n)) numbers.push(n)
  return numbers
}

test('the list of open orders is that of a plain array, oldest first, whatever is closed in which order', () => {
  const actions = fc.array(fc.oneof(fc.constant('add' as const), fc.nat(1000)), { maxLength: 300 })
  fc.assert(
    fc.property(actions, (steps) => {
      const table = new OrderTable(1)
      let model: number[] = []
      for (const step of steps)
        if (step === 'add') model.push(add(table))
        else if (model.length > 0) {
          const n = model[step % model.length]!
          table.close(n)
          model = model.filter((m) => m !== n)
        }
      expect(open(table)).toEqual(model)
    }),
  )
})

test('an order closed while the list is walked leaves the walk intact', () => {
  const table = new OrderTable(4)
  for (let k = 0; k < 5; k++) add(table)
  const seen: number[] = []
  for (let n = table.firstOpen; n !== -1; n = table.nextOpen(n)) {
    seen.push(n)
    table.close(n)
  }
  expect(seen).toEqual([0, 1, 2, 3, 4])
  expect(table.firstOpen).toBe(-1)
})

test('growing keeps every column of every row', () => {
  const table = new OrderTable(1)
  for (let n = 0; n < 1000; n++) {
    table.add(n % 3, n, n % 7, n % 2 === 0 ? 1 : -1, n % 12, n % 6, n + 0.5, n * 10)
    table.limit[n] = n / 8
    table.extras(n).tag = `tag ${n}`
  }
  for (const n of [0, 63, 64, 65, 511, 999]) {
    expect([table.strategy[n], table.counter[n], table.instrument[n], table.side[n]]).toEqual([
      n % 3,
      n,
      n % 7,
      n % 2 === 0 ? 1 : -1,
    ])
    expect([table.type[n], table.tif[n], table.quantity[n], table.placedAt[n], table.limit[n]]).toEqual([
      n % 12,
      n % 6,
      n + 0.5,
      n * 10,
      n / 8,
    ])
    expect([table.state[n], table.parent[n], table.oca[n]]).toEqual([OrderStateCode.created, -1, -1])
    expect(table.extrasOf(n)?.tag).toBe(`tag ${n}`)
  }
  expect(open(table)).toHaveLength(1000)
})

test('what is left of an order is quantity less fills, without the noise of fractional fills', () => {
  const table = new OrderTable(1)
  const n = add(table, 0.3)
  expect(table.leaves(n)).toBe(0.3)
  table.filled[n] = 0.1 + 0.2 // one ulp above 0.3
  expect(table.leaves(n)).toBe(0)
  const m = add(table, 1)
  for (let k = 0; k < 9; k++) table.filled[m]! += 0.1
  expect(table.leaves(m)).toBeCloseTo(0.1, 12)
  table.filled[m]! += 0.1 // one ulp below 1
  expect(table.filled[m]).not.toBe(1)
  expect(table.leaves(m)).toBe(0)
  expect(table.leaves(add(table, Number.NaN))).toBe(0)
})
