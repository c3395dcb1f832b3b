import { describe, expect, test } from 'vitest'
import { noFee } from './no-fee.ts'
import { perContractFee } from './per-contract-fee.ts'
import { perShareFee } from './per-share-fee.ts'

const T = Date.parse('2026-08-10T15:00:00Z')

describe('perShareFee', () => {
  // IBKR's examples of its Fixed pricing, https://www.interactivebrokers.com/en/pricing/commissions-stocks.php
  test.each([
    [100, 25, 1],
    [1000, 25, 5],
    [1000, 0.25, 2.5],
  ])('%d shares at %d USD cost %d USD', (quantity, price, usd) => {
    const model = perShareFee({ perShare: 0.005, minimum: 1, maximumPercent: 1 })
    expect(model.orderFee(quantity, quantity * price, 1, T, 0)).toBe(usd)
  })

  test('has neither minimum nor maximum unless told', () => {
    const model = perShareFee({ perShare: 0.01 })
    expect(model.name).toBe('per-share(0.01, min 0)')
    expect(model.orderFee(1, 0.001, 1, T, 0)).toBe(0.01)
  })

  test('a maximum of 0 % is a maximum', () => {
    expect(perShareFee({ perShare: 0.01, maximumPercent: 0 }).orderFee(10, 100, 1, T, 0)).toBe(0)
  })

  test.each([{ perShare: Number.NaN }, { perShare: 1, minimum: -1 }, { perShare: 1, maximumPercent: 101 }])(
    'refuses the options %j',
    (options) => expect(() => perShareFee(options)).toThrow(/^perShareFee: Expected/),
  )
})

describe('perContractFee', () => {
  test("takes 0.62 USD a side for IBKR's MES future, as captured fills show", () => {
    expect(perContractFee(0.62).orderFee(1, 35_196.25, 1, T, 0)).toBe(0.62)
    expect(perContractFee(0.62).orderFee(3, 105_588.75, -1, T, 0)).toBeCloseTo(1.86, 12)
  })

  test('charges a contract at a negative price', () => {
    expect(perContractFee(2.4).orderFee(1, -37_630, 1, T, 0)).toBe(2.4)
  })

  test('refuses no contracts', () => expect(() => perContractFee(1).orderFee(0, 0, 1, T, 0)).toThrow('quantity > 0'))
})

test('noFee takes nothing', () => {
  expect(noFee().orderFee(100, 1e6, -1, T, 0)).toBe(0)
  expect(noFee().parts?.(100, 1e6, -1, T, 0)).toEqual({})
})
