import fc from 'fast-check'
import { expect, test } from 'vitest'
import { seededRandom } from './random.ts'

/** The published mulberry32, as written by its author for JavaScript (github.com/bryc/code, PRNGs). */
function mulberry32(a: number): () => number {
  return () => {
    let t = (a += 0x6d2b79f5)
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

test('gives the numbers of the published generator', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (seed) => {
      const [ours, published] = [seededRandom(seed), mulberry32(seed)]
      for (let k = 0; k < 50; k++) expect(ours.next()).toBe(published())
    }),
  )
})

test('whole numbers lie from min to max, both reached, about evenly', () => {
  const random = seededRandom(1)
  const counts = new Map<number, number>()
  for (let k = 0; k < 60_000; k++) {
    const n = random.int(-2, 3)
    counts.set(n, (counts.get(n) ?? 0) + 1)
  }
  expect([...counts.keys()].toSorted((a, b) => a - b)).toEqual([-2, -1, 0, 1, 2, 3])
  for (const count of counts.values()) expect(Math.abs(count - 10_000)).toBeLessThan(400) // 4 standard deviations
})
