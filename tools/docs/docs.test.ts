import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../workspaces.ts'
import { generatedPages } from './pages.ts'
import { unformatted } from './table.ts'

const pages = generatedPages()

test.each([...pages.keys()])('%s is up to date', (path) => {
  const stale = differing(readFileSync(join(root, path), 'utf8'), pages.get(path)!)
  expect(stale, 'run: node --conditions=@onetape/source tools/docs.ts').toEqual([])
})

/** Rows and paragraphs of one text that are not in the other. */
function differing(one: string, other: string): string[] {
  const [a, b] = [one, other].map((text) => new Set(text.split(/\n(?=\n|\|)/).map(unformatted))) as [
    Set<string>,
    Set<string>,
  ]
  return [...[...a].filter((part) => !b.has(part)), ...[...b].filter((part) => !a.has(part))]
}

const documents = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
  ...['packages', 'apps', 'examples'].flatMap((group) =>
    readdirSync(join(root, group))
      .map((name) => `${group}/${name}/README.md`)
      .filter((path) => existsSync(join(root, path))),
  ),
]

test.each(documents)('every link of %s leads somewhere', (path) => {
  const text = readFileSync(join(root, path), 'utf8').replaceAll(/```.*?```/gs, '')
  const broken: string[] = []
  for (const [, target = ''] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
    if (/^[a-z]+:/.test(target)) continue
    const [file = '', anchor] = target.split('#')
    const at = file === '' ? join(root, path) : join(root, dirname(path), file)
    if (!existsSync(at)) broken.push(target)
    else if (anchor !== undefined && at.endsWith('.md') && !anchors(at).includes(anchor)) broken.push(target)
  }
  expect(broken).toEqual([])
})

/** Anchors of the headings, as GitHub makes them. */
function anchors(file: string): string[] {
  return [...readFileSync(file, 'utf8').matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  )
}

test('the table of contents names every page of docs', () => {
  const contents = readFileSync(join(root, 'docs/README.md'), 'utf8')
  const missing = documents
    .filter((path) => path.startsWith('docs/') && path !== 'docs/README.md')
    .map((path) => relative('docs', path))
    .filter((path) => !contents.includes(`(${path})`) && !path.startsWith('adr/'))
  expect(missing).toEqual([])
})
