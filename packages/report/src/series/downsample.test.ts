import fc from 'fast-check'
import { expect, test } from 'vitest'
import { visibleIndexes } from './downsample.ts'

const values = fc.array(
  fc.oneof({ weight: 9, arbitrary: fc.double({ min: -1e6, max: 1e6, noNaN: true }) }, fc.constant(NaN)),
  {
    minLength: 1,
    maxLength: 400,
  },
)

test('keeps both ends, the highest and the lowest of each series, in order and within the bound', () => {
  fc.assert(
    fc.property(values, fc.integer({ min: 12, max: 100 }), (first, most) => {
      const second = first.map((value) => -value / 2)
      const indexes = visibleIndexes(first.length, [first, second], most)
      expect(indexes.length).toBeLessThanOrEqual(most)
      expect(indexes).toEqual([...new Set(indexes)].toSorted((a, b) => a - b))
      expect([indexes[0], indexes.at(-1)]).toEqual([0, first.length - 1])
      for (const series of [first, second]) {
        const finite = series.filter(Number.isFinite)
        const kept = indexes.map((i) => series[i]!).filter(Number.isFinite)
        expect([Math.min(...kept), Math.max(...kept)]).toEqual([Math.min(...finite), Math.max(...finite)])
      }
    }),
  )
})

test('few points stay all', () => expect(visibleIndexes(3, [[1, 2, 3]], 10)).toEqual([0, 1, 2]))
