import type { BarValues } from '@onetape/core'
import {
  AverageGain,
  AverageLoss,
  AwesomeOscillator,
  CCI,
  ChandelierExit,
  HeikinAshi,
  IchimokuCloud,
  KST,
  PSAR,
  TRIX,
  TrueRange,
  WilliamsR,
} from 'technicalindicators'

/** Names of the generators that are offered, each with its outputs; `never` when it has only one. */
export interface TechnicalOutputs {
  readonly AverageGain: never
  readonly AverageLoss: never
  readonly AwesomeOscillator: never
  readonly CCI: never
  readonly ChandelierExit: 'exitLong' | 'exitShort'
  readonly HeikinAshi: 'close' | 'open' | 'high' | 'low'
  readonly IchimokuCloud: 'conversion' | 'base' | 'spanA' | 'spanB'
  readonly KST: 'kst' | 'signal'
  readonly PSAR: never
  readonly TRIX: never
  readonly TrueRange: never
  readonly WilliamsR: never
}

export type TechnicalName = keyof TechnicalOutputs

export type TechnicalParams = Readonly<Record<string, number>>

type Field = 'open' | 'high' | 'low' | 'close' | 'volume'

/** How one generator of `technicalindicators` is driven, and what must be put right. */
export interface LongTailEntry {
  readonly make: (input: never) => { nextValue(input: never): unknown }
  /** `close` alone: it takes numbers; otherwise it takes candles. */
  readonly fields: readonly Field[]
  /** Parameters with their defaults; all are whole numbers of bars but those in `factors`. */
  readonly params: TechnicalParams
  readonly factors?: readonly string[]
  readonly warmUp: (params: TechnicalParams) => number
  /** Names in its result objects; `value` when it gives numbers. */
  readonly outputs: readonly string[]
  /**
   * A price whose standing still for `period` bars makes the figure 0, which the library leaves to the rounding of its
   * running sums.
   */
  readonly flat?: (bar: BarValues) => number
}

const HIGH_LOW_CLOSE = ['high', 'low', 'close'] as const
const VALUE = ['value'] as const

const n = (params: TechnicalParams, name: string): number => params[name]!

export const LONG_TAIL: Readonly<Record<TechnicalName, LongTailEntry>> = {
  AverageGain: {
    make: (input) => new AverageGain(input),
    fields: ['close'],
    params: { period: 14 },
    warmUp: (p) => n(p, 'period') + 1,
    outputs: VALUE,
  },
  AverageLoss: {
    make: (input) => new AverageLoss(input),
    fields: ['close'],
    params: { period: 14 },
    warmUp: (p) => n(p, 'period') + 1,
    outputs: VALUE,
  },
  AwesomeOscillator: {
    make: (input) => new AwesomeOscillator(input),
    fields: ['high', 'low'],
    params: { fastPeriod: 5, slowPeriod: 34 },
    warmUp: (p) => Math.max(n(p, 'slowPeriod'), n(p, 'fastPeriod')),
    outputs: VALUE,
  },
  CCI: {
    make: (input) => new CCI(input),
    fields: HIGH_LOW_CLOSE,
    params: { period: 20 },
    warmUp: (p) => n(p, 'period'),
    outputs: VALUE,
    flat: (bar) => (bar.high + bar.low + bar.close) / 3,
  },
  ChandelierExit: {
    make: (input) => new ChandelierExit(input),
    fields: HIGH_LOW_CLOSE,
    params: { period: 22, multiplier: 3 },
    factors: ['multiplier'],
    warmUp: (p) => n(p, 'period') + 1,
    outputs: ['exitLong', 'exitShort'],
  },
  HeikinAshi: {
    make: (input) => new HeikinAshi(input),
    fields: ['open', 'high', 'low', 'close'],
    params: {},
    warmUp: () => 1,
    outputs: ['close', 'open', 'high', 'low'],
  },
  IchimokuCloud: {
    make: (input) => new IchimokuCloud(input),
    fields: ['high', 'low'],
    params: { conversionPeriod: 9, basePeriod: 26, spanPeriod: 52, displacement: 26 },
    warmUp: (p) => Math.max(...Object.values(p)),
    outputs: ['conversion', 'base', 'spanA', 'spanB'],
  },
  KST: {
    make: (input) => new KST(input),
    fields: ['close'],
    params: {
      ROCPer1: 10,
      ROCPer2: 15,
      ROCPer3: 20,
      ROCPer4: 30,
      SMAROCPer1: 10,
      SMAROCPer2: 10,
      SMAROCPer3: 10,
      SMAROCPer4: 15,
      signalPeriod: 9,
    },
    warmUp: (p) =>
      Math.max(...[1, 2, 3, 4].map((k) => n(p, `ROCPer${k}`) + n(p, `SMAROCPer${k}`))) + n(p, 'signalPeriod') - 1,
    outputs: ['kst', 'signal'],
  },
  PSAR: {
    make: (input) => new PSAR(input),
    fields: ['high', 'low'],
    params: { step: 0.02, max: 0.2 },
    factors: ['step', 'max'],
    warmUp: () => 2, // on the first bar it gives that bar's low, which is no stop of anything
    outputs: VALUE,
  },
  TRIX: {
    make: (input) => new TRIX(input),
    fields: ['close'],
    params: { period: 15 },
    warmUp: (p) => 3 * n(p, 'period') - 1,
    outputs: VALUE,
  },
  TrueRange: {
    make: (input) => new TrueRange(input),
    fields: HIGH_LOW_CLOSE,
    params: {},
    warmUp: () => 2,
    outputs: VALUE,
  },
  WilliamsR: {
    make: (input) => new WilliamsR(input),
    fields: HIGH_LOW_CLOSE,
    params: { period: 14 },
    warmUp: (p) => n(p, 'period'),
    outputs: VALUE,
  },
}

/** Generators that are not let through, and why; seen in version 3.1.0. */
export const REFUSED: Readonly<Record<string, string>> = {
  ADL: 'it rounds to whole shares, and counts a bar without range as full buying',
  ADX: 'use adx(), which has no linked lists',
  ATR: 'use atr()',
  BollingerBands: 'use bollinger()',
  CrossDown: 'it keeps every value between two crossings and compares exactly; use crossedBelow()',
  CrossUp: 'it keeps every value between two crossings and compares exactly; use crossedAbove()',
  EMA: 'it takes a value twice when its first average is exactly 0; use ema()',
  ForceIndex: 'its average takes a bar twice when it begins at exactly 0',
  Highest: 'it begins at 0, so it is wrong for negative values; use rollingMax()',
  KeltnerChannels: 'use keltner()',
  Lowest: 'use rollingMin()',
  MACD: 'use macd()',
  MFI: 'it rounds to two decimals, begins a bar late and counts an unchanged price as selling',
  OBV: 'it gives nothing on the first bar; use obv()',
  ROC: 'it skips undefined values, so its results lose their bars; use roc()',
  RSI: 'it rounds to two decimals; use rsi()',
  Renko: 'it is no stream of one value per bar',
  SD: 'it uses Math.pow, whose last bits depend on the platform; use rollingStd()',
  SMA: 'its running sum drifts; use sma()',
  Stochastic: 'use stochastic()',
  StochasticRSI: 'it is computed on an RSI rounded to two decimals',
  Sum: 'its running sum drifts; use sma()',
  VWAP: 'it never begins a new session and gives NaN without volume; use vwap()',
  VolumeProfile: 'it is no stream of one value per bar',
  WEMA: 'use wilder()',
  WMA: 'use wma()',
}
