import fc from 'fast-check'
import { expect, test } from 'vitest'
import { mergePlan } from './merge-plan.ts'

const ends = fc
  .uniqueArray(fc.integer({ min: 0, max: 60 }), { maxLength: 40 })
  .map((times) => Float64Array.from(times.toSorted((a, b) => a - b)))
const input = fc.tuple(ends, fc.nat(5), fc.nat(5)).map(([end, skip, drop]) => ({
  end,
  from: Math.min(skip, end.length),
  to: Math.max(end.length - drop, Math.min(skip, end.length)),
}))

test('a plan is the plain sort of all events by (time, stream), in groups of one time each', () => {
  fc.assert(
    fc.property(fc.array(input, { maxLength: 12 }), (inputs) => {
      const plan = mergePlan(inputs)
      const sorted = inputs
        .flatMap(({ end, from, to }, stream) => Array.from(end.subarray(from, to), (time) => ({ time, stream })))
        .toSorted((a, b) => a.time - b.time || a.stream - b.stream)
      expect([...plan.order]).toEqual(sorted.map((e) => e.stream))
      const times = [...new Set(sorted.map((e) => e.time))]
      expect([...plan.times]).toEqual(times)
      expect([...plan.groups]).toEqual([...times.map((t) => sorted.findIndex((e) => e.time === t)), sorted.length])
    }),
  )
})

test('no streams and empty streams make an empty plan', () => {
  for (const inputs of [[], [{ end: new Float64Array(0), from: 0, to: 0 }]]) {
    const plan = mergePlan(inputs)
    expect([plan.order.length, plan.times.length, [...plan.groups]]).toEqual([0, 0, [0]])
  }
})
