import { type IndicatorReading, seededRandom } from '@onetape/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sma } from '../average/averages.ts'
import type { Kernel } from '../kernel/kernel.ts'
import { cross, crossedAbove, crossedBelow } from './crossing.ts'

const reading = (previous: number, value: number): IndicatorReading => ({ previous, value, ready: value === value })

/** Crossings of SMA(fast) and SMA(slow) of prices in whole ticks, in exact arithmetic: slow · Σfast against fast · Σslow. */
function exactCrossings(ticks: readonly number[], fast: number, slow: number): number[] {
  const differences = ticks.map((_, i) =>
    i < slow - 1 ? NaN : slow * sum(ticks.slice(i + 1 - fast, i + 1)) - fast * sum(ticks.slice(i + 1 - slow, i + 1)),
  )
  return differences.map((now, i) => signOf(differences[i - 1] ?? NaN, now))
}

function signOf(before: number, now: number): -1 | 0 | 1 {
  if (now > 0 && before <= 0) return 1
  return now < 0 && before >= 0 ? -1 : 0
}

function crossings(
  prices: readonly number[],
  fast: number,
  slow: number,
): { signs: number[]; both: number[]; plain: number[] } {
  const [a, b] = [sma(fast), sma(slow)].map((spec) => {
    const line = new Float64Array(prices.length + 1).fill(NaN)
    const columns = { ...EMPTY, close: Float64Array.from(prices) }
    ;(spec.create() as Kernel).run(columns, 0, prices.length, [line], 1)
    return line
  }) as [Float64Array, Float64Array]
  const at = (i: number): [IndicatorReading, IndicatorReading] => [reading(a[i]!, a[i + 1]!), reading(b[i]!, b[i + 1]!)]
  return {
    signs: prices.map((_, i) => cross(...at(i))),
    both: prices.map((_, i) => Number(crossedAbove(...at(i))) - Number(crossedBelow(...at(i)))),
    plain: prices.map((_, i) => signOf(a[i]! - b[i]!, a[i + 1]! - b[i + 1]!)),
  }
}

const none = new Float64Array(0)
const EMPTY = { time: none, end: none, open: none, high: none, low: none, close: none, volume: none }

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0)
}

test('finds exactly the crossings of exact arithmetic on a price grid with ties', () => {
  let ties = 0
  let differ = 0
  const steps = fc.array(fc.integer({ min: -1, max: 1 }), { minLength: 200, maxLength: 400, size: 'max' })
  const periods = fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 30 }))
  fc.assert(
    fc.property(steps, periods, fc.constantFrom(0.01, 0.05, 0.1, 1 / 3), (moves, [fast, more], tick) => {
      const slow = fast + more
      let price = 10_000
      const ticks = moves.map((move) => (price += move))
      const exact = exactCrossings(ticks, fast, slow)
      const found = crossings(
        ticks.map((t) => t * tick),
        fast,
        slow,
      )
      expect(found.signs).toEqual(exact)
      expect(found.both).toEqual(exact)
      ties += ticks.filter(
        (_, i) =>
          i >= slow && slow * sum(ticks.slice(i + 1 - fast, i + 1)) === fast * sum(ticks.slice(i + 1 - slow, i + 1)),
      ).length
      differ += found.plain.filter((sign, i) => sign !== exact[i]).length
    }),
    { numRuns: 100, seed: 1 },
  )
  expect(ties).toBeGreaterThan(300) // the case was met
  expect(differ).toBeGreaterThan(20) // and a plain comparison gets it wrong
})

test('SMA 10 and 30 over 300,000 bars on a grid of 0.01: the signals of exact arithmetic, all of them', () => {
  const random = seededRandom(7)
  let price = 10_000
  const ticks = Array.from({ length: 300_000 }, () => (price = Math.max(1000, price + random.int(-2, 2))))
  const differences = new Float64Array(ticks.length).fill(NaN)
  let fast = 0
  let slow = 0
  ticks.forEach((tick, i) => {
    fast += tick - (ticks[i - 10] ?? 0) // whole numbers: exact
    slow += tick - (ticks[i - 30] ?? 0)
    if (i >= 29) differences[i] = 3 * fast - slow
  })
  const found = crossings(
    ticks.map((tick) => tick / 100),
    10,
    30,
  )
  const wrong = ticks.findIndex((_, i) => found.signs[i] !== signOf(differences[i - 1] ?? NaN, differences[i]!))
  expect(wrong).toBe(-1)
  expect(found.signs.filter((sign) => sign !== 0).length).toBeGreaterThan(5000)
  expect(differences.filter((d) => d === 0).length).toBeGreaterThan(1000)
  expect(found.plain.filter((sign, i) => sign !== found.signs[i]).length).toBeGreaterThan(100)
})

test.each([
  ['rises through', [1, 3], [2, 2], 1],
  ['rises from a tie', [2, 3], [2, 2], 1],
  ['rises to a tie', [1, 2], [2, 2], 0],
  ['rises from a tie that rounding made a hair higher', [2 + 1e-12, 3], [2, 2], 1],
  ['stands a hair above', [1, 2 + 1e-12], [2, 2], 0],
  ['falls through', [3, 1], [2, 2], -1],
  ['falls from a tie that rounding made a hair lower', [2 - 1e-12, 1], [2, 2], -1],
  ['stays above', [3, 4], [2, 2], 0],
  ['was not ready', [NaN, 3], [2, 2], 0],
  ['is not ready', [NaN, NaN], [2, 2], 0],
  ['meets one that was not ready', [1, 3], [NaN, 2], 0],
  ['meets one that is not ready', [1, 3], [2, NaN], 0],
  ['rises through zero', [-1e-12, 1e-12], [0, 0], 1],
  ['crosses at a large price', [1e9 - 10, 1e9 + 10], [1e9, 1e9], 1],
] as const)('a line that %s', (_, a, b, sign) => {
  const first = reading(a[0], a[1])
  const second = reading(b[0], b[1])
  expect(cross(first, second)).toBe(sign)
  expect(cross(second, first)).toBe(sign === 0 ? 0 : -sign)
  expect(crossedAbove(first, second)).toBe(sign === 1)
  expect(crossedBelow(first, second)).toBe(sign === -1)
})

test.each([
  [29, 31, 30, 1],
  [30, 31, 30, 1],
  [71, 69, 70, -1],
  [69, 69, 70, 0],
  [NaN, 69, 70, 0],
])('a line from %d to %d against the level %d', (previous, value, level, sign) => {
  expect(cross(reading(previous, value), level)).toBe(sign)
  expect(crossedAbove(reading(previous, value), level)).toBe(sign === 1)
  expect(crossedBelow(reading(previous, value), level)).toBe(sign === -1)
})
