import { accumulate, brief, grouped, when } from './lines.js'
import { colour, onThemeChange } from './theme.js'

/** Bars shown at first: more are drawn when one zooms out. */
const FIRST_VIEW = 260

/**
 * Candles with volume, fills, orders and trades of one instrument at a time; made when it comes near the view.
 * @param {any} data
 */
export function priceChart(data) {
  const box = /** @type {HTMLElement | null} */ (document.querySelector('[data-chart="prices"]'))
  if (!box || data.prices.length === 0) return
  const select = /** @type {HTMLSelectElement} */ (document.getElementById('price-symbol'))
  const shown = { fills: true, trades: true, orders: false }
  /** @type {any} */
  let drawn

  const draw = (/** @type {{from: number, to: number} | undefined} */ range = undefined) => {
    drawn?.remove()
    drawn = candleChart(box, data, data.prices[Number(select.value)], shown, range)
    box.dataset.drawn = data.prices[Number(select.value)].symbol
  }
  const drawOnce = () => drawn ?? draw()
  const redraw = () => drawn && draw(drawn.range())

  select.addEventListener('change', () => draw())
  onThemeChange(redraw)
  addEventListener('beforeprint', drawOnce)
  document.querySelector('[data-price-all]')?.addEventListener('click', () => {
    drawOnce()
    drawn.showAll()
  })
  for (const button of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('[data-marks]')))
    button.addEventListener('click', () => {
      const kind = /** @type {'fills' | 'trades' | 'orders'} */ (button.dataset.marks)
      shown[kind] = !shown[kind]
      button.setAttribute('aria-pressed', String(shown[kind]))
      drawOnce()
      redraw()
    })
  document.getElementById('trades')?.addEventListener('click', (event) => {
    const button = /** @type {HTMLElement} */ (event.target).closest?.('[data-trade]')
    if (button) showTrade(Number(/** @type {HTMLElement} */ (button).dataset.trade))
  })
  const showTrade = (/** @type {number} */ row) => {
    for (const [index, price] of data.prices.entries()) {
      const trade = price.trades.find((/** @type {number[]} */ candidate) => candidate[5] === row)
      if (!trade) continue
      select.value = String(index)
      const air = Math.max(20, Math.round((trade[2] - trade[0]) * 0.5))
      draw({ from: trade[0] - air, to: trade[2] + air })
      document.getElementById('prices')?.scrollIntoView({ behavior: 'smooth' })
    }
  }
  new IntersectionObserver(
    (entries, observer) => {
      if (!entries.some((entry) => entry.isIntersecting)) return
      observer.disconnect()
      drawOnce()
    },
    { rootMargin: '600px' },
  ).observe(box)
}

/**
 * @param {HTMLElement} box
 * @param {any} data
 * @param {any} price
 * @param {{fills: boolean, trades: boolean, orders: boolean}} shown
 * @param {{from: number, to: number} | undefined} range
 */
