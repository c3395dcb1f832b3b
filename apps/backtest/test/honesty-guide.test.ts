import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { Desk } from './command-line.ts'

const desk = new Desk()
const guide = readFileSync(join(import.meta.dirname, '../../../docs/guide/honesty.md'), 'utf8')
const blocks = (language: string): readonly string[] =>
  [...guide.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, 'gms'))].map(([, body = '']) => body)

/** Inside the package, so that programs find what they import; not under version control. */
const folder = join(import.meta.dirname, `../.out/honesty-${process.pid}`)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('every program of the guide runs', () => {
  const programs = blocks('ts')
  expect(programs).toHaveLength(2)
  mkdirSync(folder, { recursive: true })
  for (const [n, text] of programs.entries()) {
    const path = join(folder, `program-${n}.ts`)
    writeFileSync(path, text)
    const outcome = spawnSync(process.execPath, ['--conditions=@onetape/source', path], { encoding: 'utf8' })
    expect(outcome).toMatchObject({ stderr: '', status: 0 })
  }
})

test('every command of the guide runs, in its order', () => {
  const commands = blocks('sh').flatMap((text) => text.trim().split('\n'))
  expect(commands).toHaveLength(6)
  for (const command of commands)
    expect(desk.onetape(...command.split(' ').slice(1))).toMatchObject({ stderr: '', status: 0 })
})
