import { calendar } from '@onetape/calendar'
import { type BarSeries, barSeries, instrument, seededRandom } from '@onetape/core'

/**
 * Daily bars 2019-2022 of two stocks that do not exist, for a run without data. Both follow one wandering price; each
 * strays from it and comes back. The same prices in every process.
 */
export function madeUpPair(): readonly BarSeries[] {
  const xnys = calendar('XNYS')
  const sessions = xnys.sessions(xnys.toUtc('2019-01-01', '00:00'), xnys.toUtc('2023-01-01', '00:00'))
  const random = seededRandom(7)
  const around = (size: number): number => (random.next() + random.next() + random.next() - 1.5) * size
  let common = 100
  const path = sessions.map(() => (common *= 1 + around(0.02)))
  return ['FIRST', 'SECOND'].map((symbol, k) => {
    let stray = 0
    const prices = path.map((price) => {
      stray = 0.97 * stray + around(0.015)
      return Math.round(price * (k + 1) * (1 + stray) * 100) / 100
    })
    const opens = prices.map((price, i) => prices[i - 1] ?? price)
    return barSeries({
      instrument: instrument(symbol),
      interval: '1d',
      columns: {
        time: Float64Array.from(sessions, ({ open }) => open),
        end: Float64Array.from(sessions, ({ close }) => close),
        open: Float64Array.from(opens),
        high: Float64Array.from(prices, (price, i) => Math.max(price, opens[i]!)),
        low: Float64Array.from(prices, (price, i) => Math.min(price, opens[i]!)),
        close: Float64Array.from(prices),
        volume: new Float64Array(prices.length).fill(2_000_000),
      },
      source: 'made up',
    })
  })
}
