import { markup, type Markup } from '../html/markup.ts'
import { type Bin, roundTicks } from '../series/histogram.ts'
import { plot } from './plot.ts'

/** How a histogram is labelled. */
export interface HistogramLabels {
  readonly label: string
  readonly x: string
  readonly y: string
  readonly format: (value: number) => string
  /** Values marked by a line across the plot. */
  readonly marks?: readonly { readonly value: number; readonly label: string }[]
  /** True to colour bins below and above zero as losses and gains. */
  readonly signed: boolean
}

/** A histogram as SVG. */
export function histogramPlot(bins: readonly Bin[], labels: HistogramLabels): Markup {
  const from = bins[0]?.from ?? 0
  const to = bins.at(-1)?.to ?? 1
  const most = bins.reduce((a, { count }) => Math.max(a, count), 1)
  const yTicks = roundTicks(0, most, 4).filter(Number.isInteger)
  return plot(
    labels.label,
    { from, to, ticks: roundTicks(from, to, 6), format: labels.format, label: labels.x },
    { from: 0, to: most * 1.06, ticks: yTicks, format: String, label: labels.y },
    ({ x, y }) =>
      markup`${bins
        .filter(({ count }) => count > 0)
        .map((bin) => {
          const [left, right, top] = [x(bin.from), x(bin.to), y(bin.count)]
          const tone = !labels.signed ? 'plain' : bin.to <= 0 ? 'loss' : 'gain'
          return markup`<rect class="${tone}" x="${left + 0.5}" y="${top}" width="${Math.max(0.5, right - left - 1)}" height="${y(0) - top}"><title>${labels.format(bin.from)} to ${labels.format(bin.to)}: ${bin.count}</title></rect>`
        })}${(labels.marks ?? [])
        .filter(({ value }) => value >= from && value <= to)
        .map(
          ({ value, label }) =>
            markup`<path class="mark" d="M${x(value)} ${y(most * 1.06)}V${y(0)}"><title>${label}</title></path>`,
        )}`,
  )
}
