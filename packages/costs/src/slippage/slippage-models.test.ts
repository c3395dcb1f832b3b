import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { MarketState, SlippageModel } from '../slippage-model.ts'
import { basisPoints } from './basis-points.ts'
import { halfSpread } from './half-spread.ts'
import { noSlippage } from './no-slippage.ts'
import { squareRootImpact } from './square-root-impact.ts'
import { volumeShare } from './volume-share.ts'

const market = (known: Partial<MarketState> = {}): MarketState => ({
  volume: NaN,
  taken: 0,
  spread: NaN,
  high: NaN,
  low: NaN,
  averageVolume: NaN,
  volatility: NaN,
  ...known,
})

const models: readonly SlippageModel[] = [
  noSlippage(),
  basisPoints(),
  halfSpread(),
  volumeShare(),
  volumeShare({ limit: 1, impact: 0.5 }),
  squareRootImpact(),
]

describe.each(models)('$name', (model) => {
  const known = fc.option(fc.double({ min: 0, max: 1e9, noNaN: true }), { nil: NaN })
  const state = fc.record({
    volume: known,
    taken: fc.constantFrom(0, 100),
    spread: known,
    high: known,
    low: known,
    averageVolume: known,
    volatility: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: NaN }),
  })
  const price = fc.double({ min: 0.0001, max: 1e5, noNaN: true })
  const quantity = fc.double({ min: 0.0001, max: 1e7, noNaN: true })

  test('never improves a price, and never leaves the positive numbers', () => {
    fc.assert(
      fc.property(price, quantity, state, (p, q, m) => {
        const [buy, sell] = [model.price(1, p, q, m), model.price(-1, p, q, m)]
        expect(buy).toBeGreaterThanOrEqual(p)
        expect(sell).toBeLessThanOrEqual(p)
        expect(sell).toBeGreaterThan(0)
        expect(buy).toBeLessThan(Infinity)
      }),
      { numRuns: 300 },
    )
  })

  test('moves a larger fill at least as far', () => {
    fc.assert(
      fc.property(price, quantity, quantity, state, (p, a, b, m) => {
        const [few, many] = [Math.min(a, b), Math.max(a, b)]
        expect(model.price(1, p, many, m)).toBeGreaterThanOrEqual(model.price(1, p, few, m))
        expect(model.price(-1, p, many, m)).toBeLessThanOrEqual(model.price(-1, p, few, m))
      }),
    )
  })
})

test('basisPoints: 5 of 100 USD are 5 cents', () => {
  expect(basisPoints().price(1, 100, 1, market())).toBeCloseTo(100.05, 12)
  expect(basisPoints().price(-1, 100, 1, market())).toBeCloseTo(99.95, 12)
  expect(basisPoints(0).price(1, 123.45, 1, market())).toBe(123.45)
})

test('halfSpread: half of the quote, the fallback without one, nothing in a crossed market', () => {
  expect(halfSpread().price(1, 100, 1, market({ spread: 0.04 }))).toBeCloseTo(100.02, 12)
  expect(halfSpread({ fallbackBps: 10 }).price(-1, 100, 1, market())).toBeCloseTo(99.9, 12)
  expect(halfSpread().price(1, 100, 1, market({ spread: -0.02 }))).toBe(100)
  expect(halfSpread().price(-1, 1, 1, market({ spread: 2 }))).toBeCloseTo(0.9995, 12)
})

// zipline, VolumeShareSlippage: simulated impact = min(share, limit)² · price impact · price. With its documented
// defaults 0.025 and 0.1 an order of the whole limit moves 100 USD to 100.00625.
test.each([
  [1, 100, 25, 1000, 100.00625],
  [-1, 100, 25, 1000, 99.99375],
  [1, 100, 10, 1000, 100.001],
  [1, 100, 900, 1000, 100.00625],
  [1, 100, 10, NaN, 100.00625],
  [1, 100, 10, 0, 100.00625],
] as const)('volumeShare: side %d, %d USD, %d of %d shares fill at %d', (side, price, quantity, volume, filled) => {
  expect(volumeShare().price(side, price, quantity, market({ volume }))).toBeCloseTo(filled, 10)
})

test('volumeShare: what fills took of the bar before counts in its share', () => {
  const alone = volumeShare().price(1, 3, 5, market({ volume: 200 }))
  const after = volumeShare().price(1, 3, 2, market({ volume: 200, taken: 3 }))
  expect(after).toBe(alone)
  expect(volumeShare().price(1, 3, 2, market({ volume: 200 }))).toBeLessThan(alone)
})

test('squareRootImpact: 1 % of the volume at 2 % volatility costs 0.2 %', () => {
  const state = market({ averageVolume: 1_000_000, volatility: 0.02 })
  expect(squareRootImpact().price(1, 50, 10_000, state)).toBeCloseTo(50.1, 12)
  expect(squareRootImpact({ coefficient: 0.5 }).price(-1, 50, 10_000, state)).toBeCloseTo(49.95, 12)
  expect(squareRootImpact().price(1, 50, 10_000, market())).toBeCloseTo(50.025, 12)
  expect(squareRootImpact().price(-1, 50, 1e12, state)).toBeCloseTo(40, 12)
})

test.each([
  () => basisPoints(-1),
  () => basisPoints(10_000),
  () => halfSpread({ fallbackBps: NaN }),
  () => volumeShare({ limit: 2 }),
  () => volumeShare({ impact: -1 }),
  () => squareRootImpact({ coefficient: -1 }),
  () => squareRootImpact({ maximumPercent: 100 }),
])('refuses an option out of range: %s', (make) => expect(make).toThrow(/Expected \w+ (from|>=)/))
