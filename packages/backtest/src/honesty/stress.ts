import type { Figures } from '@onetape/analytics'
import { InputError, type ParamSpecs, type Usd } from '@onetape/core'
import type { BacktestOptions } from '../options.ts'
import { backtest } from '../run/backtest.ts'
import { resolveOptions } from '../run/resolved-options.ts'
import { scaledFees, scaledSlippage } from './scaled-costs.ts'

export interface StressSettings {
  /** Multiples of fees and slippage, default 0, 1, 2, 4. */
  readonly costs?: readonly number[]
  /** Bars that orders come later, default 0, 1; on top of the options' own `delayBars`. */
  readonly delayBars?: readonly number[]
  /** Called after each run. */
  readonly onProgress?: (done: number, total: number) => void
}

/** One run under stress. */
export interface StressRow {
  /** Multiple of fees and slippage. */
  readonly costs: number
  /** Bars that orders came later. */
  readonly delayBars: number
  readonly finalEquity: Usd
  readonly totalFees: Usd
  readonly figures: Figures
  /** Orders denied by the gate. */
  readonly denied: number
  /** Total return less that of the run as it is, as a fraction of the initial cash. */
  readonly change: number
}

export interface StressResult {
  /** False when a run that gains as it is loses with higher costs or a delay. */
  readonly passed: boolean
  /** The run as it is: costs × 1, no delay. */
  readonly base: StressRow
  /** By delay, then by costs, in the order given. */
  readonly rows: readonly StressRow[]
  /** The mildest stress under which the gain is gone. */
  readonly breaks: StressRow | undefined
}

/**
 * Runs with multiples of fees and slippage, and with orders that come late, and shows how the figures decay. A gain that
 * twice the costs or one bar of delay take away was not there to be had.
 * @throws {InputError} for wrong options or settings
 */
export function stress<P extends ParamSpecs>(options: BacktestOptions<P>, settings: StressSettings = {}): StressResult {
  const { costs = [0, 1, 2, 4], delayBars = [0, 1] } = settings
  for (const multiple of costs)
    if (!(multiple >= 0 && multiple <= 1000))
      throw new InputError('option.value', `Expected multiples from 0 to 1000, found ${multiple}.`, { place: 'costs' })
  const { fees, slippage, delayBars: own } = resolveOptions(options)
  const { onProgress: _, ...kept } = options

  const cells = delayBars.flatMap((delay) => costs.map((multiple) => [multiple, delay] as const))
  const hasBase = cells.some(([multiple, delay]) => multiple === 1 && delay === 0)
  const total = cells.length + (hasBase ? 0 : 1)
  let done = 0
  const run = (multiple: number, delay: number): Omit<StressRow, 'change'> => {
    const { finalEquity, totalFees, figures, counts } = backtest({
      ...kept,
      fees: scaledFees(fees, multiple),
      slippage: scaledSlippage(slippage, multiple),
      delayBars: own + delay,
    })
    settings.onProgress?.(++done, total)
    return { costs: multiple, delayBars: delay, finalEquity, totalFees, figures, denied: counts.denied }
  }

  const runs = cells.map(([multiple, delay]) => run(multiple, delay))
  const plain = runs.find((each) => each.costs === 1 && each.delayBars === 0) ?? run(1, 0)
  const changed = (each: Omit<StressRow, 'change'>): StressRow => ({
    ...each,
    change: each.figures.totalReturn - plain.figures.totalReturn,
  })
  const rows = runs.map(changed)
  const base = rows[runs.indexOf(plain)] ?? changed(plain)
  const breaks = base.figures.totalReturn > 0 ? mildest(rows.filter(isHarder)) : undefined
  return { passed: breaks === undefined, base, rows, breaks }
}

function isHarder({ costs, delayBars }: StressRow): boolean {
  return costs >= 1 && (costs > 1 || delayBars > 0)
}

/** Of the losing runs the one with the least delay, then the least costs. */
function mildest(rows: readonly StressRow[]): StressRow | undefined {
  return rows
    .filter(({ figures }) => !(figures.totalReturn > 0))
    .toSorted((a, b) => a.delayBars - b.delayBars || a.costs - b.costs)[0]
}
