import type { EpochMs, Shares, Sign, Usd } from '@onetape/core'
import { DatedTable } from '../dated/dated-table.ts'
import { type RateRow, type RegulatoryRates, type TafRow, usRegulatoryRates } from './regulatory-rates.ts'

/** Which regulatory fees a model charges. */
export interface RegulatoryOptions {
  /** `none` leaves SEC, TAF and CAT out, for dates without known rates. Default: the table of {@link usRegulatoryRates}. */
  readonly regulatory?: RegulatoryRates | 'none'
  /**
   * Keeps the last row of each table in force until this day (`YYYY-MM-DD`), for trading after the table was made. Who
   * sets it vouches that no rate has changed.
   */
  readonly lastRatesUntil?: string
}

/**
 * SEC, TAF and CAT fees of one order. Each is rounded to the nearest 0.000001 USD, which the fees of captured IBKR fills
 * show: one share sold at 309.15 costs 0.006368 for the SEC, not 0.00636849.
 */
export class RegulatoryFees {
  readonly #sec: DatedTable<RateRow>
  readonly #taf: DatedTable<TafRow>
  readonly #cat: DatedTable<RateRow>

  constructor(rates: RegulatoryRates, lastRatesUntil?: string) {
    this.#sec = new DatedTable('SEC fee rate', lengthened(rates.sec, lastRatesUntil))
    this.#taf = new DatedTable('FINRA TAF rate', lengthened(rates.taf, lastRatesUntil))
    this.#cat = new DatedTable('CAT fee rate', lengthened(rates.cat, lastRatesUntil))
  }

  /** @throws {InputError} `costs.date` for a sale on a day without a rate */
  sec(value: Usd, side: Sign, time: EpochMs): Usd {
    return side > 0 ? 0 : perMillion(value, this.#sec.at(time).perMillion)
  }

  /** @throws {InputError} `costs.date` for a sale on a day without a rate */
  taf(quantity: Shares, side: Sign, time: EpochMs): Usd {
    if (side > 0) return 0
    const row = this.#taf.at(time)
    return Math.min(perMillion(quantity, row.perMillion), row.maximum)
  }

  /** @throws {InputError} `costs.date` on a day without a rate */
  cat(quantity: Shares, time: EpochMs): Usd {
    return perMillion(quantity, this.#cat.at(time).perMillion)
  }
}

/** The fees that a model's options ask for; undefined for none. */
export function regulatoryFees(options: RegulatoryOptions): RegulatoryFees | undefined {
  const rates = options.regulatory ?? usRegulatoryRates
  return rates === 'none' ? undefined : new RegulatoryFees(rates, options.lastRatesUntil)
}

/** How a model's name states its regulatory options; empty for the defaults. */
export function regulatoryName({ regulatory, lastRatesUntil }: RegulatoryOptions): readonly string[] {
  if (regulatory === 'none') return ['no regulatory fees']
  return [
    ...(regulatory === undefined || regulatory === usRegulatoryRates ? [] : ['own regulatory rates']),
    ...(lastRatesUntil === undefined ? [] : [`last rates until ${lastRatesUntil}`]),
  ]
}

/** A rate per million is a rate in millionths: the product is millionths of a USD, so that rounding is one step. */
function perMillion(amount: number, rate: number): Usd {
  return Math.round(amount * rate) / 1e6
}

function lengthened<Row extends RateRow>(rows: readonly Row[], until: string | undefined): readonly Row[] {
  if (until === undefined || rows.length === 0) return rows
  const last = rows.reduce((a, b) => (b.from > a.from ? b : a))
  return rows.map((row) => (row === last && until > row.to ? { ...row, to: until } : row))
}
