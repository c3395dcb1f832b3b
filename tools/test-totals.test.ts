import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readTotals } from './test-totals.ts'
import { root } from './workspaces.ts'

let at = ''
beforeEach(() => {
  at = mkdtempSync(join(root, 'node_modules', '.totals-')) // vitest must be found from here
})
afterEach(() => {
  rmSync(at, { recursive: true })
})

/** What a real vitest run over these files reports. */
function totalsOf(files: Readonly<Record<string, string>>): unknown {
  for (const [name, body] of Object.entries(files))
    writeFileSync(join(at, `${name}.test.mjs`), `import { test } from 'vitest'\n${body}`)
  writeFileSync(join(at, 'vitest.config.mjs'), `export default { test: { include: ['*.test.mjs'], exclude: [] } }\n`)
  const report = join(at, 'report.json')
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
  const { status } = spawnSync(
    process.execPath,
    [vitest, 'run', '--root', at, '--reporter=json', `--outputFile=${report}`],
    { cwd: at },
  )
  return readTotals(report, status)
}
const fails = `throw new Error('on purpose')`

test('counts passed, failed, skipped and to do', () => {
  expect(
    totalsOf({
      mixed: `test('a', () => {})\ntest('b', () => { ${fails} })\ntest.skip('c', () => {})\ntest.todo('d')\ntest('e', () => {})`,
    }),
  ).toEqual({ passed: 2, failed: 1, skipped: 2 })
})

test('a file that does not load is a failed test, not nothing', () => {
  expect(totalsOf({ good: `test('a', () => {})`, broken: fails })).toEqual({ passed: 1, failed: 1, skipped: 0 })
})

test('an error outside every test is a failed test, not nothing', () => {
  expect(totalsOf({ stray: `test('a', () => { Promise.reject(new Error('on purpose')) })` })).toMatchObject({
    failed: 1,
  })
})
