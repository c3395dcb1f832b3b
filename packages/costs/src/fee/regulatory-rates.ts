import type { Usd } from '@onetape/core'
import type { DatedRow } from '../dated/dated-table.ts'

/** A fee rate on the trade dates from `from` to `to`. */
export interface RateRow extends DatedRow {
  /** USD per million: of USD sold (SEC), of shares (TAF, CAT). 20.6 is 0.0000206 USD for each USD sold. */
  readonly perMillion: number
}

/** A rate of FINRA's Trading Activity Fee with its cap. */
export interface TafRow extends RateRow {
  /** USD, the most that one order pays. */
  readonly maximum: Usd
}

/** What regulators take from trades in US stocks and brokers pass on, by trade date in New York. */
export interface RegulatoryRates {
  /** SEC, Securities Exchange Act section 31: on the value of sales. */
  readonly sec: readonly RateRow[]
  /** FINRA (before 2007 NASD), Trading Activity Fee: on the shares sold. */
  readonly taf: readonly TafRow[]
  /** Consolidated Audit Trail, as IBKR passes it on: on the shares bought and sold. */
  readonly cat: readonly RateRow[]
}

/** `[from, to, USD per million, source]` */
type Line = readonly [from: string, to: string, perMillion: number, source: string]
/** `[from, to, USD per million shares, USD at most, source]` */
type TafLine = readonly [from: string, to: string, perMillion: number, maximum: number, source: string]

// FY: the SEC's fiscal year, which begins in October of the year before. Rates change 30, since 2012 60 days after the
// year's appropriation, and until 2012 also on April 1.
const SEC: readonly Line[] = [
  ['2000-01-01', '2001-12-27', 100 / 3, '15 U.S.C. 78ee before Pub. L. 107-123: 1/300 of 1 %'],
  ['2001-12-28', '2002-03-31', 15, 'Pub. L. 107-123; SEC announcement of 2002-01-16'],
  ['2002-04-01', '2003-03-21', 30.1, 'SEC mid-year order of 2002-03-01'],
  ['2003-03-22', '2003-03-31', 25.2, 'SEC press release 2003-24, Fee Rate Advisory #11 for FY 2003'],
  ['2003-04-01', '2004-02-21', 46.8, 'SEC press release 2003-27, Fee Rate Advisory #12 for FY 2003'],
  ['2004-02-22', '2004-03-31', 39, 'SEC Fee Rate Advisory of 2004-01-26 for FY 2004'],
  ['2004-04-01', '2005-01-06', 23.4, 'SEC Fee Rate Advisory #8 for FY 2004'],
  ['2005-01-07', '2005-03-31', 32.9, 'SEC Fee Rate Advisory of 2004-12-09 for FY 2005'],
  ['2005-04-01', '2005-12-21', 41.8, 'SEC Fee Rate Advisory #7 for FY 2005'],
  ['2005-12-22', '2007-03-16', 30.7, 'SEC Fee Rate Advisories for FY 2006; press release 2006-194'],
  ['2007-03-17', '2008-01-24', 15.3, 'SEC press releases 2006-194 and 2007-89'],
  ['2008-01-25', '2008-03-31', 11, 'SEC press release 2007-89, Fee Rate Advisory #1 for FY 2008'],
  ['2008-04-01', '2009-04-09', 5.6, 'FINRA Information Notice of 2008-03-10'],
  ['2009-04-10', '2010-01-14', 25.7, 'SEC Fee Rate Advisory for FY 2009; press release 2009-100'],
  ['2010-01-15', '2010-03-31', 12.7, 'SEC press release 2009-270'],
  ['2010-04-01', '2011-01-20', 16.9, 'SEC mid-year Fee Rate Advisory for FY 2010; press release 2010-255'],
  ['2011-01-21', '2012-02-20', 19.2, 'SEC press release 2010-255, Fee Rate Advisory #5 for FY 2011'],
  ['2012-02-21', '2012-03-31', 18, 'SEC Fee Rate Advisory #5 for FY 2012'],
  ['2012-04-01', '2013-05-24', 22.4, 'SEC mid-year Fee Rate Advisory for FY 2012; press release 2012-232'],
  ['2013-05-25', '2014-03-17', 17.4, 'SEC Fee Rate Advisory for FY 2013'],
  ['2014-03-18', '2015-02-13', 22.1, 'FINRA Information Notice of 2014-03-03'],
  ['2015-02-14', '2016-02-15', 18.4, 'SEC Fee Rate Advisory for FY 2015'],
  ['2016-02-16', '2017-07-03', 21.8, 'SEC Fee Rate Advisory for FY 2016; FINRA Information Notice of 2016-03-15'],
  ['2017-07-04', '2018-05-21', 23.1, 'SEC Fee Rate Advisory for FY 2017'],
  ['2018-05-22', '2019-04-15', 13, 'FINRA Information Notice of 2018-05-07'],
  ['2019-04-16', '2020-02-17', 20.7, 'SEC Fee Rate Advisory #2 for FY 2019'],
  ['2020-02-18', '2021-02-24', 22.1, 'FINRA Information Notice of 2020-02-03'],
  ['2021-02-25', '2022-05-13', 5.1, 'SEC press release 2021-8, Fee Rate Advisory #2 for FY 2021'],
  ['2022-05-14', '2023-02-26', 22.9, 'SEC Fee Rate Advisory #2 for FY 2022'],
  ['2023-02-27', '2024-05-21', 8, 'SEC order 34-96724 for FY 2023'],
  ['2024-05-22', '2025-05-13', 27.8, 'SEC order 34-99973 for FY 2024'],
  ['2025-05-14', '2026-04-03', 0, 'FINRA Information Notice of 2025-04-24'],
  // The rate as fills of August 2026 show it. The next one comes 60 days after the appropriation for FY 2027, which
  // begins on October 1.
  ['2026-04-04', '2026-11-28', 20.6, 'SEC order 34-104909 for FY 2026; IBKR fills of August 2026'],
]

