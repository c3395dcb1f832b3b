import { markup, type Markup } from '../html/markup.ts'
import { roundTicks } from '../series/histogram.ts'
import { plot } from './plot.ts'

/** One dot: its place, whether it is a gain, and what it is. */
export interface Dot {
  readonly x: number
  readonly y: number
  readonly gain: boolean
  readonly title: string
}

/** Dots as SVG: gains round, losses as diamonds, so that colour is not the only difference. */
export function scatterPlot(
  dots: readonly Dot[],
  labels: {
    readonly label: string
    readonly x: string
    readonly y: string
    readonly format: (value: number) => string
  },
): Markup {
  const xs = span(dots.map((dot) => dot.x))
  const ys = span(dots.map((dot) => dot.y))
  return plot(
    labels.label,
    { ...xs, ticks: roundTicks(xs.from, xs.to, 5), format: labels.format, label: labels.x },
    { ...ys, ticks: roundTicks(ys.from, ys.to, 5), format: labels.format, label: labels.y },
    ({ x, y }) =>
      markup`${dots.map((dot) =>
        dot.gain
          ? markup`<circle class="dot gain" cx="${x(dot.x)}" cy="${y(dot.y)}" r="3"><title>${dot.title}</title></circle>`
          : markup`<path class="dot loss" d="M${x(dot.x)} ${y(dot.y)}m0-3.6l3.6 3.6l-3.6 3.6l-3.6-3.6z"><title>${dot.title}</title></path>`,
      )}`,
  )
}

/** From lowest to highest with zero inside and some air. */
function span(values: readonly number[]): { readonly from: number; readonly to: number } {
  const low = values.reduce((a, b) => Math.min(a, b), 0)
  const high = values.reduce((a, b) => Math.max(a, b), 0)
  const air = (high - low || 1) * 0.04
  return { from: low - air, to: high + air }
}
