import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { root } from './workspaces.ts'

let at = ''

// A project of three scripts, and in place of npm a program that notes each call and 'installs' the Node in use.
beforeEach(() => {
  at = realpathSync(mkdtempSync(join(tmpdir(), 'onetape-run-')))
  for (const dir of ['tools', 'npm', 'elsewhere']) mkdirSync(join(at, dir))
  cpSync(join(root, 'tools', 'run.mjs'), join(at, 'tools', 'run.mjs'))
  const scripts = { 'show:go': 'node show.mjs --first', 'fail:go': 'exit 7', 'chain:go': 'true && echo chained' }
  writeFileSync(join(at, 'package.json'), JSON.stringify({ packageManager: 'pnpm@1.2.3', scripts }))
  writeFileSync(
    join(at, 'show.mjs'),
    `console.log(JSON.stringify({ cwd: process.cwd(), args: process.argv.slice(2), initCwd: process.env.INIT_CWD ?? null }))`,
  )
  writeFileSync(
    join(at, 'npm', 'npm'),
    `#!/bin/sh\necho "$@" >> '${at}/calls'\necho noise\nmkdir -p '${at}/node_modules/.bin'\n` +
      `ln -sf '${process.execPath}' '${at}/node_modules/.bin/node'\n`,
  )
  chmodSync(join(at, 'npm', 'npm'), 0o755)
})
afterEach(() => {
  rmSync(at, { recursive: true })
})

function run(...args: readonly string[]): { status: number | null; stdout: string; stderr: string } {
  const PATH = join(at, 'npm') + delimiter + (process.env['PATH'] ?? '')
  const env = { ...process.env, PATH, INIT_CWD: join(at, 'elsewhere') }
  return spawnSync(process.execPath, [join(at, 'tools', 'run.mjs'), ...args], { cwd: at, env, encoding: 'utf8' })
}
const calls = (): string[] => readFileSync(join(at, 'calls'), 'utf8').trim().split('\n')

test('sets up once, and again when a manifest changes', () => {
  expect(run('show').status).toBe(0)
  expect(run('show').status).toBe(0)
  expect(calls()).toEqual(['exec --yes --package=pnpm@1.2.3 -- pnpm install --frozen-lockfile --reporter=append-only'])
  mkdirSync(join(at, 'packages', 'new'), { recursive: true })
  writeFileSync(join(at, 'packages', 'new', 'package.json'), '{}')
  expect(run('show').status).toBe(0)
  expect(calls()).toHaveLength(2)
})

test("stdout is the script's alone, which runs where the user stands with the user's arguments", () => {
  const { stdout, stderr } = run('show', 'a b', '$HOME', "it's")
  expect(JSON.parse(stdout)).toEqual({
    cwd: join(at, 'elsewhere'),
    args: ['--first', 'a b', '$HOME', "it's"],
    initCwd: null,
  })
  expect(stderr).toContain('noise')
})

test('keeps the exit code', () => {
  expect(run('fail').status).toBe(7)
})

test('a chain of commands hands the arguments to its last', () => {
  expect(run('chain', 'a  b', '*')).toMatchObject({ status: 0, stdout: 'chained a  b *\n' })
})

test('names a script that does not exist', () => {
  expect(run('nonsense')).toMatchObject({
    status: 1,
    stderr: expect.stringContaining("Expected a script 'nonsense:go'"),
  })
})

test('a set-up that fails is said and tried again', () => {
  writeFileSync(join(at, 'npm', 'npm'), `#!/bin/sh\necho call >> '${at}/calls'\nexit 1\n`)
  expect(run('show')).toMatchObject({ status: 1, stdout: '', stderr: expect.stringContaining('did not finish') })
  expect(run('show').status).toBe(1)
  expect(calls()).toHaveLength(2)
})
