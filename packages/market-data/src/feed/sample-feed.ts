import { createRequire } from 'node:module'
import { FileDataFeed } from './file-data-feed.ts'

/**
 * The bundled sample: daily bars of AAPL from 2013-05-13 to 2018-05-11 on split-adjusted prices, with the vendor's
 * dividend-adjusted close. From the npm package `@observablehq/sample-datasets` (ISC).
 */
export function sampleFeed(): FileDataFeed {
  const require = createRequire(import.meta.url)
  const path = require.resolve('@observablehq/sample-datasets/aapl.csv')
  return new FileDataFeed({
    files: { AAPL: path },
    import: { interval: '1d', prices: 'split-adjusted' },
    instruments: { AAPL: { calendar: 'XNAS', exchange: 'NASDAQ' } },
  })
}
