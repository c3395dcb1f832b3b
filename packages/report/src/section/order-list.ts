import { formatNumber, formatPlain } from '../format/number.ts'
import type { ReportContext, Section } from '../report-context.ts'
import { dataTable } from './table.ts'
import { MOST_ROWS } from './trade-list.ts'

/** Every order with its end, up to a limit. */
export function orderList(context: ReportContext): Section | undefined {
  const orders = context.input.orders ?? []
  if (orders.length === 0) return undefined
  const rows = orders.slice(0, MOST_ROWS)
  const more = orders.length - rows.length
  const states = Map.groupBy(orders, ({ state }) => state)
  const price = (value: number | undefined): string =>
    value === undefined || Number.isNaN(value) ? '' : context.price(value)
  return {
    id: 'orders',
    title: 'Orders',
    lead: `${Array.from(states, ([state, members]) => `${formatNumber(members.length, 0)} ${state}`).join(', ')}.${more > 0 ? ` The first ${formatNumber(rows.length, 0)} are listed, ${formatNumber(more, 0)} more are not.` : ''}`,
    wide: true,
    body: dataTable(
      rows,
      [
        { label: 'Placed', kind: 'text', cell: (row) => context.time(row.time) },
        { label: 'Symbol', kind: 'text', cell: (row) => row.symbol },
        { label: 'Side', kind: 'text', cell: (row) => row.side },
        { label: 'Type', kind: 'text', cell: (row) => row.type },
        { label: 'Quantity', kind: 'number', cell: (row) => formatPlain(row.quantity) },
        { label: 'Filled', kind: 'number', cell: (row) => formatPlain(row.filled) },
        { label: `Limit, ${context.currency}`, kind: 'number', cell: (row) => price(row.limitPrice) },
        { label: `Stop, ${context.currency}`, kind: 'number', cell: (row) => price(row.stopPrice) },
        {
          label: 'End',
          kind: 'text',
          cell: (row) => (row.code === undefined ? row.state : `${row.state} (${row.code})`),
        },
        { label: 'Tag', kind: 'text', cell: (row) => row.tag ?? '' },
      ],
      { label: 'Orders', sortable: true },
    ),
  }
}
