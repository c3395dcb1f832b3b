import type { OrderId } from '@onetape/core'
import { appendFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readTape } from '../src/tape/file-tape.ts'
import type { RunHeader, TapeLine } from '../src/tape/tape-line.ts'
import { LiveRun, historyOf } from '../src/trader/live-run.ts'
import alternating from './support/alternating.ts'
import { until } from './support/live-process.ts'
import { newFolder, seededGateway, trade } from './support/trading.ts'

async function recorded(): Promise<{ lines: readonly TapeLine[]; books: unknown; path: string }> {
  const gateway = await seededGateway()
  const folder = newFolder()
  const trading = await trade(gateway, alternating, folder)
  await until(() => gateway.state().orders.length >= 6, 20_000)
  const { books } = trading.trader.run
  await trading.crash()
  await gateway.close()
  return { lines: readTape(trading.tape.path).lines, books, path: trading.tape.path }
}

function replayOf(lines: readonly TapeLine[]): LiveRun {
  const written: TapeLine[] = []
  const run = new LiveRun({
    header: lines[0] as RunHeader,
    strategy: alternating,
    history: historyOf(lines),
    write: (line) => void written.push(line),
    clock: { now: () => 0 },
  })
  run.replay(lines)
  expect(written).toEqual([])
  return run
}

test('the tape of a run that crashed leads to the books that it had', async () => {
  const { lines, books } = await recorded()
  const again = replayOf(lines)
  expect(again.books).toEqual(books)
  expect(again.submitted).toEqual(lines.filter((line) => line.kind === 'submitting'))
})

test('a tape on which the strategy did something else is refused', async () => {
  const { lines } = await recorded()
  const changed = lines.map((line) => (line.kind === 'submitting' ? { ...line, quantity: 1 } : line))
  expect(() => replayOf(changed)).toThrow(/Expected the strategy to place buy 1 AAPL market/)
  const more = [
    ...lines,
    { ...lines.find((line) => line.kind === 'submitting')!, orderId: 'live-alternating-99' as OrderId },
  ]
  expect(() => replayOf(more)).toThrow(/found no order/)
})

test('half a line at the end of the tape costs nothing but itself', async () => {
  const { lines, books, path } = await recorded()
  appendFileSync(path, JSON.stringify(lines.at(-1)).slice(0, 20))
  expect(replayOf(readTape(path).lines).books).toEqual(books)
})
