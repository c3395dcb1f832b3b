import type { EpochMs, UsdPerShare } from '../units.ts'

// 2001-04-09T04:00:00Z, the last day of decimalisation of NYSE and Nasdaq (SEC, "Report on Decimals", 2001).
const DECIMAL_SINCE: EpochMs = 986_788_800_000

/**
 * Smallest price step of a US stock on a day: 0.0001 USD below 1 USD and 0.01 above (Reg NMS rule 612),
 * 1/16 USD before decimalisation in 2001.
 */
export function usEquityTick(price: UsdPerShare, time: EpochMs): UsdPerShare {
  if (time < DECIMAL_SINCE) return 0.0625
  return price < 1 ? 0.0001 : 0.01
}

/** `price` moved to the nearest multiple of `tick`, without the noise that multiplying by 0.01 leaves. */
export function snapToTick(price: UsdPerShare, tick: UsdPerShare): UsdPerShare {
  if (!(tick > 0)) return price
  const perUnit = Math.round(1 / tick)
  // 1/tick is a whole number for every tick in use (0.01, 0.0001, 1/16, 0.05): dividing by it rounds once.
  return Math.abs(perUnit * tick - 1) < 1e-9 ? Math.round(price * perUnit) / perUnit : Math.round(price / tick) * tick
}
