import { type BarInterval, defineStrategy, instrument } from '@onetape/core'
import { expect, test } from 'vitest'
import type { RunHeader, TapeLine } from '../tape/tape-line.ts'
import { LiveRun } from './live-run.ts'

const seen: string[] = []
const watcher = defineStrategy({
  name: 'watcher',
  create() {
    return {
      onBar(bar) {
        seen.push(`${bar.instrument.symbol} ${bar.time}${bar.late ? ' late' : ''}`)
      },
    }
  },
})

const header: RunHeader = {
  kind: 'run',
  version: 1,
  run: 'r1',
  strategy: 'watcher',
  params: {},
  instruments: [instrument('AAA', { calendar: '24/7' }), instrument('BBB', { calendar: '24/7' })],
  interval: '5s',
  account: 'DU1',
  cash: 1000,
  baseline: {},
  rules: {
    seed: 1,
    leverage: 1,
    shortSelling: true,
    fees: 'none',
    slippageBps: 0,
    hold: 'slice',
    graceMs: 60_000,
  },
  startedAt: 0,
}

const values = (
  time: number,
): { time: number; end: number; open: number; high: number; low: number; close: number; volume: number } => ({
  time,
  end: time + 5000,
  open: 10,
  high: 10,
  low: 10,
  close: 10,
  volume: 100,
})
const bar = (
  symbol: string,
  time: number,
): { kind: 'bar'; symbol: string; interval: BarInterval; bar: ReturnType<typeof values> } => ({
  kind: 'bar',
  symbol,
  interval: '5s',
  bar: values(time),
})

test('a late bar lets a held slice of before it go first, and a replay does the same', () => {
  const tape: TapeLine[] = [header]
  const run = new LiveRun({
    header,
    strategy: watcher,
    history: new Map(),
    write: (line) => void tape.push(line),
    clock: { now: () => 0 },
  })
  run.start()
  run.push(bar('AAA', 0)) // waits for BBB, whose data are lost
  run.late('AAA', values(5000))
  run.late('BBB', values(0))
  run.late('BBB', values(5000))
  run.push(bar('AAA', 10_000))
  run.push(bar('BBB', 10_000))
  const expected = ['AAA 0', 'AAA 5000 late', 'BBB 0 late', 'BBB 5000 late', 'AAA 10000', 'BBB 10000']
  expect(seen.splice(0)).toEqual(expected)
  const { tapeHash } = run.finish()

  const again = new LiveRun({
    header,
    strategy: watcher,
    history: new Map(),
    write: () => undefined,
    clock: { now: () => 0 },
  })
  again.replay(tape)
  expect(seen.splice(0)).toEqual(expected)
  expect(again.finish().tapeHash).toBe(tapeHash)
})
