import { checkInput } from './check-input.ts'
import { inlineJson } from './html/inline-script.ts'
import { markup, type Markup, trusted } from './html/markup.ts'
import { type PageData, pageData } from './page/page-data.ts'
import { libraryScript, pageScript, pageStyle } from './page/page-files.ts'
import { reportContext, type ReportContext, type Section } from './report-context.ts'
import type { ReportInput } from './report-input.ts'
import { attributions } from './section/attribution.ts'
import { costs } from './section/costs.ts'
import { drawdownTable } from './section/drawdown-table.ts'
import { drawdown, equity } from './section/equity.ts'
import { excursions } from './section/excursions.ts'
import { exposure } from './section/exposure.ts'
import { benchmark, figures } from './section/figures.ts'
import { gain } from './section/gain.ts'
import { header } from './section/header.ts'
import { confidenceIntervals } from './section/intervals.ts'
import { monthly } from './section/monthly.ts'
import { notices, optionsInForce, warnings } from './section/notes.ts'
import { orderList } from './section/order-list.ts'
import { openPositions } from './section/positions.ts'
import { priceChart } from './section/price-chart.ts'
import { rolling } from './section/rolling.ts'
import { holdingTimes, tradeDistribution } from './section/trade-distribution.ts'
import { tradeList } from './section/trade-list.ts'

/** In the order of the page; one that has nothing to show is left out. */
const SECTIONS: readonly ((context: ReportContext) => Section | undefined)[] = [
  equity,
  drawdown,
  monthly,
  figures,
  confidenceIntervals,
  drawdownTable,
  benchmark,
  rolling,
  priceChart,
  tradeDistribution,
  holdingTimes,
  excursions,
  exposure,
  gain,
  costs,
  openPositions,
  attributions,
  tradeList,
  orderList,
  optionsInForce,
  notices,
]

/** Before the first paint, so that a dark page never flashes white. */
const FIRST_THEME =
  "document.documentElement.dataset.theme = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'"

/**
 * One HTML page that shows a run: opens from a file without network, light and dark, on paper and on a phone.
 * A pure function of its input (the chart libraries' text aside): no clock, no machine, no chance.
 *
 * @throws {InputError} `report.columns` for columns of different length or times that do not ascend, `zone.unknown` for a time zone that `@onetape/calendar` does not know
 */
export function renderReport(input: ReportInput): string {
  checkInput(input)
  const context = reportContext(input)
  const sections = SECTIONS.map((section) => section(context)).filter((section) => section !== undefined)
  const alone = aloneInRow(sections)
  const data = pageData(context)
  return `<!doctype html>
${
  markup`<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:">
<title>${input.title}</title>
<link rel="icon" href="data:,">
<script>${trusted(FIRST_THEME)}</script>
<style>${trusted(pageStyle())}</style>
</head>
<body>
${navigation(input.title, sections)}
<main>
${header(context)}
<div class="sections">
${warnings(context)}
${sections.map((section, i) => sectionMarkup(section, alone[i] === true))}</div>
</main>
${footer(context, data)}
<script type="application/json" id="data">${trusted(inlineJson(data))}</script>
<script>${trusted(libraryScript('uplot'))}</script>
${data.prices.length > 0 && markup`<script>${trusted(libraryScript('lightweight-charts'))}</script>`}
<script>${trusted(pageScript())}</script>
</body>
</html>
`.text
}`
}

function navigation(title: string, sections: readonly Section[]): Markup {
  return markup`<nav class="bar" aria-label="Sections"><a class="bar-title" href="#">${title}</a><div class="bar-links">${sections.map(({ id, title: name, short }) => markup`<a href="#${id}">${short ?? name}</a>`)}</div><button type="button" id="theme" aria-label="Switch between light and dark" title="Light or dark">◐</button></nav>`
}

/** Which sections of half width have no neighbour: they take the whole row. */
function aloneInRow(sections: readonly Section[]): readonly boolean[] {
  const alone: boolean[] = []
  for (let i = 0; i < sections.length; i++) {
    const [here, next] = [sections[i], sections[i + 1]]
    const paired = here?.wide !== true && next !== undefined && next.wide !== true
    alone.push(!paired)
    if (paired) alone[++i] = false
  }
  return alone
}

function sectionMarkup({ id, title, lead, body }: Section, wide: boolean): Markup {
  return markup`<section class="card${wide && ' wide'}" id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${title}</h2>${lead !== undefined && markup`<p class="lead">${lead}</p>`}
${body}
</section>
`
}

function footer({ input, clock }: ReportContext, data: PageData): Markup {
  const { engineVersion, tapeHash, generatedAt } = input
  return markup`<footer>
${tapeHash !== undefined && markup`<p>Tape hash <code>${tapeHash}</code>: a run with the same inputs ends with the same hash.</p>`}
<p>${engineVersion !== undefined && `Onetape ${engineVersion}. `}${generatedAt !== undefined && `Made ${clock.minute(generatedAt)}. `}Times on the clock of ${clock.zone}; results of the past say nothing certain about the future.</p>
<p>Charts: uPlot (MIT)${data.prices.length > 0 && markup` and TradingView Lightweight Charts™, Copyright (c) 2026 <a href="https://www.tradingview.com/">TradingView, Inc.</a> (Apache-2.0)`}.</p>
</footer>`
}
