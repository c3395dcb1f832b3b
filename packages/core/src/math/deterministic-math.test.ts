import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { exp } from './exp.ts'
import { log } from './log.ts'
import { pow } from './pow.ts'

// ---------------------------------------------------------------------------------------------------------------------
// A second, slow implementation in integers of 320 fractional bits: it knows nothing of the kernels under test, so that
// "below 1 ulp" is measured against the true value and not against another approximation.
const BITS = 320n
const ONE = 1n << BITS

/** `x` as an exact fixed-point integer; only for |x| of 2^-260 or more. */
function fixed(x: number): bigint {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, x)
  const word = view.getBigUint64(0)
  const biased = Number((word >> 52n) & 0x7ffn)
  const fraction = word & 0xfffffffffffffn
  const significand = biased === 0 ? fraction : fraction | 0x10000000000000n
  const shift = BITS + BigInt(Math.max(biased, 1) - 1075)
  const size = shift >= 0n ? significand << shift : significand >> -shift
  return x < 0 ? -size : size
}

const LN2 = ((): bigint => {
  // ln 2 = 2 · atanh(1/3)
  let term = ONE / 3n
  let sum = 0n
  for (let n = 1n; term !== 0n; n += 2n, term /= 9n) sum += term / n
  return 2n * sum
})()

/** e^x for a fixed-point x, as significand · 2^k with the significand in [1, 2). */
function exactExp(x: bigint): { readonly significand: bigint; readonly k: number } {
  let k = x / LN2
  if (x < 0n) k -= 1n
  const r = x - k * LN2
  let term = ONE
  let sum = 0n
  for (let n = 1n; term !== 0n; n += 1n) {
    sum += term
    term = ((term * r) >> BITS) / n
  }
  return sum >= 2n * ONE ? { significand: sum >> 1n, k: Number(k) + 1 } : { significand: sum, k: Number(k) }
}

/** ln x for a normal x > 0: Newton's step from the host's own logarithm, whose error of 1e-16 leaves one of 1e-48. */
function exactLog(x: number): bigint {
  const guess = fixed(Math.log(x))
  const { significand, k } = exactExp(-guess)
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, x)
  const exponent = Number((view.getBigUint64(0) >> 52n) & 0x7ffn) - 1023
  view.setBigUint64(0, (view.getBigUint64(0) & 0xfffffffffffffn) | 0x3ff0000000000000n)
  const product = (fixed(view.getFloat64(0)) * significand) >> BITS // times 2^(k + exponent), close to 1
  const shift = BigInt(k + exponent)
  const delta = (shift >= 0n ? product << shift : product >> -shift) - ONE
  return guess + delta - ((delta * delta) >> (BITS + 1n))
}

/** Distance of `found` from significand · 2^k in units of the last place of `found`; only for normal results. */
function ulps(found: number, exact: { readonly significand: bigint; readonly k: number }): number {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, found)
  const exponent = Number((view.getBigUint64(0) >> 52n) & 0x7ffn) - 1023
  view.setBigUint64(0, (view.getBigUint64(0) & 0xfffffffffffffn) | 0x3ff0000000000000n)
  const shift = BigInt(exact.k - exponent)
  const reference = shift >= 0n ? exact.significand << shift : exact.significand >> -shift
  const error = reference - fixed(view.getFloat64(0))
  return Math.abs(Number(error >> (BITS - 52n - 20n)) / 2 ** 20)
}

/** Distance of `found` from a fixed-point value in units of the last place of `found`. */
function ulpsOfFixed(found: number, exact: bigint): number {
  const unit = fixed(2 ** (Math.floor(Math.log2(Math.abs(found))) - 52))
  return Math.abs(Number(((exact - fixed(found)) << 20n) / unit) / 2 ** 20)
}

// Xorshift: the same sample in every run
let state = 0x9e3779b9
function random(): number {
  state ^= state << 13
  state ^= state >>> 17
  state ^= state << 5
  return (state >>> 0) / 2 ** 32
}
const between = (low: number, high: number): number => low + (high - low) * (random() + random() / 2 ** 32)
const SAMPLE = 4_000

describe('error against the exact value', () => {
  test('exp stays below 1 ulp', () => {
    let worst = 0
    for (let i = 0; i < SAMPLE; i++) {
      const x = i % 4 === 0 ? between(-708, 709.7) : i % 4 === 1 ? between(-1, 1) : between(-20, 20)
      worst = Math.max(worst, ulps(exp(x), exactExp(fixed(x))))
    }
    expect(worst).toBeLessThan(1)
    expect(worst).toBeGreaterThan(0.4) // a measure that always says 0 would be broken
  })
  test('log stays below 1 ulp', () => {
    let worst = 0
    for (let i = 0; i < SAMPLE; i++) {
      const x = i % 4 === 0 ? 2 ** between(-1000, 1000) : i % 4 === 1 ? between(0.999, 1.001) : between(0.001, 100)
      if (x !== 1) worst = Math.max(worst, ulpsOfFixed(log(x), exactLog(x)))
    }
    expect(worst).toBeLessThan(1)
    expect(worst).toBeGreaterThan(0.4)
  })
  test('pow stays below 1 ulp', () => {
    let worst = 0
    for (let i = 0; i < SAMPLE; i++) {
      const near = 1 + (i % 8 < 4 ? 1 : -1) * 2 ** between(-50, -15) // with exponents up to 1e17
      const x = [2 ** between(-300, 300), between(0.9, 1.1), between(0.01, 50), near][i % 4]!
      const limit = 700 / Math.abs(Math.log(x))
      const y = between(-limit, limit)
      if (!(Math.abs(y) > 1e-9)) continue
      const exact = exactExp((exactLog(x) * fixed(y)) >> BITS)
      worst = Math.max(worst, ulps(pow(x, y), exact))
    }
    expect(worst).toBeLessThan(1)
    expect(worst).toBeGreaterThan(0.4)
  })
})

