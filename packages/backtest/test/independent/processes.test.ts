import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { repository } from '../support/repository.ts'
import { tapeHashes } from '../support/tape-hashes.ts'

const program = join(import.meta.dirname, '..', 'support', 'tape-hashes.ts')

function hashesUnder(node: string): unknown {
  const { status, stdout, stderr } = spawnSync(node, ['--conditions=@onetape/source', program], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`Expected ${node} to run ${program}, found status ${status}: ${stderr}`)
  return JSON.parse(stdout)
}

function version(node: string): string | undefined {
  return existsSync(node) ? spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout?.trim() : undefined
}

const bin = join('node_modules', '.bin', 'node')
const own = join(repository(), bin)
const next = join(repository(), 'tools', 'node-next', bin)
const found = { own: version(own), next: version(next) }
const two = found.own?.startsWith('v24.') === true && found.next?.startsWith('v26.') === true
if (!two)
  console.log(`skipped: tape hashes under Node 24 and 26, found ${found.own ?? 'none'} and ${found.next ?? 'none'}`)

test('the same run has the same tape hash in this process, again, and in a process of its own', () => {
  const here = tapeHashes()
  expect(tapeHashes()).toEqual(here)
  expect(hashesUnder(process.execPath)).toEqual(here)
  expect(Object.values(here).every((hash) => /^[0-9a-f]{32}$/.test(hash))).toBe(true)
  expect(new Set(Object.values(here)).size).toBe(Object.keys(here).length)
})

test.skipIf(!two)('Node 24 and Node 26 give the same tape hashes', () => {
  expect(hashesUnder(next)).toEqual(hashesUnder(own))
})
