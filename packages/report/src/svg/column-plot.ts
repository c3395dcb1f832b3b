import { markup, type Markup } from '../html/markup.ts'
import { roundTicks } from '../series/histogram.ts'
import { plot } from './plot.ts'

/** Columns in a row as SVG: one value per name, in order; names stand under some of them. */
export function columnPlot(
  columns: readonly { readonly name: string; readonly value: number }[],
  labels: {
    readonly label: string
    readonly x: string
    readonly y: string
    readonly format: (value: number) => string
  },
): Markup {
  const high = columns.reduce((a, { value }) => Math.max(a, value), 0) || 1
  const ticks = namedColumns(columns.map(({ name }) => name))
  return plot(
    labels.label,
    { from: 0, to: columns.length, ticks, format: (at) => columns[Math.floor(at)]?.name ?? '', label: labels.x },
    { from: 0, to: high * 1.05, ticks: roundTicks(0, high, 4), format: labels.format, label: labels.y },
    ({ x, y }) =>
      markup`${columns.map(({ name, value }, i) => {
        if (!(value > 0)) return ''
        const width = Math.max(0.5, (x(i + 1) - x(i)) * 0.8)
        return markup`<rect class="plain" x="${x(i + 0.1)}" y="${y(value)}" width="${width}" height="${y(0) - y(value)}"><title>${name}: ${labels.format(value)}</title></rect>`
      })}`,
  )
}

/** Which columns bear their name: each first month of a year where years enough are shown, else every so many. */
function namedColumns(names: readonly string[]): readonly number[] {
  const middle = names.map((_, i) => i + 0.5)
  const januaries = middle.filter((_, i) => /^\d{4}-01$/.test(names[i]!))
  const chosen = januaries.length > 2 ? januaries : middle
  const every = Math.max(1, Math.ceil(chosen.length / 6))
  return chosen.filter((_, i) => i % every === 0)
}
