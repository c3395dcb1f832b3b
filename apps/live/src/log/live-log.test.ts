import { mkdtempSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fileLog } from './live-log.ts'

test('lines are JSON, secrets are not in them, and errors stand in a file of their own too', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'onetape-log-'))
  const log = await fileLog(folder, 'info')
  log.info({ code: 'a', gateway: { password: 'hunter2' } }, 'one')
  log.warn({ token: 'hunter2', account: 'DU1234567' }, 'two')
  log.error({ code: 'c', deep: { er: { secret: 'hunter2' } } }, 'three')
  await log.close()
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

test('files are rotated near 10 MB, and six are there at most', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'onetape-log-'))
  const log = await fileLog(folder, 'info')
  const text = 'x'.repeat(100_000)
  for (let k = 0; k < 800; k++) {
    log.info({}, text)
    // Rotation happens between the turns of the event loop.
    // oxlint-disable-next-line no-await-in-loop
    if (k % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 5))
  }
  await log.close()
  const files = readdirSync(join(folder, 'logs')).filter((name) => name.startsWith('live'))
  expect(files.length).toBeGreaterThan(2)
  expect(files.length).toBeLessThanOrEqual(6)
  for (const file of files) expect(statSync(join(folder, 'logs', file)).size).toBeLessThan(25_000_000)
})
