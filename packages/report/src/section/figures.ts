import { markup, type Markup } from '../html/markup.ts'
import type { FigureDescriptor, ReportFigures } from '../report-input.ts'
import type { ReportContext, Section } from '../report-context.ts'
import { chartBox } from './equity.ts'
import { formatFigure } from './figure-value.ts'

const HEADINGS: Readonly<Record<string, string>> = { account: 'Return', risk: 'Risk', trades: 'Trades' }
const BENCHMARK = 'benchmark'
/** Figures from which on a group takes two columns. */
const LONG_GROUP = 20

/** All figures in their groups, each with its definition on hover and on focus; those against the benchmark apart. */
export function figures(context: ReportContext): Section | undefined {
  const { descriptors } = context.input.figures
  const groups = [...Map.groupBy(descriptors, ({ group }) => group ?? 'other')]
    .filter(([group]) => group !== BENCHMARK)
    .map(([group, members]) => figureGroup(context, members, HEADINGS[group] ?? group))
  if (!groups.some((group) => group !== undefined)) return undefined
  return {
    id: 'figures',
    title: 'Figures',
    lead: 'Hover or tap a figure for its definition.',
    wide: true,
    body: markup`<div class="figure-groups">${groups}</div>`,
  }
}

/** The figures against the benchmark, and how the lead over it grew. */
export function benchmark(context: ReportContext): Section | undefined {
  const { figures: all, equity } = context.input
  const members = all.descriptors.filter(({ group }) => group === BENCHMARK)
  const group = figureGroup(context, members)
  if (equity.benchmark === undefined || group === undefined) return undefined
  return {
    id: 'benchmark',
    title: 'Against the benchmark',
    short: 'Benchmark',
    lead: `Benchmark: ${equity.benchmarkLabel ?? 'Buy and hold'}. The line is equity over the benchmark's value, less one.`,
    wide: true,
    body: markup`<div class="pair">${group}<div><h3>Lead over the benchmark, percent</h3>${chartBox('relative', 230, 'Line chart of equity relative to the benchmark')}</div></div>`,
  }
}

/** Definition, and why the value is missing where it is. */
export function figureTitle(all: ReportFigures, { key, definition }: FigureDescriptor): string {
  if (!Number.isNaN(all.values[key])) return definition
  return `${definition}. ${all.undefinedBecause?.[key] ?? UNDEFINED_FIGURE}`
}

const UNDEFINED_FIGURE =
  'Not defined for this run, for example because there are too few returns, no trades, or no losing trade.'

/** The members that have a value, under their heading; nothing when none is defined. */
function figureGroup(
  context: ReportContext,
  members: readonly FigureDescriptor[],
  heading?: string,
): Markup | undefined {
  const { values } = context.input.figures
  const shown = members.filter(({ key }) => values[key] !== undefined)
  if (shown.every(({ key }) => Number.isNaN(values[key]))) return undefined
  return markup`<div class="figure-group${heading !== undefined && shown.length > LONG_GROUP && ' long'}">${heading !== undefined && markup`<h3>${heading}</h3>`}<dl>
${shown.map((descriptor) => figure(context, descriptor))}</dl></div>
`
}

function figure(context: ReportContext, descriptor: FigureDescriptor): Markup {
  const all = context.input.figures
  const value = all.values[descriptor.key] ?? NaN
  return markup`<div class="figure" tabindex="0"><dt>${descriptor.label}</dt><dd${Number.isNaN(value) && markup` class="missing"`}>${formatFigure(value, descriptor.unit, context)}</dd><dd class="definition">${figureTitle(all, descriptor)}</dd></div>
`
}
