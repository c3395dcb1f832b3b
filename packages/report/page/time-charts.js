import { accumulate, brief, grouped, when } from './lines.js'
import { colour, onThemeChange } from './theme.js'

const YEAR = 365.25 * 86_400

/**
 * The charts over time, all with one cursor and one range.
 * @param {any} data
 */
export function timeCharts(data) {
  const percent = (/** @type {number} */ value) => `${grouped(value, 1)} %`
  const precise = (/** @type {number} */ value) => `${grouped(value, 2)} %`
  const money = (/** @type {number} */ value) => `${grouped(value, 2)} ${data.currency}`
  const ratio = (/** @type {number} */ value) => grouped(value, 2)
  const equity = data.equity
  const rolling = data.rolling
  const specs = {
    equity: {
      from: equity,
      axis: brief,
      lines: [
        { name: 'nav', label: 'Strategy', show: money, stroke: 'line', width: 1.75 },
        { name: 'benchmark', label: data.benchmarkLabel, show: money, stroke: 'line-2', width: 1.25 },
      ],
    },
    drawdown: {
      from: equity,
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
      from: equity,
      axis: percent,
      lines: [
        { name: 'exposure', label: 'Exposure', show: precise, stroke: 'line', width: 1, fill: 'line-soft', scale: 100 },
      ],
    },
    relative: {
      from: relativeTo(equity),
      axis: percent,
      lines: [{ name: 'lead', label: 'Lead', show: precise, stroke: 'line', width: 1.5, scale: 100 }],
    },
    'rolling-sharpe': {
      from: rolling,
      axis: ratio,
      lines: [
        { name: 'sharpe', label: 'Strategy', show: ratio, stroke: 'line', width: 1.5 },
        { name: 'benchmarkSharpe', label: data.benchmarkLabel, show: ratio, stroke: 'line-2', width: 1 },
      ],
    },
    'rolling-volatility': {
      from: rolling,
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

  const view = { log: false, min: NaN, max: NaN }
  /** @type {any[]} */
  let charts = []
  let following = false
  const x = accumulate(equity.x)

  const hold = (/** @type {any} */ chart) => {
    if (following) return
    following = true
    const { min, max } = chart.scales.x
    view.min = min
    view.max = max
    for (const other of charts) if (other !== chart) other.setScale('x', { min, max })
    following = false
  }

  const build = () => {
    for (const chart of charts) chart.destroy()
    charts = []
    for (const box of document.querySelectorAll('[data-chart]')) {
      const spec = specs[/** @type {HTMLElement} */ (box).dataset.chart]
      if (spec?.from) charts.push(lineChart(/** @type {HTMLElement} */ (box), spec, { data, view, hold }))
    }
    if (view.min < view.max) setRange(view.min, view.max)
  }

  const setRange = (/** @type {number} */ min, /** @type {number} */ max) => {
    view.min = min
    view.max = max
    following = true
    for (const chart of charts) chart.setScale('x', { min, max })
    following = false
  }

  const ranges = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('[data-range]'))
  for (const button of ranges) {
    const years = Number(button.dataset.range)
    const first = x[0]
    const last = x[x.length - 1]
    if (years * YEAR >= last - first) button.hidden = true
    button.addEventListener('click', () => {
      setRange(years > 0 ? last - years * YEAR : first, last)
      for (const other of ranges) other.setAttribute('aria-pressed', String(other === button))
    })
  }
  const log = document.querySelector('[data-log]')
  if (log && equity.lines.nav.some((/** @type {number} */ value) => !(value > 0))) log.remove()
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
    for (const chart of charts) chart.setSize(sizeOf(chart.root.parentElement))
  })
  addEventListener('beforeprint', () => {
    for (const chart of charts) chart.setSize(sizeOf(chart.root.parentElement))
  })
}

/** @param {any} equity */
function relativeTo(equity) {
  if (!equity.lines.benchmark) return null
  const { nav, benchmark } = equity.lines
  const base = nav[0] / benchmark[0]
  const lead = nav.map((/** @type {number} */ value, /** @type {number} */ i) => value / benchmark[i] / base - 1)
  return { x: equity.x, lines: { lead } }
}

/** @param {HTMLElement} box */
function sizeOf(box) {
  const legend = box.querySelector('.u-legend')
  const height = parseFloat(box.style.height)
  return { width: box.clientWidth, height: height - (legend ? legend.clientHeight : 26) }
}

/**
 * One uPlot in a box.
 * @param {HTMLElement} box
 * @param {any} spec
 * @param {any} shared
 */
function lineChart(box, spec, { data, view, hold }) {
  const lines = spec.lines.filter((/** @type {any} */ line) => spec.from.lines[line.name])
  const x = accumulate(spec.from.x)
  const columns = lines.map((/** @type {any} */ { name, scale = 1 }) =>
    spec.from.lines[name].map((/** @type {number | null} */ value) => (value === null ? null : value * scale)),
  )
  const day = data.daily || spec.from === data.rolling
  const axis = {
    stroke: colour('muted'),
    font: '12px system-ui, sans-serif',
    grid: { stroke: colour('grid'), width: 1 },
    ticks: { show: false },
  }
  const chart = new uPlot(
    {
      ...sizeOf(box),
      padding: [8, 8, 0, 0],
      tzDate: (/** @type {number} */ seconds) => uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC'),
      cursor: { sync: { key: 'time' }, y: false, points: { size: 6 }, drag: { x: true, y: false, setScale: true } },
      scales: { x: { time: true }, y: spec.axis === brief && view.log ? { distr: 3 } : {} },
      axes: [
        { ...axis, space: 70, size: 30 },
        {
          ...axis,
          size: 62,
          values: (/** @type {any} */ _, /** @type {(number | null)[]} */ ticks) =>
            ticks.map((tick) => (tick === null ? '' : spec.axis(tick))),
        },
      ],
      series: [
        {
          label: 'Time',
          value: (/** @type {any} */ _, /** @type {number} */ seconds) => (seconds === null ? '' : when(seconds, day)),
        },
        ...lines.map((/** @type {any} */ line) => ({
          label: line.label,
          stroke: colour(line.stroke),
          fill: line.fill && colour(line.fill),
          width: line.width,
          dash: line.stroke === 'line-2' ? [5, 3] : undefined,
          value: (/** @type {any} */ _, /** @type {number} */ value) => line.show(value),
          points: { show: false },
        })),
      ],
      hooks: {
        setScale: [
          (/** @type {any} */ self, /** @type {string} */ key) => key === 'x' && self.status === 1 && hold(self),
        ],
        setCursor: [
          // Without a cursor the legend shows the end.
          (/** @type {any} */ self) => {
            if (self.cursor.idx === null || self.cursor.idx === undefined) self.setLegend({ idx: x.length - 1 })
          },
        ],
      },
    },
    [x, ...columns],
    box,
  )
  chart.setLegend({ idx: x.length - 1 })
  chart.setSize(sizeOf(box))
  return chart
}
