import { markup } from '../html/markup.ts'
import type { ReportContext, Section } from '../report-context.ts'
import { chartBox } from './equity.ts'

/** Candles with volume, fills, orders and trades; one instrument at a time, drawn when it is picked. */
export function priceChart({ input, daily }: ReportContext): Section | undefined {
  const prices = (input.prices ?? []).filter((one) => one.time.length > 0)
  if (prices.length === 0) return undefined
  const orders = (input.orders ?? []).length > 0
  return {
    id: 'prices',
    title: 'Trades on the price',
    short: 'Chart',
    lead: `Candles with volume; fills as arrows, a line from entry to exit of each trade. ${daily ? 'Dates' : 'Times'} of the exchange. Scroll to zoom, drag to move.`,
    wide: true,
    body: markup`<div class="tools"><label>Instrument <select id="price-symbol">${prices.map((one, i) => markup`<option value="${i}">${one.symbol}</option>`)}</select></label>
<button type="button" data-marks="fills" aria-pressed="true">Fills</button><button type="button" data-marks="trades" aria-pressed="true">Trades</button>${orders && markup`<button type="button" data-marks="orders" aria-pressed="false">Orders</button>`}<button type="button" data-price-all>Whole period</button></div>
<p class="readout" id="price-readout" aria-live="off"></p>
${chartBox('prices', 440, 'Candle chart with volume and the fills of the strategy')}
<p class="note" id="price-note"></p>`,
  }
}
