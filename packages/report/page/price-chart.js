import { accumulate, brief, grouped, when } from './lines.js'
import { colour, onThemeChange } from './theme.js'

/**
 * @typedef {import('../src/page/page-data.ts').PageData} PageData
 * @typedef {import('../src/page/page-data.ts').PriceData} PriceData
 * @typedef {import('lightweight-charts').Time} Time
 * @typedef {{from: number, to: number}} Range bars by index
 */

/** Bars shown at first: more are drawn when one zooms out. */
const FIRST_VIEW = 260

/**
 * Candles with volume, fills, orders and trades of one instrument at a time; made when it comes near the view.
 * @param {PageData} data
 */
export function priceChart(data) {
  /** @type {HTMLElement | null} */
  const box = document.querySelector('[data-chart="prices"]')
  if (!box || data.prices.length === 0) return
  const select = /** @type {HTMLSelectElement} */ (document.getElementById('price-symbol'))
  select.value = String(
    Math.max(
      0,
      data.prices.findIndex((price) => price.fills.length > 0),
    ),
  )
  const shown = { fills: true, trades: true, orders: false }
  /** @type {ReturnType<typeof candleChart> | undefined} */
  let drawn

  const draw = (/** @type {Range | undefined} */ range) => {
    const price = data.prices[Number(select.value)]
    drawn?.remove()
    drawn = candleChart(box, data, price, shown, range)
    box.dataset.drawn = price.symbol
    return drawn
  }
  const drawOnce = () => drawn ?? draw(undefined)
  const redraw = () => {
    if (drawn) draw(drawn.range() ?? undefined)
  }

  select.addEventListener('change', () => draw(undefined))
  onThemeChange(redraw)
  // The library draws in animation frames, which do not come while printing: paper gets a picture.
  addEventListener('beforeprint', () => {
    const picture = drawOnce().picture()
    picture.className = 'picture'
    box.after(picture)
  })
  addEventListener('afterprint', () => document.querySelector('.picture')?.remove())
  document.querySelector('[data-price-all]')?.addEventListener('click', () => {
    drawOnce().showAll()
  })
  /** @type {NodeListOf<HTMLElement>} */
  const marks = document.querySelectorAll('[data-marks]')
  for (const button of marks)
    button.addEventListener('click', () => {
      const kind = /** @type {'fills' | 'trades' | 'orders'} */ (button.dataset.marks)
      shown[kind] = !shown[kind]
      button.setAttribute('aria-pressed', String(shown[kind]))
      drawOnce()
      redraw()
    })
  document.getElementById('trades')?.addEventListener('click', (event) => {
    /** @type {HTMLElement | null} */
    const button = /** @type {Element} */ (event.target).closest('[data-trade]')
    if (button) showTrade(Number(button.dataset.trade))
  })
  const showTrade = (/** @type {number} */ row) => {
    for (const [index, price] of data.prices.entries()) {
      const trade = price.trades.find((candidate) => candidate[5] === row)
      if (!trade) continue
      select.value = String(index)
      const air = Math.max(20, Math.round((trade[2] - trade[0]) * 0.5))
      draw({ from: trade[0] - air, to: trade[2] + air })
      document.getElementById('prices')?.scrollIntoView()
    }
  }
  // Once the page stands: the chart lies below what is read first.
  addEventListener('load', () => setTimeout(drawOnce))
}

/**
 * @param {HTMLElement} box
 * @param {PageData} data
 * @param {PriceData} price
 * @param {{fills: boolean, trades: boolean, orders: boolean}} shown
 * @param {Range | undefined} range
 */
