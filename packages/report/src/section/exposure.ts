import { mean } from '@onetape/analytics'
import { formatNumber } from '../format/number.ts'
import { markup, type Markup } from '../html/markup.ts'
import type { ReportContext, Section } from '../report-context.ts'
import { columnPlot } from '../svg/column-plot.ts'
import { chartBox } from './equity.ts'

/** Points of the exposure that still make a line and not a bar code. */
const MOST_STEPS = 250

/** How many moments of the equity one point of the exposure is the mean of. */
export function exposureStep(moments: number): number {
  return Math.max(1, Math.ceil(moments / MOST_STEPS))
}

/** How much of the equity was invested, and how much was traded each month. */
export function exposure(context: ReportContext): Section | undefined {
  const line = context.input.equity.exposure !== undefined && context.input.equity.time.length > 1
  const step = exposureStep(context.input.equity.time.length)
  const unit = clockSpan(context) < FEW_DAYS ? 'day' : 'month'
  const months = turnoverBy(context, unit)
  if (!line && months.length === 0) return undefined
  return {
    id: 'exposure',
    title: 'Exposure and turnover',
    short: 'Exposure',
    lead: `Value of the positions over equity; value bought and sold in a ${unit} over the mean equity of the whole run.`,
    wide: true,
    body: markup`<div class="pair">${line && markup`<div><h3>Exposure, percent of equity${step > 1 && `, mean of ${step} ${context.daily ? 'sessions' : 'bars'}`}</h3>${chartBox('exposure', 250, 'Area chart of the exposure')}</div>`}${months.length > 0 && turnoverPlot(months, unit)}</div>`,
  }
}

/** Shorter runs show days: one or two columns of months say nothing. */
const FEW_DAYS = 70

/** Days from the first to the last moment of the equity. */
function clockSpan({ input: { equity } }: ReportContext): number {
  return ((equity.time[equity.time.length - 1] ?? 0) - (equity.time[0] ?? 0)) / 86_400_000
}

interface Turnover {
  readonly name: string
  readonly value: number
}

/** Percent of mean equity, both sides counted, one entry a day or month from the first to the last of the data; empty without fills. */
function turnoverBy({ input, clock }: ReportContext, unit: 'day' | 'month'): readonly Turnover[] {
  const fills = input.fills ?? []
  const base = mean(input.equity.nav)
  if (fills.length === 0 || !(base > 0)) return []
  const length = unit === 'day' ? 10 : 7
  const sums = new Map<string, number>()
  for (let i = 0; i < input.equity.time.length; i++) sums.set(clock.day(input.equity.time[i]!).slice(0, length), 0)
  for (const fill of fills) {
    const name = clock.day(fill.time).slice(0, length)
    sums.set(name, (sums.get(name) ?? 0) + (fill.quantity * fill.price * 100) / base)
  }
  return Array.from(sums, ([name, value]) => ({ name, value })).toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

function turnoverPlot(columns: readonly Turnover[], unit: 'day' | 'month'): Markup {
  return markup`<div><h3>Turnover, percent of equity a ${unit}</h3>${columnPlot(columns, {
    label: `Columns of turnover by ${unit}`,
    x: unit,
    y: 'percent',
    format: (value) => formatNumber(value, 0),
  })}</div>`
}