function candleChart(box, data, price, shown, range) {
  const library = LightweightCharts
  const x = accumulate(price.x)
  const [up, down] = [colour('up'), colour('down')]
  const chart = library.createChart(box, {
    autoSize: true,
    layout: {
      background: { color: 'transparent' },
      textColor: colour('muted'),
      fontFamily: 'system-ui, sans-serif',
      attributionLogo: false, // the footer names TradingView with a link
    },
    grid: { vertLines: { color: colour('grid') }, horzLines: { color: colour('grid') } },
    rightPriceScale: { borderColor: colour('rule') },
    timeScale: { borderColor: colour('rule'), timeVisible: !data.daily, secondsVisible: false, minBarSpacing: 0.1 },
    crosshair: { mode: 0 },
    handleScroll: { vertTouchDrag: false },
    localization: {
      timeFormatter: (/** @type {number} */ seconds) => when(seconds, data.daily),
      priceFormatter: (/** @type {number} */ value) => grouped(value, 2),
    },
  })
  const candles = chart.addSeries(library.CandlestickSeries, {
    upColor: 'transparent',
    borderUpColor: up,
    wickUpColor: up,
    downColor: down,
    borderDownColor: down,
    wickDownColor: down,
    priceLineVisible: false,
  })
  candles.priceScale().applyOptions({ scaleMargins: { top: 0.06, bottom: 0.22 } })
  candles.setData(
    x.map((time, i) => {
      const [open, high, low, close] = [price.open[i], price.high[i], price.low[i], price.close[i]]
      return open === null || high === null || low === null || close === null
        ? { time }
        : { time, open, high, low, close }
    }),
  )
  const volume = chart.addSeries(library.HistogramSeries, {
    priceScaleId: 'volume',
    priceLineVisible: false,
    lastValueVisible: false,
    priceFormat: { type: 'volume' },
  })
  volume.priceScale().applyOptions({ scaleMargins: { top: 0.84, bottom: 0 } })
  volume.setData(
    x.map((time, i) => ({
      time,
      value: price.volume[i] ?? 0,
      color: colour(price.close[i] >= price.open[i] ? 'up-soft' : 'down-soft'),
    })),
  )

  const marks = []
  if (shown.fills)
    for (const [bar, side] of price.fills)
      marks.push({
        time: x[bar],
        position: side > 0 ? 'belowBar' : 'aboveBar',
        shape: side > 0 ? 'arrowUp' : 'arrowDown',
        color: colour('mark'),
        size: 1.2,
      })
  if (shown.orders)
    for (const [bar, side] of price.orders)
      marks.push({
        time: x[bar],
        position: side > 0 ? 'belowBar' : 'aboveBar',
        shape: 'circle',
        color: colour('line-2'),
        size: 0.6,
      })
  library.createSeriesMarkers(
    candles,
    marks.toSorted((a, b) => a.time - b.time),
  )
  if (shown.trades) candles.attachPrimitive(tradeLines(price.trades, up, down))

  const readout = /** @type {HTMLElement} */ (document.getElementById('price-readout'))
  const describe = readoutOf(data, price, x)
  readout.textContent = describe(x.length - 1)
  chart.subscribeCrosshairMove((/** @type {any} */ event) => {
    const at =
      event.logical === undefined ? x.length - 1 : Math.min(x.length - 1, Math.max(0, Math.round(event.logical)))
    readout.textContent = describe(at)
  })
  const note = /** @type {HTMLElement} */ (document.getElementById('price-note'))
  note.textContent =
    price.merged > 1
      ? `Each candle stands for ${price.merged} bars of ${price.interval}, so that the page stays small.`
      : ''

  const first = { from: Math.max(0, x.length - FIRST_VIEW), to: x.length + 4 }
  chart.timeScale().setVisibleLogicalRange(range ?? first)
  return {
    remove: () => chart.remove(),
    range: () => chart.timeScale().getVisibleLogicalRange(),
    showAll: () => chart.timeScale().setVisibleLogicalRange({ from: -1, to: x.length }),
  }
}

/**
 * The line of text above the chart for one bar.
 * @param {any} data
 * @param {any} price
 * @param {number[]} x
 */
function readoutOf(data, price, x) {
  /** @type {Map<number, string[]>} */
  const events = new Map()
  const add = (/** @type {number} */ bar, /** @type {string} */ text) =>
    events.set(bar, [...(events.get(bar) ?? []), text])
  for (const [bar, side, quantity, at, fee, tag] of price.fills)
    add(
      bar,
      `${side > 0 ? 'bought' : 'sold'} ${brief(quantity)} at ${grouped(at, 2)} (fee ${grouped(fee, 2)}${tag ? `, ${tag}` : ''})`,
    )
  for (const [bar, , quantity, text] of price.orders) add(bar, `order ${brief(quantity)}: ${text}`)
  return (/** @type {number} */ at) => {
    const four = ['open', 'high', 'low', 'close'].map((name) => `${name} ${grouped(price[name][at], 2)}`)
    const found = events.get(at) ?? []
    const listed = found.length > 4 ? [...found.slice(0, 4), `${found.length - 4} more`] : found
    return [when(x[at], data.daily), ...four, `volume ${brief(price.volume[at] ?? 0)}`, ...listed].join(' · ')
  }
}

/**
 * Draws a line from entry to exit of each trade in view.
 * @param {readonly number[][]} trades
 * @param {string} gain
 * @param {string} loss
 */
function tradeLines(trades, gain, loss) {
  /** @type {any} */
  let host
  const renderer = {
    draw(/** @type {any} */ target) {
      const time = host.chart.timeScale()
      const range = time.getVisibleLogicalRange()
      if (!range) return
      target.useMediaCoordinateSpace(({ context }) => {
        context.lineWidth = 1.5
        context.setLineDash([4, 3])
        for (const [entryBar, entry, exitBar, exit, won] of trades) {
          if (exitBar < range.from || entryBar > range.to) continue
          const [fromX, toX] = [time.logicalToCoordinate(entryBar), time.logicalToCoordinate(exitBar)]
          const [fromY, toY] = [host.series.priceToCoordinate(entry), host.series.priceToCoordinate(exit)]
          if (fromX === null || toX === null || fromY === null || toY === null) continue
          context.strokeStyle = won ? gain : loss
          context.beginPath()
          context.moveTo(fromX, fromY)
          context.lineTo(toX, toY)
          context.stroke()
        }
      })
    },
  }
  const views = [{ zOrder: () => 'top', renderer: () => renderer }]
  return {
    attached: (/** @type {any} */ given) => (host = given),
    updateAllViews: () => {},
    paneViews: () => views,
  }
}
