import { tradeReturn } from '@onetape/analytics'
import { formatPlain, formatSignedPercent } from '../format/number.ts'
import { markup } from '../html/markup.ts'
import type { ReportContext, Section } from '../report-context.ts'
import type { ReportTrade } from '../report-input.ts'
import { type Dot, scatterPlot } from '../svg/scatter-plot.ts'

/** Dots beyond this many hide one another; every n-th is drawn then. */
const MOST_DOTS = 1500

/** What a trade lost at its worst and won at its best, against what came of it (Sweeney 1997, "Maximum Adverse Excursion"). */
export function excursions(context: ReportContext): Section | undefined {
  const trades = context.input.trades.filter((trade) => Number.isFinite(trade.mae) && Number.isFinite(trade.mfe))
  if (trades.length < 3) return undefined
  const every = Math.ceil(trades.length / MOST_DOTS)
  const drawn = trades.filter((_, i) => i % every === 0)
  const dots = (excursion: (trade: ReportTrade) => number): readonly Dot[] =>
    drawn
      .map((trade) => ({
        x: (excursion(trade) / entryValue(trade)) * 100,
        y: tradeReturn(trade) * 100,
        gain: trade.pnl > 0,
        title: `${trade.symbol}, ${context.time(trade.entryTime)}: ${formatSignedPercent(tradeReturn(trade))}`,
      }))
      .filter((dot) => Number.isFinite(dot.x) && Number.isFinite(dot.y))
  return {
    id: 'excursions',
    title: 'Adverse and favourable excursion',
    short: 'MAE/MFE',
    lead: `Worst and best open result while a trade was held, percent of its value at entry, against its end.${every > 1 ? ` Every ${every}th trade is drawn.` : ''}`,
    wide: true,
    body: markup`<div class="pair"><div><h3>Worst open result (MAE)</h3>${scatterPlot(
      dots((trade) => trade.mae ?? NaN),
      {
        label: 'Scatter of maximum adverse excursion and trade return',
        x: 'worst open result, percent',
        y: 'return, percent',
        format,
      },
    )}</div><div><h3>Best open result (MFE)</h3>${scatterPlot(
      dots((trade) => trade.mfe ?? NaN),
      {
        label: 'Scatter of maximum favourable excursion and trade return',
        x: 'best open result, percent',
        y: 'return, percent',
        format,
      },
    )}</div></div><p class="key"><span class="gain">● gain</span> <span class="loss">◆ loss</span></p>`,
  }
}

function format(value: number): string {
  return formatPlain(value, 0, 2)
}

function entryValue(trade: ReportTrade): number {
  return trade.quantity * trade.entryPrice * (trade.multiplier ?? 1)
}
