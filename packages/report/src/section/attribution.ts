import { attribution, sum } from '@onetape/analytics'
import { formatNumber, formatPercent, formatSignedPercent } from '../format/number.ts'
import { markup, type Markup } from '../html/markup.ts'
import type { ReportContext, Section } from '../report-context.ts'
import { balance, type Column, dataTable } from './table.ts'

type Key = 'strategy' | 'symbol'

interface Row {
  readonly key: string
  readonly trades: number
  /** Closed trades, fees of both sides included. */
  readonly closed: number
  /** Open positions after their fees so far. */
  readonly open: number
  /** Dividends, interest and borrow fees that belong to it. */
  readonly income: number
  readonly total: number
  readonly fees: number
  readonly winRate: number
  readonly profitFactor: number
}

/** What each strategy and each instrument contributed; left out when there is only one of both. */
export function attributions(context: ReportContext): Section | undefined {
  const strategies = rowsOf(context, 'strategy')
  const symbols = rowsOf(context, 'symbol')
  if (strategies.length < 2 && symbols.length < 2) return undefined
  return {
    id: 'attribution',
    title: 'Attribution',
    lead: 'After fees. Contributions are percent of the initial equity and add up.',
    wide: true,
    body: markup`${strategies.length > 1 && part(context, 'Strategy', strategies)}${symbols.length > 1 && part(context, 'Instrument', symbols)}`,
  }
}

/** The largest contribution first. What belongs to no strategy or instrument is left out. */
function rowsOf({ input }: ReportContext, by: Key): readonly Row[] {
  const { trades, openPositions = [], income = [] } = input
  const closed = new Map(attribution(trades, by).map((each) => [each.key, each]))
  const open = sums(openPositions, by, ({ unrealizedPnl, fees = 0 }) => unrealizedPnl - fees)
  const other = sums(income, by, ({ amount }) => amount)
  const keys = new Set([...closed.keys(), ...open.keys(), ...other.keys()])
  return Array.from(keys, (key): Row => {
    const own = closed.get(key)
    const parts = { closed: own?.pnl ?? 0, open: open.get(key) ?? 0, income: other.get(key) ?? 0 }
    return {
      key,
      trades: own?.trades ?? 0,
      ...parts,
      total: parts.closed + parts.open + parts.income,
      fees: own?.fees ?? 0,
      winRate: own?.winRate ?? NaN,
      profitFactor: own?.profitFactor ?? NaN,
    }
  }).toSorted((a, b) => b.total - a.total)
}

function sums<T extends { readonly [key in Key]?: string | undefined }>(
  rows: readonly T[],
  by: Key,
  amount: (row: T) => number,
): Map<string, number> {
  const found = new Map<string, number>()
  for (const row of rows) {
    const key = row[by]
    if (key !== undefined) found.set(key, (found.get(key) ?? 0) + amount(row))
  }
  return found
}

function part(context: ReportContext, name: string, rows: readonly Row[]): Markup {
  const initial = context.input.equity.nav[0] ?? NaN
  const largest = rows.reduce((most, row) => Math.max(most, Math.abs(row.total)), 0)
  const column = (label: string, of: (row: Row) => number): readonly Column<Row>[] =>
    rows.every((row) => of(row) === 0)
      ? []
      : [
          {
            label: `${label}, ${context.currency}`,
            kind: 'number',
            cell: (row) => context.gain(of(row)),
            sign: of,
            total: context.gain(sum(rows.map(of))),
          },
        ]
  return markup`<h3>By ${name.toLowerCase()}</h3>${dataTable(
    rows,
    [
      { label: name, kind: 'text', cell: (row) => row.key, total: 'All' },
      {
        label: 'Contribution',
        kind: 'number',
        cell: (row) => markup`${balance(row.total, largest)}<span>${formatSignedPercent(row.total / initial)}</span>`,
        sign: (row) => row.total,
        total: formatSignedPercent(sum(rows.map((row) => row.total)) / initial),
      },
      ...column('Closed trades', (row) => row.closed),
      ...column('Open', (row) => row.open),
      ...column('Dividends and interest', (row) => row.income),
      {
        label: 'Trades',
        kind: 'number',
        cell: (row) => formatNumber(row.trades, 0),
        total: formatNumber(sum(rows.map((row) => row.trades)), 0),
      },
      {
        label: `Fees, ${context.currency}`,
        kind: 'number',
        title: 'Of closed trades',
        cell: (row) => formatNumber(row.fees),
        total: formatNumber(sum(rows.map((row) => row.fees))),
      },
      { label: 'Win rate', kind: 'number', cell: (row) => formatPercent(row.winRate, 1) },
      { label: 'Profit factor', kind: 'number', cell: (row) => formatNumber(row.profitFactor) },
    ],
    { label: `Attribution by ${name.toLowerCase()}`, sortable: true },
  )}`
}
