import { type BarSeries, barSeries, type CorporateAction, InputError } from '@onetape/core'

/**
 * The series on another price basis, its corporate actions taken out of the prices:
 * - `split-adjusted`: prices divided, volume multiplied by the splits that follow;
 * - `adjusted`: all of open, high, low, close × adjusted close / close where the vendor gives one, otherwise × the product
 *   over later ex-days of (1 − dividend / close before) / split; volume by splits only.
 *
 * The result carries no actions, since a run that books them again would count them twice.
 *
 * @throws {InputError} `data.adjust` when the series cannot be brought to that basis
 */
export function adjustSeries(series: BarSeries, basis: 'adjusted' | 'split-adjusted'): BarSeries {
  if (series.prices === basis) return series
  if (series.prices === 'adjusted') throw cannot(series, basis, 'Import it with its unadjusted prices.')
  const hasFactors = series.adjClose !== undefined
  if (series.prices === 'split-adjusted' && !hasFactors)
    throw cannot(series, basis, 'Only raw prices with dividends, or a column of adjusted closes, can give them.')

  const fromActions = actionFactors(series)
  const price = basis === 'adjusted' ? (hasFactors ? vendorFactors(series) : fromActions.price) : fromActions.split
  return scaled(series, basis, price, fromActions.split)
}

function cannot(series: BarSeries, basis: string, hint: string): InputError {
  return new InputError('data.adjust', `Expected a series that can be made ${basis}, found ${series.prices} prices.`, {
    place: series.source,
    hint,
  })
}

function vendorFactors(series: BarSeries): Float64Array {
  return series.columns.close.map((close, i) => series.adjClose![i]! / close)
}

/** Factors by bar: what the price before an ex-day is multiplied by, for splits alone and for splits and dividends. */
function actionFactors(series: BarSeries): { price: Float64Array; split: Float64Array } {
  const { length, columns, actions } = series
  const price = new Float64Array(length)
  const split = new Float64Array(length)
  let [priceFactor, splitFactor] = [1, 1]
  let next = actions.length - 1
  for (let i = length - 1; i >= 0; i--) {
    for (; next >= 0 && actions[next]!.time > columns.time[i]!; next--) {
      const action = actions[next]!
      priceFactor *= factorOf(action, columns.close[i]!, series.source)
      if (action.kind === 'split') splitFactor /= action.ratio
    }
    price[i] = priceFactor
    split[i] = splitFactor
  }
  return { price, split }
}

function factorOf(action: CorporateAction, closeBefore: number, source: string): number {
  if (action.kind === 'split') return 1 / action.ratio
  if (action.kind !== 'dividend') return 1
  const factor = 1 - action.amount / closeBefore
  if (!(factor > 0))
    throw new InputError(
      'data.adjust',
      `Expected dividends below the close before, found ${action.amount} against ${closeBefore}.`,
      { place: source, hint: 'It may be a spin-off or an error of the data: correct or remove it.' },
    )
  return factor
}

function scaled(
  series: BarSeries,
  basis: 'adjusted' | 'split-adjusted',
  price: Float64Array,
  split: Float64Array,
): BarSeries {
  const { columns } = series
  const times = (values: Float64Array): Float64Array => values.map((value, i) => value * price[i]!)
  const open = times(columns.open)
  const vendor = basis === 'adjusted' ? series.adjClose : undefined
  const close = vendor?.slice() ?? times(columns.close)
  return barSeries({
    instrument: series.instrument,
    interval: series.interval,
    columns: {
      time: columns.time,
      end: columns.end,
      open,
      // A product may end one bit beyond that of an equal price.
      high: times(columns.high).map((high, i) => Math.max(high, open[i]!, close[i]!)),
      low: times(columns.low).map((low, i) => Math.min(low, open[i]!, close[i]!)),
      close,
      volume: columns.volume.map((volume, i) => volume / split[i]!),
    },
    prices: basis,
    adjClose: basis === 'adjusted' ? undefined : series.adjClose,
    source: series.source,
    officialOpenClose: series.officialOpenClose,
  })
}
