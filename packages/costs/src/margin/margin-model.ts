import type { Shares, Usd, UsdPerShare } from '@onetape/core'

/** How much of an account's equity a stock position ties up. */
export interface MarginModel {
  /** With its parameters. Stands in the result. */
  readonly name: string
  /**
   * Equity that opening the position takes, USD, >= 0.
   * @param quantity shares, negative for a short
   */
  initial(quantity: Shares, price: UsdPerShare): Usd
  /**
   * Equity below which the position causes a margin call, USD, >= 0, never above {@link initial}.
   * @param quantity shares, negative for a short
   */
  maintenance(quantity: Shares, price: UsdPerShare): Usd
}
