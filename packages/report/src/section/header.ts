import { formatNumber, formatPlain } from '../format/number.ts'
import { markup, type Markup } from '../html/markup.ts'
import type { ReportContext } from '../report-context.ts'
import { figureTitle } from './figures.ts'
import { formatFigure } from './figure-value.ts'

const USUAL_HEADLINE = ['totalReturn', 'cagr', 'sharpe', 'maxDrawdown', 'volatility', 'winRate', 'trades']

/** Title, what was run on what, and the figures that people ask for first. */
export function header(context: ReportContext): Markup {
  const { input, clock } = context
  const { strategy, data } = input
  const params = Object.entries(strategy.params)
  const symbols =
    data.symbols.length > 8 ? [...data.symbols.slice(0, 8), `+ ${data.symbols.length - 8} more`] : data.symbols
  return markup`<header class="hero">
<p class="eyebrow">${strategy.name}</p>
<h1>${input.title}</h1>
<dl class="facts">
<div><dt>Instruments</dt><dd title="${data.symbols.join(', ')}">${symbols.join(', ')}</dd></div>
<div><dt>Period</dt><dd>${clock.day(data.from)} to ${clock.day(data.to)}</dd></div>
<div><dt>Bars</dt><dd>${data.interval}</dd></div>
<div><dt>Data</dt><dd>${data.source}</dd></div>
${params.length > 0 && markup`<div><dt>Parameters</dt><dd>${params.map(([name, value]) => markup`<span class="chip">${name} <b>${paramText(value)}</b></span> `)}</dd></div>`}
</dl>
${headlines(context)}
</header>`
}

function headlines(context: ReportContext): Markup {
  const { input, currency } = context
  const { descriptors, values, headline } = input.figures
  const keys = headline ?? USUAL_HEADLINE
  const shown = keys.flatMap((key) =>
    descriptors.filter((descriptor) => descriptor.key === key && values[key] !== undefined),
  )
  const nav = input.equity.nav
  const end = nav[nav.length - 1]
  return markup`<dl class="headline" id="headline">
${
  end !== undefined &&
  markup`<div class="promise" title="Equity at the end, open positions at their last price."><dt>Final equity</dt><dd>${formatNumber(end, 0)} <small>${currency}</small></dd><dd class="from">from ${formatNumber(nav[0] ?? NaN, 0)} ${currency}</dd></div>`
}
${shown.map((descriptor) => {
  const value = values[descriptor.key] ?? NaN
  const other = input.figures.benchmark?.[descriptor.key] ?? NaN
  return markup`<div class="promise" title="${figureTitle(input.figures, descriptor)}"><dt>${descriptor.label}</dt><dd>${formatFigure(value, descriptor.unit, context)}</dd>${!Number.isNaN(other) && markup`<dd class="from">vs ${formatFigure(other, descriptor.unit, context)}</dd>`}</div>
`
})}</dl>${input.figures.benchmark !== undefined && input.equity.benchmark !== undefined && markup`<p class="against">vs ${input.equity.benchmarkLabel ?? 'Buy and hold'}, over the same sessions</p>`}`
}

function paramText(value: string | number | boolean): string {
  return typeof value === 'number' ? formatPlain(value, 0, 6) : String(value)
}
