import { mkdtempSync, readFileSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fileLog } from './live-log.ts'

test('lines are JSON, secrets are not in them, and errors stand in a file of their own too', () => {
  const folder = mkdtempSync(join(tmpdir(), 'onetape-log-'))
  const log = fileLog(folder, 'info')
  log.info({ code: 'a', gateway: { password: 'hunter2' } }, 'one')
  log.warn({ token: 'hunter2', account: 'DU1234567' }, 'two')
  log.error({ code: 'c', deep: { er: { secret: 'hunter2' } } }, 'three')
  log.close()
  const read = (name: string): string => {
    const file = readdirSync(join(folder, 'logs')).find((each) => each.startsWith(name))
    return readFileSync(join(folder, 'logs', file!), 'utf8')
  }
  const lines = read('live')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { msg: string })
  expect(lines.map(({ msg }) => msg)).toEqual(['one', 'two', 'three'])
  expect(read('live')).not.toMatch(/hunter2|DU1234567/)
  expect(read('errors').trimEnd().split('\n')).toHaveLength(1)
})

test('a burst makes files of at most 10 MB, of which the newest five are kept', () => {
  const folder = mkdtempSync(join(tmpdir(), 'onetape-log-'))
  const log = fileLog(folder, 'info')
  const text = 'x'.repeat(100_000)
  for (let k = 0; k < 800; k++) log.info({ k }, text)
  log.close()
  const names = readdirSync(join(folder, 'logs'))
    .filter((name) => name.startsWith('live'))
    .toSorted()
  expect(names).toEqual([5, 6, 7, 8, 9].map((number) => `live.${number}.ndjson`))
  const kept = names.map((name) => readFileSync(join(folder, 'logs', name), 'utf8'))
  for (const each of kept) expect(each.length).toBeLessThanOrEqual(10_000_000)
  const numbers = kept.flatMap((each) =>
    each
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { k: number }).k),
  )
  expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, i) => 800 - numbers.length + i))
  expect(numbers.length).toBeGreaterThan(400)
})

test('the next start goes on in the file of before', () => {
  const folder = mkdtempSync(join(tmpdir(), 'onetape-log-'))
  for (const text of ['one', 'two']) {
    const log = fileLog(folder, 'info')
    log.info({}, text)
    log.close()
  }
  const read = readFileSync(join(folder, 'logs', 'live.1.ndjson'), 'utf8')
  expect(read.trimEnd().split('\n')).toHaveLength(2)
})
