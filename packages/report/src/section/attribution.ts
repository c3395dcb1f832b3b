import { attribution, type Contribution } from '@onetape/analytics'
import { formatNumber, formatPercent } from '../format/number.ts'
import { markup, type Markup } from '../html/markup.ts'
import type { ReportContext, Section } from '../report-context.ts'
import { dataTable } from './table.ts'

/** Who earned it: closed trades by strategy and by instrument. Left out when there is one of each. */
export function attributions(context: ReportContext): Section | undefined {
  const strategies = attribution(context.input.trades, 'strategy')
  const symbols = attribution(context.input.trades, 'symbol')
  if (strategies.length < 2 && symbols.length < 2) return undefined
  return {
    id: 'attribution',
    title: 'Attribution',
    lead: 'Closed trades, after the fees of both sides.',
    wide: true,
    body: markup`${strategies.length > 1 && part(context, 'Strategy', strategies)}${symbols.length > 1 && part(context, 'Instrument', symbols)}`,
  }
}

function part(context: ReportContext, name: string, rows: readonly Contribution[]): Markup {
  const largest = rows.reduce((most, row) => Math.max(most, Math.abs(row.pnl)), 0) || 1
  return markup`<h3>By ${name.toLowerCase()}</h3>${dataTable(
    rows.toSorted((a, b) => b.pnl - a.pnl),
    [
      { label: name, kind: 'text', cell: (row) => row.key },
      { label: 'Trades', kind: 'number', cell: (row) => formatNumber(row.trades, 0) },
      {
        label: `P&L, ${context.currency}`,
        kind: 'number',
        cell: (row) =>
          markup`<span class="meter ${row.pnl < 0 ? 'loss' : 'gain'}" style="--part:${Math.round((Math.abs(row.pnl) / largest) * 100)}%"></span><span>${context.gain(row.pnl)}</span>`,
        sign: (row) => row.pnl,
      },
      { label: 'Share', kind: 'number', title: 'Part of the total P&L', cell: (row) => formatPercent(row.share, 1) },
      { label: `Fees, ${context.currency}`, kind: 'number', cell: (row) => formatNumber(row.fees) },
      { label: 'Win rate', kind: 'number', cell: (row) => formatPercent(row.winRate, 1) },
      { label: 'Profit factor', kind: 'number', cell: (row) => formatNumber(row.profitFactor) },
    ],
    { label: `Attribution by ${name.toLowerCase()}`, sortable: true },
  )}`
}
