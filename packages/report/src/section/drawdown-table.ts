import { datedDrawdowns } from '@onetape/analytics'
import { formatNumber, formatPercent } from '../format/number.ts'
import type { ReportContext, Section } from '../report-context.ts'
import { dataTable } from './table.ts'

const MOST = 10

/** The deepest drawdowns with their dates. */
export function drawdownTable({ sessions, clock }: ReportContext): Section | undefined {
  const all = datedDrawdowns(sessions.time, sessions.nav)
  if (all.length === 0) return undefined
  const shown = all.slice(0, MOST)
  return {
    id: 'drawdowns',
    title: 'Worst drawdowns',
    short: 'Drawdowns',
    lead: all.length > MOST ? `The ${MOST} deepest of ${all.length}, from session closes.` : 'From session closes.',
    body: dataTable(
      shown,
      [
        { label: 'Depth', kind: 'number', cell: (row) => formatPercent(row.depth), sign: () => -1 },
        { label: 'Peak', kind: 'text', cell: (row) => clock.day(row.start) },
        { label: 'Trough', kind: 'text', cell: (row) => clock.day(row.trough) },
        {
          label: 'Recovered',
          kind: 'text',
          cell: (row) => (Number.isNaN(row.recovery) ? 'not yet' : clock.day(row.recovery)),
        },
        {
          label: 'Days',
          kind: 'number',
          title: 'Calendar days from the peak to the recovery, or to the end',
          cell: (row) => formatNumber(row.days, 0),
        },
      ],
      { label: 'Worst drawdowns', sortable: true },
    ),
  }
}
