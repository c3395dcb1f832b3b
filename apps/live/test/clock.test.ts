import { startGateway } from '@onetape/ibkr-simulator'
import { expect, test } from 'vitest'
import { LiveProcess } from './support/live-process.ts'
import { newFolder } from './support/trading.ts'

test('a clock that is an hour off denies entries, and is said', async () => {
  const gateway = await startGateway({ symbols: ['AAPL'], start: Date.now() - 3_600_000 })
  const port = String(gateway.port)
  const live = new LiveProcess('--mode', 'paper', '--port', port, '--interval', '5s', '--folder', newFolder())
  const said = await live.says(/clock is (-?\d+) s off ours: entries are denied/)
  expect(Number(said[1])).toBeLessThan(-3_590)
  expect(Number(said[1])).toBeGreaterThan(-3_610)
  expect(await live.kill('SIGTERM')).toBe(0)
  await gateway.close()
})
