import { formatPercent } from '../format/number.ts'
import { markup, type Markup } from '../html/markup.ts'
import type { ReportContext, Section } from '../report-context.ts'
import type { ConfidenceInterval } from '../report-input.ts'
import { formatFigure } from './figure-value.ts'

/** How far chance alone moves the figures. */
export function confidenceIntervals(context: ReportContext): Section | undefined {
  const { descriptors, values, intervals = {}, intervalMethod } = context.input.figures
  const shown = descriptors.filter(({ key }) => intervals[key] !== undefined && values[key] !== undefined)
  if (shown.length === 0) return undefined
  const confidence = intervals[shown[0]!.key]!.confidence ?? 0.95
  return {
    id: 'intervals',
    title: 'Confidence intervals',
    short: 'Intervals',
    lead: intervalMethod ?? `${formatPercent(confidence, 0)} intervals: how far chance alone moves each figure.`,
    body: markup`<div class="table-box" tabindex="0" role="region" aria-label="Confidence intervals"><table><thead><tr><th scope="col">Figure</th><th scope="col" class="number">Value</th><th scope="col" class="number">Low</th><th scope="col" class="number">High</th><th scope="col" title="The dotted line is zero">Interval</th></tr></thead><tbody>
${shown.map(({ key, label, unit, definition }) => {
  const interval = intervals[key]!
  const value = interval.estimate ?? values[key] ?? NaN
  return markup`<tr><th scope="row" title="${definition}">${label}</th><td class="number"><b>${formatFigure(value, unit, context)}</b></td><td class="number">${formatFigure(interval.low, unit, context)}</td><td class="number">${formatFigure(interval.high, unit, context)}</td><td class="span">${whisker(value, interval)}</td></tr>
`
})}</tbody></table></div>`,
  }
}

/** The interval as a line with a dot on the value; each row has a scale of its own, from the interval and zero. */
function whisker(value: number, { low, high }: ConfidenceInterval): Markup {
  if (![value, low, high].every(Number.isFinite)) return markup``
  const from = Math.min(low, value, 0)
  const to = Math.max(high, value, 0)
  const at = (place: number): number => Math.round(4 + ((place - from) / (to - from || 1)) * 152)
  return markup`<svg class="whisker" viewBox="0 0 160 16" role="img" aria-label="from low to high"><path class="zero" d="M${at(0)} 1V15"/><path class="line" d="M${at(low)} 8H${at(high)}M${at(low)} 4V12M${at(high)} 4V12"/><circle cx="${at(value)}" cy="8" r="3.5"/></svg>`
}
