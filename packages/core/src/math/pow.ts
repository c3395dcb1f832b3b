import { expKernel } from './exp.ts'
import { highWord, scaleByPowerOfTwo, withHighWord } from './float64-bits.ts'

const LN2 = Math.LN2
const LN2_HIGH = 6.93147182464599609375e-1 // 21 bits of ln 2, and the rest
const LN2_LOW = -1.90465429995776804525e-9
const LOG2_E = Math.LOG2E
const LOG2_E_HIGH = 1.44269502162933349609 // 24 bits of 1 / ln 2, and the rest
const LOG2_E_LOW = 1.92596299112661746887e-8
const TWO_THIRDS_LOG2_E = 9.61796693925975554329e-1 // 2 / (3 ln 2)
const TWO_THIRDS_LOG2_E_HIGH = 9.61796700954437255859e-1
const TWO_THIRDS_LOG2_E_LOW = -7.02846165095275826516e-9
const LOG2_1_5_HIGH = 5.84962487220764160156e-1
const LOG2_1_5_LOW = 1.35003920212974897128e-8
const TWO_53 = 9007199254740992
/** log2 of (largest double + ½ ulp) beyond 1024: what the low part may add before the result overflows. */
const OVERFLOW_SLACK = 8.008566259537294e-17

/**
 * `base` to the power `exponent` with the special cases of ECMAScript's `**` (so 1^±Infinity and 1^NaN are NaN, x^±0 is 1
 * for every x), the same bits on every engine and platform, which `Math.pow` does not promise. Error below 1 ulp.
 *
 * log2|base| and its product with the exponent are carried in two floats each, the upper one of 24 bits so that products
 * of upper parts are exact; 2 to that power then takes the kernel of `exp`.
 *
 * @see https://www.netlib.org/fdlibm/e_pow.c the published algorithm and its constants (fdlibm 5.3)
 */
export function pow(base: number, exponent: number): number {
  if (exponent === 0) return 1
  if (!(base === base && exponent === exponent)) return NaN
  const size = Math.abs(base)
  if (size === 1 && Math.abs(exponent) === Infinity) return NaN
  if (exponent === 1) return base
  if (exponent === 2) return base * base
  if (exponent === -1) return 1 / base
  if (exponent === 0.5 && base >= 0) return Math.sqrt(base + 0) // −0 + 0 is +0, as the operator has it

  const negative = base < 0 || Object.is(base, -0)
  const integral = Math.abs(exponent) === Infinity || Math.trunc(exponent) === exponent
  if (base < 0 && base !== -Infinity && !integral) return NaN
  const sign = negative && Math.abs(exponent % 2) === 1 ? -1 : 1 // an infinite exponent gives NaN here: even

  if (size === 0) return sign * (exponent > 0 ? 0 : Infinity)
  if (size === Infinity) return sign * (exponent > 0 ? Infinity : 0)
  if (size === 1) return sign
  return sign * powOfPositive(size, exponent)
}

/** 0 < x < Infinity, x ≠ 1, y neither 0 nor NaN. */
function powOfPositive(x: number, y: number): number {
  const grows = x > 1 === y > 0
  if (Math.abs(y) > 2147483648 && (Math.abs(y) > 18446744073709551616 || Math.abs(x - 1) > 1e-6))
    return grows ? Infinity : 0
  return Math.abs(y) > 2147483648 ? powOfTwoParts(y, log2NearOne(x - 1)) : powOfTwoParts(y, log2InTwoParts(x))
}

/** The upper and the lower part of the last logarithm, kept here so that a call allocates nothing. */
let logLow = 0

/** log2(1 + t) for |t| ≤ 1e-6; returns the upper part of 24 bits, the rest is in `logLow`. */
function log2NearOne(t: number): number {
  const w = t * t * (0.5 - t * (0.3333333333333333 - t * 0.25))
  const tHigh = Math.fround(t) // 24 bits, so that u is exact
  const u = LOG2_E_HIGH * tHigh
  const v = t * LOG2_E_LOW + LOG2_E_HIGH * (t - tHigh) - w * LOG2_E
  const high = Math.fround(u + v)
  logLow = v - (high - u)
  return high
}

/** log2(x) for any positive finite x; returns the upper part of 24 bits, the rest is in `logLow`. */
function log2InTwoParts(x: number): number {
  let k = 0
  let normal = x
  if (x < 2.2250738585072014e-308) {
    normal = x * TWO_53
    k = -53
  }
  const word = highWord(normal)
  const fraction = word & 0xfffff
  k += (word >>> 20) - 1023
  // Centre of the interval: 1 below √1.5, 1.5 below √3, and above √3 the significand is halved to lie near 1.
  let centred = false
  let top = fraction | 0x3ff00000
  if (fraction >= 0xbb67a) {
    k += 1
    top -= 0x100000
  } else if (fraction > 0x3988e) centred = true
  const centre = centred ? 1.5 : 1
  const m = withHighWord(normal, top)

  // s = (m − centre) / (m + centre) in two parts
  const u = m - centre
  const v = 1 / (m + centre)
  const s = u * v
  const sHigh = Math.fround(s)
  const sumHigh = Math.fround(m + centre)
  const sumLow = m - (sumHigh - centre)
  const sLow = v * (u - sHigh * sumHigh - sHigh * sumLow)
  // 3 · atanh(s) / s − 3 − s², then times s, in two parts
  let s2 = s * s
  let r =
    s2 *
    s2 *
    (5.99999999999994648725e-1 +
      s2 *
        (4.28571428578550184252e-1 +
          s2 *
            (3.33333329818377432918e-1 +
              s2 * (2.72728123808534006489e-1 + s2 * (2.30660745775561754067e-1 + s2 * 2.06975017800338417784e-1)))))
  r += sLow * (sHigh + s)
  s2 = sHigh * sHigh
  const seriesHigh = Math.fround(3 + s2 + r)
  const seriesLow = r - (seriesHigh - 3 - s2)
  const p = sHigh * seriesHigh
  const q = sLow * seriesHigh + seriesLow * s
  const pHigh = Math.fround(p + q)
  const pLow = q - (pHigh - p)
  const zHigh = TWO_THIRDS_LOG2_E_HIGH * pHigh
  const zLow = TWO_THIRDS_LOG2_E_LOW * pHigh + pLow * TWO_THIRDS_LOG2_E + (centred ? LOG2_1_5_LOW : 0)
  const centreHigh = centred ? LOG2_1_5_HIGH : 0
  const high = Math.fround(zHigh + zLow + centreHigh + k)
  logLow = zLow - (high - k - centreHigh - zHigh)
  return high
}

/** 2^(y · (high + logLow)). */
function powOfTwoParts(y: number, high: number): number {
  const low = logLow
  const yHigh = Math.fround(y)
  const pLow = (y - yHigh) * high + y * low
  let pHigh = yHigh * high
  const z = pLow + pHigh
  if (z > 1024 || (z === 1024 && pLow + OVERFLOW_SLACK > z - pHigh)) return Infinity
  if (z < -1075 || (z === -1075 && pLow <= z - pHigh)) return 0
  const n = Math.trunc(z + (z < 0 ? -0.5 : 0.5))
  pHigh -= n
  const t = Math.fround(pLow + pHigh)
  const u = t * LN2_HIGH
  const v = (pLow - (t - pHigh)) * LN2 + t * LN2_LOW
  const x = u + v
  const w = v - (x - u)
  const c = expKernel(x)
  return scaleByPowerOfTwo(1 - ((x * c) / (c - 2) - (w + x * w) - x), n)
}
