import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { scenarioTable } from '../../packages/matching/test/scenarios/scenario-table.ts'
import { root } from '../workspaces.ts'
import { denialTable, endTable } from './codes.ts'
import { commandReference, flagReference } from './flags.ts'
import { optionTable } from './options.ts'
import { resultTables } from './result-schema.ts'

/** Path → parts of the page that are made from the sources, by the name in their markers. */
const PAGES: Readonly<Record<string, Readonly<Record<string, () => string>>>> = {
  'docs/reference/scenarios.md': { scenarios: scenarioTable },
  'docs/reference/codes.md': { denials: denialTable, ends: endTable },
  'docs/reference/cli.md': { commands: commandReference, flags: flagReference },
  'docs/reference/options.md': { options: optionTable },
  'docs/reference/result-json.md': { fields: resultTables },
}

/** Every page with its generated parts made anew, not yet formatted. */
export function generatedPages(): ReadonlyMap<string, string> {
  return new Map(Object.entries(PAGES).map(([path, parts]) => [path, page(path, parts)]))
}

function page(path: string, parts: Readonly<Record<string, () => string>>): string {
  const file = join(root, path)
  if (!existsSync(file)) throw new Error(`Expected a page ${path} with markers for ${Object.keys(parts).join(', ')}.`)
  let text = readFileSync(file, 'utf8')
  for (const [name, make] of Object.entries(parts)) {
    const [begin, end] = [`<!-- generated: ${name} -->`, `<!-- end of ${name} -->`]
    const from = text.indexOf(begin)
    const to = text.indexOf(end)
    if (from === -1 || to < from) throw new Error(`Expected "${begin}" and "${end}" in ${path}.`)
    text = `${text.slice(0, from + begin.length)}\n\n${make().trim()}\n\n${text.slice(to)}`
  }
  return text
}
