import type { BarColumns, IndicatorSpec } from '@onetape/core'
import { type AbsentReference, type IndicatorReference, indicatorContract, randomBars } from '@onetape/testkit'
import {
  ATR,
  BollingerBands,
  EMA,
  Highest,
  Lowest,
  OBV,
  ROC,
  RSI,
  SD,
  SMA,
  Stochastic,
  VWAP,
  WEMA,
  WMA,
} from 'technicalindicators'
import {
  adx,
  atr,
  bollinger,
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
  wilder,
  wma,
  zScore,
} from '@onetape/indicators'
import { aligned, arrays } from './library-reference.ts'
import { chartSchool, REFERENCE, spyBars, stockIndicators } from './shared-reference.ts'

type Series = Readonly<Record<string, Float64Array>>
type Reference = IndicatorReference | AbsentReference
type Extra = Omit<IndicatorReference, 'source' | 'bars' | 'series'>

const bars = randomBars(99, 400, { still: 0 })
const length = bars.time.length
const input = arrays(bars)

/** What the npm package gives on our own bars. */
function library(call: string, series: Series, extra: Extra = {}): readonly Reference[] {
  return [{ source: `technicalindicators ${call}`, bars, series, ...extra }]
}

/** A series of Stock.Indicators on SPY: our output names against its. Empty when the data is not on this machine. */
function stock(file: string, figures: Readonly<Record<string, string>>, extra: Extra = {}): readonly Reference[] {
  if (REFERENCE === undefined) return [{ source: `Stock.Indicators ${file}`, absent: true }]
  const folder = REFERENCE
  const series = Object.entries(figures).map(([ours, theirs]) => [ours, stockIndicators(folder, file, theirs)])
  return [
    {
      source: `Stock.Indicators ${file}`,
      bars: spyBars(folder),
      series: Object.fromEntries(series) as Series,
      ...extra,
    },
  ]
}

/** A worksheet of ChartSchool; figures there have 4 to 10 digits. */
function school(file: string, figures: Readonly<Record<string, string>>, extra: Extra): readonly Reference[] {
  if (REFERENCE === undefined) return [{ source: `ChartSchool ${file}`, absent: true }]
  const sheet = chartSchool(REFERENCE, file)
  const series = Object.entries(figures).map(([ours, theirs]) => [ours, sheet.figure(theirs)])
  return [{ source: `ChartSchool ${file}`, bars: sheet.bars, series: Object.fromEntries(series) as Series, ...extra }]
}

function contract(
  make: () => IndicatorSpec<string>,
  reads: readonly (keyof BarColumns)[],
  ...references: readonly (readonly Reference[])[]
): void {
  indicatorContract({ make, reads, references: references.flat() })
}

const CLOSE = ['close'] as const
const HIGH_LOW_CLOSE = ['high', 'low', 'close'] as const

