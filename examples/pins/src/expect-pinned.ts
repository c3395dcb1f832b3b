import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'

/** What is pinned of a result of `backtest()`. */
export interface PinnedOutcome {
  readonly tapeHash: string
  readonly finalEquity: number
  readonly totalFees: number
  readonly counts: { readonly bars: number; readonly orders: number; readonly fills: number; readonly denied: number }
  readonly trades: { readonly length: number }
  readonly figures: { readonly cagr: number; readonly sharpe: number; readonly maxDrawdown: number }
}

type Pins = Record<string, Record<string, unknown>>

/**
 * Expects the outcome that `pins.json` of an example has under `name`, to the last digit. With `UPDATE_PINS=1` in the
 * environment it is written there instead.
 *
 * @param example the folder that holds `pins.json`
 */
export function expectPinned(example: string, name: string, result: PinnedOutcome): void {
  const file = join(example, 'pins.json')
  const pins = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Pins) : {}
  const { bars, orders, fills, denied } = result.counts
  const { cagr, sharpe, maxDrawdown } = result.figures
  const outcome = {
    tapeHash: result.tapeHash,
    finalEquity: result.finalEquity,
    totalFees: result.totalFees,
    bars,
    orders,
    fills,
    denied,
    trades: result.trades.length,
    cagr,
    sharpe,
    maxDrawdown,
  }
  if (process.env['UPDATE_PINS'] === '1')
    writeFileSync(file, `${JSON.stringify({ ...pins, [name]: outcome }, null, 2)}\n`)
  else expect(outcome, `${name} in ${file}; UPDATE_PINS=1 accepts what is new`).toEqual(pins[name])
}
