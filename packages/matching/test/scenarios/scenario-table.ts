import { auctions } from './auctions.ts'
import { corporateActions } from './corporate-actions.ts'
import { groupsAndBrackets } from './groups-and-brackets.ts'
import { limitOrders } from './limit-orders.ts'
import { marketOrders } from './market-orders.ts'
import type { Scenario } from './play.ts'
import { severalInstruments } from './several-instruments.ts'
import { stopOrders } from './stop-orders.ts'
import { ticks } from './ticks.ts'
import { timeInForce } from './time-in-force.ts'
import { volume } from './volume.ts'

/** Every scenario by chapter. */
export const SCENARIOS: Readonly<Record<string, readonly Scenario[]>> = {
  'Market orders': marketOrders,
  'Limit orders': limitOrders,
  'Stops, trailing stops, if-touched': stopOrders,
  'Groups and brackets': groupsAndBrackets,
  'Volume and priority': volume,
  'Time in force': timeInForce,
  Auctions: auctions,
  'Several instruments at one time': severalInstruments,
  'Quotes and trades': ticks,
  'Corporate actions': corporateActions,
}

/** The scenarios as Markdown: one table for each chapter, each row with its reason in words. */
export function scenarioTable(): string {
  const chapters = Object.entries(SCENARIOS).map(([title, scenarios]) =>
    [
      `## ${title}`,
      '',
      '| rule | case | what happens | result | why |',
      '| --- | --- | --- | --- | --- |',
      ...scenarios.map((row) =>
        [
          '',
          row.rule,
          row.name + optionsText(row),
          row.steps.map(code).join('<br>'),
          row.expect.length === 0 ? 'nothing' : row.expect.map(code).join('<br>'),
          row.why,
          '',
        ]
          .join(' | ')
          .trim(),
      ),
    ].join('\n'),
  )
  return `${chapters.join('\n\n')}\n`
}

function code(text: string): string {
  return `\`${text.replaceAll('|', '\\|')}\``
}

function optionsText({ options, calendar, lot, tick, hasVolume, official }: Scenario): string {
  const entries = Object.entries({ ...options, calendar, lot, tick, hasVolume, official }).filter(
    ([, v]) => v !== undefined,
  )
  if (entries.length === 0) return ''
  const shown = entries.map(([key, v]) => `${key}: ${typeof v === 'object' ? (v as { name: string }).name : String(v)}`)
  return ` (${shown.join(', ')})`
}
