import type { BarColumns, IndicatorSpec } from '@onetape/core'
import { InputError } from '@onetape/core'
import {
  adx,
  bollinger,
  custom,
  donchian,
  ema,
  keltner,
  macd,
  obv,
  rollingMax,
  rollingMin,
  rollingStd,
  rollingVwap,
  roc,
  rsi,
  sma,
  stochastic,
  vwap,
  wma,
  zScore,
} from '@onetape/indicators'
import { barAt, driveBarByBar, driveInBlocks, emptyColumns, indicatorContract, randomBars } from '@onetape/testkit'
import fc from 'fast-check'
import { expect, test } from 'vitest'

function bars(prices: readonly number[], volumes?: readonly number[]): BarColumns {
  const columns = emptyColumns(prices.length)
  prices.forEach((price, i) => {
    columns.time[i] = i * 60_000
    columns.end[i] = (i + 1) * 60_000
    for (const field of ['open', 'high', 'low', 'close'] as const) columns[field][i] = price
    columns.volume[i] = volumes?.[i] ?? 1
  })
  return columns
}

function last(spec: IndicatorSpec<string>, columns: BarColumns): Record<string, number> {
  const series = driveBarByBar(spec, spec.create(), columns)
  return Object.fromEntries(spec.outputs.map((name, k) => [name, series[k]!.at(-1)!]))
}

const main = (spec: IndicatorSpec<string>, columns: BarColumns): Float64Array =>
  driveBarByBar(spec, spec.create(), columns)[0]!

/** Mean and deviation of integers, exact until the last two operations. */
function exact(window: readonly number[]): { mean: number; deviation: number } {
  const n = BigInt(window.length)
  const total = window.reduce((a, b) => a + BigInt(b), 0n)
  const squares = window.reduce((a, b) => a + BigInt(b) * BigInt(b), 0n)
  const n2 = Number(n * n)
  return { mean: Number(total) / Number(n), deviation: Math.sqrt(Number(n * squares - total * total) / n2) }
}

test('rolling mean, deviation, extremes and weighted mean equal their definitions over every window', () => {
  const prices = fc.array(fc.integer({ min: 1, max: 1_000_000_000 }), { minLength: 1, maxLength: 120 })
  fc.assert(
    fc.property(prices, fc.integer({ min: 2, max: 40 }), (values, period) => {
      const columns = bars(values)
      const [means, deviations, largest, smallest, weighted] = [
        sma(period),
        rollingStd(period),
        rollingMax(period),
        rollingMin(period),
        wma(period),
      ].map((spec) => main(spec, columns)) as [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array]
      for (let i = period - 1; i < values.length; i++) {
        const window = values.slice(i + 1 - period, i + 1)
        const { mean, deviation } = exact(window)
        expect(Math.abs(means[i]! / mean - 1)).toBeLessThan(1e-14)
        expect(Math.abs(deviations[i]! - deviation)).toBeLessThanOrEqual(1e-12 * deviation)
        expect(largest[i]).toBe(Math.max(...window))
        expect(smallest[i]).toBe(Math.min(...window))
        const weights = window.reduce((a, x, k) => a + BigInt(x) * BigInt(k + 1), 0n)
        expect(Math.abs(weighted[i]! / (Number(weights) / ((period * (period + 1)) / 2)) - 1)).toBeLessThan(1e-14)
      }
    }),
  )
})

test('bands of width 1 at a price of 1e9 keep twelve digits, also right after a jump from 1', () => {
  const level = 1e9
  const prices = Array.from({ length: 200 }, (_, i) => (i < 60 ? 1 : level + (i % 2)))
  const spec = bollinger(20, 2)
  const [middle, upper, lower] = driveBarByBar(spec, spec.create(), bars(prices))
  for (let i = 79; i < 200; i++) {
    expect(middle![i]).toBe(level + 0.5)
    expect(upper![i]).toBe(level + 1.5)
    expect(lower![i]).toBe(level - 0.5)
  }
})

test('a million bars leave no drift, and a fallen price no ghost of the high one', () => {
  const columns = randomBars(11, 1_000_000, { startPrice: 1e6, step: 0.001 })
  const spec = sma(30)
  const [line] = driveInBlocks(spec, spec.create(), columns, [])
  const window = [...columns.close.subarray(-30)].map((x) => Math.round(x * 100))
  expect(Math.abs(line!.at(-1)! / (exact(window).mean / 100) - 1)).toBeLessThan(1e-15 * 30)
  const fallen = Array.from({ length: 60 }, (_, i) => (i < 30 ? 1e15 : 0.1))
  expect(main(sma(10), bars(fallen)).at(-1)).toBeCloseTo(0.1, 16)
})

test('a market that never moved: the documented conventions', () => {
  const flat = bars(Array.from({ length: 100 }, () => 0.1))
  expect(last(rsi(14), flat)).toEqual({ value: 50 })
  expect(last(stochastic(14, 3, 3), flat)).toEqual({ k: 0, d: 0 })
  expect(last(adx(14), flat)).toEqual({ adx: 0, plusDI: 0, minusDI: 0 })
  expect(last(rollingStd(14), flat)).toEqual({ value: 0 })
  expect(last(zScore(14), flat)).toEqual({ value: 0 })
  expect(last(bollinger(20), flat)).toEqual({ middle: 0.1, upper: 0.1, lower: 0.1 })
  expect(last(roc(5), flat)).toEqual({ value: 0 })
  expect(last(obv(), flat)).toEqual({ value: 0 })
  expect(last(donchian(20), flat)).toEqual({ middle: 0.1, upper: 0.1, lower: 0.1 })
  const channel = last(keltner(20), flat)
  expect(channel['upper']).toBe(channel['lower'])
})

