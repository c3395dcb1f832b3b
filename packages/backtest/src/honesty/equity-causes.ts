import type { EpochMs, Shares, Sign, Usd, UsdPerShare } from '@onetape/core'
import { type ComparableRun, multipliers, strategyIndex } from './comparable-run.ts'

/** What the second run has more or less in its final equity, by cause. USD; the causes add up to the difference. */
export interface EquityCauses {
  readonly initialCash: Usd
  /** The same trades, at other prices. */
  readonly price: Usd
  /** The same trades, in other sizes. */
  readonly quantity: Usd
  readonly fee: Usd
  /** Trades of the first run that the second has not. */
  readonly missing: Usd
  /** Trades of the second run that the first has not. */
  readonly extra: Usd
  /** Dividends, interest, borrowing fees, fractions of splits. */
  readonly bookings: Usd
  /** Last prices at which open positions are valued. */
  readonly marks: Usd
  /** Rounding of the sums. */
  readonly rest: Usd
}

/** What one order traded: its fills together. */
export interface ExecutedOrder {
  readonly strategy: number
  readonly symbol: string
  readonly side: 'buy' | 'sell'
  readonly quantity: Shares
  /** Mean of its fills. */
  readonly price: UsdPerShare
  readonly fee: Usd
  /** Time of its first fill. */
  readonly time: EpochMs
}

/** An executed order of both runs, or of one alone, and what it makes of the difference. */
export interface ExecutedPair {
  readonly a: ExecutedOrder | undefined
  readonly b: ExecutedOrder | undefined
  /** USD by cause. */
  readonly price: Usd
  readonly quantity: Usd
  readonly fee: Usd
  readonly missing: Usd
  readonly extra: Usd
}

interface Executed extends ExecutedOrder {
  readonly sign: Sign
  /** What a share of then is now, after splits. */
  readonly scale: number
}

/**
 * Splits the difference of two runs' final equities by cause. The equity of a run is its cash at the start, plus what
 * each executed order made until the end at the last price, less fees, plus bookings that are no trades; so the effect
 * of each order, and of each way in which it differs, is a sum of its own.
 *
 * @param window milliseconds by which the fills of one order may be apart in the two runs
 */
export function equityCauses(
  a: ComparableRun,
  b: ComparableRun,
  window: number,
): { readonly causes: EquityCauses; readonly pairs: readonly ExecutedPair[] } {
  const units = new Map([...multipliers(a), ...multipliers(b)])
  const marks = lastPrices(a, b)
  const unit = (symbol: string): number => units.get(symbol) ?? 1
  const mark = (symbol: string): number => marks.get(symbol) ?? 0
  const pairs = matched(executed(a), executed(b), window).map(([one, other]) => effectOf(one, other, mark, unit))
  const sum = (cause: 'price' | 'quantity' | 'fee' | 'missing' | 'extra'): number =>
    pairs.reduce((total, pair) => total + pair[cause], 0)

  const known = {
    initialCash: b.initialCash - a.initialCash,
    price: sum('price'),
    quantity: sum('quantity'),
    fee: sum('fee'),
    missing: sum('missing'),
    extra: sum('extra'),
    bookings: bookedBy(b, mark, unit) - bookedBy(a, mark, unit),
    marks: revalued(b, mark, unit) - revalued(a, mark, unit),
  }
  const explained = Object.values(known).reduce((total, cause) => total + cause, 0)
  return { causes: { ...known, rest: b.finalEquity - a.finalEquity - explained }, pairs }
}

/** The price at which both runs' orders are valued: the second run's mark, else the first's, else the last fill's. */
function lastPrices(a: ComparableRun, b: ComparableRun): ReadonlyMap<string, UsdPerShare> {
  const prices = new Map<string, UsdPerShare>()
  const fills = [...a.fills, ...b.fills].toSorted((one, other) => one.time - other.time)
  for (const { symbol, price } of fills) prices.set(symbol, price)
  for (const { symbol, mark } of [...a.openPositions, ...b.openPositions]) prices.set(symbol, mark)
  return prices
}

/** Fills by order, in order of time. A split parts an order in two, since its prices are then on another basis. */
function executed(run: ComparableRun): readonly Executed[] {
  const splits = run.bookings.filter(({ kind }) => kind === 'split')
  const found = new Map<string, Executed>()
  for (const [n, { orderId, strategy, symbol, side, quantity, price, fee, time }] of run.fills.entries()) {
    let scale = 1
    for (const each of splits)
      if (each.symbol === symbol && each.strategy === strategy && each.time > time) scale *= each.quantity
    const key = `${orderId === '' ? `fill ${n}` : orderId} ${scale}`
    const before = found.get(key)
    const total = quantity + (before?.quantity ?? 0)
    found.set(key, {
      strategy: strategyIndex(run, strategy),
      symbol,
      side,
      sign: side === 'buy' ? 1 : -1,
      quantity: total,
      price: before === undefined ? price : (before.price * before.quantity + price * quantity) / total,
      fee: fee + (before?.fee ?? 0),
      time: before?.time ?? time,
      scale,
    })
  }
  return [...found.values()]
}

