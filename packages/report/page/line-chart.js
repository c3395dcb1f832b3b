import { accumulate, when } from './lines.js'
import { colour } from './theme.js'

/**
 * @typedef {import('../src/page/page-data.ts').LineData} LineData
 * @typedef {object} Line
 * @property {string} name column of the data
 * @property {string} label
 * @property {(value: number | null) => string} show value as text
 * @property {string} stroke name of a colour
 * @property {number} width
 * @property {string} [fill] name of a colour
 * @property {number} [scale] 100 for fractions that are shown as percent
 * @typedef {object} Spec
 * @property {LineData | null} from nothing to draw without
 * @property {boolean} daily true to show dates only
 * @property {(value: number) => string} axis tick as text
 * @property {boolean} [log] logarithmic scale
 * @property {readonly Line[]} lines those that the data has are drawn
 */

/** @type {any} the library's constants exist as types only */
const LOGARITHMIC = {
  distr: 3,
  range: (/** @type {uPlot} */ _, /** @type {number} */ low, /** @type {number} */ high) => [low * 0.96, high * 1.04],
}

/**
 * Round numbers for a logarithmic axis, closer together when it spans less than a power of ten.
 * @param {number} low
 * @param {number} high
 */
function logarithmicTicks(low, high) {
  const steps = high / low < 10 ? [1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 6, 8] : [1, 2, 5]
  const ticks = []
  for (let power = 10 ** Math.floor(Math.log10(low)); power <= high; power *= 10)
    ticks.push(...steps.map((step) => step * power).filter((tick) => tick >= low && tick <= high))
  return ticks
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const DAY = 86_400

/**
 * Times of ticks in two lines: what changes from one to the next, and under it, where it is another than before, what
 * it is part of. A year stands alone.
 * @param {uPlot} _
 * @param {number[]} ticks
 * @param {number} __
 * @param {number} ___
 * @param {number} step seconds between them, about
 */
function timeTicks(_, ticks, __, ___, step) {
  let before = ''
  return ticks.map((tick) => {
    const iso = new Date(tick * 1000).toISOString()
    const year = iso.slice(0, 4)
    if (step >= 360 * DAY) return year
    const month = MONTHS[Number(iso.slice(5, 7)) - 1]
    const day = `${month} ${Number(iso.slice(8, 10))}`
    const [name, part] = step >= 28 * DAY ? [month, year] : step >= DAY ? [day, year] : [iso.slice(11, 16), day]
    const text = part === before ? name : `${name}\n${part}`
    before = part
    return text
  })
}

/**
 * One uPlot in a box; `onRange` hears each change of its x range.
 * @param {HTMLElement} box
 * @param {Spec} spec
 * @param {LineData} from
 * @param {(chart: uPlot) => void} onRange
 */
export function lineChart(box, spec, from, onRange) {
  const lines = spec.lines.filter(({ name }) => from.lines[name])
  const x = accumulate(from.x)
  const columns = lines.map(({ name, scale = 1 }) =>
    (from.lines[name] ?? []).map((value) => (value === null ? null : value * scale)),
  )
  const axis = {
    stroke: colour('muted'),
    font: '12px system-ui, sans-serif',
    grid: { stroke: colour('grid'), width: 1 },
    ticks: { show: false },
  }
  const showEnd = (/** @type {uPlot} */ chart) => {
    if (typeof chart.cursor.idx !== 'number') chart.setLegend({ idx: x.length - 1 })
  }
  /** @type {import('uplot').Options} */
  const options = {
    ...innerSize(box),
    padding: [8, 8, 0, 0],
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC'),
    cursor: { sync: { key: 'time' }, y: false, points: { size: 6 }, drag: { x: true, y: false, setScale: true } },
    scales: { x: { time: true }, y: spec.log ? LOGARITHMIC : {} },
    axes: [
      { ...axis, space: box.clientWidth < 500 ? 46 : 70, size: 42, values: timeTicks },
      {
        ...axis,
        size: 62,
        ...(spec.log
          ? {
              splits: (
                /** @type {uPlot} */ _,
                /** @type {number} */ __,
                /** @type {number} */ low,
                /** @type {number} */ high,
              ) => logarithmicTicks(low, high),
              filter: (/** @type {uPlot} */ _, /** @type {number[]} */ ticks) => ticks,
            }
          : {}),
        values: (_, /** @type {(number | null)[]} */ ticks) =>
          ticks.map((tick) => (tick === null ? '' : spec.axis(tick))),
      },
    ],
    series: [
      { label: 'Time', value: (_, seconds) => (seconds === null ? '' : when(seconds, spec.daily)) },
      ...lines.map(seriesOf),
    ],
    hooks: {
      setScale: [
        (chart, key) => {
          if (key === 'x' && chart.status === 1) onRange(chart)
        },
      ],
      setCursor: [showEnd], // without a cursor the legend shows the end
    },
  }
  const chart = new uPlot(options, [x, ...columns], box)
  showEnd(chart)
  fit(chart)
  return chart
}

/** @param {Line} line */
function seriesOf(line) {
  /** @type {import('uplot').Series} */
  const series = {
    label: line.label,
    stroke: colour(line.stroke),
    width: line.width,
    value: (_, value) => line.show(value),
    points: { show: false },
  }
  if (line.fill) series.fill = colour(line.fill)
  if (line.stroke === 'line-2') series.dash = [5, 3]
  return series
}

/**
 * Gives the chart the size of its box.
 * @param {uPlot} chart
 */
export function fit(chart) {
  const box = chart.root.parentElement
  if (box) chart.setSize(innerSize(box))
}

/** @param {HTMLElement} box */
function innerSize(box) {
  const legend = box.querySelector('.u-legend')
  return { width: box.clientWidth, height: parseFloat(box.style.height) - (legend ? legend.clientHeight : 26) }
}
