import type { CsvSource } from '../csv/source-bytes.ts'
import { BarFile, type ImportedBars } from './bar-file.ts'
import type { ImportOptions } from './import-options.ts'

/**
 * Bars from a CSV file (or its bytes), gzip included, checked row by row. Vendor's layout, delimiter, zone, interval and
 * stamp are found out; options say what cannot be. Daily bars run from the session's open to its close.
 *
 * @throws {InputError} `data.*` with file, line and column, and the way out
 * @example
 * const bars = importBars('prices/AAPL.csv.gz')
 */
export function importBars(source: CsvSource, options: ImportOptions = {}): ImportedBars {
  return new BarFile(source, options).series(options.symbol)
}

/**
 * As {@link importBars}, for files with a column of symbols: every symbol's bars, in order of appearance.
 *
 * @param wanted of many symbols only these are made into bars, and checked for times that are not right
 * @throws {InputError} `data.symbol` for a wanted one that is not there
 */
export function importAllBars(
  source: CsvSource,
  options: Omit<ImportOptions, 'symbol' | 'instrument'> = {},
  wanted?: readonly string[],
): ReadonlyMap<string, ImportedBars> {
  const file = new BarFile(source, options)
  const symbols = wanted === undefined || file.symbols.length < 2 ? file.symbols : wanted
  return new Map(symbols.map((symbol) => [symbol, file.series(symbol)]))
}
