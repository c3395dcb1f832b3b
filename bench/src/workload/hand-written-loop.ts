import type { Columns } from './seeded-bars.ts'

/** What the loop takes as arguments, as any program that tests several of them would. */
export interface LoopParameters {
  readonly fast: number
  readonly slow: number
  /** Part of the value, each way. */
  readonly fee: number
  readonly cash: number
}

export interface LoopResult {
  /** Closed round trips. */
  readonly trades: number
  readonly equity: number
}

// Cells of the state.
const FAST_SUM = 0
const SLOW_SUM = 1
const DIFFERENCE = 2
const CASH = 3
const UNITS = 4
const PENDING = 5
const TRADES = 6

/**
 * W1 as one would write it by hand, and nothing else: SMA cross, one unit, fills at the next open, 0.1 % a side,
 * equity after every bar. What engines are divided by, so it has its best form: running sums, and state that lives in a
 * typed array between chunks. One call over all bars would be compiled by on-stack replacement, 2.5 times slower.
 */
export function handWrittenLoop(
  { open, close }: Columns,
  equity: Float64Array,
  { fast, slow, fee, cash }: LoopParameters,
): LoopResult {
  const state = new Float64Array(7)
  state[CASH] = cash
  for (let i = 0; i < slow; i++) {
    state[FAST_SUM]! += close[i]!
    state[SLOW_SUM]! += close[i]!
    if (i >= fast) state[FAST_SUM]! -= close[i - fast]!
    equity[i] = cash
  }
  state[DIFFERENCE] = state[FAST_SUM]! / fast - state[SLOW_SUM]! / slow
  for (let from = slow; from < close.length; from += 1024)
    chunk(state, open, close, equity, fast, slow, fee, from, Math.min(close.length, from + 1024))
  return { trades: state[TRADES]!, equity: equity[close.length - 1]! }
}

function chunk(
  state: Float64Array,
  open: Float64Array,
  close: Float64Array,
  equity: Float64Array,
  fast: number,
  slow: number,
  fee: number,
  from: number,
  to: number,
): void {
  const perFast = 1 / fast
  const perSlow = 1 / slow
  let fastSum = state[FAST_SUM]!
  let slowSum = state[SLOW_SUM]!
  let before = state[DIFFERENCE]!
  let cash = state[CASH]!
  let units = state[UNITS]!
  let pending = state[PENDING]! | 0
  let trades = state[TRADES]!
  for (let i = from; i < to; i++) {
    const price = close[i]!
    if (pending !== 0) {
      const paid = open[i]!
      if (pending === 1) {
        units = 1
        cash -= paid * (1 + fee)
      } else {
        units = 0
        cash += paid * (1 - fee)
        trades++
      }
      pending = 0
    }
    equity[i] = cash + units * price
    fastSum += price - close[i - fast]!
    slowSum += price - close[i - slow]!
    const difference = fastSum * perFast - slowSum * perSlow
    if (difference > 0) {
      if (before <= 0 && units === 0) pending = 1
    } else if (difference < 0 && before >= 0 && units === 1) pending = -1
    before = difference
  }
  state[FAST_SUM] = fastSum
  state[SLOW_SUM] = slowSum
  state[DIFFERENCE] = before
  state[CASH] = cash
  state[UNITS] = units
  state[PENDING] = pending
  state[TRADES] = trades
}
