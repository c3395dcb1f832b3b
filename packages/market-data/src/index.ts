export type { CsvSource } from './csv/source-bytes.ts'
export type { DateOrder } from './csv/time-cell.ts'

export { type DailyBarsInput, dailyBars } from './bars/daily-bars.ts'
export type { ImportedBars } from './bars/bar-file.ts'
export type { ImportOptions, ImportReport } from './bars/import-options.ts'
export { importAllBars, importBars } from './bars/import-bars.ts'
export {
  type ImportedQuotes,
  type ImportedTrades,
  type TickOptions,
  importQuotes,
  importTrades,
} from './ticks/import-ticks.ts'

export { type ActionOptions, readActions } from './actions/read-actions.ts'
export { adjustSeries } from './adjust/adjust-series.ts'
export { type AggregateOptions, aggregate } from './aggregate/aggregate.ts'
export { type AggregateHours, BarAggregator } from './aggregate/bar-aggregator.ts'

export { FileDataFeed, type FileFeedOptions, fileFeed } from './feed/file-data-feed.ts'
export { sampleFeed } from './feed/sample-feed.ts'
export { type WriteOptions, writeBars } from './store/write-bars.ts'
