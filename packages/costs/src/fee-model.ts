import type { EpochMs, Shares, Sign, Usd } from '@onetape/core'

/**
 * Commission and fees. Fees are per order and session: the ledger books for the n-th fill
 * `orderFee(fills 1…n) − orderFee(fills 1…n−1)`, so a minimum is charged once.
 */
export interface FeeModel {
  /** With its parameters: `percent(0.1 %, min 1)`. Stands in the result. */
  readonly name: string
  /**
   * Fee of all fills that one order had in one session. USD, unrounded, negative for a net rebate.
   * @param quantity shares traded, > 0
   * @param value USD traded: Σ quantity · price · multiplier
   * @param side +1 bought, −1 sold
   * @param time of the last fill; dated rates are looked up with it
   * @param monthVolume shares traded in the calendar month before this order, for tiers
   */
  orderFee(quantity: Shares, value: Usd, side: Sign, time: EpochMs, monthVolume: Shares): Usd
  /** The same, split by kind (`commission`, `exchange`, `clearing`, `sec`, `taf`, `cat`, …); sums to {@link orderFee}. */
  parts?(quantity: Shares, value: Usd, side: Sign, time: EpochMs, monthVolume: Shares): Readonly<Record<string, Usd>>
}
