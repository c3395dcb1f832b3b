import type { BarSeries } from '@onetape/core'

/**
 * Buy and hold of one series on a grid of session closes: worth `initial` at the first open after `times[0]`, then
 * following the last close at or before each time. Splits of a raw series change the shares; dividends of prices that are
 * not adjusted for them are reinvested at the close before the ex-day, so that it is the return an owner had.
 */
export function buyAndHold(series: BarSeries, times: Float64Array, initial: number): Float64Array {
  const { columns, length, actions } = series
  const nav = new Float64Array(times.length).fill(initial)
  let bar = 0
  while (bar < length && columns.end[bar]! <= times[0]!) bar++
  if (bar === length) return nav
  let shares = initial / columns.open[bar]!
  let price = columns.open[bar]!
  let next = 0
  while (next < actions.length && actions[next]!.time <= columns.time[bar]!) next++
  for (let k = 1; k < times.length; k++) {
    for (; bar < length && columns.end[bar]! <= times[k]!; bar++) {
      for (; next < actions.length && actions[next]!.time <= columns.time[bar]!; next++) {
        const action = actions[next]!
        if (action.kind === 'split' && series.prices === 'raw') {
          shares *= action.ratio
          price /= action.ratio
        } else if (action.kind === 'dividend' && series.prices !== 'adjusted')
          shares *= 1 + action.amount / (price - action.amount)
      }
      price = columns.close[bar]!
    }
    nav[k] = shares * price
  }
  return nav
}
