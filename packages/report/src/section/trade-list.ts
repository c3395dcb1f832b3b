import { holdingTime, tradeReturn } from '@onetape/analytics'
import { formatNumber, formatPlain, formatSignedPercent, formatSpan } from '../format/number.ts'
import { markup } from '../html/markup.ts'
import type { ReportContext, Section } from '../report-context.ts'
import type { ReportTrade } from '../report-input.ts'
import { type Column, dataTable } from './table.ts'

/** Rows in the page; the exported files hold all of them. */
export const MOST_ROWS = 1000

/** Every closed trade, up to a limit; a click on one shows it on the price chart. */
export function tradeList(context: ReportContext): Section | undefined {
  const { trades } = context.input
  if (trades.length === 0) return undefined
  const rows = trades.slice(0, MOST_ROWS)
  const more = trades.length - rows.length
  const charts = new Set((context.input.prices ?? []).map(({ symbol }) => symbol))
  return {
    id: 'trades',
    title: 'Trades',
    lead: `${formatNumber(trades.length, 0)} closed from flat to flat, fees of both sides included.${more > 0 ? ` The first ${formatNumber(rows.length, 0)} are listed, ${formatNumber(more, 0)} more are not.` : ''}${charts.size > 0 ? ' The number of a trade shows it on the price chart.' : ''}`,
    wide: true,
    body: dataTable(rows, tradeColumns(context, charts), { label: 'Trades', sortable: true }),
  }
}

function tradeColumns(context: ReportContext, charts: ReadonlySet<string>): readonly Column<ReportTrade>[] {
  const { trades } = context.input
  const { currency } = context
  const strategies = new Set(trades.map(({ strategy }) => strategy)).size > 1
  return [
    {
      label: '#',
      kind: 'number',
      cell: ({ symbol }, i) =>
        charts.has(symbol) ? markup`<button type="button" class="link" data-trade="${i}">${i + 1}</button>` : i + 1,
    },
    { label: 'Symbol', kind: 'text', cell: (trade) => trade.symbol },
    ...when(strategies, { label: 'Strategy', kind: 'text', cell: (trade) => trade.strategy }),
    { label: 'Side', kind: 'text', cell: (trade) => trade.side },
    { label: 'Entry', kind: 'text', cell: (trade) => context.time(trade.entryTime) },
    { label: 'Exit', kind: 'text', cell: (trade) => context.time(trade.exitTime) },
    { label: 'Quantity', kind: 'number', cell: (trade) => formatPlain(trade.quantity) },
    {
      label: `In, ${currency}`,
      kind: 'number',
      title: 'Average entry price',
      cell: (trade) => context.price(trade.entryPrice),
    },
    {
      label: `Out, ${currency}`,
      kind: 'number',
      title: 'Average exit price',
      cell: (trade) => context.price(trade.exitPrice),
    },
    {
      label: `P&L, ${currency}`,
      kind: 'number',
      title: 'After the fees of both sides',
      cell: (trade) => context.gain(trade.pnl),
      sign: (trade) => trade.pnl,
    },
    {
      label: 'Return',
      kind: 'number',
      title: 'P&L over the value at entry',
      cell: (trade) => formatSignedPercent(tradeReturn(trade)),
      sign: (trade) => trade.pnl,
    },
    { label: `Fees, ${currency}`, kind: 'number', cell: (trade) => formatNumber(trade.fees) },
    ...when(
      trades.some(({ mae }) => Number.isFinite(mae)),
      {
        label: `MAE, ${currency}`,
        kind: 'number',
        title: 'Worst open result while held',
        cell: (trade) => formatNumber(trade.mae ?? NaN),
      },
      {
        label: `MFE, ${currency}`,
        kind: 'number',
        title: 'Best open result while held',
        cell: (trade) => formatNumber(trade.mfe ?? NaN),
      },
    ),
    {
      label: 'Held',
      kind: 'text',
      title: 'Calendar time from entry to exit',
      cell: (trade) => markup`<span data-sort="${holdingTime(trade)}">${formatSpan(holdingTime(trade))}</span>`,
    },
    ...when(
      trades.some(({ tag }) => tag !== undefined),
      { label: 'Tag', kind: 'text', cell: (trade) => trade.tag ?? '' },
    ),
  ]
}

/** The columns when they are of use. */
function when(present: boolean, ...columns: readonly Column<ReportTrade>[]): readonly Column<ReportTrade>[] {
  return present ? columns : []
}
