import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'

test('the program tests its strategy, trades it, and ends by itself', () => {
  const { NODE_OPTIONS: _, ...env } = process.env
  const main = join(import.meta.dirname, '../src/main.ts')
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--conditions=@onetape/source', main], {
    encoding: 'utf8',
    env,
    timeout: 25_000,
  })
  expect(stderr).toBe('')
  expect(status).toBe(0)
  const [tested = '', ...live] = stdout.trim().split('\n')
  const [, fills, bars, equity] = /^Backtest: (\d+) fills on (\d+) bars, ([\d.]+) USD$/.exec(tested) ?? []
  expect(Number(bars)).toBeGreaterThan(600)
  expect(Number(fills)).toBeGreaterThan(50)
  expect(Number(equity)).toBeGreaterThan(80_000)
  expect(live.slice(0, -1)).toHaveLength(4)
  expect(live[0]).toMatch(/^Live: buy \d+ at \d+\.\d\d$/)
  const end = /^Live: 4 fills, ([\d.]+) USD$/.exec(live.at(-1)!)?.[1]
  // Half of the money in and out on quotes of a cent: no more than spread and commission can be lost.
  expect(Math.abs(Number(end) - 100_000)).toBeLessThan(1_000)
})
