import { sum } from '@onetape/analytics'
import { formatSignedPercent } from '../format/number.ts'
import { markup } from '../html/markup.ts'
import type { ReportContext, Section } from '../report-context.ts'
import { balance, dataTable } from './table.ts'

/** Parts of a cent that sums of many roundings may be off. */
const NOISE = 0.005

interface Part {
  readonly kind: string
  readonly amount: number
}

/** From the first equity to the last: closed trades, what is open, dividends and interest. The parts add up. */
export function gain(context: ReportContext): Section | undefined {
  const { trades, openPositions = [], income, equity } = context.input
  if (income === undefined || equity.nav.length < 2) return undefined
  const initial = equity.nav[0]!
  const total = equity.nav[equity.nav.length - 1]! - initial
  const byKind = Map.groupBy(income, ({ kind }) => kind)
  const parts: Part[] = [
    { kind: 'Closed trades', amount: sum(trades.map(({ pnl }) => pnl)) },
    { kind: 'Open positions', amount: sum(openPositions.map(({ unrealizedPnl, fees = 0 }) => unrealizedPnl - fees)) },
    ...Array.from(byKind, ([kind, rows]) => ({ kind, amount: sum(rows.map(({ amount }) => amount)) })),
  ]
  const rest = total - sum(parts.map(({ amount }) => amount))
  parts.push({ kind: openPositions.length > 0 ? 'Realised by open positions, and other' : 'Other', amount: rest })
  const shown = parts.filter(({ amount }) => Math.abs(amount) > NOISE)
  if (shown.length === 0) return undefined
  const largest = shown.reduce((most, { amount }) => Math.max(most, Math.abs(amount)), 0)
  return {
    id: 'gain',
    title: 'Where the gain came from',
    short: 'Gain',
    lead: 'After fees and other costs; percent of the initial equity.',
    body: dataTable(
      shown,
      [
        { label: 'Part', kind: 'text', cell: (row) => row.kind, total: 'Change in equity' },
        {
          label: `Amount, ${context.currency}`,
          kind: 'number',
          cell: (row) => markup`${balance(row.amount, largest)}<span>${context.gain(row.amount)}</span>`,
          sign: (row) => row.amount,
          total: context.gain(total),
        },
        {
          label: 'Percent',
          kind: 'number',
          cell: (row) => formatSignedPercent(row.amount / initial),
          total: formatSignedPercent(total / initial),
        },
      ],
      { label: 'Where the gain came from' },
    ),
  }
}
