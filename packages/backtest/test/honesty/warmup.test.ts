import { type BarSeries, defineStrategy, int } from '@onetape/core'
import { atr, crossedAbove, crossedBelow, ema, sma } from '@onetape/indicators'
import { expect, test } from 'vitest'
import { backtest, warmup } from '../../src/index.ts'
import smaCross from '../independent/sma-cross.ts'
import { HOUR, randomMarket } from '../support/random-market.ts'
import { sample } from '../support/sample.ts'

const emaCross = defineStrategy({
  name: 'ema-cross',
  params: { fast: int(20), slow: int(100) },
  create({ params, use }) {
    const fast = use(ema(params.fast))
    const slow = use(ema(params.slow))
    return {
      onBar(bar, { orders }) {
        if (crossedAbove(fast, slow)) orders.targetPercent(bar.instrument, 1)
        else if (crossedBelow(fast, slow)) orders.close(bar.instrument)
      },
    }
  },
})

test('averages over a window do not care what came before it', () => {
  const data = [sample()]
  const result = warmup({ strategy: smaCross, data })
  expect(result).toMatchObject({ passed: true, skipped: [], causes: [], declared: 30, history: 50 })
  expect(result.variants.map(({ shift, history }) => [shift, history])).toEqual([
    [-20, 30],
    [-5, 45],
    [5, 55],
    [20, 70],
    [100, 150],
    [500, 550],
  ])
  expect(result.start).toBe(data[0]!.columns.time[550])
})

test('the run with the least history is that of the engine with its own warm-up', () => {
  const data = [sample()]
  const { variants, start } = warmup({ strategy: smaCross, data }, { shifts: [-7] })
  expect(variants).toHaveLength(1)
  const plain = backtest({ strategy: smaCross, data, from: start })
  expect(plain.trades.length).toBeGreaterThan(10)
  expect(variants[0]!.finalEquity).toBe(plain.finalEquity)
})

test('an exponential average that declares its period alone is named, with how far off it is', () => {
  const { passed, causes, variants } = warmup({ strategy: emaCross, data: [sample()] }, { tolerance: 0 })
  expect(causes.map(({ name }) => name).toSorted()).toEqual(['ema(100)', 'ema(20)'])
  const worst = causes.find(({ name }) => name === 'ema(100)')!
  expect(worst.drift).toBeCloseTo(Math.abs(worst.value - worst.base) / Math.max(worst.value, worst.base), 12)
  // The more history two runs have, the nearer they are: the weight of a bar fades with 1 − 2 / 101.
  const drift = (shift: number): number =>
    variants.find((each) => each.shift === shift)!.indicators.find(({ name }) => name === 'ema(20)')?.drift ?? 0
  expect(drift(-20)).toBeGreaterThan(0)
  expect(drift(100)).toBeGreaterThan(0)
  expect(passed).toBe(variants.every(({ moved, decision }) => moved.length === 0 && decision === undefined))
})

/** Buys while the average is above a level that lies between its values with less and with more history. */
const sensitive = defineStrategy({
  name: 'sensitive',
  create({ use }) {
    const slow = use(ema(100))
    return {
      onBar: (bar, { orders }) => void orders.targetQuantity(bar.instrument, Math.round(slow.value * 100) % 50),
    }
  },
})

test('a first decision that moves is shown from both sides, with the figures that move', () => {
  const { passed, variants, start } = warmup({ strategy: sensitive, data: [sample()] }, { tolerance: 0.0001 })
  expect(passed).toBe(false)
  const [least] = variants
  expect(least!.decision?.expected).toMatchObject({ kind: 'order', symbol: 'AAPL', strategy: 'sensitive' })
  expect(least!.decision?.found?.text).not.toBe(least!.decision?.expected?.text)
  expect(least!.decision?.found?.time).toBeGreaterThan(start)
  expect(least!.moved.map(({ key }) => key)).toContain('totalReturn')
})

/** Keeps an average of its own, of all bars seen. */
const selfMade = defineStrategy({
  name: 'self-made',
  create() {
    let [sum, count] = [0, 0]
    return {
      onBar(bar, { orders }) {
        sum += bar.close
        count++
        orders.targetPercent(bar.instrument, bar.close > sum / count ? 0.9 : 0)
      },
    }
  },
})

test('state that a strategy keeps by itself moves decisions, and no indicator is blamed for it', () => {
  const result = warmup({ strategy: selfMade, data: [sample()] })
  expect(result).toMatchObject({ passed: false, causes: [], declared: 0, history: 20 })
})

test('longer bars of the same instrument are warmed up, too', () => {
  const strategy = defineStrategy({
    name: 'two-timeframes',
    create({ use }) {
      const [slow, range] = [use(sma(3), { interval: '4h' }), use(atr(5))]
      return {
        onBar: (bar, { orders }) =>
          void orders.targetPercent(bar.instrument, bar.close > slow.value + range.value ? 0.5 : 0),
      }
    },
  })
  const data = randomMarket(30).filter((series) => series.instrument.symbol === 'A')
  const result = warmup({ strategy, data, tif: 'gtc' }, { shifts: [-4, 8, 16, 1000] })
  expect(result.declared).toBe(16)
  expect(result.skipped).toEqual([1000])
  expect(result.causes.map(({ name }) => name)).toEqual(['atr(5)'])
})

test('"from" stays the start when there is history enough before it, else it is put off', () => {
  const data: readonly BarSeries[] = [randomMarket(31)[0]!]
  const at = (from: number): number =>
    warmup({ strategy: smaCross, data, from, tif: 'gtc' }, { shifts: [-10, 5] }).start
  expect(at(100 * HOUR)).toBe(100 * HOUR)
  expect(at(10 * HOUR)).toBe(40 * HOUR)
})

test('too little data and wrong settings are refused', () => {
  const data = [randomMarket(32)[0]!]
  expect(() => warmup({ strategy: smaCross, data }, { shifts: [-200] })).toThrow('Expected more than 230 bars')
  expect(() => warmup({ strategy: smaCross, data }, { shifts: [0.5] })).toThrow('Expected whole numbers of bars')
  expect(() => warmup({ strategy: smaCross, data }, { tolerance: -1 })).toThrow('tolerance: Expected 0 or more')
})
