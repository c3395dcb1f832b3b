import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { percentFee } from './percent-fee.ts'

const T = Date.parse('2026-08-10T15:00:00Z')

describe('percentFee', () => {
  test('is 0.1 % with a minimum of 1 USD by default', () => {
    const model = percentFee()
    expect(model.name).toBe('percent(0.1 %, min 1)')
    expect(model.orderFee(100, 25_000, 1, T, 0)).toBe(25)
    expect(model.orderFee(1, 100, -1, T, 0)).toBe(1)
  })

  test('without a minimum is the plain product, as the benchmark loop computes it', () => {
    const model = percentFee({ minimum: 0 })
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 1e9, noNaN: true }), (value) => {
        expect(model.orderFee(1, value, 1, T, 0)).toBe(value * 0.001)
      }),
    )
  })

  test.each([
    [0, 100],
    [-1, 100],
    [Number.NaN, 100],
    [1, Number.NaN],
    [1, -5],
    [1, Infinity],
  ])('refuses %d shares worth %d USD', (quantity, value) =>
    expect(() => percentFee().orderFee(quantity, value, 1, T, 0)).toThrow('Expected a quantity > 0 and a value >= 0'),
  )

  test.each([{ percent: -0.1 }, { percent: Number.NaN }, { minimum: -1 }, { minimum: Infinity }])(
    'refuses the options %j',
    (options) => expect(() => percentFee(options)).toThrow(/^percentFee: Expected (percent|minimum)/),
  )
})
