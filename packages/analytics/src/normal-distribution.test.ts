import { describe, expect, test } from 'vitest'
import { normalDensity, normalQuantile } from './normal-distribution.ts'

describe('Wichura (1988), test values of AS 241', () => {
  test.each([
    [0.25, -0.6744897501960817],
    [0.001, -3.090232306167814],
    [1e-20, -9.262340089798408],
  ])('quantile of %d is %d', (probability, z) => {
    expect(Math.abs(normalQuantile(probability) / z - 1)).toBeLessThan(4e-16)
  })
})

test('the usual confidence levels', () => {
  expect(normalQuantile(0.05)).toBeCloseTo(-1.6448536269514722, 14)
  expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 14)
  expect(normalQuantile(0.5)).toBe(0)
})

// Simpson's rule from 0 to z, in 2,000 steps
const mass = (z: number): number => {
  const h = z / 2000
  let total = normalDensity(0) + normalDensity(z)
  for (let i = 1; i < 2000; i++) total += (i % 2 === 1 ? 4 : 2) * normalDensity(i * h)
  return 0.5 + (total * h) / 3
}

test('the quantile inverts the integral of the density', () => {
  for (const p of [0.0005, 0.01, 0.07, 0.075, 0.3, 0.5, 0.6, 0.925, 0.99, 0.9999])
    expect(mass(normalQuantile(p))).toBeCloseTo(p, 11)
})

test('outside (0, 1) it is NaN', () => {
  for (const p of [0, 1, -0.1, 1.1, NaN]) expect(normalQuantile(p)).toBeNaN()
})
