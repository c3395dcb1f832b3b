// One float64 seen as two 32-bit words. Module-level scratch space: written and read back inside one call, never kept.
const value = new Float64Array(1)
const words = new Uint32Array(value.buffer)
value[0] = 1 // 1.0 is 0x3ff00000_00000000, which shows where this machine keeps the high word
const HIGH = words[1] === 0x3ff00000 ? 1 : 0
const LOW = 1 - HIGH

/** Sign, exponent and the upper 20 bits of the significand of `x`, as an unsigned 32-bit integer. */
export function highWord(x: number): number {
  value[0] = x
  return words[HIGH]!
}

/** `x` with its high word replaced and its low word kept. */
export function withHighWord(x: number, high: number): number {
  value[0] = x
  words[HIGH] = high
  return value[0]
}

/** 2 to the power `n`, exact, for an integer `n` from −1022 to 1023. */
function powerOfTwo(n: number): number {
  words[HIGH] = (n + 1023) << 20
  words[LOW] = 0
  return value[0]!
}

/**
 * `x` · 2^`n` with one rounding, for `x` in [0.5, 4) and an integer `n`: overflows to Infinity, and below the normal range
 * rounds once to a subnormal or to 0.
 */
export function scaleByPowerOfTwo(x: number, n: number): number {
  if (n > 1023) return n > 1026 ? Infinity : x * powerOfTwo(n - 10) * 1024
  if (n >= -1022) return x * powerOfTwo(n)
  return n < -1080 ? 0 : x * powerOfTwo(n + 60) * powerOfTwo(-60)
}
