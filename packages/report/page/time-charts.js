import { fit, lineChart } from './line-chart.js'
import { accumulate, brief, grouped } from './lines.js'
import { onThemeChange } from './theme.js'

/**
 * @typedef {import('../src/page/page-data.ts').PageData} PageData
 * @typedef {import('../src/page/page-data.ts').LineData} LineData
 * @typedef {import('./line-chart.js').Spec} Spec
 */

const YEAR = 365.25 * 86_400
/** Highest over lowest value from which on a linear scale hides what is low. */
const WIDE = 4

const percent = (/** @type {number} */ value) => `${grouped(value, 1)} %`
const precise = (/** @type {number | null} */ value) => `${grouped(value, 2)} %`
const ratio = (/** @type {number | null} */ value) => grouped(value, 2)

/**
 * The charts over time, all with one cursor and one range.
 * @param {PageData} data
 */
export function timeCharts(data) {
  const money = (/** @type {number | null} */ value) => `${grouped(value, 2)} ${data.currency}`
  const { equity, daily } = data
  const x = accumulate(equity.x)
  const [first, last] = [x[0] ?? 0, x[x.length - 1] ?? 0]
  /** @type {Record<string, Spec>} */
  const specs = {
    equity: {
      from: equity,
      daily,
      axis: brief,
      lines: [
        { name: 'nav', label: 'Strategy', show: money, stroke: 'line', width: 1.75 },
        { name: 'benchmark', label: data.benchmarkLabel, show: money, stroke: 'line-2', width: 1.25 },
      ],
    },
    drawdown: {
      from: equity,
      daily,
      axis: percent,
      lines: [
        {
          name: 'drawdown',
          label: 'Strategy',
          show: precise,
          stroke: 'down',
          width: 1.25,
          fill: 'down-soft',
          scale: 100,
        },
        {
          name: 'benchmarkDrawdown',
          label: data.benchmarkLabel,
          show: precise,
          stroke: 'line-2',
          width: 1,
          scale: 100,
        },
      ],
    },
    exposure: {
      from: data.exposure,
      daily,
      axis: percent,
      lines: [
        { name: 'exposure', label: 'Exposure', show: precise, stroke: 'line', width: 1, fill: 'line-soft', scale: 100 },
      ],
    },
    relative: {
      from: relativeTo(equity),
      daily,
      axis: percent,
      lines: [{ name: 'lead', label: 'Lead', show: precise, stroke: 'line', width: 1.5, scale: 100 }],
    },
    'rolling-sharpe': {
      from: data.rolling,
      daily: true,
      axis: ratio,
      lines: [
        { name: 'sharpe', label: 'Strategy', show: ratio, stroke: 'line', width: 1.5 },
        { name: 'benchmarkSharpe', label: data.benchmarkLabel, show: ratio, stroke: 'line-2', width: 1 },
      ],
    },
    'rolling-volatility': {
      from: data.rolling,
      daily: true,
      axis: percent,
      lines: [
        { name: 'volatility', label: 'Strategy', show: precise, stroke: 'line', width: 1.5, scale: 100 },
        {
          name: 'benchmarkVolatility',
          label: data.benchmarkLabel,
          show: precise,
          stroke: 'line-2',
          width: 1,
          scale: 100,
        },
      ],
    },
  }

  const log = document.querySelector('[data-log]')
  const { nav = [], benchmark = [] } = equity.lines
  const [low, high] = spanOf(nav.concat(benchmark))
  const view = { log: low > 0 && high / low > WIDE, min: first, max: last }
  /** @type {uPlot[]} */
  let charts = []

  const setRange = (/** @type {number} */ min, /** @type {number} */ max) => {
    view.min = min
    view.max = max
    for (const chart of charts) chart.setScale('x', { min, max })
  }
  const follow = (/** @type {uPlot} */ chart) => {
    const { min, max } = chart.scales['x'] ?? {}
    if (typeof min !== 'number' || typeof max !== 'number' || (min === view.min && max === view.max)) return
    const own = chart.data[0]
    const all = min <= (own[0] ?? 0) && max >= (own[own.length - 1] ?? 0) // a rolling line begins later than the others
    setRange(all ? first : min, all ? last : max)
    press(all ? 'all' : '')
  }

  /** @type {NodeListOf<HTMLElement>} */
  const boxes = document.querySelectorAll('[data-chart]')
  const build = () => {
    for (const chart of charts) chart.destroy()
    charts = []
    for (const box of boxes) {
      const name = box.dataset.chart ?? ''
      const spec = specs[name]
      if (spec?.from) charts.push(lineChart(box, { ...spec, log: name === 'equity' && view.log }, spec.from, follow))
    }
    if (view.min > first || view.max < last) setRange(view.min, view.max)
  }

  /** @type {NodeListOf<HTMLElement>} */
  const ranges = document.querySelectorAll('[data-range]')
  const press = (/** @type {string} */ range) => {
    for (const button of ranges) button.setAttribute('aria-pressed', String(button.dataset.range === range))
  }
  for (const button of ranges) {
    const years = Number(button.dataset.range)
    if (years * YEAR >= last - first) button.hidden = true
    button.addEventListener('click', () => {
      setRange(years > 0 ? last - years * YEAR : first, last)
      press(button.dataset.range ?? '')
    })
  }
  log?.setAttribute('aria-pressed', String(view.log))
  if (!(low > 0)) log?.remove()
  log?.addEventListener('click', () => {
    view.log = !view.log
    log.setAttribute('aria-pressed', String(view.log))
    build()
  })

  build()
  onThemeChange(build)
  let width = innerWidth
  addEventListener('resize', () => {
    if (innerWidth === width) return // a phone's address bar comes and goes
    width = innerWidth
    charts.forEach(fit)
  })
}

/**
 * Lowest and highest of some values; null counts as 0.
 * @param {readonly (number | null)[]} values
 */
function spanOf(values) {
  let [low, high] = [Infinity, -Infinity]
  for (const value of values) {
    low = Math.min(low, value ?? 0)
    high = Math.max(high, value ?? 0)
  }
  return [low, high]
}

/**
 * Equity over the benchmark, less one.
 * @param {LineData} equity
 */
function relativeTo({ x, lines }) {
  const { nav = [], benchmark } = lines
  if (!benchmark) return null
  const base = (nav[0] ?? NaN) / (benchmark[0] ?? NaN)
  const lead = nav.map((value, i) => {
    const over = (value ?? NaN) / (benchmark[i] ?? NaN) / base - 1
    return Number.isFinite(over) ? over : null
  })
  return { x, lines: { lead } }
}
