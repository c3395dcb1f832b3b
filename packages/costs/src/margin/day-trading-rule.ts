import { wallToUtc } from '@onetape/calendar'
import { type EpochMs, MS_PER_DAY, parseDay, type Usd } from '@onetape/core'
import { costOption } from '../cost-option.ts'

/** What the day-trading rules look at when an order would open or add to a position. */
export interface DayTradingState {
  /** Now. */
  readonly time: EpochMs
  /** Day trades of the last five business days, today included: `DayTradeCounter.count`. */
  readonly dayTrades: number
  /** Equity of the account at the close of the business day before, USD. */
  readonly previousEquity: Usd
  /** Equity of the account now, USD. */
  readonly equity: Usd
  /** Maintenance margin of all positions once the order is filled, USD. */
  readonly maintenanceAfter: Usd
}

/** Answer of a rule, with the reason as a stable word. */
export type DayTradingAnswer = 'allowed' | 'pattern_day_trader' | 'intraday_margin'

/** The rules that limit day trading in a margin account. */
export interface DayTradingRule {
  /** With its parameters. Stands in the result. */
  readonly name: string
  /**
   * Whether an order that opens or adds to a position may be sent. Closing orders are always allowed. Every comparison
   * is written so that an unknown (NaN) figure refuses.
   */
  check(state: DayTradingState): DayTradingAnswer
}

/** Options of {@link dayTradingRule}. */
export interface DayTradingOptions {
  /**
   * First day (`YYYY-MM-DD`) of FINRA's intraday margin standard at the broker. Default 2026-06-04, the day on which it
   * took effect; brokers that need the time may go over to it until 2027-10-20.
   */
  readonly intradayFrom?: string
  /** USD of equity from which day trades are not limited. Default 25,000. */
  readonly minimumEquity?: Usd
  /** Day trades in five business days that make a pattern day trader. Default 4. */
  readonly patternDayTrades?: number
}

/**
 * FINRA rule 4210 on day trading in margin accounts, by date. Until the intraday margin standard: four day trades in five
 * business days make a pattern day trader, who needs 25,000 USD of equity at the close of the day before. As brokers
 * enforce it, an account below that may not open what, closed on the same day, would be the fourth. The exception for
 * accounts whose day trades are at most 6 % of their trades is left out, as IBKR leaves it out.
 *
 * From the standard on (SR-FINRA-2025-017) the count and the 25,000 USD are gone. Equity must cover the maintenance
 * margin at every moment of the day: an order that would create or increase an intraday margin deficit is refused, which
 * the rule names as one way to comply. Brokers that compute deficits after the fact instead give five business days to
 * cover one and else close the account to new positions for 90 days; that variant is left out.
 *
 * @throws {InputError} `costs.option` for a minimum or count that is negative or not finite, `date.format`
 * @see https://www.federalregister.gov/documents/2026/04/17/2026-07485 (approval, SEC release 34-105226) and FINRA's
 *   regulatory notice of 2026-04-20 (effective date)
 */
export function dayTradingRule(options: DayTradingOptions = {}): DayTradingRule {
  const intradayFrom = options.intradayFrom ?? '2026-06-04'
  const minimumEquity = costOption('dayTradingRule', 'minimumEquity', options.minimumEquity ?? 25_000, 0)
  const patternDayTrades = costOption('dayTradingRule', 'patternDayTrades', options.patternDayTrades ?? 4, 1)
  const from = wallToUtc('America/New_York', parseDay(intradayFrom, 'dayTradingRule') * MS_PER_DAY)
  return {
    name: `day-trading(${patternDayTrades} in 5 days below ${minimumEquity} USD, intraday margin from ${intradayFrom})`,
    check({ time, dayTrades, previousEquity, equity, maintenanceAfter }) {
      if (time >= from) return equity >= maintenanceAfter ? 'allowed' : 'intraday_margin'
      return previousEquity >= minimumEquity || dayTrades < patternDayTrades - 1 ? 'allowed' : 'pattern_day_trader'
    },
  }
}

/**
 * Intraday margin deficit of an account: what its equity lacks to the maintenance margin, USD, 0 for none. The day's
 * deficit is the largest of those after trades that reduce the margin level.
 */
export function intradayMarginDeficit(equity: Usd, maintenance: Usd): Usd {
  return Math.max(maintenance - equity, 0)
}
