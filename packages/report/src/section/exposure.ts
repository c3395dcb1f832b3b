import { mean } from '@onetape/analytics'
import { formatNumber } from '../format/number.ts'
import { markup, type Markup } from '../html/markup.ts'
import type { ReportContext, Section } from '../report-context.ts'
import { columnPlot } from '../svg/column-plot.ts'
import { chartBox } from './equity.ts'

/** How much of the equity was invested, and how much was traded each month. */
export function exposure(context: ReportContext): Section | undefined {
  const line = context.input.equity.exposure !== undefined && context.input.equity.time.length > 1
  const months = monthlyTurnover(context)
  if (!line && months.length === 0) return undefined
  return {
    id: 'exposure',
    title: 'Exposure and turnover',
    lead: 'Value of the positions over equity; value bought and sold in a month over the mean equity of the whole run.',
    wide: true,
    body: markup`<div class="pair">${line && markup`<div><h3>Exposure, percent of equity</h3>${chartBox('exposure', 250, 'Area chart of the exposure')}</div>`}${months.length > 0 && turnoverPlot(months)}</div>`,
  }
}

interface MonthTurnover {
  readonly name: string
  readonly value: number
}

/** Percent of mean equity, both sides counted, one entry a month from the first to the last of the data; empty without fills. */
function monthlyTurnover({ input, clock }: ReportContext): readonly MonthTurnover[] {
  const fills = input.fills ?? []
  const base = mean(input.equity.nav)
  if (fills.length === 0 || !(base > 0)) return []
  const months = new Map<string, number>()
  for (let i = 0; i < input.equity.time.length; i++) months.set(clock.day(input.equity.time[i]!).slice(0, 7), 0)
  for (const fill of fills) {
    const month = clock.day(fill.time).slice(0, 7)
    months.set(month, (months.get(month) ?? 0) + (fill.quantity * fill.price * 100) / base)
  }
  return Array.from(months, ([name, value]) => ({ name, value })).toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

function turnoverPlot(months: readonly MonthTurnover[]): Markup {
  return markup`<div><h3>Turnover, percent of equity a month</h3>${columnPlot(months, {
    label: 'Columns of monthly turnover',
    x: 'month',
    y: 'percent',
    format: (value) => formatNumber(value, 0),
  })}</div>`
}