/** Doubles between the two, 0 when the bits are equal. */
function steps(a: number, b: number): number {
  if (Object.is(a, b)) return 0
  const view = new DataView(new ArrayBuffer(8))
  const order = (x: number): bigint => {
    view.setFloat64(0, x)
    const word = view.getBigInt64(0)
    return word < 0n ? -(word & 0x7fffffffffffffffn) : word
  }
  return Math.abs(Number(order(a) - order(b)))
}

describe("against the host's own functions, 1 ulp apart at most", () => {
  const any = fc.double()
  const settings = { numRuns: 20_000 }
  const agrees = (ours: (x: number) => number, host: (x: number) => number, x: fc.Arbitrary<number>): void =>
    fc.assert(
      fc.property(x, (value) => {
        expect(steps(ours(value), host(value))).toBeLessThanOrEqual(1)
      }),
      settings,
    )
  const powAgrees = (x: fc.Arbitrary<number>, y: fc.Arbitrary<number>): void =>
    fc.assert(
      fc.property(x, y, (base, exponent) => {
        expect(steps(pow(base, exponent), base ** exponent)).toBeLessThanOrEqual(1)
      }),
      settings,
    )

  test('exp', () => {
    expect.hasAssertions()
    agrees(exp, Math.exp, fc.double({ min: -746, max: 710 }))
    agrees(exp, Math.exp, any)
  })
  test('log', () => {
    expect.hasAssertions()
    agrees(log, Math.log, any)
  })
  test('pow', () => {
    expect.hasAssertions()
    powAgrees(any, any)
    powAgrees(fc.double({ min: 0.001, max: 1000, noNaN: true }), fc.double({ min: -110, max: 110 }))
    powAgrees(any, fc.integer({ min: -40, max: 40 }))
    powAgrees(fc.constant(2), fc.double({ min: -1074, max: -1000, noNaN: true })) // subnormal results
  })
})

describe('special cases of ECMAScript', () => {
  const values = [
    0,
    -0,
    1,
    -1,
    0.5,
    -0.5,
    2,
    -2,
    3,
    -3,
    0.3,
    Infinity,
    -Infinity,
    NaN,
    5e-324,
    -5e-324,
    1.7976931348623157e308,
    2 ** 31 + 1,
    -(2 ** 31) - 1,
    2 ** 53,
    2 ** 53 - 1,
    2 ** 64,
    2 ** 65,
    -(2 ** 65),
    1e300,
    -1e300,
    1 + 2 ** -52,
    1 - 2 ** -53,
    1075,
    -1075,
    1.5,
  ]
  test('pow agrees with ** on every pair of special values', () => {
    for (const x of values)
      for (const y of values) {
        const expected = x ** y
        const close =
          Number.isFinite(expected) && expected !== 0 ? steps(pow(x, y), expected) <= 1 : Object.is(pow(x, y), expected)
        expect(close, `${x} ** ${y}: expected ${expected}, found ${pow(x, y)}`).toBe(true)
      }
  })
  test('exp', () => {
    expect(exp(0)).toBe(1)
    expect(exp(1)).toBe(Math.E)
    expect(exp(-0)).toBe(1)
    expect(exp(Infinity)).toBe(Infinity)
    expect(exp(-Infinity)).toBe(0)
    expect(exp(NaN)).toBeNaN()
    expect(exp(709.782712893384)).toBe(1.7976931348622732e308) // the last one that is finite
    expect(exp(709.7827128933841)).toBe(Infinity)
    expect(exp(-745.1332191019411)).toBe(5e-324)
    expect(exp(-745.1332191019412)).toBe(0)
  })
  test('log', () => {
    expect(log(1)).toBe(0)
    expect(log(0)).toBe(-Infinity)
    expect(log(-0)).toBe(-Infinity)
    expect(log(-1)).toBeNaN()
    expect(log(NaN)).toBeNaN()
    expect(log(Infinity)).toBe(Infinity)
    expect(log(5e-324)).toBe(-744.4400719213812)
  })
})

test('the bits are pinned: a change of any of them changes recorded runs', () => {
  let hash = 0x811c9dc5
  const view = new DataView(new ArrayBuffer(8))
  const add = (x: number): void => {
    view.setFloat64(0, x)
    for (let i = 0; i < 8; i++) hash = Math.imul(hash ^ view.getUint8(i), 0x01000193) >>> 0
  }
  for (let i = 1; i <= 20_000; i++) {
    const x = ((i * 7919) % 20_011) / 1000
    add(exp(x - 10))
    add(log(x + 0.001))
    add(pow(x + 0.001, (i % 41) - 20 + 1 / 3))
  }
  expect(hash).toBe(31574086)
})
