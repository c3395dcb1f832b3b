import { fileURLToPath } from 'node:url'
import { type BarSeries, instrument } from '@onetape/core'
import { dailyFile } from './daily-file.ts'

/** AAPL, daily, 2013-05-13 to 2018-05-11, split-adjusted, with an adjusted close; from npm, so it is in every clone. */
export function sample(): BarSeries {
  return dailyFile(instrument('AAPL'), fileURLToPath(import.meta.resolve('@observablehq/sample-datasets/aapl.csv')))
}
