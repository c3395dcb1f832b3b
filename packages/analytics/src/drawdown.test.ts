import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { datedDrawdowns, drawdowns, drawdownSeries, longestDrawdown, maxDrawdown, ulcerIndex } from './drawdown.ts'

const navs = fc.array(fc.double({ min: 0.01, max: 1000, noNaN: true }), { minLength: 1, maxLength: 80 })

/** Second implementation: every later point against every earlier one. */
function slowMaxDrawdown(nav: readonly number[]): number {
  let deepest = 0
  for (let i = 0; i < nav.length; i++)
    for (let j = i; j < nav.length; j++) deepest = Math.min(deepest, nav[j]! / nav[i]! - 1)
  return deepest
}

test('max drawdown agrees with all pairs of points and lies in [−1, 0]', () => {
  fc.assert(
    fc.property(navs, (nav) => {
      const found = maxDrawdown(nav)
      expect(found).toBeCloseTo(slowMaxDrawdown(nav), 12)
      expect(found).toBeGreaterThanOrEqual(-1)
      expect(found).toBeLessThanOrEqual(0)
    }),
  )
})

test('neither scale nor currency changes a drawdown', () => {
  fc.assert(
    fc.property(navs, fc.double({ min: 0.001, max: 1000, noNaN: true }), (nav, factor) => {
      expect(maxDrawdown(nav.map((x) => x * factor))).toBeCloseTo(maxDrawdown(nav), 12)
    }),
  )
})

test('the table holds every point below the peak exactly once, the deepest drawdown first', () => {
  fc.assert(
    fc.property(navs, (nav) => {
      const table = drawdowns(nav)
      const series = drawdownSeries(nav)
      const covered = new Set<number>()
      for (const { start, trough, recovery, depth, length } of table) {
        const end = Number.isNaN(recovery) ? nav.length : recovery
        expect(series[start]).toBe(0)
        expect(depth).toBe(series[trough])
        expect(length).toBe(Number.isNaN(recovery) ? nav.length - 1 - start : recovery - start)
        for (let i = start + 1; i < end; i++) {
          expect(covered.has(i)).toBe(false)
          expect(series[i]).toBeLessThan(0)
          covered.add(i)
        }
      }
      expect(covered.size).toBe(series.filter((depth) => depth < 0).length)
      expect(table[0]?.depth ?? 0).toBe(maxDrawdown(nav))
      expect(table.every((row, i) => i === 0 || row.depth >= table[i - 1]!.depth)).toBe(true)
    }),
  )
})

test('a drawdown that has not recovered runs to the end', () => {
  const day = 86_400_000
  const table = datedDrawdowns([0, day, 2 * day, 3 * day, 4 * day, 5 * day], [100, 90, 100, 100, 80, 85])
  expect(table).toEqual([
    { depth: 80 / 100 - 1, start: 3 * day, trough: 4 * day, recovery: NaN, days: 2, sessions: 2 },
    { depth: 90 / 100 - 1, start: 0, trough: day, recovery: 2 * day, days: 2, sessions: 2 },
  ])
})

test('a NAV that never fell has no drawdown; undefined is NaN', () => {
  expect(maxDrawdown([1, 2, 2, 3])).toBe(0)
  expect(drawdowns([1, 2, 2, 3])).toEqual([])
  expect(longestDrawdown([1, 2, 2, 3])).toBe(0)
  expect(ulcerIndex([1, 2, 3])).toBe(0)
  expect(maxDrawdown([])).toBeNaN()
  expect(ulcerIndex([])).toBeNaN()
  expect(maxDrawdown([1, NaN, 2])).toBeNaN()
  expect(longestDrawdown([1, NaN, 2])).toBeNaN()
  expect(drawdowns([1, 0.5, NaN])).toEqual([])
  expect(maxDrawdown([-5, -6])).toBeNaN()
  expect(maxDrawdown([100, 0])).toBe(-1)
})

test('ulcer index of a fall by 10 % and 20 %', () => {
  expect(ulcerIndex([100, 90, 80])).toBeCloseTo(Math.sqrt((0.01 + 0.04) / 3), 14)
})
