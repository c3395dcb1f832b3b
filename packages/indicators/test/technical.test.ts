import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { BarColumns, IndicatorSpec } from '@onetape/core'
import { technical, type TechnicalName } from '@onetape/indicators'
import {
  barAt,
  driveBarByBar,
  emptyColumns,
  indicatorContract,
  type AbsentReference,
  type IndicatorReference,
  randomBars,
} from '@onetape/testkit'
import {
  ADL,
  AwesomeOscillator,
  CCI,
  ChandelierExit,
  IchimokuCloud,
  KST,
  PSAR,
  TRIX,
  WilliamsR,
} from 'technicalindicators'
import { expect, test } from 'vitest'
import { aligned, arrays } from './library-reference.ts'
import { REFERENCE, spyBars, stockIndicators } from './shared-reference.ts'

type Reference = IndicatorReference | AbsentReference

const bars = randomBars(5, 300, { still: 0 })
const input = arrays(bars)
const HIGH_LOW_CLOSE = ['high', 'low', 'close'] as const

function stock(
  file: string,
  figures: Readonly<Record<string, string>>,
  extra: Partial<IndicatorReference> = {},
): readonly Reference[] {
  if (REFERENCE === undefined) return [{ source: `Stock.Indicators ${file}`, absent: true }]
  const folder = REFERENCE
  const series = Object.entries(figures).map(([ours, theirs]) => [ours, stockIndicators(folder, file, theirs)])
  return [
    {
      source: `Stock.Indicators ${file}`,
      bars: spyBars(folder),
      series: Object.fromEntries(series) as Record<string, Float64Array>,
      ...extra,
    },
  ]
}

function batch(results: readonly (number | undefined)[]): readonly Reference[] {
  return [{ source: 'its batch form', bars, series: { value: aligned(300, results) }, sameStart: false }]
}

function contract(
  name: TechnicalName,
  params: Readonly<Record<string, number>>,
  reads: readonly (keyof BarColumns)[],
  ...references: readonly (readonly Reference[])[]
): void {
  indicatorContract({ make: () => technical(name, params), reads, references: references.flat(), kernel: false })
}

contract('AverageGain', {}, ['close'])
contract('AverageLoss', {}, ['close'])
contract(
  'AwesomeOscillator',
  {},
  ['high', 'low'],
  batch(AwesomeOscillator.calculate({ ...input, fastPeriod: 5, slowPeriod: 34 })),
  stock('awesome', { value: 'oscillator' }),
)
contract(
  'CCI',
  { period: 20 },
  HIGH_LOW_CLOSE,
  batch(CCI.calculate({ ...input, period: 20 })),
  stock('cci', { value: 'cci' }),
)
contract('ChandelierExit', {}, HIGH_LOW_CLOSE, stock('chexit', { exitLong: 'chandelierExit' }))
contract(
  'HeikinAshi',
  {},
  ['open', ...HIGH_LOW_CLOSE],
  stock('heikinashi', { close: 'close', open: 'open', high: 'high', low: 'low' }),
)
contract(
  'IchimokuCloud',
  {},
  ['high', 'low'],
  stock('ichimoku', { conversion: 'tenkanSen', base: 'kijunSen' }, { sameStart: false }),
)
contract('KST', {}, ['close'])
contract(
  'PSAR',
  {},
  ['high', 'low'],
  batch(PSAR.calculate({ ...input, step: 0.02, max: 0.2 })),
  stock('psar', { value: 'sar' }, { sameStart: false }).map(withoutOutsideReversal),
)
contract(
  'TRIX',
  { period: 14 },
  ['close'],
  batch(TRIX.calculate({ ...input, period: 14 })),
  stock('trix', { value: 'trix' }, { sameStart: false, from: 400 }),
)
contract('TrueRange', {}, HIGH_LOW_CLOSE, stock('tr', { value: 'tr' }))
contract(
  'WilliamsR',
  { period: 14 },
  HIGH_LOW_CLOSE,
  batch(WilliamsR.calculate({ ...input, period: 14 })),
  stock('willr', { value: 'williamsR' }),
)

/**
 * On bar 251 SPY makes a new low and reverses the stop on the same day. Stock.Indicators then takes the low of the days
 * before as the new stop; TA-Lib and this library the lowest of all, that day included.
 */