test('no volume: the typical price; a rate of change from 0: 0', () => {
  const silent = bars([10, 11, 12], [0, 0, 0])
  expect([...main(vwap(), silent)]).toEqual([10, 11, 12])
  expect(main(rollingVwap(2), silent).at(-1)).toBe(12)
  expect([...main(vwap(), bars([10, 11, 12], [0, 3, 1]))]).toEqual([10, 11, 11.25])
  expect(main(roc(1, { source: 'volume' }), bars([1, 1], [0, 5])).at(-1)).toBe(0)
})

test('RSI: only rises give 100, only falls 0', () => {
  const prices = Array.from({ length: 30 }, (_, i) => 10 + i)
  expect(main(rsi(14), bars(prices)).at(-1)).toBe(100)
  expect(main(rsi(14), bars(prices.toReversed())).at(-1)).toBe(0)
})

test('VWAP begins anew after a gap of more than four hours, or where its session function says', () => {
  const columns = bars([10, 20, 30, 40])
  columns.time.set([0, 60_000, 5 * 3_600_000, 5 * 3_600_000 + 60_000])
  columns.end.set([60_000, 120_000, 5 * 3_600_000 + 60_000, 5 * 3_600_000 + 120_000])
  expect([...main(vwap(), columns)]).toEqual([10, 15, 30, 35])
  expect([...main(vwap({ sessionStart: () => false }), columns)]).toEqual([10, 15, 20, 25])
  expect([...main(vwap({ sessionStart: (time, end) => time === end }), columns)]).toEqual([10, 20, 25, 40])
})

test('MACD and EMA by hand: seeded with plain means', () => {
  const prices = [1, 2, 4, 8, 16, 32]
  // EMA(2), α = 2/3: 1.5, 3.1666…, 6.3888…, 12.796…, 25.598…; EMA(3), α = 1/2: 7/3, 31/6, 127/12, 511/24
  const fast = [6 + 7 / 18, 12 + 43 / 54, 25 + 97 / 162]
  const slow = [31 / 6, 127 / 12, 511 / 24]
  expect(main(ema(3), bars(prices)).at(-1)).toBeCloseTo(511 / 24, 12)
  const line = fast.map((x, k) => x - slow[k]!)
  const first = 3 + 1 / 6 - 7 / 3
  const signal = [(first + line[0]!) / 2]
  for (const x of line.slice(1)) signal.push(signal.at(-1)! + (2 / 3) * (x - signal.at(-1)!))
  const found = last(macd(2, 3, 2), bars(prices))
  expect(found['macd']).toBeCloseTo(line.at(-1)!, 12)
  expect(found['signal']).toBeCloseTo(signal.at(-1)!, 12)
  expect(found['histogram']).toBeCloseTo(line.at(-1)! - signal.at(-1)!, 12)
})

test('figures too large to be added up are refused', () => {
  expect(() => main(sma(3), bars([1e308, 1e308, 1e308]))).toThrow(/Indicator sma\(3\): .*sum is infinite/)
})

test.each([
  [() => sma(0), /Indicator sma: Expected period to be a whole number of bars from 1 to 1000000, found 0\./],
  [() => ema(2.5), /Indicator ema: Expected period .* found 2\.5/],
  [() => wma(NaN), /found NaN/],
  [() => sma(1e9), /found 1000000000/],
  [() => sma('10' as never), /found 10/],
  [() => rollingStd(1), /from 2 to/],
  [() => bollinger(20, -2), /Expected deviations to be a finite number above 0, found -2/],
  [() => macd(26, 12), /Expected fast below slow, found 26 and 12/],
  [() => sma(10, { source: 'closee' as never }), /found "closee"\. Did you mean "close"\?/],
  [() => vwap({ sessionStart: 4 as never }), /Expected sessionStart to be a function, found number/],
  [() => custom('', 1, () => sma(1).create()), /Expected a name/],
  [() => custom('x', 0, () => sma(1).create()), /Indicator x: Expected warmUp/],
  [() => custom('x', 1, undefined as never), /Expected a function that makes the indicator, found undefined/],
  [() => custom('x', 1, () => ({}) as never).create(), /Expected an object with a method "next", found none/],
  [() => custom('x', 3, () => sma(2).create()).create(), /Expected warmUp 3 as declared, found 2/],
])('refuses wrong parameters (%#)', (make, message) => {
  expect(make).toThrow(message)
  expect(make).toThrow(InputError)
})

class Spread {
  readonly warmUp = 2
  value = NaN
  values: Record<string, number> = { spread: NaN, widest: NaN }
  ready = false
  #seen = 0
  next(bar: { readonly high: number; readonly low: number; readonly time: number }): number {
    for (const field of ['high', 'low'] as const)
      if (!Number.isFinite(bar[field]))
        throw new InputError(
          'indicator.nan',
          `spread: ${field} at ${new Date(bar.time).toISOString()} is ${bar[field]}`,
        )
    this.#seen++
    this.ready = this.#seen >= this.warmUp
    if (!this.ready) return NaN
    this.value = bar.high - bar.low
    this.values = { spread: this.value, widest: Math.max(this.values['widest'] || 0, this.value) }
    return this.value
  }
  reset(): void {
    this.#seen = 0
    this.ready = false
    this.value = NaN
    this.values = { spread: NaN, widest: NaN }
  }
}

indicatorContract({
  make: () => custom('spread', 2, () => new Spread(), 'spread', 'widest'),
  reads: ['high', 'low'],
  kernel: false,
})

test('values of a kernel are found by name after each bar', () => {
  const made = bollinger(2, 1).create()
  for (let i = 0; i < 3; i++) made.next(barAt(bars([1, 3, 5]), i))
  expect((made as { values?: unknown }).values).toEqual({ middle: 4, upper: 5, lower: 3 })
})
