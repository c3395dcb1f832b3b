import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { expectPinned } from './expect-pinned.ts'

const outcome = {
  tapeHash: '0123',
  finalEquity: 100_000.1,
  totalFees: 12,
  counts: { bars: 9, orders: 3, fills: 2, denied: 1 },
  trades: [1],
  figures: { cagr: 0.1, sharpe: 1, maxDrawdown: -0.2 },
}
let example = ''

beforeEach(() => {
  example = mkdtempSync(join(tmpdir(), 'onetape-pins-'))
  vi.stubEnv('UPDATE_PINS', '1')
  expectPinned(example, 'one', outcome)
  vi.stubEnv('UPDATE_PINS', undefined)
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(example, { recursive: true })
})

test('what was written is expected, to the last digit', () => {
  expectPinned(example, 'one', outcome)
  expect(() => expectPinned(example, 'one', { ...outcome, finalEquity: 100_000.1 + 2e-11 })).toThrow('UPDATE_PINS=1')
  expect(() => expectPinned(example, 'two', outcome)).toThrow('two in ')
})

test('a pin is renewed alone', () => {
  vi.stubEnv('UPDATE_PINS', '1')
  expectPinned(example, 'two', { ...outcome, tapeHash: '4567' })
  const pins = JSON.parse(readFileSync(join(example, 'pins.json'), 'utf8')) as Record<string, { tapeHash: string }>
  expect([pins['one']?.tapeHash, pins['two']?.tapeHash]).toEqual(['0123', '4567'])
})