contract(
  () => sma(20),
  CLOSE,
  library('SMA', { value: aligned(length, SMA.calculate({ ...input, period: 20 })) }),
  stock('sma', { value: 'sma' }),
)
contract(() => sma(1), CLOSE, library('nothing: the close', { value: bars.close }))
contract(() => sma(300, { source: 'hlc3' }), HIGH_LOW_CLOSE)
contract(() => sma(7, { source: 'ohlc4' }), ['open', 'high', 'low', 'close'])
contract(() => ema(9, { source: 'hl2' }), ['high', 'low'])
contract(() => ema(9, { source: 'hlcc4' }), HIGH_LOW_CLOSE)
contract(() => sma(5, { source: 'volume' }), ['volume'])
contract(
  () => ema(20),
  CLOSE,
  library('EMA', { value: aligned(length, EMA.calculate({ ...input, period: 20 })) }),
  stock('ema', { value: 'ema' }),
)
contract(
  () => wma(14),
  CLOSE,
  library('WMA', { value: aligned(length, WMA.calculate({ ...input, period: 14 })) }),
  stock('wma', { value: 'wma' }),
)
contract(
  () => wilder(20),
  CLOSE,
  library('WEMA', { value: aligned(length, WEMA.calculate({ ...input, period: 20 })) }),
  stock('smma', { value: 'smma' }),
)
contract(
  () => rsi(14),
  CLOSE,
  library(
    'RSI, which it rounds to 2 decimals',
    { value: aligned(length, RSI.calculate({ ...input, period: 14 })) },
    { tolerance: 0.0051 },
  ),
  stock('rsi', { value: 'rsi' }),
)
contract(
  () => macd(12, 26, 9),
  CLOSE,
  stock('macd', { macd: 'macd' }, { sameStart: false }),
  stock('macd', { signal: 'signal', histogram: 'histogram' }),
)
contract(
  () => bollinger(20, 2),
  CLOSE,
  library('BollingerBands', bands()),
  stock('bb', { middle: 'sma', upper: 'upperBand', lower: 'lowerBand' }),
  school('cs-bbands', { middle: 'MiddleBand', upper: 'HighBand', lower: 'LowBand' }, { tolerance: 1e-6 }),
)
contract(
  () => atr(14),
  HIGH_LOW_CLOSE,
  library('ATR', { value: aligned(length, ATR.calculate({ ...input, period: 14 })) }),
  stock('atr', { value: 'atr' }),
)
contract(
  () => adx(14),
  HIGH_LOW_CLOSE,
  stock('adx', { plusDI: 'pdi', minusDI: 'mdi' }, { sameStart: false }),
  stock('adx', { adx: 'adx' }),
  school('cs-adx', { adx: 'ADX', plusDI: '+DI14', minusDI: '-DI14' }, { tolerance: 1e-5, sameStart: false }),
)
contract(
  () => stochastic(14, 3),
  HIGH_LOW_CLOSE,
  library('Stochastic', oscillator(), { sameStart: false }),
  school('cs-soo', { k: 'SO' }, { tolerance: 1e-6, sameStart: false }),
)
contract(
  () => stochastic(14, 3, 3),
  HIGH_LOW_CLOSE,
  stock('stoch', { k: 'k' }, { sameStart: false }),
  stock('stoch', { d: 'd' }),
)
contract(() => vwap(), ['high', 'low', 'close', 'volume', 'time', 'end'])
contract(
  () => vwap({ sessionStart: () => false }),
  [...HIGH_LOW_CLOSE, 'volume'],
  library('VWAP', { value: aligned(length, VWAP.calculate(input)) }),
  stock('vwap', { value: 'vwap' }),
)
contract(
  () => rollingVwap(14),
  [...HIGH_LOW_CLOSE, 'volume'],
  school('cs-vwap', { value: 'vwap' }, { sameStart: false }),
)
contract(
  () => obv(),
  ['close', 'volume'],
  library(
    'OBV, which begins on the second bar',
    { value: aligned(length, OBV.calculate(input)) },
    { sameStart: false },
  ),
  stock('obv', { value: 'obv' }),
)
contract(
  () => roc(14),
  CLOSE,
  library('ROC', { value: aligned(length, ROC.calculate({ ...input, period: 14 })) }),
  stock('roc', { value: 'roc' }),
)
contract(() => roc(12), CLOSE, school('cs-roc', { value: 'ROC' }, { tolerance: 1e-7 }))
contract(
  () => rollingStd(14),
  CLOSE,
  library('SD', { value: aligned(length, SD.calculate({ ...input, period: 14 })) }),
  stock('stdev', { value: 'stdDev' }),
)
contract(() => zScore(14), CLOSE, stock('stdev', { value: 'zScore' }))
contract(
  () => rollingMax(14),
  CLOSE,
  library('Highest', { value: aligned(length, Highest.calculate({ ...input, period: 14 })) }),
)
contract(
  () => rollingMin(14),
  CLOSE,
  library('Lowest', { value: aligned(length, Lowest.calculate({ ...input, period: 14 })) }),
)
contract(
  () => donchian(20),
  ['high', 'low'],
  stock('donchian', { middle: 'centerline', upper: 'upperBand', lower: 'lowerBand' }).map(withoutBarInHand),
  school('cs-dc', { upper: 'upper_band', lower: 'lower_band' }, {}),
  school('cs-dc', { middle: 'middle_band' }, { tolerance: 0.0051 / 49 }), // rounded there to 2 decimals
)
contract(
  () => keltner(20, 2, 10),
  HIGH_LOW_CLOSE,
  stock('keltner', { middle: 'centerline', upper: 'upperBand', lower: 'lowerBand' }),
)

function bands(): Series {
  const found = BollingerBands.calculate({ ...input, period: 20, stdDev: 2 })
  return {
    middle: aligned(
      length,
      found.map((x) => x.middle),
    ),
    upper: aligned(
      length,
      found.map((x) => x.upper),
    ),
    lower: aligned(
      length,
      found.map((x) => x.lower),
    ),
  }
}

function oscillator(): Series {
  const found = Stochastic.calculate({ ...input, period: 14, signalPeriod: 3 })
  return {
    k: aligned(
      length,
      found.map((x) => x.k),
    ),
    d: aligned(
      length,
      found.map((x) => x.d),
    ),
  }
}

/** Stock.Indicators leaves the bar in hand out of its channel: its figure of a bar is ours of the bar before. */
function withoutBarInHand(reference: Reference): Reference {
  if ('absent' in reference) return reference
  const series = Object.entries(reference.series).map(([name, line]) => [
    name,
    Float64Array.of(...line.subarray(1), NaN),
  ])
  return { ...reference, series: Object.fromEntries(series) as Series }
}
