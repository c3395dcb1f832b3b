import { existsSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { defaultStateFile, prepareState } from './gateway-state.ts'

const folder = mkdtempSync(join(tmpdir(), 'onetape-state-'))
const own = { XDG_STATE_HOME: folder }
const gateway = { port: 4002, data: undefined, symbols: undefined, seed: '1', account: 'DU1234567', cash: '1000000' }

test('the same flags have the same file, other ones another', () => {
  const file = defaultStateFile(gateway, own)
  expect(file).toMatch(/onetape.gateway-4002-[0-9a-f]{8}\.json$/)
  expect(defaultStateFile({ ...gateway }, own)).toBe(file)
  const others = [
    { port: 4001 },
    { data: '/bars' },
    { symbols: 'AAPL' },
    { seed: '2' },
    { account: 'DU2' },
    { cash: '5' },
  ]
  const files = others.map((other) => defaultStateFile({ ...gateway, ...other }, own))
  expect(new Set([file, ...files]).size).toBe(others.length + 1)
})

test('a free port, and a folder that cannot be made, have none', () => {
  writeFileSync(join(folder, 'a-file'), '')
  expect(defaultStateFile({ ...gateway, port: 0 }, own)).toBeUndefined()
  expect(defaultStateFile(gateway, { XDG_STATE_HOME: join(folder, 'a-file') })).toBeUndefined()
})

test('books are gone on with unless asked to begin anew', () => {
  const file = defaultStateFile(gateway, own)!
  expect(prepareState(file, false)).toBe(false)
  writeFileSync(file, '{}')
  expect(prepareState(file, false)).toBe(true)
  expect(prepareState(file, true)).toBe(false)
  expect(existsSync(file)).toBe(false)
})
