import type { BacktestResult } from '@onetape/backtest'
import { ORDER_STATES } from '@onetape/core'
import { BOOKINGS, type Engine } from '@onetape/engine'

/** What must be the same in every mode, as plain data. */
export interface Outcome {
  /** symbol, side, type, quantity, limit, stop, placed at, state, filled; one entry per order, denied ones included. */
  readonly orders: readonly (readonly (string | number | null)[])[]
  /** order (its index), signed quantity, price, fee, knowable time. */
  readonly fills: readonly (readonly number[])[]
  readonly denials: Readonly<Record<string, number>>
  readonly positions: Readonly<Record<string, number>>
  readonly cash: number
}

/** The outcome that stands in an engine's tables. */
export function outcomeOf(engine: Engine): Outcome {
  const { flow, ledger, instruments } = engine
  const orders = Array.from({ length: flow.table.count }, (_, n) => {
    const view = flow.view(n)
    return [
      view.instrument.symbol,
      view.side,
      view.type,
      view.quantity,
      view.limitPrice ?? null,
      view.stopPrice ?? null,
      view.placedAt,
      ORDER_STATES[flow.table.state[n]!]!,
      view.filled,
    ]
  })
  const { log } = ledger
  const fills: number[][] = []
  for (let row = 0; row < log.count; row++)
    if (BOOKINGS[log.kind[row]!] === 'fill')
      fills.push([log.order[row]!, log.quantity[row]!, log.price[row]!, log.fee[row]!, log.time[row]!])
  return {
    orders,
    fills,
    denials: Object.fromEntries(flow.denials),
    positions: Object.fromEntries(
      instruments.flatMap((i) => (ledger.quantity[i.id] === 0 ? [] : [[i.symbol, ledger.quantity[i.id]!]])),
    ),
    cash: ledger.cash,
  }
}

/** The same of a backtest. */
export function outcomeOfBacktest(result: BacktestResult): Outcome {
  const index = new Map(result.orders.map((order, n) => [order.id, n]))
  return {
    orders: result.orders.map((o) => [
      o.symbol,
      o.side,
      o.type,
      o.quantity,
      o.limitPrice ?? null,
      o.stopPrice ?? null,
      o.placedAt,
      o.state,
      o.filled,
    ]),
    fills: result.fills.map((f) => [
      index.get(f.orderId as never) ?? -1,
      f.side === 'buy' ? f.quantity : -f.quantity,
      f.price,
      f.fee,
      f.time,
    ]),
    denials: result.denials,
    positions: Object.fromEntries(result.openPositions.map((p) => [p.symbol, p.quantity])),
    cash: result.finalCash,
  }
}

/** The first thing that differs, undefined when nothing does. Money is compared to 1e-6 USD, all else exactly. */
export function firstDifference(a: Outcome, b: Outcome, names: readonly [string, string]): string | undefined {
  const [left, right] = names
  for (let n = 0; n < Math.max(a.orders.length, b.orders.length); n++) {
    const [x, y] = [a.orders[n], b.orders[n]]
    if (x === undefined || y === undefined || x.some((value, k) => value !== y[k]))
      return `order ${n}: ${left} ${shown(x)}, ${right} ${shown(y)}`
  }
  for (let k = 0; k < Math.max(a.fills.length, b.fills.length); k++) {
    const [x, y] = [a.fills[k], b.fills[k]]
    if (x === undefined || y === undefined || x.some((value, i) => (i === 3 ? !close(value, y[i]!) : value !== y[i])))
      return `fill ${k}: ${left} ${shown(x)}, ${right} ${shown(y)}`
  }
  for (const part of ['denials', 'positions'] as const)
    if (sorted(a[part]) !== sorted(b[part])) return `${part}: ${left} ${sorted(a[part])}, ${right} ${sorted(b[part])}`
  return close(a.cash, b.cash) ? undefined : `cash: ${left} ${a.cash}, ${right} ${b.cash}`
}

function close(x: number, y: number): boolean {
  return Math.abs(x - y) <= 1e-6
}

function shown(row: readonly unknown[] | undefined): string {
  return row === undefined ? 'nothing' : JSON.stringify(row)
}

function sorted(record: Readonly<Record<string, number>>): string {
  return JSON.stringify(Object.entries(record).toSorted(([x], [y]) => (x < y ? -1 : 1)))
}
