import fc from 'fast-check'
import { expect, test } from 'vitest'
import { snapToTick, usEquityTick } from './tick-size.ts'

const today = Date.UTC(2024, 2, 28)

test('Reg NMS rule 612: a cent from 1 USD on, a hundredth of a cent below; sixteenths before decimalisation', () => {
  expect([0.5, 0.9999, 1, 250].map((price) => usEquityTick(price, today))).toEqual([0.0001, 0.0001, 0.01, 0.01])
  expect([0.5, 100].map((price) => usEquityTick(price, Date.UTC(1999, 0, 4)))).toEqual([0.0625, 0.0625])
  // 2001-04-09 in New York was the last day of the change to decimals.
  expect(usEquityTick(100, Date.UTC(2001, 3, 9, 3, 59))).toBe(0.0625)
  expect(usEquityTick(100, Date.UTC(2001, 3, 9, 4, 0))).toBe(0.01)
})

test.each([
  [100.004, 0.01, 100],
  [100.005, 0.01, 100.01],
  [100.1 + 0.2, 0.01, 100.3], // 100.3 and some noise
  [0.1 + 0.2, 0.01, 0.3],
  [0.123_46, 0.0001, 0.1235],
  [50.07, 0.0625, 50.0625],
  [4512.13, 0.25, 4512.25],
  [1.17, 0.05, 1.15],
  [17, 5, 15],
  [-37.634, 0.01, -37.63], // a future may be negative
  [12.345_678, 0, 12.345_678],
])('%f on a tick of %f is %f', (price, tick, snapped) => {
  expect(snapToTick(price, tick)).toBe(snapped)
})

const ticks = fc.constantFrom(0.01, 0.0001, 0.0625, 0.05, 0.25, 0.005, 1, 5)
const price = fc.double({ min: 0.01, max: 100_000, noNaN: true })

test('snapping gives the nearest price of the grid, once and for all, free of noise', () => {
  fc.assert(
    fc.property(price, ticks, (value, tick) => {
      const snapped = snapToTick(value, tick)
      expect(Math.abs(snapped - value)).toBeLessThanOrEqual(tick / 2 + 1e-9)
      expect(snapToTick(snapped, tick)).toBe(snapped)
      expect(String(snapped).length).toBeLessThanOrEqual(11) // 100000.0001; noise has 17 digits
    }),
    { numRuns: 1000 },
  )
})

test('a price that is on the grid in decimals stays exactly itself', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 100_000_000 }), (cents) => {
      const written = Number((cents / 100).toFixed(2))
      expect(snapToTick(written, 0.01)).toBe(written)
      expect(snapToTick(written * (1 + 2e-16), 0.01)).toBe(written)
    }),
  )
})
