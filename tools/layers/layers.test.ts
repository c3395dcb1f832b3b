import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readJson, root, workspaces } from '../workspaces.ts'
import { tagFaults } from './tag-check.ts'

let at = ''

/** The workspace's manifests and rules without its sources: what is planted there harms nobody. */
beforeEach(() => {
  at = mkdtempSync(join(tmpdir(), 'onetape-layers-'))
  for (const file of ['package.json', 'pnpm-workspace.yaml', 'pnpm-lock.yaml', 'turbo.json', '.gitignore'])
    cpSync(join(root, file), join(at, file))
  for (const { dir } of workspaces())
    for (const file of ['package.json', 'turbo.json']) cpSync(join(root, dir, file), join(at, dir, file))
})
afterEach(() => {
  rmSync(at, { recursive: true })
})

function write(file: string, content: unknown): void {
  mkdirSync(dirname(join(at, file)), { recursive: true })
  writeFileSync(join(at, file), typeof content === 'string' ? content : JSON.stringify(content))
}

/** Plants an import in `dir` and, when it names a package, the dependency that goes with it. */
function plant(dir: string, specifier: string, declared: boolean): void {
  write(`${dir}/src/planted.ts`, `import '${specifier}'\n`)
  if (!declared) return
  const manifest = readJson(join(at, dir, 'package.json')) as { dependencies?: Record<string, string> }
  write(`${dir}/package.json`, { ...manifest, dependencies: { ...manifest.dependencies, [specifier]: 'workspace:^' } })
}

function boundaries(): { readonly ok: boolean; readonly output: string } {
  const turbo = join(root, 'node_modules', '.bin', 'turbo')
  const env = { ...process.env, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' }
  const { status, stdout, stderr } = spawnSync(turbo, ['boundaries'], { cwd: at, env, encoding: 'utf8' })
  return { ok: status === 0, output: stdout + stderr }
}

test('the rules pass where nothing is planted', () => {
  expect(boundaries()).toMatchObject({ ok: true, output: expect.stringContaining('no issues found') })
})

test('a downward import that is declared passes', () => {
  plant('packages/backtest', '@onetape/engine', true)
  expect(boundaries()).toMatchObject({ ok: true })
})

test.each([
  ['packages/core', '@onetape/calendar'],
  ['packages/indicators', '@onetape/analytics'],
  ['packages/costs', '@onetape/matching'],
  ['packages/matching', '@onetape/engine'],
  ['packages/engine', '@onetape/backtest'],
  ['packages/market-data', '@onetape/engine'],
  ['packages/market-data', '@onetape/report'],
  ['packages/report', '@onetape/backtest'],
  ['packages/testkit', '@onetape/calendar'],
  ['packages/backtest', '@onetape/market-data'],
  ['examples/sma-cross', '@onetape/cli'],
])('%s may not import %s', (dir, target) => {
  plant(dir, target, true)
  expect(boundaries()).toMatchObject({ ok: false, output: expect.stringMatching(/[1-9]\d* issues? found/) })
})

test.each([
  ['an import that is not declared', 'packages/engine', '@onetape/backtest'],
  ['a relative import that leaves the package', 'packages/core', '../../engine/src/index.ts'],
])('%s fails', (_, dir, specifier) => {
  write('packages/engine/src/index.ts', 'export {}\n')
  plant(dir, specifier, false)
  expect(boundaries()).toMatchObject({ ok: false })
})

test('every workspace has exactly one rule tag', () => {
  expect(workspaces().length).toBeGreaterThan(15)
  expect(tagFaults(root)).toEqual([])
})

test.each([
  ['no tags', { extends: ['//'] }, 'found none'],
  ['a tag without a rule', { extends: ['//'], tags: ['pure'] }, 'found none'],
  ['two rule tags', { extends: ['//'], tags: ['core', 'plug'] }, 'found core and plug'],
])('a package with %s is a fault', (_, turbo, message) => {
  write('packages/report/turbo.json', turbo)
  expect(tagFaults(at)).toEqual([expect.stringContaining(message)])
})

test('the test kit as a dependency of production is a fault', () => {
  plant('packages/report', '@onetape/testkit', true)
  expect(tagFaults(at)).toEqual([expect.stringContaining('packages/report/package.json')])
})
