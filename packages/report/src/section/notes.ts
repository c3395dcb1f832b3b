import { formatPlain } from '../format/number.ts'
import { markup, type Markup } from '../html/markup.ts'
import type { ReportContext, Section } from '../report-context.ts'

/** What the reader has to know first, above everything else; empty without warnings. */
export function warnings({ input }: ReportContext): Markup {
  const all = input.warnings ?? []
  if (all.length === 0) return markup``
  return markup`<section class="card warnings wide" id="warnings" aria-labelledby="warnings-title"><h2 id="warnings-title">Before you rely on these figures</h2><ul>${all.map((text) => markup`<li>${text}</li>`)}</ul></section>`
}

/** Conventions and remarks of the run. */
export function notices({ input }: ReportContext): Section | undefined {
  const all = input.notices ?? []
  if (all.length === 0) return undefined
  return {
    id: 'notices',
    title: 'Notes',
    wide: true,
    body: markup`<ul class="notes">${all.map((text) => markup`<li>${text}</li>`)}</ul>`,
  }
}

/** Every option in force; what was set by hand stands out. */
export function optionsInForce({ input }: ReportContext): Section | undefined {
  const all = Object.entries(input.options)
  if (all.length === 0) return undefined
  const own = all.filter(([, option]) => !option.isDefault).length
  return {
    id: 'options',
    title: 'Options in force',
    short: 'Options',
    lead: `${own === 0 ? 'All are defaults' : `${own} set for this run (bold), the others are defaults`}.`,
    wide: true,
    body: markup`<dl class="options">${all.map(
      ([name, { value, isDefault }]) =>
        markup`<div${!isDefault && markup` class="own"`}><dt>${name}</dt><dd>${typeof value === 'number' ? formatPlain(value, 0, 8) : String(value)}${isDefault && markup` <small>default</small>`}</dd></div>
`,
    )}</dl>`,
  }
}
