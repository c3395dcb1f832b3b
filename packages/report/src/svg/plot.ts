import { markup, type Markup, type MarkupValue } from '../html/markup.ts'

const WIDTH = 440
const HEIGHT = 240
const LEFT = 52
const RIGHT = 10
const TOP = 10
const BOTTOM = 38

/** One axis of a plot: its span, where its ticks stand and how they are written. */
export interface Axis {
  readonly from: number
  readonly to: number
  readonly ticks: readonly number[]
  readonly format: (value: number) => string
  readonly label: string
}

/** Maps values to places inside the plot. */
export interface PlotScale {
  readonly x: (value: number) => number
  readonly y: (value: number) => number
}

/** An SVG plot with a grid and two linear axes; `draw` gives what stands in it. Colours come from the page's style. */
export function plot(label: string, x: Axis, y: Axis, draw: (scale: PlotScale) => MarkupValue): Markup {
  const scale: PlotScale = {
    x: (value) => place(LEFT + ((value - x.from) / (x.to - x.from || 1)) * (WIDTH - LEFT - RIGHT)),
    y: (value) => place(HEIGHT - BOTTOM - ((value - y.from) / (y.to - y.from || 1)) * (HEIGHT - TOP - BOTTOM)),
  }
  return markup`<svg class="plot" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${label}">
${y.ticks.map((tick) => markup`<path class="grid${tick === 0 ? ' zero' : ''}" d="M${LEFT} ${scale.y(tick)}H${WIDTH - RIGHT}"/><text class="tick end" x="${LEFT - 6}" y="${scale.y(tick) + 3.5}">${y.format(tick)}</text>`)}
${x.ticks.map((tick) => markup`<path class="${tick === 0 ? 'grid zero' : 'grid faint'}" d="M${scale.x(tick)} ${TOP}V${HEIGHT - BOTTOM}"/><text class="tick middle" x="${scale.x(tick)}" y="${HEIGHT - BOTTOM + 14}">${x.format(tick)}</text>`)}
<text class="axis middle" x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 4}">${x.label}</text><text class="axis middle" transform="translate(11 ${(TOP + HEIGHT - BOTTOM) / 2})rotate(-90)">${y.label}</text>
${draw(scale)}</svg>`
}

/** Two decimals are a fiftieth of a pixel at this size. */
function place(value: number): number {
  return Math.round(value * 100) / 100
}
