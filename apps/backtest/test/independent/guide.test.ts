import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Desk } from '../command-line.ts'

const guide = readFileSync(join(import.meta.dirname, '../../../../docs/guide/coming-from-other-tools.md'), 'utf8')
const blocks = [...guide.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code!)

const desk = new Desk()

interface Result {
  readonly trades: readonly { readonly entryTime: number; readonly exitTime: number; readonly pnl: number }[]
  readonly fills: readonly { readonly side: string; readonly quantity: number }[]
  readonly totalFees: number
  readonly openPositions: readonly unknown[]
  readonly log: readonly { readonly message: string }[]
}

function run(strategy: string): Result {
  const { status, stdout, stderr } = desk.onetape('run', strategy, '--json')
  if (status !== 0) throw new Error(stderr)
  return JSON.parse(stdout) as Result
}

function times({ entryTime, exitTime, pnl }: Result['trades'][number]) {
  return [entryTime, exitTime, pnl]
}

function file(name: string): string {
  const code = blocks.find((block) => block.includes(`name: '${name}'`))
  if (code === undefined) throw new Error(`Expected a strategy "${name}" in the guide, found none`)
  return desk.file(`${name}.ts`, code)
}

test('every block of code in the guide is a strategy that is run here', () => {
  expect(blocks.map((block) => /name: '([\w-]+)'/.exec(block)?.[1])).toEqual([
    'four-handlers',
    'init-next',
    'monthly-weights',
    'both-ways',
    'contracts',
  ])
})

test('initialize, onData, onFill, finalize: it trades, counts its fills and says so at the end', () => {
  const { fills, log, totalFees, trades } = run(file('four-handlers'))
  expect(trades.length).toBeGreaterThan(20)
  const bought = fills.reduce((sum, { side, quantity }) => sum + (side === 'buy' ? quantity : 0), 0)
  expect(log.map(({ message }) => message)).toEqual([
    'begins with 100000 USD',
    `bought ${bought} shares and paid ${totalFees.toFixed(2)} USD of fees`,
  ])
})

test('init and next: the same trades as the built-in cross', () => {
  const { trades } = run(file('init-next'))
  expect(trades.length).toBeGreaterThan(20)
  expect(trades.map(times)).toEqual(run('sma-cross').trades.map(times))
})

test('a scheduled rebalance holds its weight from the first month on', () => {
  const { fills, openPositions } = run(file('monthly-weights'))
  expect(openPositions).toHaveLength(1)
  expect(fills.length).toBeGreaterThan(1)
})
