import type { Shares, Usd } from '@onetape/core'

/**
 * The limits that both IBKR schedules put on the commission of an order: at least `minimum`, at most 1 % of the value,
 * and never below 0.01 USD when part of a share is traded. Where minimum and maximum cross, the maximum wins: 1,000
 * shares at 0.25 USD cost 2.50.
 *
 * @param plain commission by the share, before the limits
 * @see https://www.interactivebrokers.com/en/pricing/commissions-stocks.php
 */
export function ibkrCommission(plain: Usd, minimum: Usd, quantity: Shares, value: Usd): Usd {
  // value / 100, since value * 0.01 is off by a last digit more often.
  const limited = Math.min(Math.max(plain, minimum), value / 100)
  return Number.isInteger(quantity) ? limited : Math.max(limited, 0.01)
}
