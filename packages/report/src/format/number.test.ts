import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatNumber, formatPercent, formatPlain, formatSigned, formatSignedPercent, formatSpan } from './number.ts'

test.each([
  [1_234_567.891, 2, '1,234,567.89'],
  [-1234.5, 2, '−1,234.50'],
  [999.999, 2, '1,000.00'],
  [-0.001, 2, '0.00'],
  [0, 0, '0'],
  [123, 0, '123'],
  [NaN, 2, 'n/a'],
  [Infinity, 2, '∞'],
  [-Infinity, 2, '−∞'],
  [1.5e22, 2, '1.500e+22'],
])('%d with %d digits is %s', (value, digits, text) => expect(formatNumber(value, digits)).toBe(text))

test('signs, percent and plain numbers', () => {
  expect([formatSigned(12), formatSigned(-12), formatSigned(0), formatSigned(0.001)]).toEqual([
    '+12.00',
    '−12.00',
    '0.00',
    '0.00',
  ])
  expect([formatPercent(0.1234), formatSignedPercent(-0.05, 1), formatPercent(NaN)]).toEqual([
    '12.34 %',
    '−5.0 %',
    'n/a',
  ])
  expect([formatPlain(100), formatPlain(0.125), formatPlain(10.5, 2), formatPlain(1000)]).toEqual([
    '100',
    '0.125',
    '10.50',
    '1,000',
  ])
})

test.each([
  [40_000, '40 s'],
  [1_500_000, '25 min'],
  [3_660_000, '1 h 1 min'],
  [273_600_000, '3 d 4 h'],
  [200 * 86_400_000, '200 d'],
  [NaN, 'n/a'],
])('%d ms is %s', (ms, text) => expect(formatSpan(ms)).toBe(text))

test('a formatted number reads back to the digits shown', () => {
  fc.assert(
    fc.property(fc.double({ min: -1e12, max: 1e12, noNaN: true }), (value) => {
      const back = Number(formatNumber(value, 3).replaceAll(',', '').replace('−', '-'))
      expect(Math.abs(back - value)).toBeLessThanOrEqual(0.0005 * (1 + 1e-6) + Math.abs(value) * 1e-15)
    }),
  )
})
