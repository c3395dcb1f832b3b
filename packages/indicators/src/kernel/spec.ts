import type { IndicatorSpec } from '@onetape/core'
import type { Kernel } from './kernel.ts'
import type { PriceSource } from './source.ts'

export const SINGLE: readonly string[] = ['value']

export interface SourceOptions {
  /** What it is computed on. Default `close`. */
  readonly source?: PriceSource
}

/** A spec that takes name, warm-up and outputs from the kernel, which is made once here so that errors come at once. */
export function kernelSpec<Output extends string = never>(create: () => Kernel): IndicatorSpec<Output> {
  const { name, warmUp, outputs } = create()
  return Object.freeze({ name, warmUp, outputs, create })
}

/** `sma(10)`, or `sma(10, hl2)` when it is not the close that it is computed on. */
export function specName(indicator: string, parameters: readonly number[], source: PriceSource = 'close'): string {
  return `${indicator}(${[...parameters, ...(source === 'close' ? [] : [source])].join(', ')})`
}
