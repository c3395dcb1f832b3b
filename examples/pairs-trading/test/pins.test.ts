import { join } from 'node:path'
import type { BacktestResult } from '@onetape/backtest'
import { expectPinned, realDaily } from '@onetape/pins'
import { expect, test } from 'vitest'
import { run } from '../src/run.ts'

const example = join(import.meta.dirname, '..')
const folder = realDaily('pairs trading on 21 years of KO and PEP')

/** At each close: what is held of the two, in USD by the last prices. A raw series that splits is followed by its ratio. */
function legs(result: BacktestResult): { readonly first: number; readonly second: number; readonly equity: number }[] {
  const held = [0, 0]
  const times = [...result.equity.time]
  return times.map((time, i) => {
    for (const { bookings, fills, symbols } of [result]) {
      for (const { kind, quantity, symbol, time: at } of bookings)
        if (kind === 'split' && at <= time && at > (times[i - 1] ?? -Infinity))
          held[symbols.indexOf(symbol!)]! *= quantity
      for (const { quantity, side, symbol, time: at } of fills)
        if (at === time) held[symbols.indexOf(symbol)]! += side === 'buy' ? quantity : -quantity
    }
    const [first, second] = result.data.map(({ columns }, k) => held[k]! * columns.close[columns.end.indexOf(time)]!)
    return { first: first!, second: second!, equity: result.equity.equity[i]! }
  })
}

function expectNeutral(result: BacktestResult): void {
  const open = legs(result).filter(({ first, second }) => first !== 0 || second !== 0)
  expect(open.length).toBeGreaterThan(100)
  for (const { first, second } of open) expect(first * second).toBeLessThan(0) // never one leg, never two of one side
  for (const { first, second, equity } of open) {
    expect(Math.abs(first + second)).toBeLessThan(0.2 * equity) // evened out at the next open after 10 %
    expect(Math.abs(first) + Math.abs(second)).toBeLessThan(1.25 * equity)
  }
  const near = open.filter(({ first, second, equity }) => Math.abs(first + second) < 0.05 * equity)
  expect(near.length).toBeGreaterThan(0.75 * open.length)
}

test('on a made-up pair: dollar-neutral legs, one long and one short, no order denied', async () => {
  const result = await run()
  expect(result.denials).toEqual({})
  expect(new Set(result.trades.map(({ side }) => side))).toEqual(new Set(['long', 'short']))
  expectNeutral(result)
  expectPinned(example, 'a made-up pair', result)
})

test.skipIf(folder === undefined)('on 21 years of KO and PEP, through the split of KO', async () => {
  const result = await run(folder)
  expect(result.denials).toEqual({})
  expectNeutral(result)
  expectPinned(example, 'KO and PEP 1999-2021', result)
})
