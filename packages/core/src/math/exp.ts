import { scaleByPowerOfTwo } from './float64-bits.ts'

const LN2_HIGH = 6.9314718036912381649e-1 // the upper 33 bits of ln 2, so that k · LN2_HIGH is exact
const LN2_LOW = 1.90821492927058770002e-10
const LOG2_E = Math.LOG2E
const HALF_LN2 = 0.34657359027997264

/** Minimax coefficients of x · (e^x + 1) / (e^x − 1) on |x| ≤ ln 2 / 2, in x². Shared with `pow`. */
export function expKernel(x: number): number {
  const t = x * x
  return (
    x -
    t *
      (1.66666666666666019037e-1 +
        t *
          (-2.77777777770155933842e-3 +
            t * (6.61375632143793436117e-5 + t * (-1.6533902205465251539e-6 + t * 4.13813679705723846039e-8))))
  )
}

/**
 * e to the power `x`, the same bits on every engine and platform, which `Math.exp` does not promise: only + − × ÷ and
 * exact operations. Error below 1 ulp. exp(NaN) is NaN, exp(−Infinity) 0; above 709.782… Infinity, below −745.133… 0.
 *
 * The argument is reduced to x = k · ln 2 + r with |r| ≤ ln 2 / 2, e^r taken from a rational minimax approximation.
 *
 * @see https://www.netlib.org/fdlibm/e_exp.c the published algorithm and its constants (fdlibm 5.3, K. C. Ng)
 */
export function exp(x: number): number {
  if (!(x >= -745.1332191019411)) return x < 0 ? 0 : NaN
  if (x > 709.782712893384) return Infinity
  if (x === 1) return Math.E // the reduction below would be one ulp off at the one value that everybody knows
  const size = Math.abs(x)
  if (size < 3.725290298461914e-9) return 1 + x
  if (size <= HALF_LN2) {
    const c = expKernel(x)
    return 1 - ((x * c) / (c - 2) - x)
  }
  const k = Math.trunc(LOG2_E * x + (x < 0 ? -0.5 : 0.5))
  const high = x - k * LN2_HIGH
  const low = k * LN2_LOW
  const r = high - low
  const c = expKernel(r)
  return scaleByPowerOfTwo(1 - (low - (r * c) / (2 - c) - high), k)
}
