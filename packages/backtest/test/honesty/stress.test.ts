import { defineStrategy } from '@onetape/core'
import { type SlippageModel, basisPoints, ibkrFixedFee, percentFee, squareRootImpact } from '@onetape/costs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { backtest, stress } from '../../src/index.ts'
import { scaledFees, scaledSlippage } from '../../src/honesty/scaled-costs.ts'
import smaCross from '../independent/sma-cross.ts'
import { randomMarket } from '../support/random-market.ts'
import { sample } from '../support/sample.ts'

test('each row is the run with those costs and that delay', () => {
  const data = [sample()]
  const { rows, base } = stress({ strategy: smaCross, data })
  expect(rows.map((row) => [row.delayBars, row.costs])).toEqual([
    [0, 0],
    [0, 1],
    [0, 2],
    [0, 4],
    [1, 0],
    [1, 1],
    [1, 2],
    [1, 4],
  ])
  for (const row of rows) {
    const { costs, delayBars } = row
    const fees = percentFee({ percent: 0.1 * costs, minimum: costs })
    const { finalEquity, totalFees } = backtest({
      strategy: smaCross,
      data,
      delayBars,
      fees,
      slippage: basisPoints(5 * costs),
    })
    expect(row.finalEquity).toBeCloseTo(finalEquity, 6)
    expect(row.totalFees).toBeCloseTo(totalFees, 6)
    expect(row.change).toBeCloseTo((row.finalEquity - base.finalEquity) / 100_000, 12)
  }
  expect(base).toBe(rows[1])
  expect(base.change).toBe(0)
})

/** Trades to and fro on every bar: pays for it. */
const busy = defineStrategy({
  name: 'busy',
  create: () => ({
    onBar(bar, { orders, portfolio }) {
      if (portfolio.isFlat(bar.instrument)) orders.targetPercent(bar.instrument, 0.9)
      else orders.close(bar.instrument)
    },
  }),
})

test('a gain that costs take away is named with the mildest stress that does it', () => {
  const data = [{ ...randomMarket(4)[0]!, actions: [] }]
  const free = {
    strategy: busy,
    data,
    tif: 'gtc',
    fees: percentFee({ percent: 0.0001 }),
    slippage: basisPoints(0),
  } as const
  const { passed, base, breaks, rows } = stress(free, { costs: [1000, 1, 100], delayBars: [0] })
  expect(base.figures.totalReturn).toBeGreaterThan(0)
  expect(passed).toBe(false)
  expect(breaks).toBe(
    rows.filter((row) => row.costs > 1 && row.figures.totalReturn <= 0).toSorted((a, b) => a.costs - b.costs)[0],
  )
  expect(rows.map((row) => row.costs)).toEqual([1000, 1, 100])
})

test('a loss is no surprise: nothing breaks', () => {
  const data = [{ ...randomMarket(4)[0]!, actions: [] }]
  const { base, passed } = stress({ strategy: busy, data, tif: 'gtc' }, { costs: [2], delayBars: [0] })
  expect(base.figures.totalReturn).toBeLessThan(0)
  expect(base).toMatchObject({ costs: 1, delayBars: 0 })
  expect(passed).toBe(true)
})

test("the options' own delay counts, and progress is told", () => {
  const data = [sample()]
  const seen: string[] = []
  const options = { strategy: smaCross, data, delayBars: 1, onProgress: () => void seen.push('of a run') }
  const { base } = stress(options, {
    costs: [1],
    delayBars: [0],
    onProgress: (done, total) => void seen.push(`${done}/${total}`),
  })
  expect(base.finalEquity).toBe(backtest({ strategy: smaCross, data, delayBars: 1 }).finalEquity)
  expect(seen).toEqual(['1/1'])
})

test.each([[-1], [Number.NaN], [Infinity]])('refuses costs × %d', (multiple) =>
  expect(() => stress({ strategy: smaCross, data: [sample()] }, { costs: [multiple] })).toThrow(
    'costs: Expected multiples',
  ),
)

const market = { volume: 1e5, taken: 0, spread: 0.02, high: 101, low: 99, averageVolume: 1e6, volatility: 0.02 }

test('scaled models charge that multiple, part by part, and never take more than the price', () => {
  const factor = fc.double({ min: 0, max: 1000, noNaN: true })
  const quantity = fc.integer({ min: 1, max: 100_000 })
  const side = fc.constantFrom(1 as const, -1 as const)
  const fee = ibkrFixedFee({ lastRatesUntil: '2027-01-01' })
  const models: readonly SlippageModel[] = [basisPoints(5), squareRootImpact()]
  fc.assert(
    fc.property(factor, quantity, side, fc.constantFrom(...models), (times, shares, sign, model) => {
      const now = Date.UTC(2024, 5, 3)
      const once = fee.orderFee(shares, 100 * shares, sign, now, 0)
      const scaled = scaledFees(fee, times)
      expect(scaled.orderFee(shares, 100 * shares, sign, now, 0)).toBeCloseTo(times * once, 6)
      const parts = Object.values(scaled.parts!(shares, 100 * shares, sign, now, 0))
      expect(parts.reduce((a, b) => a + b, 0)).toBeCloseTo(times * once, 4)
      const move = model.price(sign, 100, shares, market) - 100
      const moved = scaledSlippage(model, times).price(sign, 100, shares, market) - 100
      expect(moved).toBeCloseTo(sign * Math.min(99, times * Math.abs(move)), 6)
    }),
  )
  expect(scaledFees(fee, 1)).toBe(fee)
  expect(scaledFees(fee, 2).name).toBe(`${fee.name} × 2`)
})