type Match = readonly [Executed | undefined, Executed | undefined]

/** Pairs orders of the same strategy, symbol and side: those of the same time first, then those near each other. */
function matched(a: readonly Executed[], b: readonly Executed[], window: number): readonly Match[] {
  const keys = (all: readonly Executed[]): Map<string, Executed[]> =>
    Map.groupBy(all, ({ strategy, symbol, side }) => `${strategy} ${side} ${symbol}`)
  const [ofA, ofB] = [keys(a), keys(b)]
  const matches: Match[] = []
  for (const key of new Set([...ofA.keys(), ...ofB.keys()])) {
    const [leftA, leftB]: [Executed[], Executed[]] = [[], []]
    for (const [one, other] of paired(ofA.get(key) ?? [], ofB.get(key) ?? [], 0)) {
      if (one !== undefined && other !== undefined) matches.push([one, other])
      else if (one !== undefined) leftA.push(one)
      else if (other !== undefined) leftB.push(other)
    }
    matches.push(...paired(leftA, leftB, window))
  }
  return matches
}

/** Walks two lists in order of time; what is within `window` of each other is a pair. */
function paired(a: readonly Executed[], b: readonly Executed[], window: number): readonly Match[] {
  const pairs: Match[] = []
  let [i, j] = [0, 0]
  while (i < a.length || j < b.length) {
    const [one, other] = [a[i], b[j]]
    const apart = (one?.time ?? Infinity) - (other?.time ?? Infinity)
    if (one !== undefined && other !== undefined && Math.abs(apart) <= window) {
      pairs.push([one, other])
      i++
      j++
    } else if (apart < 0) {
      pairs.push([one, undefined])
      i++
    } else {
      pairs.push([undefined, other])
      j++
    }
  }
  return pairs
}

function effectOf(
  a: Executed | undefined,
  b: Executed | undefined,
  mark: (symbol: string) => number,
  unit: (symbol: string) => number,
): ExecutedPair {
  /** What the order made until the end, after its fee. */
  const worth = ({ symbol, sign, quantity, price, fee, scale }: Executed): Usd =>
    sign * unit(symbol) * quantity * (scale * mark(symbol) - price) - fee
  const none = { price: 0, quantity: 0, fee: 0, missing: 0, extra: 0 }
  if (a === undefined || b === undefined)
    return { a, b, ...none, missing: a === undefined ? 0 : -worth(a), extra: b === undefined ? 0 : worth(b) }
  const price = -b.sign * unit(b.symbol) * b.quantity * (b.price - a.price)
  const fee = a.fee - b.fee
  const same = a.quantity === b.quantity && a.scale === b.scale
  return { a, b, ...none, price, fee, quantity: same ? 0 : worth(b) - worth(a) - price - fee }
}

/** Cash and shares that came without a trade, at the last price. */
function bookedBy(run: ComparableRun, mark: (symbol: string) => number, unit: (symbol: string) => number): Usd {
  let total = 0
  for (const [n, { kind, strategy, symbol, cash, quantity, price, time }] of run.bookings.entries()) {
    if (kind === 'split' || kind === 'dividend-paid') continue
    total += kind === 'dividend' ? quantity * price * unit(symbol!) : cash
    if (kind !== 'split-cash' && kind !== 'reinvest') continue
    // Shares that were paid out or bought, as many as they are after later splits.
    let shares = kind === 'reinvest' ? quantity : -quantity
    for (const [k, each] of run.bookings.entries())
      if (
        each.kind === 'split' &&
        each.symbol === symbol &&
        each.strategy === strategy &&
        (each.time > time || (each.time === time && k > n))
      )
        shares *= each.quantity
    total += shares * mark(symbol!) * unit(symbol!)
  }
  return total
}

/** What open positions are worth more at the run's own marks than at the common ones. */
function revalued(run: ComparableRun, mark: (symbol: string) => number, unit: (symbol: string) => number): Usd {
  return run.openPositions.reduce(
    (total, { symbol, side, quantity, mark: own }) =>
      total + (side === 'long' ? quantity : -quantity) * unit(symbol) * (own - mark(symbol)),
    0,
  )
}
