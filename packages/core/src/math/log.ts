import { highWord, withHighWord } from './float64-bits.ts'

const LN2_HIGH = 6.9314718036912381649e-1 // the upper 33 bits of ln 2, so that k · LN2_HIGH is exact
const LN2_LOW = 1.90821492927058770002e-10
const TWO_54 = 18014398509481984

/**
 * Natural logarithm of `x`, the same bits on every engine and platform, which `Math.log` does not promise: only + − × ÷
 * and exact operations. Error below 1 ulp. log(±0) is −Infinity, log(Infinity) Infinity, of a negative number or NaN it is NaN.
 *
 * With x = 2^k · (1 + f) and √½ ≤ 1 + f < √2, log(1 + f) is a series in s = f / (2 + f), fitted by minimax.
 *
 * @see https://www.netlib.org/fdlibm/e_log.c the published algorithm and its constants (fdlibm 5.3)
 */
export function log(x: number): number {
  if (!(x > 0)) return x === 0 ? -Infinity : NaN
  if (x === Infinity) return Infinity
  let k = 0
  let normal = x
  if (x < 2.2250738585072014e-308) {
    normal = x * TWO_54 // a subnormal has no leading 1 to find; scaling makes it normal without rounding
    k = -54
  }
  const high = highWord(normal)
  const fraction = high & 0xfffff
  const halve = (fraction + 0x95f64) & 0x100000 // set when the significand is √2 or more
  k += (high >>> 20) - 1023 + (halve >>> 20)
  const f = withHighWord(normal, fraction | (halve ^ 0x3ff00000)) - 1

  const s = f / (2 + f)
  const z = s * s
  const w = z * z
  const odd =
    z *
    (6.66666666666673513e-1 +
      w * (2.857142874366239149e-1 + w * (1.818357216161805012e-1 + w * 1.479819860511658591e-1)))
  const even = w * (3.999999999940941908e-1 + w * (2.222219843214978396e-1 + w * 1.531383769920937332e-1))
  const half = 0.5 * f * f
  const correction = s * (half + odd + even)
  return k * LN2_HIGH - (half - (correction + k * LN2_LOW) - f)
}
