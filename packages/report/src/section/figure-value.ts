import { formatNumber, formatPercent, formatPlain, formatSpan, NOT_AVAILABLE } from '../format/number.ts'
import type { ReportContext } from '../report-context.ts'

/** A figure as text, by the unit of its descriptor. An unknown unit is written after the number. */
export function formatFigure(value: number, unit: string, context: ReportContext): string {
  if (Number.isNaN(value)) return NOT_AVAILABLE
  switch (unit) {
    case 'fraction':
      return formatPercent(value)
    case 'ratio':
      return formatNumber(value)
    case 'money':
      return context.money(value)
    case 'count':
      return formatPlain(value, 0, 1)
    case 'days':
      return `${formatNumber(value, 0)} days`
    case 'duration':
      return formatSpan(value)
    case 'time':
      return context.time(value)
    default:
      return `${formatPlain(value, 0, 2)} ${unit}`
  }
}
