import { barSeries, defineStrategy, instrument } from '@onetape/core'
import { noFee, noSlippage } from '@onetape/costs'
import { expect, test } from 'vitest'
import { backtest } from '../../src/index.ts'

const START = Date.UTC(2024, 0, 3)
const column = (values: readonly number[]): Float64Array => Float64Array.from(values)

function series(closes: readonly number[], delistedAfter?: number): ReturnType<typeof barSeries> {
  return barSeries({
    instrument: instrument('GONE', { calendar: '24/7', tick: 0.01 }),
    interval: '1h',
    columns: {
      time: column(closes.map((_, i) => START + i * 3_600_000)),
      open: column(closes),
      high: column(closes),
      low: column(closes),
      close: column(closes),
      volume: column(closes.map(() => 1e6)),
    },
    actions:
      delistedAfter === undefined
        ? []
        : [{ kind: 'delisting', symbol: 'GONE', time: START + delistedAfter * 3_600_000, price: 4 }],
  })
}
const free = { fees: noFee(), slippage: noSlippage(), benchmark: false as const }

test('rule 24: a delisting after the last bar closes the position at what a share still pays', () => {
  const hold = defineStrategy({
    name: 'hold',
    create: () => ({ onStart: ({ orders }) => void orders.market('GONE', 100) }),
  })
  const result = backtest({ strategy: hold, data: [series([10, 9, 8], 30)], ...free })
  expect(result.openPositions).toEqual([])
  expect(result.finalEquity).toBe(100_000 - 100 * 10 + 100 * 4)
  expect(result.notices.join()).toContain('GONE was delisted')
})

test('a timer that sets itself for now fires once per event, not for ever', () => {
  const fired: number[] = []
  const again = defineStrategy({
    name: 'again',
    create: () => ({
      onStart: ({ timers, now }) => timers.at(now, 'tick'),
      onTimer(timer, { timers, now }) {
        fired.push(timer.time)
        timers.at(now, 'tick')
      },
    }),
  })
  backtest({ strategy: again, data: [series([10, 9, 8, 7])], ...free })
  expect(fired.length).toBe(5)
  expect(new Set(fired).size).toBe(fired.length)
})

test('rule 24: a split of an instrument with quotes changes position and bars, and the quotes go on', () => {
  const data = barSeries({
    ...series([10, 10, 5, 5, 5]),
    actions: [{ kind: 'split', symbol: 'GONE', time: START + 2 * 3_600_000 - 1, ratio: 2 }],
  })
  const moments = [0, 1, 2, 3, 4].map((h) => START + h * 3_600_000 + 60_000)
  const quotes = {
    instrument: data.instrument,
    length: 5,
    source: 'quotes',
    columns: {
      time: column(moments),
      bid: column([9.9, 9.9, 4.9, 4.9, 4.9]),
      ask: column([10.1, 10.1, 5.1, 5.1, 5.1]),
      bidSize: column(moments.map(() => 1000)),
      askSize: column(moments.map(() => 1000)),
    },
  }
  const hold = defineStrategy({
    name: 'hold-quoted',
    create: () => ({ onBar: (bar, { orders }) => void (bar.count === 1 && orders.market('GONE', 100)) }),
  })
  const result = backtest({ strategy: hold, data: [data], quotes: [quotes], ...free })
  expect(result.fills.map((f) => [f.quantity, f.price])).toEqual([[100, 10.1]])
  expect(result.openPositions[0]?.quantity).toBe(200)
  expect(result.finalEquity).toBeCloseTo(100_000 - 100 * 10.1 + 200 * 5, 9)
})
