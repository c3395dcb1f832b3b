import type { BarInterval, BarSeries, QuoteSeries, TradeSeries } from '@onetape/core'
import { StreamKind } from './stream.ts'

/** A series as the loop takes it: bars, or ticks laid out in the columns of bars. */
export interface LoopSeries extends BarSeries {
  readonly kind: number
}

const made = new WeakMap<QuoteSeries | TradeSeries, LoopSeries>()

/**
 * Quotes and trades in the columns of bars that begin and end at their time: a quote's bid is `low`, its ask `high`, the
 * mid `close`, the sizes `open` (bid) and `volume` (ask); a trade's price stands in all four, its size in `volume`. So
 * one cursor serves all, and the tape's hash covers every figure.
 */
export function tickSeries(series: QuoteSeries | TradeSeries): LoopSeries {
  const known = made.get(series)
  if (known !== undefined) return known
  const { columns } = series
  const { time } = columns
  const laid: LoopSeries = {
    instrument: series.instrument,
    // No interval: shorter than any bar.
    interval: ('bid' in columns ? 'quote' : 'trade') as BarInterval,
    kind: 'bid' in columns ? StreamKind.quote : StreamKind.trade,
    length: series.length,
    columns:
      'bid' in columns
        ? {
            time,
            end: time,
            open: columns.bidSize,
            high: columns.ask,
            low: columns.bid,
            close: columns.bid.map((bid, i) => (bid > 0 && columns.ask[i]! > 0 ? (bid + columns.ask[i]!) / 2 : NaN)),
            volume: columns.askSize,
          }
        : {
            time,
            end: time,
            open: columns.price,
            high: columns.price,
            low: columns.price,
            close: columns.price,
            volume: columns.size,
          },
    prices: 'raw',
    actions: [],
    source: series.source,
    officialOpenClose: false,
  }
  made.set(series, laid)
  return laid
}
