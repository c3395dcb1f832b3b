import { join } from 'node:path'
import { type BarSeries, type CorporateAction, defineStrategy, instrument } from '@onetape/core'
import { atr, roc, sma } from '@onetape/indicators'
import { backtest } from '@onetape/backtest'
import { describe, expect, test } from 'vitest'
import { dailyFile } from '../support/daily-file.ts'
import { sharedData } from '../support/shared-data.ts'

const folder = sharedData('us_daily_av', 'indicators over the splits of real stocks')

/** Closes on the basis of the last day: each by the ratios of the splits that follow it. */
function onLastBasis(series: BarSeries): number[] {
  const splits = series.actions.filter((a): a is CorporateAction & { kind: 'split' } => a.kind === 'split')
  return Array.from(series.columns.time, (time, i) =>
    splits.reduce((price, s) => (s.time > time ? price / s.ratio : price), series.columns.close[i]!),
  )
}

/** Notes how far indicators are from a plain computation on one basis, and how the true range moves. */
const watch = (
  today: readonly number[],
  times: Float64Array,
  note: { mean: number[]; change: number[]; range: number[] },
) =>
  defineStrategy({
    name: 'watch',
    create: ({ use }) => {
      const mean = use(sma(50))
      const change = use(roc(20))
      const range = use(atr(14))
      return {
        onBar: (bar) => {
          const i = times.indexOf(bar.time)
          const basis = today[i]! / bar.close
          const sum = today.slice(i - 49, i + 1).reduce((a, b) => a + b, 0)
          note.mean.push(Math.abs((mean.value * basis * 50) / sum - 1))
          note.change.push(Math.abs(change.value - 100 * (today[i]! / today[i - 20]! - 1)))
          note.range.push(range.value / bar.close)
        },
      }
    },
  })

const NAMES = ['AAPL', 'NKE', 'MSFT', 'SBUX', 'GE'] as const

describe.skipIf(folder === undefined)('a run over all the splits of a stock', () => {
  test.each(NAMES)('%s: indicators read as if all prices were on the day’s basis', (symbol) => {
    const series = dailyFile(instrument(symbol), join(folder!, 'daily', `${symbol}.csv.gz`))
    const splits = series.actions.filter((a) => a.kind === 'split')
    const note = { mean: [0], change: [0], range: [] as number[] }
    backtest({ strategy: watch(onLastBasis(series), series.columns.time, note), data: [series], benchmark: false })
    const [mean, change] = [Math.max(...note.mean), Math.max(...note.change)]
    // Read as a move, a split would add a fourteenth of half the price and more to the average range of its day.
    const first = series.length - note.range.length
    const jump = Math.max(
      ...splits.map(({ time }) => {
        const k = series.columns.time.findIndex((t) => t >= time) - first
        return k > 0 ? note.range[k]! - note.range[k - 1]! : 0
      }),
    )
    console.log(
      `${symbol}: ${note.range.length} bars over ${splits.length} splits; mean off by at most ${mean.toExponential(1)}, ` +
        `change by ${change.toExponential(1)} %, range on ex-days up by at most ${(100 * jump).toFixed(2)} % of the price`,
    )
    expect(splits.length).toBeGreaterThan(0)
    expect(note.range.length).toBeGreaterThan(5000)
    expect(mean).toBeLessThan(1e-9)
    expect(change).toBeLessThan(1e-7)
    expect(jump).toBeLessThan(0.01)
  })
})
