import { holdingTime, mean, quantile, tradeReturn } from '@onetape/analytics'
import { formatNumber, formatPlain, formatSignedPercent, formatSpan } from '../format/number.ts'
import { markup } from '../html/markup.ts'
import type { ReportContext, Section } from '../report-context.ts'
import { histogram } from '../series/histogram.ts'
import { histogramPlot } from '../svg/histogram-plot.ts'

/** How trade returns are spread. */
export function tradeDistribution({ input }: ReportContext): Section | undefined {
  const returns = input.trades.map(tradeReturn).filter(Number.isFinite)
  if (returns.length < 3) return undefined
  const percent = returns.map((value) => value * 100)
  const marks = [
    { value: quantile(percent, 0.5), label: 'median' },
    { value: mean(percent), label: 'mean' },
  ].map(({ value, label }) => ({ value, label: `${label} ${formatSignedPercent(value / 100)}` }))
  return {
    id: 'distribution',
    title: 'Trade returns',
    short: 'Distribution',
    lead: `Profit or loss after fees over the value at entry; ${marks.map(({ label }) => label).join(', ')}.`,
    body: histogramPlot(histogram(percent), {
      label: 'Histogram of trade returns',
      x: 'return of a trade, percent',
      y: 'trades',
      format: (value) => formatPlain(value, 0, 2),
      marks,
      signed: true,
    }),
  }
}

const HOLDING_UNITS = [
  { unit: 'days', ms: 86_400_000 },
  { unit: 'hours', ms: 3_600_000 },
  { unit: 'minutes', ms: 60_000 },
  { unit: 'seconds', ms: 1000 },
] as const

/** How long trades were held. */
export function holdingTimes({ input }: ReportContext): Section | undefined {
  const times = input.trades.map(holdingTime).filter(Number.isFinite)
  if (times.length < 3) return undefined
  const median = quantile(times, 0.5)
  const { unit, ms } = HOLDING_UNITS.find((candidate) => median >= 2 * candidate.ms) ?? HOLDING_UNITS[3]
  const plotted = histogramPlot(histogram(times.map((time) => time / ms)), {
    label: 'Histogram of holding times',
    x: `time from entry to exit, ${unit}`,
    y: 'trades',
    format: (value) => formatNumber(value, value < 10 && !Number.isInteger(value) ? 1 : 0),
    marks: [{ value: median / ms, label: `median ${formatSpan(median)}` }],
    signed: false,
  })
  const longest = times.reduce((a, b) => Math.max(a, b))
  return {
    id: 'holding',
    title: 'Holding time',
    short: 'Holding',
    lead: `Calendar time; median ${formatSpan(median)}, longest ${formatSpan(longest)}.`,
    body: markup`${plotted}`,
  }
}
