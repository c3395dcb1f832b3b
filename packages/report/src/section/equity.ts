import { markup, type Markup } from '../html/markup.ts'
import type { ReportContext, Section } from '../report-context.ts'

/** Equity against the benchmark, with range and scale switches; drawn by the page's script. */
export function equity({ input, currency }: ReportContext): Section | undefined {
  if (input.equity.time.length < 2) return undefined
  const benchmark = input.equity.benchmark && ` and of ${input.equity.benchmarkLabel ?? 'buy and hold'}`
  return {
    id: 'equity',
    title: 'Equity',
    lead: `Value of the account${benchmark ?? ''}, ${currency}. Drag to zoom, double-click for all.`,
    wide: true,
    body: markup`<div class="tools" role="group" aria-label="Range and scale of the time charts">
<button type="button" data-range="1">1 year</button><button type="button" data-range="3">3 years</button><button type="button" data-range="5">5 years</button><button type="button" data-range="all" aria-pressed="true">All</button>
<button type="button" data-log aria-pressed="false">Log scale</button></div>
${chartBox('equity', 320, `Line chart of equity${benchmark ?? ''}`)}`,
  }
}

/** Distance below the running peak. */
export function drawdown({ input }: ReportContext): Section | undefined {
  if (input.equity.time.length < 2) return undefined
  return {
    id: 'drawdown',
    title: 'Drawdown',
    lead: 'Distance of equity below its highest value so far, percent.',
    wide: true,
    body: chartBox('drawdown', 180, 'Area chart of the drawdown'),
  }
}

/** The place of a chart that the page's script draws. */
export function chartBox(name: string, height: number, label: string): Markup {
  return markup`<div class="chart" data-chart="${name}" style="height:${height}px" role="img" aria-label="${label}"></div>`
}
