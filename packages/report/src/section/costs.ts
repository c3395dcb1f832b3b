import { formatPercent } from '../format/number.ts'
import { markup } from '../html/markup.ts'
import type { ReportContext, Section } from '../report-context.ts'
import { dataTable } from './table.ts'

/** What trading cost, by kind. */
export function costs(context: ReportContext): Section | undefined {
  const rows = (context.input.costs ?? []).filter(({ amount }) => amount !== 0)
  if (rows.length === 0) return undefined
  const total = rows.reduce((sum, { amount }) => sum + amount, 0)
  const largest = rows.reduce((most, { amount }) => Math.max(most, Math.abs(amount)), 0)
  const nav = context.input.equity.nav
  const initial = nav[0] ?? NaN
  return {
    id: 'costs',
    title: 'Costs',
    lead: `${context.money(total)} in all, ${formatPercent(total / initial)} of the initial equity.${slippageNote(context)}`,
    body: dataTable(
      rows,
      [
        { label: 'Kind', kind: 'text', cell: (row) => row.kind },
        {
          label: `Paid, ${context.currency}`,
          kind: 'number',
          cell: (row) => context.gain(row.amount).replace('+', ''),
        },
        {
          label: 'Part of all',
          kind: 'number',
          cell: (row) =>
            markup`<span class="meter" style="--part:${Math.round((Math.abs(row.amount) / largest) * 100)}%"></span><span>${formatPercent(row.amount / total, 1)}</span>`,
        },
      ],
      { label: 'Costs by kind' },
    ),
  }
}

/** Slippage is no booking: whoever reads a list of costs has to know where it is. */
function slippageNote({ input }: ReportContext): string {
  const model = input.options['slippage']?.value
  return model === undefined ? '' : ` Slippage (${model}) is in the prices of the fills, and not listed.`
}
