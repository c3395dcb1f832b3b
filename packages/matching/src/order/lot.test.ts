import fc from 'fast-check'
import { expect, test } from 'vitest'
import { floorToLot } from './lot.ts'

test.each([
  [55.5, 1, 55],
  [100, 1, 100],
  [0.3, 0.1, 0.3],
  [0.1 + 0.2, 0.1, 0.3],
  [0.12345, 0.0001, 0.1234],
  [1234, 100, 1200],
  [0.9, 1, 0],
])('%d in lots of %d is %d', (quantity, lot, whole) => expect(floorToLot(quantity, lot)).toBe(whole))

test('no cap stays no cap', () => expect(floorToLot(Infinity, 1)).toBe(Infinity))

test('rounding twice is rounding once, and never up', () => {
  const lots = fc.constantFrom(1, 10, 0.1, 0.001, 0.0001)
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1e6, noNaN: true }), lots, (quantity, lot) => {
      const whole = floorToLot(quantity, lot)
      expect(whole).toBeLessThanOrEqual(quantity * (1 + 4e-15) + 2e-9 * lot)
      expect(quantity - whole).toBeLessThan(lot * 1.000001)
      expect(floorToLot(whole, lot)).toBe(whole)
    }),
  )
})