function withoutOutsideReversal(reference: Reference): Reference {
  if ('absent' in reference) return reference
  return { ...reference, series: { value: reference.series['value']!.with(250, NaN) } }
}

test('a CCI over equal prices is 0, where the library gives the rounding of its sums', () => {
  const prices = Array.from({ length: 80 }, (_, i) => (i < 50 ? 100 + (((i * 7919) % 1000) / 100) * 1.01 : 101.38))
  const flat = columnsOfPrices(prices)
  const theirs = CCI.calculate({ ...arrays(flat), period: 20 })
  expect(Math.abs(theirs.at(-1)!)).toBeCloseTo(66.67, 2) // the fault is there
  const spec = technical('CCI', { period: 20 })
  expect(driveBarByBar(spec, spec.create(), flat)[0]!.at(-1)).toBe(0)
})

test('the refused ADL does round and does count a bar without range as buying', () => {
  const one = { high: [10], low: [10], close: [10], volume: [7] }
  expect(ADL.calculate(one)).toEqual([7])
  expect(ADL.calculate({ high: [10], low: [9], close: [9.6], volume: [7] })).toEqual([1]) // 1.4
})

test('several outputs come out under their names', () => {
  const spec = technical('IchimokuCloud')
  expect(spec.outputs).toEqual(['conversion', 'base', 'spanA', 'spanB'])
  const [, , spanA] = driveBarByBar(spec, spec.create(), bars)
  const theirs = IchimokuCloud.calculate({
    ...input,
    conversionPeriod: 9,
    basePeriod: 26,
    spanPeriod: 52,
    displacement: 26,
  })
  expect(spanA!.at(-1)).toBe(theirs.at(-1)!.spanA)
  const kst: IndicatorSpec<'kst' | 'signal'> = technical('KST')
  const kstParams = {
    ROCPer1: 10,
    ROCPer2: 15,
    ROCPer3: 20,
    ROCPer4: 30,
    SMAROCPer1: 10,
    SMAROCPer2: 10,
    SMAROCPer3: 10,
    SMAROCPer4: 15,
    signalPeriod: 9,
  }
  expect(driveBarByBar(kst, kst.create(), bars)[1]!.at(-1)).toBe(
    KST.calculate({ ...input, ...kstParams }).at(-1)!.signal,
  )
  const exit = technical('ChandelierExit')
  const exits = ChandelierExit.calculate({ ...input, period: 22, multiplier: 3 }) as unknown as readonly {
    exitShort: number
  }[]
  expect(driveBarByBar(exit, exit.create(), bars)[1]!.at(-1)).toBe(exits.at(-1)!.exitShort)
})

test('forgets what left the window: 400,000 bars leave no more than 5 MB behind', () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const made = technical('AwesomeOscillator').create()
  const bar = { ...barAt(bars, 0) }
  const feed = (count: number): void => {
    for (let i = 0; i < count; i++) {
      bar.high = 100 + (i % 17)
      bar.low = 99
      made.next(bar)
    }
    collect()
  }
  feed(1000)
  const before = process.memoryUsage().heapUsed
  feed(400_000)
  expect(made.ready).toBe(true)
  expect((process.memoryUsage().heapUsed - before) / 2 ** 20).toBeLessThan(5)
})

test.each([
  ['RSI', /RSI of technicalindicators is not offered: it rounds to two decimals; use rsi\(\)/],
  ['cci', /Did you mean "CCI"\?/],
  ['Nothing', /Known: AverageGain, /],
])('refuses %s', (name, message) => expect(() => technical(name as never)).toThrow(message))

test('refuses a parameter that it does not know or that is out of range', () => {
  expect(() => technical('CCI', { periode: 20 })).toThrow(/found "periode"\. Did you mean "period"\?/)
  expect(() => technical('CCI', { period: 0 })).toThrow(
    /period to be a whole number of bars from 1 to 1000000, found 0/,
  )
  expect(() => technical('PSAR', { step: NaN })).toThrow(/step to be a finite number above 0, found NaN/)
  expect(() => technical('TrueRange', { period: 3 })).toThrow(
    /Expected a parameter of TrueRange, found "period"\. There is none/,
  )
})

function columnsOfPrices(prices: readonly number[]): BarColumns {
  const columns = emptyColumns(prices.length)
  for (const field of ['open', 'high', 'low', 'close'] as const) columns[field].set(prices)
  return columns
}
