import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { FeeModel } from '../fee-model.ts'
import { ibkrFixedFee } from './ibkr-fixed-fee.ts'
import { ibkrTieredFee } from './ibkr-tiered-fee.ts'
import { noFee } from './no-fee.ts'
import { perContractFee } from './per-contract-fee.ts'
import { perShareFee } from './per-share-fee.ts'
import { percentFee } from './percent-fee.ts'

// What every model must hold, without rebates: with them a larger order may well pay less.
const models: readonly FeeModel[] = [
  noFee(),
  percentFee(),
  percentFee({ minimum: 0 }),
  perShareFee({ perShare: 0.005, minimum: 1, maximumPercent: 1 }),
  perContractFee(0.62),
  ibkrFixedFee(),
  ibkrFixedFee({ regulatory: 'none' }),
  ibkrTieredFee(),
  ibkrTieredFee({ liquidity: 'add' }),
]

const quantity = fc.integer({ min: 1, max: 5_000_000 })
const price = fc.integer({ min: 1, max: 5_000_000 }).map((ticks) => ticks / 10_000)
const side = fc.constantFrom(1 as const, -1 as const)
const time = fc.constantFrom('2008-10-10', '2019-03-01', '2026-08-31').map((day) => Date.parse(`${day}T15:00:00Z`))
const monthVolume = fc.integer({ min: 0, max: 150_000_000 })

describe.each(models)('$name', (model) => {
  test('a larger order never costs less', () => {
    fc.assert(
      fc.property(quantity, quantity, price, side, time, monthVolume, (a, b, p, s, t, month) => {
        const [few, many] = [Math.min(a, b), Math.max(a, b)]
        const least = model.orderFee(few, few * p, s, t, month)
        expect(least).toBeGreaterThanOrEqual(0)
        expect(model.orderFee(many, many * p, s, t, month)).toBeGreaterThanOrEqual(least * (1 - 1e-15))
      }),
    )
  })

  test('its parts sum to the fee', () => {
    fc.assert(
      fc.property(quantity, price, side, time, monthVolume, (q, p, s, t, month) => {
        const parts = model.parts?.(q, q * p, s, t, month) ?? { missing: NaN }
        const sum = Object.values(parts).reduce((a, b) => a + b, 0)
        expect(sum).toBe(model.orderFee(q, q * p, s, t, month))
      }),
    )
  })

  test('what its fills are charged one by one is the fee of the order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 10_000 }), price), { minLength: 1, maxLength: 12 }),
        side,
        time,
        monthVolume,
        (fills, s, t, month) => {
          let [filled, value, before, charged] = [0, 0, 0, 0]
          for (const [q, p] of fills) {
            filled += q
            value += q * p
            const fee = model.orderFee(filled, value, s, t, month)
            charged += fee - before
            before = fee
          }
          expect(Math.abs(charged - before)).toBeLessThanOrEqual(1e-9 * Math.max(1, before))
        },
      ),
    )
  })
})

test('the commission of the IBKR models never exceeds 1 % of the value', () => {
  fc.assert(
    fc.property(quantity, price, side, time, monthVolume, (q, p, s, t, month) => {
      for (const model of [ibkrFixedFee(), ibkrTieredFee()])
        expect(model.parts?.(q, q * p, s, t, month)['commission']).toBeLessThanOrEqual((q * p) / 100)
    }),
  )
})

test('the tiers of a month do not depend on how its volume is cut into orders', () => {
  const model = ibkrTieredFee({ regulatory: 'none' })
  const commission = (q: number, month: number) => model.parts?.(q, q * 50, 1, 0, month)['commission'] ?? NaN
  const large = fc.integer({ min: 1000, max: 30_000_000 })
  fc.assert(
    fc.property(large, large, monthVolume, (a, b, month) => {
      const [whole, cut] = [commission(a + b, month), commission(a, month) + commission(b, month + a)]
      expect(Math.abs(whole - cut)).toBeLessThanOrEqual(1e-9 * whole)
    }),
  )
})
