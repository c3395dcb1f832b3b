import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { CONVENTIONS, FIGURES } from '../src/index.ts'

const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8')

/** Cells of the table rows below a heading; the formatter may pad them. */
const cells = (text: string): string[][] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim().replaceAll('\\|', '|')),
    )

test('the table of figures is the list of figures', () => {
  const [, , ...rows] = cells(readme.slice(readme.indexOf('## Figures')))
  expect(rows).toEqual(FIGURES.map(({ key, label, unit, definition }) => [`\`${key}\``, label, unit, definition]))
})

test('the table of conventions names every convention', () => {
  const section = readme.slice(readme.indexOf('## Conventions'), readme.indexOf('## Bootstrap'))
  const [, , ...rows] = cells(section)
  expect(rows.map(([name]) => name)).toEqual(CONVENTIONS.map((name) => `\`${name}\``))
})
