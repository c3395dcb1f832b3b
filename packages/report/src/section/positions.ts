import { formatPlain } from '../format/number.ts'
import type { ReportContext, Section } from '../report-context.ts'
import { dataTable } from './table.ts'

/** What is still held at the end; it is in the equity, but not among the trades. */
export function openPositions(context: ReportContext): Section | undefined {
  const rows = context.input.openPositions ?? []
  if (rows.length === 0) return undefined
  return {
    id: 'positions',
    title: 'Open positions',
    short: 'Positions',
    lead: 'Held at the end of the data, at the last price; in the equity, not among the trades.',
    body: dataTable(
      rows,
      [
        { label: 'Symbol', kind: 'text', cell: (row) => row.symbol },
        ...(rows.some((row) => row.strategy !== undefined)
          ? [{ label: 'Strategy', kind: 'text' as const, cell: (row: (typeof rows)[number]) => row.strategy ?? '' }]
          : []),
        { label: 'Quantity', kind: 'number', cell: (row) => formatPlain(row.quantity) },
        { label: 'Average price', kind: 'number', cell: (row) => context.price(row.averagePrice) },
        { label: 'Last price', kind: 'number', cell: (row) => context.price(row.lastPrice) },
        {
          label: `Open P&L, ${context.currency}`,
          kind: 'number',
          cell: (row) => context.gain(row.unrealizedPnl),
          sign: (row) => row.unrealizedPnl,
        },
      ],
      { label: 'Open positions', sortable: true },
    ),
  }
}
