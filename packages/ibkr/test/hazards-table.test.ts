import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../../..')
const page = join(root, 'docs/reference/live-hazards.md')

interface Row {
  readonly id: string
  readonly shown: string
  readonly tests: readonly { readonly file: string; readonly name: string }[]
}

const rows: readonly Row[] = readFileSync(page, 'utf8')
  .split('\n')
  .filter((line) => /^\| [HLT]\d/.test(line))
  .map((line) => {
    const [, id = '', , , shown = ''] = line.split('|').map((cell) => cell.trim())
    const named = shown.matchAll(/\[[^\]]+\]\(([^)]+)\) "(.+?)"(?=<br>|$)/g)
    const tests = [...named].map(([, path = '', name = '']) => ({ file: resolve(dirname(page), path), name }))
    return { id, shown, tests }
  })

/** Sources of tests, by file; a title stands there in quotes. */
function has(file: string, name: string): boolean {
  const source = readFileSync(file, 'utf8').replaceAll(/\$\{[^}]*\} /g, '')
  return ["'", '"', '`'].some((quote) => source.includes(quote + name + quote))
}

const ids = (letter: string, n: number): string[] => Array.from({ length: n }, (_, i) => `${letter}${i + 1}`)

test('the table of live hazards has every row, in order', () => {
  expect(rows.map(({ id }) => id)).toEqual([...ids('H', 7), ...ids('L', 24), ...ids('T', 10)])
})

test.each(rows)('$id names tests that exist, or says that there is none', ({ shown, tests }) => {
  // As many as there are links: none is left out by the pattern above.
  expect(tests.length).toBe(shown.split('](').length - 1)
  expect(tests.length > 0 || /not shown by a test|not there yet/i.test(shown)).toBe(true)
  expect(tests.filter(({ file, name }) => !existsSync(file) || !has(file, name))).toEqual([])
})

test.each(['packages/ibkr/test/hazards.test.ts', 'apps/live/test/hazards.test.ts'])(
  'every test of %s stands in the row of its id',
  (path) => {
    const file = join(root, path)
    const titles = [...readFileSync(file, 'utf8').matchAll(/(?:^test\(|^\].*\)\()'(.+?)', /gm)].map(
      ([, title = '']) => title,
    )
    expect(titles.length).toBeGreaterThan(5)
    const missing = titles.filter((title) => {
      const row = rows.find(({ id }) => title.startsWith(`${id}: `))
      return row?.tests.some((each) => each.file === file && each.name === title) !== true
    })
    expect(missing).toEqual([])
  },
)