// Left out: 2002-10-01 to 2004-10-31, for which the rates that NASD announced, amended and filed could not be reconciled.
const TAF: readonly TafLine[] = [
  ['2000-01-01', '2002-09-30', 0, 0, 'The fee began on 2002-10-01: NASD Notice to Members 02-63'],
  ['2004-11-01', '2011-06-30', 75, 3.75, 'NASD Notice to Members 04-84; FINRA Regulatory Notice 11-27'],
  ['2011-07-01', '2012-02-29', 90, 4.5, 'FINRA Regulatory Notice 11-27'],
  ['2012-03-01', '2012-06-30', 95, 4.75, 'FINRA Regulatory Notice 12-06'],
  ['2012-07-01', '2021-12-31', 119, 5.95, 'FINRA Regulatory Notice 12-31'],
  ['2022-01-01', '2022-12-31', 130, 6.49, 'SR-FINRA-2020-032'],
  ['2023-01-01', '2023-12-31', 145, 7.27, 'SR-FINRA-2020-032'],
  ['2024-01-01', '2025-12-31', 166, 8.3, 'SR-FINRA-2020-032, SR-FINRA-2024-019'],
  ['2026-01-01', '2026-12-31', 195, 9.79, 'SR-FINRA-2024-019; IBKR fills of August 2026'],
]

// Left out: October 2024 to July 2026, in which several fees of CAT LLC and of FINRA began and ended and IBKR's own rate
// is not known for each day.
const CAT: readonly Line[] = [
  ['2000-01-01', '2024-09-30', 0, 'IBKR passed nothing on before October 2024'],
  ['2026-08-01', '2026-12-31', 3, 'IBKR fills of August 2026; CAT Fee 2026-1 is set until 2026-12-31'],
]

const rateRow = ([from, to, perMillion, source]: Line): RateRow => ({ from, to, perMillion, source })

/**
 * The rates for US stocks from 2000 on, each with its source; days for which no source was certain have no row. SEC
 * rates are applied by trade date, as FINRA bills its members.
 */
export const usRegulatoryRates: RegulatoryRates = {
  sec: SEC.map(rateRow),
  taf: TAF.map(([from, to, perMillion, maximum, source]) => ({ from, to, perMillion, maximum, source })),
  cat: CAT.map(rateRow),
}