function candleChart(box, data, price, shown, range) {
  const library = LightweightCharts
  const x = accumulate(price.x)
  const [up, down, upSoft, downSoft] = ['up', 'down', 'up-soft', 'down-soft'].map(colour)
  const time = (/** @type {number} */ bar) => /** @type {Time} */ (x[bar])
  const digits = priceDigits(price)
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
    timeScale: {
      borderColor: colour('rule'),
      timeVisible: !data.daily,
      secondsVisible: false,
      minBarSpacing: 0.1,
      tickMarkMaxCharacterLength: 5,
    },
    crosshair: { mode: library.CrosshairMode.Normal },
    handleScroll: { vertTouchDrag: false },
    localization: {
      timeFormatter: (/** @type {number} */ seconds) => when(seconds, data.daily),
      priceFormatter: (/** @type {number} */ value) => grouped(value, digits),
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
    priceFormat: { type: 'price', precision: digits, minMove: 10 ** -digits },
  })
  candles.priceScale().applyOptions({ scaleMargins: { top: 0.1, bottom: 0.22 } })
  candles.setData(
    x.map((_, i) => {
      const [open, high, low, close] = [price.open[i], price.high[i], price.low[i], price.close[i]]
      return open === null || high === null || low === null || close === null
        ? { time: time(i) }
        : { time: time(i), open, high, low, close }
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
    x.map((_, i) => ({
      time: time(i),
      value: price.volume[i] ?? 0,
      color: (price.close[i] ?? 0) >= (price.open[i] ?? 0) ? upSoft : downSoft,
    })),
  )

  /** @type {import('lightweight-charts').SeriesMarkerBar<Time>[]} */
  const marks = []
  if (shown.fills)
    for (const [bar, side] of price.fills)
      marks.push({
        time: time(bar),
        position: side > 0 ? 'belowBar' : 'aboveBar',
        shape: side > 0 ? 'arrowUp' : 'arrowDown',
        color: colour('mark'),
        size: 1.2,
      })
  if (shown.orders)
    for (const [bar, side] of price.orders)
      marks.push({
        time: time(bar),
        position: side > 0 ? 'belowBar' : 'aboveBar',
        shape: 'circle',
        color: colour('line-2'),
        size: 0.6,
      })
  library.createSeriesMarkers(
    candles,
    marks.toSorted((a, b) => Number(a.time) - Number(b.time)),
  )
  if (shown.trades) candles.attachPrimitive(tradeLines(price.trades, up, down))

  const readout = /** @type {HTMLElement} */ (document.getElementById('price-readout'))
  const describe = readoutOf(data, price, x)
  readout.textContent = describe(x.length - 1)
  chart.subscribeCrosshairMove((event) => {
    const at =
      event.logical === undefined ? x.length - 1 : Math.min(x.length - 1, Math.max(0, Math.round(event.logical)))
    readout.textContent = describe(at)
  })
  const note = /** @type {HTMLElement} */ (document.getElementById('price-note'))
  note.textContent =
    price.merged > 1
      ? `Each candle stands for ${price.merged} bars of ${price.interval}, so that the page stays small.`
      : ''

  chart.timeScale().setVisibleLogicalRange(range ?? firstView(price, x.length))
  return {
    remove: () => chart.remove(),
    picture: () => chart.takeScreenshot(),
    range: () => chart.timeScale().getVisibleLogicalRange(),
    showAll: () => chart.timeScale().setVisibleLogicalRange({ from: -1, to: x.length }),
  }
}

/**
 * The last bars, or those around the last fill when nothing was traded in them.
 * @param {PriceData} price
 * @param {number} length
 * @returns {Range}
 */
function firstView({ fills }, length) {
  const last = fills.reduce((latest, [bar]) => Math.max(latest, bar), -1)
  const to = last >= 0 && last < length - FIRST_VIEW ? last + FIRST_VIEW / 4 : length + 4
  return { from: Math.max(0, to - FIRST_VIEW), to }
}

/**
 * The line of text above the chart for one bar.
 * @param {PageData} data
 * @param {PriceData} price
 * @param {readonly number[]} x
 */
function readoutOf(data, price, x) {
  const digits = priceDigits(price)
  /** @type {Map<number, string[]>} */
  const events = new Map()
  const add = (/** @type {number} */ bar, /** @type {string} */ text) =>
    events.set(bar, [...(events.get(bar) ?? []), text])
  for (const [bar, side, quantity, at, fee, tag] of price.fills)
    add(
      bar,
      `${side > 0 ? 'bought' : 'sold'} ${brief(quantity)} at ${grouped(at, digits)} (fee ${grouped(fee, 2)}${tag ? `, ${tag}` : ''})`,
    )
  for (const [bar, , quantity, text] of price.orders) add(bar, `order ${brief(quantity)}: ${text}`)
  return (/** @type {number} */ at) => {
    const { open, high, low, close } = price
    const four = Object.entries({ open, high, low, close }).map(
      ([name, values]) => `${name} ${grouped(values[at], digits)}`,
    )
    const found = events.get(at) ?? []
    const listed = found.length > 4 ? [...found.slice(0, 4), `${found.length - 4} more`] : found
    return [when(x[at], data.daily), ...four, `volume ${brief(price.volume[at] ?? 0)}`, ...listed].join(' · ')
  }
}

/**
 * Decimals that prices of this size need.
 * @param {PriceData} price
 */
function priceDigits({ close }) {
  return (close.find((value) => value !== null) ?? 0) < 10 ? 4 : 2
}

/**
 * Draws a line from entry to exit of each trade in view.
 * @param {PriceData['trades']} trades
 * @param {string} gain
 * @param {string} loss
 */
function tradeLines(trades, gain, loss) {
  /** @type {import('lightweight-charts').SeriesAttachedParameter<Time>} */
  let host
  const renderer = {
    /** @type {import('lightweight-charts').IPrimitivePaneRenderer['draw']} */
    draw(target) {
      const time = host.chart.timeScale()
      const range = time.getVisibleLogicalRange()
      if (!range) return
      const place = (/** @type {number} */ bar) =>
        time.logicalToCoordinate(/** @type {import('lightweight-charts').Logical} */ (bar))
      target.useMediaCoordinateSpace(({ context }) => {
        context.lineWidth = 1.5
        context.setLineDash([4, 3])
        for (const [entryBar, entry, exitBar, exit, won] of trades) {
          if (exitBar < range.from || entryBar > range.to) continue
          const [fromX, toX] = [place(entryBar), place(exitBar)]
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
  /** @type {readonly import('lightweight-charts').IPrimitivePaneView[]} */
  const views = [{ zOrder: () => 'top', renderer: () => renderer }]
  return {
    attached: (/** @type {typeof host} */ given) => {
      host = given
    },
    paneViews: () => views,
  }
}
