import { defineStrategy } from '@onetape/core'
import { crossedAbove, crossedBelow, sma } from '@onetape/indicators'
import { expect, test } from 'vitest'
import { backtest } from '@onetape/backtest'
import { sample } from '../support/sample.ts'

const cross = defineStrategy({
  name: 'plain',
  create({ use }) {
    const fast = use(sma(5))
    const slow = use(sma(20))
    return {
      onBar(bar, { orders }) {
        if (crossedAbove(fast, slow)) orders.targetPercent(bar.instrument, 0.9)
        else if (crossedBelow(fast, slow)) orders.close(bar.instrument)
      },
    }
  },
})

test('positions that are closed at the end belong to the last bar in the tape hash', () => {
  const open = backtest({ strategy: cross, data: [sample()] })
  const closed = backtest({ strategy: cross, data: [sample()], closeAtEnd: true })
  expect([open.counts.fills, closed.counts.fills]).toEqual([77, 78])
  expect(open.tapeHash).toBe('b1a1a8da4648c651732a67a2c8099f83')
  expect(closed.tapeHash).toBe('5bfa90c212b1e179cb745fdf386df4df')
})
