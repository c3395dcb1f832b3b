import { type BarInterval, type Usd, intervalMs } from '@onetape/core'
import type { ComparableRun } from './comparable-run.ts'
import { type EquityCauses, type ExecutedPair, equityCauses } from './equity-causes.ts'
import { type RunEvent, differingFields, eventsOf } from './run-events.ts'

export interface CompareSettings {
  /** Numbers that are nearer, relative, count as the same. Default 1e-9. */
  readonly tolerance?: number
  /** Milliseconds by which the fills of one order may be apart. Default five bars of the finest data. */
  readonly window?: number
}

/** Where two runs part. */
export interface RunDivergence {
  /** Events that both runs had before, one by one the same. */
  readonly after: number
  /** The next event of each run; undefined where there is none. */
  readonly a: RunEvent | undefined
  readonly b: RunEvent | undefined
  /** What differs between them. */
  readonly fields: readonly (keyof RunEvent)[]
}

export interface Comparison {
  /** No event and no final figure differs. */
  readonly same: boolean
  /** The tapes are the same to the last bit, inputs included. */
  readonly sameTape: boolean
  /** False when a side does not list its orders: then only fills and bookings are compared. */
  readonly comparedOrders: boolean
  readonly divergence: RunDivergence | undefined
  /** Final equity of the second run less that of the first. USD. */
  readonly difference: Usd
  /** The difference by cause. */
  readonly causes: EquityCauses
  /** Executed orders by how they differ; one may differ in several ways. */
  readonly counts: {
    readonly matched: number
    readonly price: number
    readonly quantity: number
    readonly fee: number
    readonly missing: number
    readonly extra: number
  }
  /** Executed orders that differ, the largest effect first. */
  readonly orders: readonly ExecutedPair[]
}

/**
 * Compares two runs: the first event in which they differ, and by which causes the final equity does. Takes results of
 * `backtest()` as well as parsed `result.json` files; names of runs and strategies do not matter, their order does.
 */
export function compare(a: ComparableRun, b: ComparableRun, settings: CompareSettings = {}): Comparison {
  const { tolerance = 1e-9, window = nearness(a, b) } = settings
  const comparedOrders = a.orders !== undefined && b.orders !== undefined
  const divergence = firstDifference(eventsOf(a, comparedOrders), eventsOf(b, comparedOrders), tolerance)
  const { causes, pairs } = equityCauses(a, b, window)
  const difference = b.finalEquity - a.finalEquity
  const changes = (pair: ExecutedPair, cause: 'price' | 'quantity' | 'fee'): boolean => {
    const [one, other] = [pair.a?.[cause], pair.b?.[cause]]
    if (one === undefined || other === undefined) return false
    return !(Math.abs(one - other) <= tolerance * Math.max(Math.abs(one), Math.abs(other)))
  }
  const count = (of: (pair: ExecutedPair) => boolean): number => pairs.filter(of).length
  return {
    same: divergence === undefined && Math.abs(difference) <= tolerance * Math.abs(a.finalEquity),
    sameTape: a.tapeHash === b.tapeHash,
    comparedOrders,
    divergence,
    difference,
    causes,
    counts: {
      matched: count(isMatched),
      price: count((pair) => changes(pair, 'price')),
      quantity: count((pair) => changes(pair, 'quantity')),
      fee: count((pair) => changes(pair, 'fee')),
      missing: count((pair) => pair.b === undefined),
      extra: count((pair) => pair.a === undefined),
    },
    orders: pairs
      .filter(
        (pair) => !isMatched(pair) || (['price', 'quantity', 'fee'] as const).some((cause) => changes(pair, cause)),
      )
      .toSorted((one, other) => Math.abs(effect(other)) - Math.abs(effect(one))),
  }
}

function isMatched({ a, b }: ExecutedPair): boolean {
  return a !== undefined && b !== undefined
}

/** USD that an executed order makes of the difference. */
function effect({ price, quantity, fee, missing, extra }: ExecutedPair): Usd {
  return price + quantity + fee + missing + extra
}

function firstDifference(a: readonly RunEvent[], b: readonly RunEvent[], tolerance: number): RunDivergence | undefined {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const [one, other] = [a[i], b[i]]
    if (one === undefined || other === undefined) return { after: i, a: one, b: other, fields: [] }
    const fields = differingFields(one, other, tolerance)
    if (fields.length > 0) return { after: i, a: one, b: other, fields }
  }
  return undefined
}

function nearness(a: ComparableRun, b: ComparableRun): number {
  const lengths = [...a.data, ...b.data].map(({ interval }) => intervalMs(interval as BarInterval))
  return lengths.length === 0 ? 0 : 5 * Math.min(...lengths)
}
