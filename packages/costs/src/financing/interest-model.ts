import type { EpochMs, Usd } from '@onetape/core'

/** Interest on a balance of cash: what a debit is charged, or what a credit is paid. Which of the two is the model's own. */
export interface InterestModel {
  /** With its parameters. Stands in the result. */
  readonly name: string
  /**
   * Simple interest, actual/360. USD, unrounded, >= 0.
   * @param balance settled cash borrowed or held, USD, >= 0
   * @param days calendar days that the booking covers: {@link interestDays}
   * @param time of the booking; dated rates are looked up with it
   * @param equity of the account, USD, for schedules that pay small accounts a part
   */
  interest(balance: Usd, days: number, time: EpochMs, equity: Usd): Usd
}
