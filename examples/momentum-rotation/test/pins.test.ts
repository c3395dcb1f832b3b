import { join } from 'node:path'
import { expectPinned, realDaily } from '@onetape/pins'
import { expect, test } from 'vitest'
import { run } from '../src/run.ts'

const example = join(import.meta.dirname, '..')
const folder = realDaily('momentum rotation over 21 years of 30 stocks')

// Stocks without a defect in the data, all from 1999 on.
const clean =
  'ADBE AMGN AMT APD AXP BA CAT CL COF CVS CVX DIS FDX GE HD HON IBM INTC JNJ KO LLY MCD MMM MSFT NKE ORCL PEP PFE WMT XOM'

test('among made-up stocks: no order is denied, five are held in equal parts', async () => {
  const result = await run()
  expect(result.denials).toEqual({})
  expect(result.openPositions).toHaveLength(5)
  expectPinned(example, '24 made-up stocks', result)
})

test.skipIf(folder === undefined)(
  'among 30 stocks over 21 years: no order is denied, and cash is never borrowed',
  async () => {
    const result = await run(folder, clean.split(' '))
    expect(result.denials).toEqual({})
    expect(result.notices.filter((notice) => notice.startsWith('Cash went down'))).toEqual([])
    expect(result.openPositions).toHaveLength(5)
    expectPinned(example, '30 stocks 1999-2021', result)
  },
)

test.skipIf(folder === undefined)('it buys at month starts alone, after what it sells', async () => {
  const result = await run(folder, clean.split(' '))
  const days = new Map<string, string[]>()
  for (const { placedAt, side } of result.orders) {
    const day = new Date(placedAt).toISOString().slice(0, 10)
    days.set(day, [...(days.get(day) ?? []), side])
  }
  expect(days.size).toBeGreaterThan(200)
  const months = [...days.keys()].map((day) => day.slice(0, 7))
  expect(new Set(months).size).toBe(months.length)
  expect([...days.keys()].every((day) => Number(day.slice(8)) <= 5)).toBe(true)
  for (const sides of days.values()) expect(sides.join(' ')).toMatch(/^(sell ?)*(buy ?)*$/)
})
