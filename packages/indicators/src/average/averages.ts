import type { IndicatorSpec } from '@onetape/core'
import { checkPeriod } from '../kernel/parameter.ts'
import { checkSource } from '../kernel/source.ts'
import { kernelSpec, type SourceOptions, specName } from '../kernel/spec.ts'
import { ExponentialMean } from '../window/exponential-mean.ts'
import { RollingMean } from '../window/rolling-mean.ts'
import { RollingWeightedMean } from '../window/rolling-weighted-mean.ts'
import type { Stage } from '../window/stage.ts'
import { MovingAverage } from './moving-average.ts'

/**
 * Simple moving average: the plain mean of the last `period` values. Ready at bar `period`.
 * @throws {InputError} `indicator.param`
 */
export function sma(period: number, options: SourceOptions = {}): IndicatorSpec {
  return average('sma', period, options, () => new RollingMean(period))
}

/**
 * Exponential moving average with α = 2 / (period + 1), begun with the mean of the first `period` values, as TA-Lib
 * does. Ready at bar `period`; what came before the window fades but never leaves.
 * @throws {InputError} `indicator.param`
 */
export function ema(period: number, options: SourceOptions = {}): IndicatorSpec {
  return average('ema', period, options, () => new ExponentialMean(period, 2 / (period + 1)))
}

/**
 * Linearly weighted moving average: weight `period` for the newest value down to 1 for the oldest. Ready at bar `period`.
 * @throws {InputError} `indicator.param`
 */
export function wma(period: number, options: SourceOptions = {}): IndicatorSpec {
  return average('wma', period, options, () => new RollingWeightedMean(period))
}

/**
 * Wilder's moving average (RMA, SMMA): exponential with α = 1 / period, begun with the mean of the first `period`
 * values. Ready at bar `period`.
 * @throws {InputError} `indicator.param`
 * @see J. Welles Wilder, New Concepts in Technical Trading Systems, 1978
 */
export function wilder(period: number, options: SourceOptions = {}): IndicatorSpec {
  return average('wilder', period, options, () => new ExponentialMean(period, 1 / period))
}

function average(indicator: string, period: number, options: SourceOptions, stage: () => Stage): IndicatorSpec {
  checkPeriod(indicator, 'period', period)
  const source = checkSource(indicator, options.source ?? 'close')
  const name = specName(indicator, [period], source)
  return kernelSpec(() => new MovingAverage(name, period, source, stage()))
}
